"""The last line: the few keys that matter now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.reactive import reactive

from tui.app.lists.line import Line
from tui.app.theme.ink import Ink, width_of
from tui.rendering.spans import Span

_APART = "   "
MOST = 5


@dataclass(frozen=True, slots=True)
class Hint:
    """One key and what it does."""

    key: str
    """As it is shown: ``ctrl+l``, ``alt+↑``."""
    words: str
    press: str = ""
    """The key that a click presses; none if empty."""

    @property
    def width(self) -> int:
        """Its cells."""
        return cell_len(self.key) + 1 + cell_len(self.words)

    def spans(self, ink: Ink) -> list[Span[Style]]:
        """Key and words as they are drawn."""
        click = Style(meta={"@click": f"app.simulate_key('{self.press}')"}) if self.press else Style.null()
        return [Span(self.key, ink.soft + click), Span(f" {self.words}", ink.dim + click)]


class KeyLine(Line):
    """At most five keys; those that do not fit are left out whole."""

    hints: reactive[tuple[Hint, ...]] = reactive(())

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw name and meaning of each key."""
        spans: list[Span[Style]] = []
        for hint in self.hints[:MOST]:
            apart: list[Span[Style]] = [Span(_APART, Style.null())] if spans else []
            more = [*apart, *hint.spans(ink)]
            if width_of(spans) + width_of(more) > self.content_size.width:
                break
            spans += more
        return spans, ()
