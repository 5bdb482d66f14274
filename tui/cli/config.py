"""``segue config``: where the settings are, what they say, what is wrong in them; and changes of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from tui.cli.output import DONE, FAILED, complain, say, sentence, write, write_json
from tui.config import Config, load_config
from tui.errors import SegueError, UsageError
from tui.nearest import did_you_mean
from tui.paths import Paths
from tui.text import one_line

_FILES = "segue config list has all."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=sentence(words))

    add("path", "say where the file is")
    add("show", "write the settings in force as JSON, without secrets")
    add("check", "say what is wrong in the file")
    listed = add("list", "list all that can be set, with its value and where that comes from")
    listed.add_argument(
        "filter", nargs="?", default="", metavar="FILTER", help="words in names and descriptions"
    )
    got = add("get", "write the value of one setting")
    keys = add("keys", "list the names for [keys], with the keys they have now and what they do")
    for command in (listed, got, keys):
        command.add_argument("--json", action="store_true", help="for scripts")
    put = add("set", "change a setting in the file; all else there stays as it is")
    unset = add("unset", "take a setting out of the file, so that its default counts; 1 if it is not there")
    for command in (got, put, unset):
        command.add_argument("key", metavar="KEY", help="as segue config list names it")
    put.add_argument("value", nargs="+", metavar="VALUE", help="several for a list")


def run(args: argparse.Namespace) -> int:
    """Show, check or change the settings."""
    file = Paths.default().config_file
    if args.what == "path":
        write(f"{file}\n")
        return DONE
    config = load_config(file)
    if args.what in ("set", "unset"):
        return _change(config, args.key, args.value if args.what == "set" else None)
    problems = mistakes(config)
    for problem in problems:
        complain(problem)
    commands: dict[str, Callable[[], None]] = {
        "show": lambda: write_json(config.shown()),
        "list": lambda: _list(config, args.filter, as_json=args.json),
        "get": lambda: _get(config, args.key, as_json=args.json),
        "keys": lambda: _keys(config, as_json=args.json),
    }
    if args.what in commands:
        commands[args.what]()
        return DONE
    if problems:
        return FAILED
    say(f"{file}: {'no mistakes' if file.exists() else 'not there; the defaults are in force'}")
    return DONE


# -- what there is
def _list(config: Config, words: str, *, as_json: bool) -> None:
    from tui.app.settings.every_setting import every_setting
    from tui.setting import all_in_force, shown

    wanted = words.casefold().split()
    fitting = [
        setting
        for setting in every_setting(config)
        if all(word in f"{setting.name} {setting.group} {setting.words}".casefold() for word in wanted)
    ]
    rows = list(zip(fitting, all_in_force(fitting, config), strict=True))
    if as_json:
        write_json([_json(setting, now) for setting, now in rows])
        return
    width = max((len(setting.name) for setting, _ in rows), default=0)
    for setting, now in rows:
        write(
            f"{one_line(setting.name):{width}}  {one_line(shown(now.value)) or '–'}  ({one_line(now.said)})\n"
        )


def _json(setting: Any, now: Any) -> dict[str, Any]:
    return {
        "key": setting.name,
        "value": now.value,
        "source": now.source,
        "from": now.name or None,
        "type": setting.kind.value,
        "choices": list(setting.choices),
        "default": setting.default,
        "group": setting.group,
        "description": setting.words,
        "at_once": not setting.elsewhere.at_start,
    }


def _get(config: Config, name: str, *, as_json: bool) -> None:
    from tui.setting import in_force, written

    setting = _setting(config, name)
    now = in_force(setting, config)
    if as_json:
        write_json(_json(setting, now))
    elif now.value is not None:
        write(f"{written(setting, now.value)}\n")


def _keys(config: Config, *, as_json: bool) -> None:
    """Names, keys as they are written in the config, and what they do."""
    from tui.app.actions import Action
    from tui.app.keymap import Keys

    keys = Keys(config.keys)
    if as_json:
        write_json(
            [
                {
                    "name": action.value,
                    "keys": keys.of(action),
                    "default": action.keys.split(","),
                    "scope": action.scope.value,
                    "description": action.help,
                }
                for action in Action
            ]
        )
    else:
        write("".join(_key_lines([(each.value, ",".join(keys.of(each)), each.help) for each in Action])))


def _key_lines(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    name_width, key_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, bound, words in rows:
        yield f"{name:{name_width}}  {bound:{key_width}}  {words}\n"


def _setting(config: Config, name: str) -> Any:
    """The setting that is meant, also one of a table that is not there yet.

    Raises:
        UsageError: There is none.
    """
    from msgspec.structs import replace

    from tui.app.settings.every_setting import every_setting
    from tui.config import alike
    from tui.setting import Kind, place_of

    at = place_of(name)
    if at[:1] == ("providers",) and len(at) > 1:
        at = ("providers", alike(at[1], config.providers), *at[2:])
    rows = every_setting(config, (at[:2],))
    for setting in rows:
        if setting.at == at:
            return setting
        if setting.kind is Kind.TABLE and setting.at == at[:-1]:
            return replace(setting, at=at, kind=Kind.TEXT, default=None)
    known = [setting.name for setting in rows]
    raise UsageError(f"There is no setting {one_line(name)}", did_you_mean(name, known, _FILES))


# -- changes
def _change(config: Config, name: str, words: Sequence[str] | None) -> int:
    """Change a setting in the file, or take it out."""
    from tui.cli.named import doubts
    from tui.config_file import change, text_of
    from tui.setting import Kind, in_force, place_of, read, shown
    from tui.typed_toml import GONE

    at = place_of(name)
    if words is None:
        value: Any = GONE
    else:
        setting = _setting(config, name)
        at, value = setting.at, read(setting, ("\n" if setting.kind is Kind.LIST else " ").join(words))
    before = text_of(config.path)
    changed = change(config.path, {at: value}, _checker(config))
    if words is None:
        if text_of(config.path) == before:
            said = _setting(config, name).name
            say(f"{one_line(said)} was not set in {config.path}: its default counts already.")
            return FAILED
        say(f"{one_line(name)} is not in {config.path} now.")
        return DONE
    now = in_force(setting, changed)
    say(f"{setting.name} = {shown(now.value)}   ({config.path})")
    for words in doubts(changed):
        say(f"{words}.")
    if now.source != "file":
        say(f"{now.said} comes first, so this does not count now.")
    return DONE


def _checker(config: Config) -> Callable[[Config], list[SegueError]]:
    """Knows everything that can be wrong in settings, also what only the app can tell."""
    from tui.app.app import SegueApp
    from tui.cli import named

    async def nothing() -> NoReturn:
        raise NotImplementedError  # the app is never run

    app = SegueApp(config, nothing)
    return lambda changed: [*app.problems_of(changed), *named.wrong(changed)]


def mistakes(config: Config) -> list[SegueError]:
    """Everything that is wrong in the settings."""
    return _checker(config)(config)
