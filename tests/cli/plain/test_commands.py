"""The commands of plain mode are those of the table."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tui.app.commands import ALL, COMMANDS, PLAIN_COMMANDS, Where
from tui.cli.plain.commands import Commands


def test_every_command_of_plain_mode_is_done_by_something_and_nothing_else_is():
    mode: Any = SimpleNamespace(page=None, workspace=None)
    interrupts: Any = None
    handlers = Commands(mode, interrupts).handlers
    assert sorted(handlers) == sorted(command.name for command in PLAIN_COMMANDS)


def test_a_name_stands_once_in_the_table_and_says_what_it_does():
    assert len({command.name for command in ALL}) == len(ALL)
    assert all(command.title and command.help for command in ALL)


def test_a_command_is_where_the_table_says():
    app, plain = ({command.name for command in some} for some in (COMMANDS, PLAIN_COMMANDS))
    assert app | plain == {command.name for command in ALL}
    assert app & plain == {command.name for command in ALL if command.where is Where.BOTH}


def test_plain_mode_says_its_own_words_of_a_command():
    said = {command.name: command for command in PLAIN_COMMANDS}
    assert said["model"].form == "/model [WORDS]"
    assert said["delete"].help == "a message, or the whole conversation"
