"""The whole tree of a conversation, as lines from the top down."""

from __future__ import annotations

from typing import NamedTuple

from tui.chat.conversation import Conversation


class Place(NamedTuple):
    """Where one message stands in the outline."""

    message_id: int
    depth: int = 0
    """How many times the way to it leaves the trunk."""
    begins: bool = False
    """Whether it leaves the trunk here."""
    read: bool = False
    """Whether it is on the path that is read."""


def outline(conversation: Conversation) -> list[Place]:
    """Every visible message, each below the one it follows.

    Of several versions the one that is read goes straight on, or the newest where none is read; the others
    stand before it, one step further in, each with all that follows it. So a conversation that was answered
    again at every turn is no deeper than one that never was.
    """
    read = frozenset(conversation.path())
    places: list[Place] = []
    waiting = _after(conversation, None, 0, read)
    while waiting:
        place = waiting.pop()
        places.append(place)
        waiting += _after(conversation, place.message_id, place.depth, read)
    return places


def _after(conversation: Conversation, above: int | None, depth: int, read: frozenset[int]) -> list[Place]:
    """The places right below one, the last first."""
    below = conversation.following(above)
    if not below:
        return []
    trunk = next((i for i in below if i in read), below[-1])
    aside = [Place(i, depth + 1, begins=True) for i in reversed(below) if i != trunk]
    return [Place(trunk, depth, read=trunk in read), *aside]
