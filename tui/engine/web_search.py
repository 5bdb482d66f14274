"""The search of the web that a model's vendor runs by itself: whether there is one, and what it costs."""

from __future__ import annotations

from typing import Protocol

from tui.chat.model import split_id
from tui.errors import UsageError, Way
from tui.providers.base import Search
from tui.text import one_line

SWITCH = {"on": True, "off": False}
"""What may stand after ``/search``."""


class Searchers(Protocol):
    """Knows who searches: ``providers.registry.Registry``."""

    async def search(self, model_id: str) -> Search | None:
        """What it costs that the model's vendor searches the web for it; None where it can't."""
        ...


async def price_words(searchers: Searchers, model_id: str | None) -> str:
    """What searches cost with a model, as a person reads it: ``$10 for 1,000 searches``.

    Raises:
        UsageError: No model is chosen, or its vendor has no search of its own.
        ProviderError: There is no such provider, or it can't be loaded.
    """
    if not model_id:
        raise UsageError("No model is chosen", Way("Choose one", "model"))
    search = await searchers.search(model_id)
    if search is None:
        name = one_line(split_id(model_id)[1] or model_id)
        raise UsageError(f"{name} has no search of the web of its own", "web_fetch in /tools reads pages.")
    if search.price is None:
        return "at a price that is not known here"
    return f"${search.price:g} for 1,000 {search.unit}"
