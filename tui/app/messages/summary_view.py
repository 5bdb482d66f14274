"""The lines of a summary: a hairline that says so, and the text, which is folded away once it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.app.messages.interleaved import Interleaved
from tui.app.messages.message_view import MessageView
from tui.app.messages.name_line import FOLD, model_name
from tui.app.messages.plain_text import PlainText
from tui.app.messages.rows import Rows
from tui.app.messages.segue_line import Lead
from tui.app.theme.ink import width_of
from tui.rendering.spans import Span
from tui.text import one_line

if TYPE_CHECKING:
    from tui.rendering.document import CodeBlock, Document


_GAPS = "    "
"""Before and behind the name of who summed up."""


class SummaryView(MessageView):
    """A message that sums up what came before it."""

    _chosen_fold: bool | None = None
    """Whether the reader has folded the text away, or has had it shown; None while they did neither."""

    @property
    def folded(self) -> bool:
        """Whether only the hairline is shown."""
        return self.message.summary if self._chosen_fold is None else self._chosen_fold

    def fold(self) -> bool:
        """Show the text, or fold it away."""
        self._chosen_fold = not self.folded
        self._surround()
        return True

    def unfold(self, offset: int) -> None:
        """Show a place in the text."""
        if self.folded:
            self.fold()
        super().unfold(offset)

    @property
    def blocks(self) -> tuple[Lead, Rows, PlainText | Rows, PlainText | Document | Interleaved | Rows, Rows]:
        """The blocks from top to bottom; the body may be folded away."""
        lead, name, _, body, footer = super().blocks
        return lead, name, Rows(), Rows() if self.folded else body, footer

    @property
    def hits(self) -> dict[int, list[tuple[int, int]]]:
        """The marked hits by row."""
        return {} if self.folded else super().hits

    @property
    def folds(self) -> list[int]:
        """None of its own: all of the text folds."""
        return []

    def code_blocks(self) -> list[CodeBlock]:
        """The blocks of code."""
        return [] if self.folded else super().code_blocks()

    def _name_line(self, metas: Sequence[str] = ()) -> Rows:
        """``▸ summary   gpt-6-sol summed up what came before ────────   312 tokens``."""
        look, dim = self.look, self.look.ink.dim
        fold = Span(f"{'▸' if self.folded else '▾'} summary", dim, target=FOLD)
        right = [Span("   ", dim), *marks] if (marks := self._marks()) else []
        room = look.width - width_of([fold, *right]) - len(_GAPS)
        name, state = model_name(self.message.model), f" {self._state()}"
        if cell_len(name + state) > room:
            name, state = one_line(name, max(1, room)), ""
        fits = (words for words in metas if words and cell_len(name + state + words) + 3 <= room)
        if meta := next(fits, ""):
            right.insert(0, Span(f"   {meta}", dim))
        left = [
            fold,
            Span("   ", dim),
            Span(name, look.ink.hues[self.standing.hue]),
            Span(f"{state} ", dim),
        ]
        count = look.width - width_of(left) - width_of(right)
        return Rows(look, [[*left, Span("─" * max(0, count), look.ink.line), *right]])

    def _state(self) -> str:
        message = self.message
        if message.live:
            waits = one_line(self._note) or "waiting"
            return "sums up what came before" + f"   {waits}" * (not self.body.source)
        return "summed up what came before" if message.summary else "did not sum up what came before"
