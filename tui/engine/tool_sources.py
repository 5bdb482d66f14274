"""Who has tools here, by the settings. What makes them is loaded at their first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from tui.config import Config
from tui.credentials import Credentials
from tui.engine.tools import Tools
from tui.errors import SegueError
from tui.history.store import HistoryStore
from tui.paths import Paths
from tui.tools.tool import Tool, ToolSource


def use_tools(
    tools: Tools, before: Config, config: Config, paths: Paths, store: HistoryStore, credentials: Credentials
) -> None:
    """Let there be the tools of other settings. A server that stands there as it did goes on."""
    if (before.tools, before.mcp, before.proxy) == (config.tools, config.mcp, config.proxy):
        return
    same_way = before.proxy == config.proxy
    stay = {
        name
        for name, server in config.mcp.items()
        if server == before.mcp.get(name) and (same_way or server.url is None)
    }

    def make(there: Sequence[ToolSource]) -> list[ToolSource]:
        running = {source.name: source for source in there if source.name in stay}
        made = sources(config, paths, store, credentials, tools)
        return [running.get(source.name, source) for source in made]

    tools.use(make, used(config))


def sources(
    config: Config, paths: Paths, store: HistoryStore, credentials: Credentials, tools: Tools
) -> list[ToolSource]:
    """Make all of them; none is begun by that.

    Args:
        config: The settings.
        paths: The program's folders.
        store: The history, which a tool of ours searches.
        credentials: Has the keys to which the settings of servers refer.
        tools: Knows the front end, which servers ask and tell.
    """
    from tui.providers.proxy import proxy_for
    from tui.tools.builtin.own import OwnTools
    from tui.tools.dropin import drop_ins, packages

    own = OwnTools(
        folders=[Path(folder).expanduser() for folder in config.tools.folders],
        allow_hosts=config.tools.allow_hosts,
        history=store,
        proxy_for=partial(proxy_for, chosen=config.proxy),
    )
    return [
        own,
        *_servers(config, paths, credentials, tools),
        *_found(lambda: drop_ins(paths.config / "tools")),
        *_found(packages),
    ]


def used(config: Config) -> tuple[str, ...]:
    """What is on in a conversation that does not say otherwise: wire names, or servers."""
    return (*config.tools.use, *(name for name, server in config.mcp.items() if server.enabled))


def _servers(config: Config, paths: Paths, credentials: Credentials, tools: Tools) -> Iterable[ToolSource]:
    """The servers that are configured; without any, nothing of them is loaded."""
    if not config.mcp:
        return ()
    from tui.engine.mcp_servers import mcp_servers

    made = mcp_servers(
        config, paths, credentials, person=tools.person, changed=lambda server: tools.changed()
    )
    return made.servers.values()


class _Unreadable:
    """A place of tools that can't be looked through."""

    name = instructions = ""

    def __init__(self, error: SegueError) -> None:
        self._error = error

    async def tools(self) -> Sequence[Tool]:
        """Say why."""
        raise self._error

    async def close(self) -> None:
        """Nothing was begun."""


def _found(look: Callable[[], Iterable[ToolSource]]) -> list[ToolSource]:
    try:
        return [*look()]
    except SegueError as error:
        return [_Unreadable(error)]
