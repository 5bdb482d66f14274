"""Pictures that a model has its vendor make: whether it can, and what turns it on."""

from __future__ import annotations

from typing import Protocol

from tui.chat.model import split_id
from tui.engine.web_search import SWITCH
from tui.errors import UsageError, Way
from tui.providers.base import Pictures
from tui.text import one_line

_ITS_PRICE = "the vendor asks for each at its own price, which is not known here"
_OF_ITSELF = "this one makes them of itself, wherever it is asked for one"


class Makers(Protocol):
    """Knows who makes pictures: ``providers.registry.Registry``."""

    async def pictures(self, model_id: str) -> Pictures:
        """When the model makes pictures."""
        ...


def switched(argument: str, on: bool) -> bool | None:
    """What is wanted after ``/draw``; None where it only asks, or is so already.

    Raises:
        UsageError: It is neither on nor off.
    """
    if argument not in (*SWITCH, ""):
        raise UsageError("It is on or off", "As in /draw on.")
    return None if not argument or SWITCH[argument] == on else SWITCH[argument]


async def check_makes(makers: Makers, model_id: str | None) -> str:
    """Make sure that a model makes pictures. Returns what is to be known before it does.

    Raises:
        UsageError: No model is chosen, or it makes none.
        ProviderError: There is no such provider, or it can't be loaded.
    """
    if not model_id:
        raise UsageError("No model is chosen", Way("Choose one", "model"))
    when = await makers.pictures(model_id)
    if when == "never":
        name = one_line(split_id(model_id)[1] or model_id)
        hint = (
            "OpenAI's do where /draw is on; those of Google and OpenRouter with image in their name always."
        )
        raise UsageError(f"{name} makes no pictures", hint)
    return _ITS_PRICE if when == "asked" else _OF_ITSELF
