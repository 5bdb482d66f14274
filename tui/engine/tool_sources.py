"""Who has tools here, by the settings. What makes them is loaded at their first use."""

from __future__ import annotations

from tui.config import Config
from tui.history.store import HistoryStore
from tui.paths import Paths
from tui.tools.tool import ToolSource


def sources(config: Config, paths: Paths, store: HistoryStore) -> list[ToolSource]:
    """Make all of them; none is begun by that."""
    return []


def used(config: Config) -> tuple[str, ...]:
    """What is on in a conversation that does not say otherwise: wire names, or servers."""
    return ()
