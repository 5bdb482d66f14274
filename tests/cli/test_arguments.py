"""What the command line is given, and what is said of what it does not know."""

from __future__ import annotations

import importlib

import pytest

from tui.cli.arguments import Arguments, app_arguments


@pytest.mark.parametrize("typed", ["-c", "--continue", "--cont"])
def test_the_last_conversation_is_gone_on_with_by_its_short_name_too(typed):
    assert app_arguments({}).parse_args([typed]).resume
    assert app_arguments({}).parse_args([typed, "And then?"]).prompt == "And then?"


def refused(parser, capsys, *typed):
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(typed)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert not said.out
    return said.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--contineu", "--continue"),
        ("--modle=lab/big", "--model"),
        ("--temprary", "--temporary"),
        ("--resume", "--continue"),
        ("--last", "--continue"),
    ],
)
def test_of_an_option_that_there_is_not_the_nearest_is_named(capsys, typed, meant):
    words = refused(app_arguments({}), capsys, typed)
    assert f"there is no option {typed.partition('=')[0]}. Did you mean {meant}?" in words


def test_where_none_is_near_it_is_said_what_lists_them(capsys):
    assert "there is no option -z. segue --help lists them." in refused(app_arguments({}), capsys, "-z")


@pytest.mark.parametrize(
    ("command", "typed", "words"),
    [
        ("ask", ["--no-saev", "Hi"], "Did you mean --no-save?"),
        ("history", ["list", "--jsno"], "Did you mean --json?"),
        ("models", ["big", "small"], "unexpected: small"),
        ("models", ["--resume"], "segue models --help lists them."),
    ],
)
def test_so_it_is_with_every_command(capsys, command, typed, words):
    parser = Arguments(prog=f"segue {command}")
    importlib.import_module(f"tui.cli.{command}").add_arguments(parser)
    assert words in refused(parser, capsys, *typed)
