"""The parts that work together, in one hand: the app and the command line get the same."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.engine.engine import Engine
from tui.engine.preferences import Preferences
from tui.engine.saved_prompts import SavedPrompts
from tui.history.store import HistoryStore
from tui.paths import Paths

if TYPE_CHECKING:
    from tui.config import Config
    from tui.credentials import Credentials
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry


@dataclass(slots=True)
class Workspace:
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
    at_close: AsyncExitStack = field(default_factory=AsyncExitStack)
    """What must end with the program, newest first: connections, child processes, the database."""

    @property
    def preferences(self) -> Preferences:
        """What is remembered between two runs."""
        return Preferences(self.store)

    @property
    def saved_prompts(self) -> SavedPrompts:
        """The prompts that are kept as files beside the config."""
        return SavedPrompts(self.paths.config / "prompts")

    def use(self, config: Config) -> None:
        """Work by these settings from now on; what goes on is not touched."""
        self.config = config
        self.credentials.use(config)
        self.catalogue.forget(self.registry.use(config))

    async def keep_connections(self) -> None:
        """From here on, requests share connections. Loads the HTTP client, off the event loop."""
        http = await asyncio.to_thread(importlib.import_module, "tui.providers.http")
        await self.at_close.enter_async_context(http.shared_session())

    async def close(self) -> None:
        """End everything, in the reverse order of its beginning, also where one end fails or is cut short."""
        await self.at_close.aclose()
