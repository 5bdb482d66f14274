"""Settings that name something: a model, a theme, tools. What can stand there, and what names nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tui.chat.model import split_id
from tui.config import Config, alike, load_config
from tui.errors import ConfigError, SegueError
from tui.nearest import did_you_mean
from tui.paths import Paths, python_files
from tui.text import one_line
from tui.tools.names import BETWEEN

_OWN = {
    "web_fetch": "reads a page",
    "read_file": "reads a file in [tools] folders",
    "list_folder": "lists one of [tools] folders",
    "search_history": "searches the conversations",
}
_LONGEST = 80


def themes() -> list[str]:
    """The themes that there are: ours first."""
    from textual.theme import BUILTIN_THEMES

    from tui.app.theme.themes import THEMES

    return list(dict.fromkeys([*(theme.name for theme in THEMES), *sorted(BUILTIN_THEMES)]))


def servers(config: Config) -> Mapping[str, str]:
    """The servers of tools, and what is started or reached for each."""
    return {
        name: one_line(server.url or server.command or "", _LONGEST) for name, server in config.mcp.items()
    }


def tools(config: Config, folder: Path) -> Mapping[str, str]:
    """The tools of which that can be known without loading or starting anything."""
    of_servers = {
        f"{name}{BETWEEN}{tool}": f"of {name}" for name, server in config.mcp.items() for tool in server.tools
    }
    return {**_OWN, **_of_files(folder), **of_servers}


def _of_files(folder: Path) -> dict[str, str]:
    """The functions with a docstring in the person's files, which are not run for that."""
    found = {}
    try:
        files = python_files(folder)
    except SegueError:
        return {}
    for path in files:
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for each in tree.body:
            if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) or each.name.startswith("_"):
                continue
            if about := ast.get_docstring(each):
                found[each.name] = one_line(about.partition("\n")[0], _LONGEST)
    return found


# -- what names nothing
def wrong(config: Config) -> Iterator[ConfigError]:
    """What names a provider that there is not: nobody could answer."""
    if config.model:
        from tui.credentials import Credentials
        from tui.providers.registry import Registry

        paths = Paths.default()
        known = [entry.name for entry in Registry(config, Credentials(paths, config), paths).providers()]
        name = split_id(config.model)[0]
        if alike(name, known) not in known:
            error = ConfigError(
                f"{config.place('model')}: model: there is no provider {one_line(name, _LONGEST)}",
                did_you_mean(name, known, "segue models lists models; [providers.NAME] adds a provider."),
            )
            error.at = ("model",)
            yield error


def doubts(config: Config) -> Iterator[str]:
    """What may name nothing, as far as that is known here: tools of what is not loaded, models of servers."""
    paths = Paths.default()
    known = [*tools(config, paths.config / "tools"), *config.mcp]
    for name in config.tools.use:
        server, between, _ = name.partition(BETWEEN)
        if name not in known and not (between and server in config.mcp):
            yield f"no tool or server {one_line(name, _LONGEST)} is known here" + _near(name, known)
    provider, model = split_id(config.model or "")
    offered = config.provider(provider).models
    if model and offered and model not in offered:
        yield f"{one_line(provider)} is not said to have {one_line(model, _LONGEST)}" + _near(model, offered)


def _near(name: str, known: list[str] | tuple[str, ...]) -> str:
    hint = did_you_mean(name, known, "")
    return f". {hint}" if hint else ""


def settings() -> Config:
    """The settings of the file."""
    return load_config(Paths.default().config_file)
