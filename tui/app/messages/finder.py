"""Finding in a conversation, also in messages that are not loaded; one of the hits is the current one."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import over
from tui.app.messages.pager import Load, Pager
from tui.app.messages.viewport import Viewport
from tui.text import clean, occurrences

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView

_PAGE = 500


class Hit(NamedTuple):
    """One place where the text was found."""

    message_id: int
    offset: int


class Finder:
    """Goes to the hits of a text in the messages of a viewport."""

    def __init__(self, viewport: Viewport, pager: Pager, redraw: Callable[[], None]) -> None:
        """Begin with nothing found.

        Args:
            viewport: Where the messages are seen.
            pager: Loads those that are not near.
            redraw: Draws what is seen again.
        """
        self._viewport = viewport
        self._pager = pager
        self._redraw = redraw
        self._texts: _Texts | None = None
        self._sought: tuple[str, ...] = ()
        self.hits: list[Hit] = []
        """What was found, from the first message to the last."""
        self.current: Hit | None = None
        """The hit that was gone to."""

    @property
    def place(self) -> int:
        """Which of the hits is the current one, from 1; 0 without one."""
        return self.hits.index(self.current) + 1 if self.current in self.hits else 0

    @property
    def found(self) -> bool:
        """Whether there is a hit to go on from."""
        return bool(self.hits) or self.current is not None

    async def jump(self, message_id: int, needle: str) -> None:
        """Bring a message into view, with every hit of a search in it marked.

        Args:
            message_id: One of the shown path; any other does nothing.
            needle: What was searched for, filters and all.
        """
        if not await self._pager.reach(message_id):
            return
        view = self._viewport.view(message_id)
        assert view is not None
        self.hits = []
        words = needles(needle, view.body.source)
        self._mark(*words)
        first = min((at for word in words for at in offsets(word, view.body.source)), default=None)
        if first is None:
            self._viewport.show_message(message_id)
        else:
            self._show(Hit(message_id, first))

    async def find(self, needle: str) -> None:
        """Find a text in all messages, mark it, and go to the nearest hit at or above the end of the view.

        Raises:
            HistoryError: The messages could not be read.
        """
        if await self._find_all(needle):
            self._mark(needle)
            if self.hits:
                await self._go_to(self.hits[self._nearest()])

    async def _find_all(self, *words: str) -> bool:
        """Find these words in all messages. False if there are none, or others, now."""
        window, load = self._viewport.window, self._pager.load
        if window is None or load is None or not window.ids:
            return False
        if self._texts is None:
            self._texts = _Texts(load)
        shown = {message_id: view.body.source for message_id, view in window.views.items()}
        hits = await self._texts.find(words, window.ids, shown)
        if window is not self._viewport.window:
            return False
        self.hits = [hit for hit in hits if hit.message_id in window.index]  # the path may be another now
        return True

    async def go_on(self, step: int) -> None:
        """Go to the hit after or before the current one, round the ends.

        Raises:
            HistoryError: The messages could not be read.
        """
        if self.current is not None and not self.hits:  # a search in all conversations led to this one only
            await self._find_all(*self._sought)
        if self.hits:
            await self._go_to(self.hits[(self.place - 1 + step) % len(self.hits)])

    def end(self) -> None:
        """Take the marks away."""
        self._texts, self.hits = None, []
        self._mark()

    def _mark(self, *words: str) -> None:
        """Mark every hit of these words; without any, nothing."""
        words = tuple(filter(None, words))
        if self._viewport.window is not None:
            self._viewport.window.mark(words)
        self.current, self._sought = None, words
        self._redraw()

    def _nearest(self) -> int:
        """The last hit above the end of the view, else the first one."""
        viewport, window = self._viewport, self._viewport.window
        assert window is not None
        line = max(0, min(viewport.bottom, window.column.total) - 1)
        index = window.at(line)[0]
        order = [window.index[hit.message_id] for hit in self.hits]
        return max(0, bisect_left(order, index + 1) - 1)

    async def _go_to(self, hit: Hit) -> None:
        if await self._pager.reach(hit.message_id):
            self._show(hit)

    def _show(self, hit: Hit) -> None:
        viewport, window, view = self._viewport, self._viewport.window, self._viewport.view(hit.message_id)
        assert window is not None and view is not None
        self.current = hit
        view.unfold(hit.offset)
        window.reach(window.index[hit.message_id], up=viewport.height, down=viewport.height)
        viewport.show_line(window.top(view) + view.locate(hit.offset)[0])
        self._redraw()

    def draw(self, strip: Strip, view: MessageView, index: int, row: int) -> Strip:
        """A row of a message, with the current hit; the others are marked by the message itself."""
        hit = self.current
        if hit is None or hit.message_id != view.message.id:
            return strip
        at, cell = view.locate(hit.offset)
        pieces = sorted(view.hits.get(row, ())) if row == at else []
        piece = next((piece for piece in pieces if piece[1] > cell), None)
        if piece is None:
            return strip
        palette, edge = view.look.palette, view.look.edge
        current = Style(color=palette.background, bgcolor=palette.accent, bold=True)
        return over(strip, edge + piece[0], edge + piece[1], Style(reverse=True) if palette.ansi else current)


class _Texts:
    """The texts of messages; they are read once and kept for the next needle."""

    def __init__(self, load: Load) -> None:
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
    return [start for start, _ in occurrences(needle, text)]


def needles(query: str, text: str) -> tuple[str, ...]:
    """What to mark in a text that a full-text search for ``query`` found: all of it, or its words."""
    from tui.history.query import parse

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
