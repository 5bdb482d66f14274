"""The lines round compared replies: title, names as tabs, how each reply does, and what it has taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message as TextualMessage
from textual.reactive import reactive
from textual.strip import Strip

from tui.app.compare.reply_column import hairline_style
from tui.app.lists.line import Line, justify
from tui.app.messages.name_line import duration, meta_words
from tui.app.messages.reply_standing import of_live
from tui.app.messages.reply_status import ReplyStatus, fields, glyph_style
from tui.app.theme.grid import GAP
from tui.app.theme.ink import Ink, cut, width_of
from tui.chat.message import Message
from tui.engine.live import LiveReply, Phase
from tui.rendering.spans import Span
from tui.text import one_line


class ColumnState(Struct, frozen=True):
    """One reply as the lines show it."""

    message_id: int
    name: str
    hue: str
    status: ReplyStatus


class CompareTitle(Line):
    """What this is, which replies are in view, and where they are kept."""

    title: reactive[str] = reactive("")
    temporary: reactive[bool] = reactive(False)
    seen: reactive[str] = reactive("")

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw the line."""
        left = [Span("Compare", ink.dim), Span(f"   {self.seen}" if self.seen else "", ink.dim)]
        if self.temporary:
            return left, [Span("temporary", ink.accent)]
        return left, [Span(f"kept in {one_line(self.title)}" if self.title else "", ink.dim)]


class CompareTabs(Line):
    """The names of all replies, with a hairline under the one that is shown."""

    DEFAULT_CSS = "CompareTabs { height: 2; }"
    states: reactive[tuple[ColumnState, ...]] = reactive(())
    shown: reactive[int] = reactive(0)

    @dataclass
    class Pointed(TextualMessage):
        """The person clicked on a name."""

        message_id: int

    def render_line(self, y: int) -> Strip:
        """The names, or the hairline; Textual calls this."""
        ink, width = Ink.from_theme(self.app.theme_variables), self.content_size.width
        names = [self._label(state, ink) for state in self._in_view]
        if y == 0:
            spans = [span for name in names for span in (*name, Span("   ", Style.null()))]
            return justify(cut(spans[:-1], width), (), width).apply_style(self.visual_style.rich_style)
        at = 0
        for state, name in zip(self._in_view, names, strict=True):
            long = width_of(name)
            if state.message_id == self.shown:
                style = hairline_style(self.app.theme_variables, state.hue)
                segments = [Segment(" " * at), Segment("─" * min(long, width - at), style)]
                return Strip(segments).adjust_cell_length(width).apply_style(self.visual_style.rich_style)
            at += long + 3
        return Strip.blank(width, self.visual_style.rich_style)

    @property
    def _in_view(self) -> Sequence[ColumnState]:
        """The names from the first one on with which the shown one has room."""
        states = list(self.states)
        ids = [state.message_id for state in states]
        place = ids.index(self.shown) if self.shown in ids else 0
        ink = Ink.from_theme(self.app.theme_variables)
        while place and sum(width_of(self._label(s, ink)) + 3 for s in states[: place + 1]) - 3 > (
            self.content_size.width
        ):
            del states[0]
            place -= 1
        return states

    def _label(self, state: ColumnState, ink: Ink) -> list[Span[Style]]:
        shown = state.message_id == self.shown
        name = Span(state.name, ink.hues[state.hue] if shown else ink.dim)
        now = state.status
        return [name, *([Span(f" {now.glyph}", glyph_style(now, ink))] if now.glyph else [])]

    def on_click(self, event: events.Click) -> None:
        """Show the reply whose name is clicked."""
        at, ink = 0, Ink.from_theme(self.app.theme_variables)
        for state in self._in_view:
            at += width_of(self._label(state, ink)) + 3
            if event.x < at - 1:
                self.post_message(self.Pointed(state.message_id))
                return


class CompareStatus(Line):
    """How each reply in view does: the first at the left edge, the last at the right one."""

    states: reactive[tuple[ColumnState, ...]] = reactive(())
    slots: reactive[int] = reactive(2)
    """Columns on the page, of which some may be empty."""

    def render_line(self, y: int) -> Strip:
        """Draw all; Textual calls this."""
        ink, width = Ink.from_theme(self.app.theme_variables), self.content_size.width
        if y or not self.states:
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        measure = (width - (self.slots - 1) * GAP) // self.slots
        strips: list[Strip] = []
        for place, state in enumerate(self.states):
            spans = self._spans(state, ink)
            last = place == self.slots - 1
            room = width - place * (measure + GAP) if last else measure
            strip = justify((), spans, room) if last and place else justify(spans, (), room)
            strips += [strip] if last else [strip, Strip.blank(GAP)]
        return Strip.join(strips).adjust_cell_length(width).apply_style(self.visual_style.rich_style)

    def _spans(self, state: ColumnState, ink: Ink) -> list[Span[Style]]:
        name, now = Span(state.name, ink.hues[state.hue]), state.status
        if now.clock:
            return [name, Span("  ", Style.null()), *fields(now, ink)]
        glyph = [Span(f"{now.glyph} ", glyph_style(now, ink))] if now.glyph else []
        return [name, Span(" ", Style.null()), *glyph, Span(now.word, ink.dim if now.quiet else ink.ink)]


_GAP = "   "


def so_far(live: LiveReply) -> str:
    """``thought for 2 s   88 tokens so far``."""
    detail = of_live(live, "").detail
    if detail or live.phase not in (Phase.THINKING, Phase.ANSWERING):
        return one_line(detail) or live.phase.value
    seconds = live.reply.message.reasoning_seconds
    thought = ["thinking"] if live.phase is Phase.THINKING else _thought(seconds)
    return _GAP.join([*thought, f"{live.tokens:,} tokens so far"])


def in_all(message: Message, cost: float | None) -> str:
    """``thought for 2 s   126 tokens   3.1 s   $0.001``, as far as it is known.

    Args:
        message: The reply, which has ended.
        cost: US dollars by known prices, for a server that does not say them.
    """
    return _GAP.join([*_thought(message.reasoning_seconds), *filter(None, [meta_words(message, cost)])])


def _thought(seconds: float | None) -> list[str]:
    return [] if seconds is None else [f"thought for {duration(seconds)}"]
