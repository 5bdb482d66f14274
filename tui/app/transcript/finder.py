"""Where a text stands in a conversation, also in messages that are not loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from tui.chat.message import Message
from tui.history.query import parse
from tui.text import clean, places

_PAGE = 500


class Hit(NamedTuple):
    """One place where the text was found."""

    message_id: int
    offset: int


class Finder:
    """Finds in the texts of messages; they are read once and kept for the next needle."""

    def __init__(self, load: Callable[[Sequence[int]], Awaitable[list[Message]]]) -> None:
        self._load = load
        self._texts: dict[int, str] = {}

    async def find(self, words: Sequence[str], ids: Sequence[int], shown: Mapping[int, str]) -> list[Hit]:
        """Every hit from the first message to the last, without regard to case and accents.

        Args:
            words: What to find, each as it is.
            ids: The messages, in their order.
            shown: The texts that are on the screen; a reply that is coming has more than is stored.

        Raises:
            HistoryError: The messages could not be read.
        """
        missing = [i for i in ids if i not in self._texts and i not in shown]
        for start in range(0, len(missing), _PAGE):
            for message in await self._load(missing[start : start + _PAGE]):
                self._texts[message.id] = clean(message.text)
        hits: list[Hit] = []
        for start in range(0, len(ids), _PAGE):
            for message_id in ids[start : start + _PAGE]:
                text = shown.get(message_id) or self._texts.get(message_id, "")
                hits += (
                    Hit(message_id, at) for at in sorted(at for word in words for at in offsets(word, text))
                )
            await asyncio.sleep(0)  # a long conversation must not hold up the keys
        return hits


def offsets(needle: str, text: str) -> list[int]:
    """Where ``needle`` stands in ``text``, without regard to case and accents."""
    return [start for start, _ in places(needle, text)]


def needles(query: str, text: str) -> tuple[str, ...]:
    """What to mark in a text that a full-text search for ``query`` found: all of it, or its words."""
    terms = parse(query).terms
    whole = " ".join(term.text for term in terms)
    if offsets(whole, text):
        return (whole,)
    found = tuple(term.text for term in terms if offsets(term.text, text))
    telling = tuple(word for word in found if len(word) > 1 or not word.isascii())
    return (
        telling  # a lone letter beside words would mark half of the text
        or found
        or tuple(token for term in terms for token in term.tokens if len(token) > 2 and offsets(token, text))
    )
