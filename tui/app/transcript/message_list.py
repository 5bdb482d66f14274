"""The list of messages: opens, grows, is replaced. 10 or 10,000 of them open alike."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

from textual.geometry import Region

from tui.app.life import while_alive
from tui.app.messages.message_view import Place
from tui.app.transcript.reading_view import Load, ReadingView
from tui.app.transcript.window import Anchor, Window, around
from tui.chat.conversation import Conversation
from tui.chat.message import Message

FRAME = 1 / 20
"""Streamed text is drawn at most once in so many seconds."""
SLICE = 0.01
"""Seconds that work after the end of a reply takes at a time."""


class MessageList(ReadingView):
    """Shows one conversation, and its replies as they come."""

    WINDOW: ClassVar[type[Window]] = Window

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pending: dict[int, tuple[list[str], list[str]]] = {}
        self._flushed = 0.0
        self._openings = 0
        self._refined: set[int] = set()
        """Messages of which the colours are being found."""

    # -- conversations
    async def open(self, conversation: Conversation, load: Load, at: int | None = None) -> None:
        """Show a conversation.

        One that is shown already keeps the reader's place: after a change of version, a branch or a deletion.

        Args:
            conversation: Its tree; the active path is shown.
            load: Gives the messages with these ids, in this order.
            at: A message to have in view; without it the end.
        """
        self._openings += 1
        opening = self._openings
        path = conversation.path()
        place = path.index(at) if at in path else len(path) - 1
        messages = await load(around(path, place)) if path else []
        if opening != self._openings:
            return
        self._load = load
        window = self._window
        if window is not None and window.conversation is conversation:
            self._reopen(window, path, messages, at)
        else:
            self._begin(self.WINDOW(conversation, path, self._look()), messages, at)

    def _begin(self, window: Window, messages: list[Message], at: int | None) -> None:
        """Show another conversation."""
        self._window = window
        window.put(messages)
        self._pending.clear()
        self.selected = None
        self._news = False
        if at is None or at not in window.index:
            self.follow()
            return
        self._anchor = Anchor(window.index[at], Place(0, 0))
        self._settle()
        self.go(self._span(window, at)[0])

    def _reopen(self, window: Window, path: list[int], messages: list[Message], at: int | None) -> None:
        """Show another path of the same conversation."""
        self.hold()
        self._follow(window, path, at)
        window.put(messages)
        self._settle()
        self._follow_at_end()
        if at is not None and not self._begins_in_view(at):
            self.show_message(at)

    def _follow(self, window: Window, path: list[int], at: int | None = None) -> None:
        """Have the messages of a path; ``at`` is chosen instead of one that is not among them."""
        window.rebuild(path)
        if self.selected is not None and self.selected not in window.index:
            self.selected = at if at in window.index else None

    # -- messages
    def add(self, message: Message) -> None:
        """Show a message that begins: a prompt, or a reply that will be fed. Who reads above stays there."""
        if self._window is not None:
            self._follow(self._window, self._window.conversation.path())
            if message.id in self._window.index:
                self._window.show(message)
            self._news = not self.following
            self._settle()

    def replace(self, message: Message) -> None:
        """Show a reply's final state, or any change of a message."""
        if self._window is not None and message.id in self._window.index:
            self._flush()
            self._window.show(message)
            self._settle()

    def _settle(self) -> None:
        super()._settle()
        self.call_after_refresh(while_alive(self, self._refine_in_view))

    def _refine_in_view(self) -> None:
        """Find the colours of long code that was only guessed when it was drawn."""
        window = self._window
        if window is None or not window.ids:
            return
        first, last = (window.at(line)[0] for line in (self.top, self.top + self.size.height))
        for message_id in window.ids[first : last + 1]:
            view = window.views.get(message_id)
            if view is not None and view.guessed and message_id not in self._refined:
                self._refined.add(message_id)
                self._refine(message_id)

    def _refine(self, message_id: int) -> None:
        """Do so a little at a time: one go would hold up the keys."""
        view = self._view(message_id)
        if view is None or not view.guessed:
            self._refined.discard(message_id)
            return
        height = view.height
        first = view.refine(SLICE)
        if view.height != height:
            self._settle()
        elif first is not None:
            self.refresh()
        asyncio.get_running_loop().call_later(FRAME, self.call_later, self._refine, message_id)

    def note(self, message_id: int, words: str) -> None:
        """Say on a reply's name line what it waits for: a retry's countdown, a download."""
        view = self._view(message_id)
        if view is not None:
            view.say(words)
            self.refresh()

    # -- pieces of a reply
    @property
    def busy(self) -> bool:
        """Whether something that came is not drawn yet."""
        return bool(self._pending) or self._fetching

    def feed(self, message_id: int, text: str = "", reasoning: str = "") -> None:
        """Add a piece to a reply; drawn with the next frame."""
        if self._window is None or message_id not in self._window.views:
            return
        if not self._pending:
            # Not a timer of the widget's: one for an instant never fires if the machine is slower than that.
            wait = max(0.0, self._flushed + FRAME - time.monotonic())
            asyncio.get_running_loop().call_later(wait, self.call_later, self._flush)
        texts, reasonings = self._pending.setdefault(message_id, ([], []))
        texts.append(text)
        reasonings.append(reasoning)

    def _flush(self) -> None:
        """Draw what came since the last frame."""
        self._flushed = time.monotonic()
        pending, self._pending = self._pending, {}
        window = self._window
        for message_id, (texts, reasonings) in pending.items():
            if window is not None and (view := window.views.get(message_id)) is not None:
                total = window.column.total
                first = view.feed("".join(texts), "".join(reasonings))
                index = window.index[message_id]
                window.column[index] = view.height
                self._draw(window.column.top(index) + first, max(total, window.column.total))

    def _draw(self, first: int, end: int) -> None:
        """Draw these lines of the column again, or everything if the view has moved."""
        news, self._news = self._news, not self.following
        if self._put_in_place() or news != self._news:
            self.refresh()
            return
        first = max(0, first - self.top)
        end = min(end - self.top, self.size.height)
        if first < end:
            self.refresh(Region(0, first, self.size.width, end - first))
