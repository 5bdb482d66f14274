"""The README's tables of keys, commands and settings; ``python -m tests.readme_tables`` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tui.app.actions import Action, Scope
from tui.app.commands import ALL, Command, Where
from tui.app.keymap import Keys, key_name
from tui.config import Config
from tui.setting import settings, shown

README = Path(__file__).parents[1] / "README.md"
IN_FULL = (Scope.EVERYWHERE, Scope.WRITING, Scope.MESSAGE)
"""Where a table is worth its room; of the other scopes, a line each has the keys."""
WORTH_A_LINE = 3
"""Keys of a place; a sheet with fewer says them itself."""
WHERE = {Where.APP: "app", Where.PLAIN: "plain", Where.BOTH: "app, plain"}


def tables() -> dict[str, str]:
    """The text of each part that is made, by its name."""
    return {
        "keys": "\n".join(_keys()),
        "commands": "\n".join(_commands()),
        "settings": "\n".join(_settings()),
    }


def written(text: str) -> str:
    """A text with its parts made anew."""
    for name, table in tables().items():
        part = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        assert part.search(text), f"the part {name} is missing"
        text = part.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text)
    return text


def _keys() -> Iterator[str]:
    yield from ("| key | what it does | name |", "|---|---|---|")
    for scope in IN_FULL:
        yield f"| **{scope.value}** | | |"
        for action in (each for each in Action if each.scope is scope):
            yield f"| {_pressed(action)} | {action.help} | `{action}` |"
    yield ""
    for scope in (each for each in Scope if each not in IN_FULL):
        here = [action for action in Action if action.scope is scope]
        if len(here) >= WORTH_A_LINE:
            said = (f"{_pressed(action)} {action.help[0].lower()}{action.help[1:]}" for action in here)
            yield f"- **{scope.value}:** {' · '.join(said)}"


def _pressed(action: Action) -> str:
    return ", ".join(f"`{_capital(key)}`" for key in Keys().of(action)).replace("|", "\\|")


def _capital(key: str) -> str:
    """As it stands on a keyboard; a letter alone is the letter."""
    name = key_name(key)
    return name if len(name) == 1 else "+".join(part.title() for part in name.split("+"))


def _commands() -> Iterator[str]:
    yield from ("| command | what it does | where |", "|---|---|---|")
    for command in ALL:
        yield f"| {_form(command)} | {_help(command)} | {WHERE[command.where]} |"


def _settings() -> Iterator[str]:
    yield from ("| setting | what it is | default | what it does |", "|---|---|---|---|")
    for setting in settings(Config(), (("providers", "NAME"),)):
        if setting.at[-2:-1] == ("parameters",) and setting.at[-1] != "temperature":
            continue
        name = setting.name.replace("temperature", "…")
        default = f"`{shown(setting.default)}`" if shown(setting.default) else ""
        words = setting.words.replace("|", "\\|")
        yield f"| `{name}` | {setting.type} | {default} | {words} |"


def _form(command: Command) -> str:
    return f"`{command.form}`".replace("|", "\\|")


def _help(command: Command) -> str:
    plain = command.in_plain
    if command.where is not Where.BOTH or (plain.help, plain.argument) == (command.help, command.argument):
        return command.help
    other = plain.help if plain.help != command.help else ""
    words = ": ".join(filter(None, (plain.argument, other)))
    return f"{command.help} (plain: {words})"


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
