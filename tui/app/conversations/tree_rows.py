"""What stands in the tree of a conversation: a line of each message, as soon as its text is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from rich.style import Style
from textual.strip import Strip

from tui.app.conversations.conversation_rows import when
from tui.app.lists.row_list import Row
from tui.app.messages.name_line import model_name
from tui.app.theme.ink import Ink, Pen
from tui.chat.message import Message, Role, Status
from tui.chat.outline import Place
from tui.rendering.spans import Span
from tui.text import fold, one_line

Load = Callable[[Sequence[int]], Awaitable[list[Message]]]
_TOGETHER = 200
"""Messages that are read at once."""
_LONGEST = 300
"""Characters of a message that are looked at for its line."""
_LABEL = 40
_DEEPEST = 12
"""Steps further in than this are not drawn: the words need the room."""
_ENDS = {
    Status.STREAMING: "coming",
    Status.LENGTH: "cut",
    Status.STOPPED: "stopped",
    Status.INTERRUPTED: "interrupted",
    Status.ERROR: "failed",
}


class Texts:
    """The messages of the rows that were drawn: what is missing is noted, and read when there is time."""

    def __init__(self, load: Load, missed: Callable[[], object]) -> None:
        """Begin with nothing read.

        Args:
            load: Gives the messages with these ids, in this order.
            missed: Is called when the first message is missing.
        """
        self._load = load
        self._missed = missed
        self._known: dict[int, Message] = {}
        self._missing: dict[int, None] = {}

    def get(self, message_id: int) -> Message | None:
        """A message; None if it is not here yet."""
        if message_id not in self._known:
            if not self._missing:
                self._missed()
            self._missing[message_id] = None
        return self._known.get(message_id)

    def forget(self, message_id: int) -> None:
        """Read a message anew when it is drawn next: it has changed."""
        self._known.pop(message_id, None)

    async def read_missing(self) -> None:
        """Read what was asked for and was not there."""
        wanted, self._missing = list(self._missing), {}
        await self.read(wanted)

    async def read(self, ids: Sequence[int]) -> None:
        """Read these, but for those that are here."""
        wanted = [i for i in ids if i not in self._known]
        for first in range(0, len(wanted), _TOGETHER):
            for message in await self._load(wanted[first : first + _TOGETHER]):
                self._known[message.id] = message

    def has(self, message_id: int, words: Sequence[str], label: str = "") -> bool:
        """Whether a message that is here has every word: in its label, its text or its model's name."""
        message = self._known.get(message_id)
        if message is None:
            return False
        text = fold(f"{label} {message.text} {message.model or ''}")
        return all(word in text for word in words)


class TreeRow(Struct, frozen=True):
    """One line of a message: where it hangs, its first words, who said it and when."""

    place: Place
    role: Role
    texts: Texts
    hues: Mapping[str, str]
    today: date
    marked: Collection[int] = ()
    """The replies that are to be compared."""
    label: str = ""
    """What the person calls it."""
    here: bool = False
    """Whether the path that is read ends here."""
    height: int = 1

    @property
    def key(self) -> Hashable:
        """The message."""
        return self.place.message_id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Branch, words; model and time at the right edge."""
        mine, message = chosen is self, self.texts.get(self.place.message_id)
        ink = pen.ink
        left: list[Span[Style]] = [Span(self._branch, ink.line)]
        if self.place.message_id in self.marked:
            left.append(Span("✓ ", ink.accent))
        if self.label:
            left.append(Span(f"{one_line(self.label, _LABEL)}  ", ink.accent))
        if message is None:
            return [pen.line([*left, Span("…", ink.dim)], tinted=mine, railed=mine)]
        left.append(Span(_first_words(message), self._style(ink, mine=mine)))
        return [pen.line(left, self._right(message, ink), tinted=mine, railed=mine)]

    @property
    def _branch(self) -> str:
        depth = min(self.place.depth, _DEEPEST)
        return "│ " * (depth - self.place.begins) + "├ " * self.place.begins

    def _style(self, ink: Ink, *, mine: bool) -> Style:
        """Prompts stand out; what is not read now is quiet."""
        if mine:
            return ink.strong
        if not self.place.read:
            return ink.dim
        return ink.you if self.role is Role.USER else ink.ink

    def _right(self, message: Message, ink: Ink) -> list[Span[Style]]:
        spans: list[Span[Style]] = []
        if end := _ENDS.get(message.status):
            spans.append(Span(f"{end}  ", ink.dim))
        if self.role is Role.ASSISTANT:
            hue = ink.hues.get(self.hues.get(message.model or "", ""), ink.soft)
            spans.append(Span(f"{model_name(message.model)}  ", hue))
        spans.append(Span(f"{when(message.created_at, self.today):>6}", ink.dim))
        return [*spans, Span(" ◂" if self.here else "  ", ink.accent)]


def _first_words(message: Message) -> str:
    text = one_line(message.draft.words[:_LONGEST] if message.role is Role.USER else message.text[:_LONGEST])
    if message.summary:
        return f"Summary: {text}"
    return text or ("…" if message.status is Status.STREAMING else "no words")
