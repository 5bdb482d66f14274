"""The line below the composer: who answers, how full the context is, what goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from msgspec import Struct
from rich.style import Style
from textual.reactive import reactive

from tui.app.lists.line import Line
from tui.app.messages.reply_status import ReplyStatus, fields
from tui.app.theme.grid import WIDE
from tui.app.theme.ink import Ink, width_of
from tui.chat.context import shorten
from tui.chat.model import split_id
from tui.rendering.spans import Span
from tui.text import one_line

_PICK = Style(meta={"@click": "screen.model"})
_SHEET = Style(meta={"@click": "screen.options"})
_BAR = 8
_FIELDS = 29
"""Cells of the fixed fields: dot 2, word 9, 2, rate 9, 2, clock 5."""
_WARN, _FULL = 0.80, 0.95


class Fill(Struct, frozen=True):
    """How full the model's context is."""

    used: int = 0
    size: int | None = None
    """Tokens the model can take; None where nobody says."""

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return min(1.0, self.used / self.size) if self.size else 0.0


class Mark(NamedTuple):
    """Something that is particular about how models answer here."""

    words: str
    short: str
    """The same where there is little room."""


class StatusLine(Line):
    """Fields of fixed width, so that nothing moves while the numbers change."""

    model: reactive[str | None] = reactive(None)
    hue: reactive[str] = reactive("sky")
    has_namesake: reactive[bool] = reactive(False)
    """Another provider has a model of the same name: then this one's is always said."""
    fill: reactive[Fill] = reactive(Fill())
    marks: reactive[tuple[Mark, ...]] = reactive(())
    elsewhere: reactive[tuple[str, ...]] = reactive(())
    """How it stands with the history's server, if not as it should; then the same in ever fewer words."""
    reply: reactive[ReplyStatus] = reactive(ReplyStatus())

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw the fields; what is least needed goes first where there is no room."""
        room = self.content_size.width - _FIELDS - 3
        wide = self.app.size.width >= WIDE
        for needed, (left, marks) in product(self._needed, list(self._ways(ink, wide))):
            if (free := room - width_of([*left, *marks])) >= needed:
                return [*left, *self._standing(ink, free), *marks], fields(self.reply, ink)
        who = self._who(ink, False)
        return [*who, *self._about(ink, False, True)] if self.reply.detail else who, fields(self.reply, ink)

    def _ways(self, ink: Ink, wide: bool) -> Iterator[tuple[list[Span[Style]], list[Span[Style]]]]:
        """Who answers and how full that is, and the marks: in less and less room."""
        ways = [(wide, wide, True), (False, wide, True), (False, False, True)]
        ways += [(False, False, False)] if self.marks else []
        for marks in self._marked(ink):
            for named, counted, barred in ways:
                yield [*self._who(ink, named), *self._about(ink, counted, barred)], marks
        if self.elsewhere:
            yield self._who(ink, False), []

    def _marked(self, ink: Ink) -> Iterator[list[Span[Style]]]:
        """The marks, all of them first; then shorter, then fewer, and that there are more."""
        short = [mark.short for mark in self.marks]
        fewer = [f"{' '.join(short[:count])} …" for count in range(len(short) - 1, 0, -1)]
        for words in (", ".join(mark.words for mark in self.marks), " ".join(short), *fewer):
            yield [Span(f"   {words}", ink.dim + _SHEET)] if words else []
        yield []

    @property
    def _needed(self) -> Sequence[int]:
        """Cells for how it stands with the history's server, in fewer and fewer words: it matters more."""
        if self.reply.detail or not self.elsewhere:
            return [0]
        return [3 + len(words) for words in self.elsewhere[1:]]

    def _standing(self, ink: Ink, room: int) -> list[Span[Style]]:
        """How it stands with the history's server, in as many words as there is room for."""
        ways = [[Span(f"   {words}", ink.warning)] for words in self.elsewhere]
        return next((way for way in ways if width_of(way) <= room), [])

    def _who(self, ink: Ink, with_provider: bool) -> list[Span[Style]]:
        if self.model is None:
            return [Span("no model chosen", ink.dim + _PICK)]
        provider, name = (one_line(span) for span in split_id(self.model))
        said = with_provider or self.has_namesake
        shown = [Span(f"{provider}/", ink.dim + _PICK)] if said else []
        return [*shown, Span(name or provider, ink.hues.get(self.hue, ink.ink) + _PICK)]

    def _about(self, ink: Ink, counted: bool, barred: bool) -> list[Span[Style]]:
        if self.reply.detail:
            return [Span("   ", Style.null()), Span(one_line(self.reply.detail), ink.dim)]
        fill = self.fill
        if not fill.size:
            return [Span(f"   {shorten(fill.used)} tokens", ink.dim)] if fill.used else []
        colour = ink.error if fill.share >= _FULL else ink.warning if fill.share >= _WARN else ink.dim
        full = round(fill.share * _BAR)
        full = max(full, 1) if fill.used else full
        words = f"{' ' if barred else ''}{fill.share:.0%}" + (f" of {shorten(fill.size)}" if counted else "")
        bar = [Span("━" * full, colour), Span("─" * (_BAR - full), ink.line)] if barred else []
        return [Span("   ", Style.null()), *bar, Span(words, ink.dim + _SHEET)]
