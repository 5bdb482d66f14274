"""Finding in the messages: marks on every hit, one of them the current one."""

from __future__ import annotations

from bisect import bisect_left

from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import over
from tui.app.messages.message_view import MessageView
from tui.app.transcript.finder import Finder, Hit, needles, offsets
from tui.app.transcript.message_list import MessageList
from tui.app.transcript.reading_view import Load
from tui.app.transcript.window import around
from tui.chat.conversation import Conversation
from tui.errors import SegueError


class SearchableList(MessageList):
    """A list of messages in which a text can be found, and which can go to any message."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._finder: Finder | None = None
        self._hit: Hit | None = None
        self._sought: tuple[str, ...] = ()
        self.hits: list[Hit] = []
        """What was found, from the first message to the last."""

    async def open(self, conversation: Conversation, load: Load, at: int | None = None) -> None:
        """Show a conversation; what was found in another one is forgotten."""
        before = self._window
        await super().open(conversation, load, at)
        if self._window is not before:
            self.end_find()

    @property
    def place(self) -> int:
        """Which of the hits is the current one, from 1; 0 without one."""
        return self.hits.index(self._hit) + 1 if self._hit in self.hits else 0

    async def jump(self, message_id: int, needle: str = "") -> None:
        """Bring a message into view, with every hit of a search in it marked.

        Args:
            message_id: One of the shown path; any other does nothing.
            needle: What was searched for, filters and all.
        """
        if not await self._reach(message_id):
            return
        view = self._view(message_id)
        assert view is not None
        self.hits = []
        words = needles(needle, view.body.source)
        self.mark(*words)
        first = min((at for word in words for at in offsets(word, view.body.source)), default=None)
        if first is None:
            self.show_message(message_id)
        else:
            self._show_hit(Hit(message_id, first))

    async def find(self, needle: str) -> None:
        """Find a text in all messages, mark it, and go to the nearest hit at or above the end of the view.

        Raises:
            HistoryError: The messages could not be read.
        """
        if await self._find_all(needle):
            self.mark(needle)
            if self.hits:
                await self._go_to(self.hits[self._nearest()])

    async def _find_all(self, *words: str) -> bool:
        """Find these words in all messages. False if there are none, or others, now."""
        window = self._window
        if window is None or self._load is None or not window.ids:
            return False
        if self._finder is None:
            self._finder = Finder(self._load)
        shown = {message_id: view.body.source for message_id, view in window.views.items()}
        hits = await self._finder.find(words, window.ids, shown)
        if window is not self._window:
            return False
        self.hits = [hit for hit in hits if hit.message_id in window.index]  # the path may be another now
        return True

    @property
    def found(self) -> bool:
        """Whether there is a hit to go on from."""
        return bool(self.hits) or self._hit is not None

    async def next_hit(self, step: int) -> None:
        """Go to the hit after or before the current one, round the ends.

        Raises:
            HistoryError: The messages could not be read.
        """
        if self._hit is not None and not self.hits:  # a search in all conversations led to this one only
            await self._find_all(*self._sought)
        if self.hits:
            await self._go_to(self.hits[(self.place - 1 + step) % len(self.hits)])

    def end_find(self) -> None:
        """Take the marks away."""
        self._finder, self._hit, self.hits = None, None, []
        self.mark()

    def mark(self, *words: str) -> None:
        """Mark every hit of these words; without any, nothing."""
        words = tuple(filter(None, words))
        if self._window is not None:
            self._window.mark(words)
        self._hit, self._sought = None, words
        self.refresh()

    def _nearest(self) -> int:
        """The last hit above the end of the view, else the first one."""
        assert self._window is not None
        line = max(0, min(self.top + self.size.height, self._window.column.total) - 1)
        index = self._window.at(line)[0]
        order = [self._window.index[hit.message_id] for hit in self.hits]
        return max(0, bisect_left(order, index + 1) - 1)

    async def _go_to(self, hit: Hit) -> None:
        if await self._reach(hit.message_id):
            self._show_hit(hit)

    def _show_hit(self, hit: Hit) -> None:
        window, view = self._window, self._view(hit.message_id)
        assert window is not None and view is not None
        self._hit = hit
        view.unfold()
        index = window.index[hit.message_id]
        window.reach(index, up=self.size.height, down=self.size.height)
        self.show_line(window.column.top(index) + view.locate(hit.offset)[0])
        self.refresh()

    async def _reach(self, message_id: int) -> bool:
        """Load a message, if it is of this path."""
        window, load = self._window, self._load
        if window is None or load is None or message_id not in window.index:
            return False
        index = window.index[message_id]
        window.lay(index)
        if message_id not in window.views:
            try:
                window.put(await load(around(window.ids, index)))
            except SegueError as error:
                self.notify(str(error), severity="error", markup=False)
            window.lay(index)
        return message_id in window.views and window is self._window

    def _row(self, view: MessageView, index: int, row: int) -> Strip:
        strip = super()._row(view, index, row)
        hit = self._hit
        if hit is None or hit.message_id != view.message.id:
            return strip
        at, cell = view.locate(hit.offset)
        pieces = sorted(view.hits.get(row, ())) if row == at else []
        piece = next((piece for piece in pieces if piece[1] > cell), None)
        if piece is None:
            return strip
        palette = view.look.palette
        current = Style(color=palette.background, bgcolor=palette.accent, bold=True)
        edge = view.look.edge
        return over(strip, edge + piece[0], edge + piece[1], Style(reverse=True) if palette.ansi else current)
