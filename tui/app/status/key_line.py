"""The last line: the few keys that matter now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.reactive import reactive

from tui.app.lists.line import Line
from tui.app.theme.ink import Ink, Part, width_of

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

    def parts(self, ink: Ink) -> list[Part]:
        """Key and words as they are drawn."""
        click = Style(meta={"@click": f"app.simulate_key('{self.press}')"}) if self.press else Style.null()
        return [(self.key, ink.soft + click), (f" {self.words}", ink.dim + click)]


class KeyLine(Line):
    """The keys that fit; of more, those before the last are left out whole: it is the way out."""

    hints: reactive[tuple[Hint, ...]] = reactive(())

    def parts(self, ink: Ink) -> tuple[Sequence[Part], Sequence[Part]]:
        """Draw name and meaning of each key."""
        hints = [hint.parts(ink) for hint in self.hints]
        room = self.content_size.width
        while len(hints) > 1 and sum(map(width_of, hints)) + len(_APART) * (len(hints) - 1) > room:
            del hints[-2]
        gap: Part = (_APART, Style.null())
        return [part for hint in hints for part in (*hint, gap)][:-1], ()
