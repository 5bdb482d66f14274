"""Pictures that a model makes: whether it can, what turns it on, what one gets that makes nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tui.chat.attachment import Kind
from tui.chat.message import Message, Role
from tui.chat.model import Pictures, split_id
from tui.chat.parts import File, of_kind
from tui.engine.web_search import SWITCH
from tui.errors import UsageError, Way
from tui.text import one_line

_ITS_PRICE = "the vendor asks for each at its own price, which is not known here"
_OF_ITSELF = "this one makes them of itself, wherever it is asked for one"
_NOTHING_ELSE = "this one makes nothing else, of whatever it is told"


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
        hint = "OpenAI's do where /draw is on; those with image in their name always."
        raise UsageError(f"{name} makes no pictures", hint)
    return {"asked": _ITS_PRICE, "always": _OF_ITSELF, "only": _NOTHING_ELSE}[when]


def picture_prompt(path: Sequence[Message]) -> tuple[Message, Sequence[File]]:
    """What of a conversation goes to a model that makes nothing but pictures.

    Args:
        path: Messages from the first to the last, with a prompt among them.

    Returns:
        The last prompt, and the pictures that it is about where it has none of its own: those of the newest
        message that has any, so that “now make it blue” changes what was made last.
    """
    place = max(place for place, message in enumerate(path) if message.role is Role.USER)
    prompt = path[place]
    if _pictures(prompt):
        return prompt, ()
    return prompt, next(filter(None, map(_pictures, reversed(path[:place]))), ())


def _pictures(message: Message) -> Sequence[File]:
    return [part for part in of_kind(message.parts, File) if part.attachment.kind is Kind.IMAGE]
