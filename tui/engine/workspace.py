"""The parts that work together, in one hand: the app and the command line get the same."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tui.engine.engine import Engine
from tui.engine.personas import Personas
from tui.engine.preferences import Preferences
from tui.engine.saved_prompts import SavedPrompts
from tui.engine.tool_sources import use_tools
from tui.history.store import HistoryStore
from tui.paths import Paths

if TYPE_CHECKING:
    from tui.config import Config
    from tui.credentials import Credentials
    from tui.engine.gathering import Elsewhere
    from tui.engine.moving_in import MovingIn
    from tui.engine.offers import Offers
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry


class Workspace(Struct):
    """Everything one run of the program works with."""

    config: Config
    paths: Paths
    credentials: Credentials
    store: HistoryStore
    registry: Registry
    catalogue: Catalogue
    engine: Engine
    open_temporary: Callable[[], Awaitable[HistoryStore]]
    """Opens a history that is kept in memory only."""
    moving_in: MovingIn | None = None
    """What is in a file of this machine, where the history is on a server."""
    at_close: AsyncExitStack = field(default_factory=AsyncExitStack)
    """What must end with the program, newest first: connections, child processes, the database."""
    _offers: Offers | None = None

    @property
    def offers(self) -> Offers:
        """What servers offer besides tools."""
        if self._offers is None:
            from tui.engine.offers import Offers

            self._offers = Offers(self.engine.tools, self.config.mcp)
        return self._offers

    @property
    def elsewhere(self) -> Sequence[Elsewhere]:
        """Who has what can go along with a prompt and is not on the disk."""
        from tui.engine.gathering import Pages

        return Pages(self.config), self.offers

    @property
    def preferences(self) -> Preferences:
        """What is remembered between two runs."""
        return Preferences(self.store)

    @property
    def saved_prompts(self) -> SavedPrompts:
        """The prompts that are kept as files."""
        return SavedPrompts(self.paths.prompts, self.paths.skills)

    @property
    def personas(self) -> Personas:
        """Who a model can be."""
        return Personas(self.paths.personas)

    def use(self, config: Config) -> None:
        """Work by these settings from now on; what goes on is not touched."""
        before, self.config = self.config, config
        self.credentials.use(config)
        self.catalogue.forget(self.registry.use(config))
        use_tools(self.engine.tools, before, config, self.paths, self.store, self.credentials)
        if config.budget != before.budget:
            self.engine.budget.use(config.budget)

    async def keep_connections(self) -> None:
        """From here on, requests share connections. Loads the HTTP client, off the event loop."""
        http = await asyncio.to_thread(importlib.import_module, "tui.providers.http")
        await self.at_close.enter_async_context(http.shared_session())

    async def close(self) -> None:
        """End everything, in the reverse order of its beginning, also where one end fails or is cut short."""
        await self.at_close.aclose()
