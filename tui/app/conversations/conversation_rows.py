"""How the list of conversations is drawn: by day while titles are filtered, with snippets while text is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from rich.style import Style
from textual.strip import Strip

from tui.app.lists.row_list import Row
from tui.app.theme.ink import Ink, Pen, cut, width_of
from tui.chat.conversation import SearchHit, Summary
from tui.dates import local
from tui.history.store import ConversationChanges
from tui.rendering.spans import Span
from tui.text import clean, one_line

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TITLE_LIMIT = 300
_MODEL_WIDTH = 18
_UNTITLED = "Untitled"


def age(moment: datetime, today: date) -> str:
    """A day in few letters: ``today``, ``yesterday``, ``12 Nov``, ``3 Mar 2025``."""
    day = local(moment).date()
    days = (today - day).days
    if -1 <= days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year:04}"


def when(moment: datetime, today: date) -> str:
    """A time of today or yesterday, a day before that: what the heading above does not say."""
    here = local(moment)
    return f"{here:%H:%M}" if -1 <= (today - here.date()).days <= 1 else age(moment, today)


def title_of(text: str) -> str:
    """A title, safe to show."""
    return one_line(text, _TITLE_LIMIT) or _UNTITLED


class SummaryRow(Struct, frozen=True):
    """A conversation: title, tags, model, time."""

    summary: Summary
    today: date
    live_hue: str | None = None
    unread: bool = False
    asks: bool = False
    """Whether a question waits in it."""
    height: int = 1

    @property
    def conversation_id(self) -> int:
        """The conversation."""
        return self.summary.id

    @property
    def message_id(self) -> None:
        """A title stands for no message."""
        return None

    @property
    def title(self) -> str:
        """The title, safe to show."""
        return title_of(self.summary.title)

    @property
    def title_line(self) -> int:
        """The line of this row that a new title is typed over."""
        return 0

    @property
    def key(self) -> Hashable:
        """The conversation."""
        return self.summary.id

    def changed(self, changes: ConversationChanges) -> SummaryRow:
        """The same after a change of the conversation."""
        summary = self.summary
        changed = replace(
            summary,
            title=changes.get("title", summary.title),
            tags=changes.get("tags", summary.tags),
            pinned=changes.get("pinned", summary.pinned),
        )
        return replace(self, summary=changed)

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        ink, mine = pen.ink, chosen is self
        style = ink.strong + Style(bold=True) if mine or self.unread else ink.ink
        right = self._right(ink)
        left: list[Span[Style]] = [Span(self.title, style)]
        tags: Span[Style] = Span("".join(f"  #{one_line(tag, 30)}" for tag in self.summary.tags), ink.dim)
        if width_of([*left, tags, *right]) + 3 <= pen.text_width:
            left.append(tags)
        return [pen.line(left, right, tinted=mine, railed=mine)]

    def _right(self, ink: Ink) -> list[Span[Style]]:
        mark: Span[Style] = Span("", ink.ink)
        if self.asks:
            mark = Span("? ", ink.accent + Style(bold=True))
        elif self.live_hue:
            mark = Span("● ", ink.hues.get(self.live_hue, ink.ink))
        elif self.unread:
            mark = Span("• ", ink.accent)
        model = one_line((self.summary.model or "").rpartition("/")[2])
        name = "".join(span.text for span in cut([Span(model, ink.dim)], _MODEL_WIDTH))
        return [mark, Span(f"{name}{when(self.summary.updated_at, self.today):>9}", ink.dim)]


class HitRow(Struct, frozen=True):
    """One hit of full-text search. The first of a conversation carries its title."""

    hit: SearchHit
    today: date
    place: int
    """Which hit of its conversation this is, counted from 0."""
    first: bool = False
    """The first row of the list has no blank line above."""

    @property
    def conversation_id(self) -> int:
        """The conversation."""
        return self.hit.conversation_id

    @property
    def message_id(self) -> int | None:
        """The message, or None where only the title matched."""
        return self.hit.message_id

    @property
    def title(self) -> str:
        """The title, safe to show."""
        return title_of(self.hit.title)

    @property
    def key(self) -> Hashable:
        """Conversation and message."""
        return self.conversation_id, self.message_id

    def changed(self, changes: ConversationChanges) -> HitRow:
        """The same after a change of the conversation."""
        return replace(self, hit=replace(self.hit, title=changes.get("title", self.hit.title)))

    @property
    def title_line(self) -> int:
        """The line of this row that a new title is typed over."""
        return 1 if self.place == 0 and not self.first else 0

    @property
    def height(self) -> int:
        """Blank line, title and snippet; or the snippet alone; a hit in a title has no snippet."""
        titled = self.title_line + 1 if self.place == 0 else 0
        return titled + (1 if self.message_id is not None or self.place else 0)

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """The whole conversation is tinted when one of its hits is chosen; the rail shows which."""
        tinted = isinstance(chosen, HitRow) and chosen.conversation_id == self.conversation_id
        railed = chosen is self
        lines: list[Strip] = []
        if self.place == 0:
            style = pen.ink.strong + Style(bold=True) if tinted else pen.ink.ink
            right = [Span(age(self.hit.updated_at, self.today), pen.ink.dim)]
            lines = [pen.blank()] * self.title_line
            lines.append(pen.line([Span(self.title, style)], right, tinted=tinted, railed=railed))
        if self.height > len(lines):
            lines.append(pen.line(self._snippet(pen, railed), tinted=tinted, railed=railed))
        return lines

    def _snippet(self, pen: Pen, railed: bool) -> Sequence[Span[Style]]:
        plain = pen.ink.ink if railed else pen.ink.dim
        text, at = self.hit.snippet, 0
        spans: list[Span[Style]] = []
        for start, end in self.hit.marks:
            spans += [Span(_shown(text[at:start]), plain), Span(_shown(text[start:end]), pen.ink.mark)]
            at = end
        spans.append(Span(_shown(text[at:]), plain))
        return _from_hit(spans, pen.text_width)


ConversationRow = SummaryRow | HitRow


def _shown(text: str) -> str:
    return clean(text).replace("\n", " ").replace("\t", " ")


def _from_hit(spans: list[Span[Style]], width: int) -> Sequence[Span[Style]]:
    """The spans from where the first mark is in sight."""
    if len(spans) > 1:
        before = spans[0].text
        while width_of([spans[0]._replace(text=before), spans[1]]) > width - 2 and " " in before[2:]:
            before = "…" + before[2:].partition(" ")[2]
        spans = [spans[0]._replace(text=before), *spans[1:]]
    return [span for span in spans if span.text]


def grouped(hits: Sequence[SearchHit], today: date, *, first: bool = False) -> list[HitRow]:
    """Rows for ``hits``, those of one conversation together, in the order of each one's first.

    ``first`` says that the list begins with them.
    """
    by_conversation: dict[int, list[SearchHit]] = {}
    for hit in hits:
        by_conversation.setdefault(hit.conversation_id, []).append(hit)
    rows = [HitRow(hit, today, place) for own in by_conversation.values() for place, hit in enumerate(own)]
    return [replace(rows[0], first=True), *rows[1:]] if rows and first else rows
