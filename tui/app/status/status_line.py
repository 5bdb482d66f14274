"""The line below the composer: who answers, how full the context is, what goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

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
_BAR = 8
_FIELDS = 29
"""Cells of the fixed fields: dot 2, word 9, 2, rate 9, 2, clock 5."""
_WARN, _FULL = 0.80, 0.95


@dataclass(frozen=True, slots=True)
class Fill:
    """How full the model's context is."""

    used: int = 0
    size: int | None = None
    """Tokens the model can take; None where nobody says."""

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return min(1.0, self.used / self.size) if self.size else 0.0


class StatusLine(Line):
    """Fields of fixed width, so that nothing moves while the numbers change."""

    model: reactive[str | None] = reactive(None)
    hue: reactive[str] = reactive("sky")
    fill: reactive[Fill] = reactive(Fill())
    marks: reactive[str] = reactive("")
    """What models may use here, in a word or two."""
    elsewhere: reactive[tuple[str, ...]] = reactive(())
    """How it stands with the history's server, if not as it should; then the same in ever fewer words."""
    reply: reactive[ReplyStatus] = reactive(ReplyStatus())

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw the fields; what is least needed goes first where there is no room."""
        room = self.content_size.width - _FIELDS - 3
        wide = self.app.size.width >= WIDE
        parts = [(named, counted, True) for named, counted in ((wide, wide), (False, wide), (False, False))]
        needed = self._needed
        if any(needed):
            parts.append((False, False, False))
        for cells, (named, counted, about) in product(needed, parts):
            left = [*self._who(ink, named), *(self._about(ink, counted) if about else [])]
            if width_of(left) + cells <= room:
                for ways in self._beside(ink):
                    left += next((way for way in ways if width_of([*left, *way]) <= room), [])
                return left, fields(self.reply, ink)
        who = self._who(ink, False)
        return [*who, *self._about(ink, False)] if self.reply.detail else who, fields(self.reply, ink)

    @property
    def _needed(self) -> Sequence[int]:
        """Cells for how it stands with the history's server, in fewer and fewer words: it matters more."""
        if self.reply.detail or not self.elsewhere:
            return [0]
        return [3 + len(words) for words in self.elsewhere[1:]]

    def _beside(self, ink: Ink) -> Iterator[Sequence[list[Span[Style]]]]:
        """What is shown as far as there is room, what matters most first; each in one or more ways."""
        yield [[Span(f"   {words}", ink.warning)] for words in self.elsewhere]
        yield [[Span(f"   {self.marks}", ink.dim)]] if self.marks else []

    def _who(self, ink: Ink, with_provider: bool) -> list[Span[Style]]:
        if self.model is None:
            return [Span("no model chosen", ink.dim + _PICK)]
        provider, name = (one_line(span) for span in split_id(self.model))
        shown = [Span(f"{provider}/", ink.dim + _PICK)] if with_provider else []
        return [*shown, Span(name or provider, ink.hues.get(self.hue, ink.ink) + _PICK)]

    def _about(self, ink: Ink, counted: bool) -> list[Span[Style]]:
        if self.reply.detail:
            return [Span("   ", Style.null()), Span(one_line(self.reply.detail), ink.dim)]
        fill = self.fill
        if not fill.size:
            return [Span(f"   {shorten(fill.used)} tokens", ink.dim)] if fill.used else []
        colour = ink.error if fill.share >= _FULL else ink.warning if fill.share >= _WARN else ink.dim
        full = round(fill.share * _BAR)
        full = max(full, 1) if fill.used else full
        words = f" {fill.share:.0%}" + (f" of {shorten(fill.size)}" if counted else "")
        return [
            Span("   ", Style.null()),
            Span("━" * full, colour),
            Span("─" * (_BAR - full), ink.line),
            Span(words, ink.dim),
        ]
