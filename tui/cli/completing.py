"""What may follow on the command line, for a shell that asks: commands, options, and what there is to name.

The shell runs the program itself with the line so far; nothing is changed and no provider is asked.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import argcomplete
from argcomplete.completers import FilesCompleter, SuppressCompleter

if TYPE_CHECKING:
    from tui.chat.conversation import Summary
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry

_MOST = 60
"""Conversations that are offered: the newest."""
Completer = Callable[..., Mapping[str, str]]


def answer(commands: Mapping[str, str], app: argparse.ArgumentParser) -> NoReturn:
    """Answer the shell, and end.

    Args:
        commands: The commands, and what they do.
        app: The options without a command.
    """
    parser = parser_for(_words(), commands, app)
    argcomplete.autocomplete(
        parser, always_complete_options=False, default_completer=SuppressCompleter(), validator=_fits
    )
    os._exit(0)  # it has ended there already, if the line was understood


def _words() -> list[str]:
    """The words of the line that are whole."""
    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "0") or 0)]
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation that is not closed yet
        words = line.split()
    return words if line[-1:].isspace() else words[:-1]


def parser_for(
    words: list[str], commands: Mapping[str, str], app: argparse.ArgumentParser
) -> argparse.ArgumentParser:
    """The parser of what is being typed: one command's, as only that is loaded; else the app's."""
    if len(words) > 1 and words[1] in commands:
        parser = argparse.ArgumentParser(prog="segue")
        command = parser.add_subparsers().add_parser(words[1])
        importlib.import_module(f"tui.cli.{words[1]}").add_arguments(command)
        _teach(command, LOCAL if words[1] == "local" else ASKABLE)
        return parser
    _teach(app, ASKABLE)
    if len(words) <= 1:
        _completed_by(_of(app, "prompt"), lambda **_: dict(commands))
    return app


def _completed_by(argument: Any, completer: Completer) -> None:
    """Let an argument be completed: an attribute that only ``argcomplete`` knows says by what."""
    argument.completer = completer


def _of(parser: argparse.ArgumentParser, dest: str) -> Any:
    return next(action for action in parser._actions if action.dest == dest)


def _teach(parser: argparse.ArgumentParser, completers: Mapping[str, Completer]) -> None:
    """Let every argument be completed by what its word in the help says that it is."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _teach(inner, completers)
        elif isinstance(action.metavar, str) and action.metavar in completers:
            _completed_by(action, completers[action.metavar])


def _fits(completion: str, prefix: str) -> bool:
    return completion.casefold().startswith(prefix.casefold())


# -- what there is to name
def models(prefix: str, **_: Any) -> Mapping[str, str]:
    """The models that can be used; all of a provider, if none of it can."""
    catalogue = _catalogue()
    fitting = [model for model in catalogue.models() if _fits(model.id, prefix)]
    usable = [model for model in fitting if model.available]
    return {model.id: model.reason or "" for model in usable or fitting}


def providers(**_: Any) -> Mapping[str, str]:
    """The providers, and who they are."""
    return {entry.name: entry.host or entry.title for entry in _registry().providers()}


def conversations(prefix: str, **_: Any) -> Mapping[str, str]:
    """The newest conversations by their titles; by their numbers, where one is begun."""
    import asyncio

    found = asyncio.run(_newest(prefix))
    if prefix.isdigit():
        return {str(number): title for number, title in found}
    return {title: f"conversation {number}" for number, title in reversed(found)}


async def _newest(prefix: str) -> list[tuple[int, str]]:
    from tui.cli.where import history_place
    from tui.config import load_config
    from tui.errors import HistoryError
    from tui.history.opening import open_history
    from tui.history.place import File
    from tui.history.store import ListFilter
    from tui.paths import Paths
    from tui.text import one_line

    paths = Paths.default()
    place = history_place(paths, load_config(paths.config_file))
    if isinstance(place, File) and not place.path.exists():
        return []
    rows: list[Summary] = []
    with suppress(HistoryError):  # a shell that asks shows no errors
        store = await open_history(place)
        try:
            words = "" if prefix.isdigit() else prefix
            rows = await store.list_conversations(ListFilter(title=words), limit=_MOST)
        finally:
            await store.close()
    return [(row.id, one_line(row.title, 80)) for row in rows]


