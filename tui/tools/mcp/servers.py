"""All servers that are configured. Before one is used, none is started and nothing of the SDK imported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from tui.config import McpConfig
from tui.paths import Paths
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.elicitation import Person
from tui.tools.mcp.environment import Keys
from tui.tools.mcp.eras import Eras
from tui.tools.mcp.left_behind import Running
from tui.tools.mcp.logs import keep_sdk_log
from tui.tools.mcp.network import Network
from tui.tools.mcp.server import McpServer, Status, Surroundings
from tui.tools.mcp.tokens import Tokens


def nobody_is_told(server: McpServer) -> None:
    """Where no one wants to know how it is with the servers."""


class McpServers:
    """The servers of the config that are enabled; each is a ``ToolSource``."""

    def __init__(
        self,
        settings: Mapping[str, McpConfig],
        paths: Paths,
        network: Network,
        keys: Keys,
        *,
        person: Person | None = None,
        changed: Callable[[McpServer], None] = nobody_is_told,
        durations: Durations | None = None,
    ) -> None:
        """Remember how they are started.

        Args:
            settings: ``[mcp.NAME]`` of the config.
            paths: The program's folders.
            network: The way to servers at addresses.
            keys: Gives a key that is kept.
            person: Who is asked what a server wants to know; None where nobody can be.
            changed: Told when it is otherwise with a server: its state, or what it offers.
            durations: How long what may take.
        """
        running = Running(paths.data / "mcp")
        self._prepared = False

        def prepare() -> None:
            if not self._prepared:
                self._prepared = True
                keep_sdk_log(paths.log)
                running.end_orphans()

        surroundings = Surroundings(
            network=network,
            keys=keys,
            running=running,
            eras=Eras(paths.cache / "mcp-eras.json"),
            tokens=Tokens(paths.config / "mcp-tokens.json"),
            person=person,
            durations=durations or Durations(),
            prepare=prepare,
        )
        self._close_seconds = surroundings.durations.close
        self._servers = {
            name: McpServer(name, each, surroundings, changed)
            for name, each in settings.items()
            if each.enabled
        }

    @property
    def servers(self) -> Mapping[str, McpServer]:
        """By name."""
        return self._servers

    @property
    def status(self) -> Sequence[Status]:
        """How it is with each."""
        return [server.status for server in self._servers.values()]

    async def close(self) -> None:
        """End all of them, side by side; never takes much longer than the limit."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._close_seconds):
                await asyncio.gather(*(server.close() for server in self._servers.values()))
