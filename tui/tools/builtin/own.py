"""Who has our own tools: those for which there is what they need."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tui.tools.builtin.folders import Folders, ListFolder, ReadFile
from tui.tools.builtin.past import History, SearchHistory
from tui.tools.tool import Tool


class OwnTools:
    """Our own tools, as a source."""

    name = instructions = ""

    def __init__(
        self,
        *,
        folders: Sequence[Path] = (),
        allow_hosts: Sequence[str] = (),
        history: History | None = None,
        proxy_for: Callable[[str], str | None] = lambda url: None,
    ) -> None:
        """Take what they need.

        Args:
            folders: Those that may be read; without any, no file is.
            allow_hosts: Hosts beside the public ones that pages may be read from.
            history: Of the conversations; without it, none is searched.
            proxy_for: Finds the proxy for an address.
        """
        self._folders = Folders(folders)
        self._allow_hosts = allow_hosts
        self._history = history
        self._proxy_for = proxy_for

    async def tools(self) -> Sequence[Tool]:
        """Those that can be used. Loads the HTTP client, off the event loop."""
        web: Any = await asyncio.to_thread(importlib.import_module, "tui.tools.builtin.web")
        guard: Any = importlib.import_module("tui.tools.builtin.guard")
        found: list[Tool] = [web.WebFetch(guard.Guard(self._allow_hosts), self._proxy_for)]
        if self._folders.named:
            found += [ReadFile(self._folders), ListFolder(self._folders)]
        if self._history is not None:
            found.append(SearchHistory(self._history))
        return found

    async def close(self) -> None:
        """Nothing was begun."""