def prompts(**_: Any) -> Mapping[str, str]:
    """The prompts that are kept as files, as they are sent."""
    from tui.engine.saved_prompts import SavedPrompts
    from tui.paths import Paths

    paths = Paths.default()
    return {f"/{prompt.name}": prompt.about for prompt in SavedPrompts(paths.prompts, paths.skills).all()}


def personas(**_: Any) -> Mapping[str, str]:
    """The personas, and what they are for."""
    from tui.engine.personas import Personas
    from tui.paths import Paths

    return {persona.name: persona.about for persona in Personas(Paths.default().personas).all()}


def settings(**_: Any) -> Mapping[str, str]:
    """The names of the settings."""
    from tui.app.settings.every_setting import every_setting
    from tui.config import load_config
    from tui.paths import Paths

    return {row.name: row.words for row in every_setting(load_config(Paths.default().config_file))}


def values(parsed_args: argparse.Namespace, **_: Any) -> Iterable[str]:
    """What a setting can be, if that is one of some words."""
    from tui.config import load_config
    from tui.paths import Paths
    from tui.setting import Kind
    from tui.setting import settings as rows

    row = next((r for r in rows(load_config(Paths.default().config_file)) if r.name == parsed_args.key), None)
    if row is None:
        return ()
    if row.name in _NAMING:
        return _NAMING[row.name]()
    return ("true", "false") if row.kind is Kind.SWITCH else row.choices


def servers(**_: Any) -> Mapping[str, str]:
    """The servers of tools."""
    from tui.cli import named

    return named.servers(named.settings())


def tools(**_: Any) -> Mapping[str, str]:
    """Tools, as far as they are known without loading or starting anything."""
    from tui.cli import named
    from tui.paths import Paths

    return named.tools(named.settings(), Paths.default().config / "tools")


def tools_and_servers(**_: Any) -> Mapping[str, str]:
    """The tools, and the servers that stand for all of theirs."""
    return {**tools(), **servers()}


def themes() -> list[str]:
    """The themes."""
    from tui.cli import named

    return named.themes()


def local_models(**_: Any) -> Mapping[str, str]:
    """The models for this machine."""
    own = "local/"
    return {m.id.removeprefix(own): m.reason or "" for m in _catalogue().models() if m.id.startswith(own)}


def _catalogue() -> Catalogue:
    from tui.providers.catalogue import Catalogue

    return Catalogue(_registry())


def _registry() -> Registry:
    from tui.config import load_config
    from tui.credentials import Credentials
    from tui.paths import Paths
    from tui.providers.registry import Registry

    paths = Paths.default()
    config = load_config(paths.config_file)
    return Registry(config, Credentials(paths, config), paths)


ASKABLE: Mapping[str, Any] = {
    "MODEL": models,
    "PROVIDER": providers,
    "ID": conversations,
    "PROMPT": prompts,
    "PERSONA": personas,
    "KEY": settings,
    "VALUE": values,
    "FILE": FilesCompleter(),
    "TOOL": tools,
    "TOOL|SERVER": tools_and_servers,
    "SERVER": servers,
}
"""What each word stands for that the help has in the place of an argument."""
_NAMING: Mapping[str, Callable[[], Iterable[str]]] = {
    "model": lambda: models(""),
    "theme": lambda: themes(),
    "tools.use": lambda: tools_and_servers(),
}
"""What can be named where a setting is no choice of its own."""
LOCAL: Mapping[str, Any] = {**ASKABLE, "MODEL": local_models}
