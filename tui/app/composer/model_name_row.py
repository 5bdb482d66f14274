"""How a model is drawn in the menu above the composer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.strip import Strip

from tui.app.lists.row_list import Row
from tui.app.theme.ink import Pen
from tui.chat.model import split_id
from tui.text import one_line


@dataclass(frozen=True, slots=True)
class ModelNameRow:
    """One model: its provider and its name."""

    model_id: str
    height: int = 1

    @property
    def key(self) -> str:
        """The model's id."""
        return self.model_id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line, tinted and railed if it is the chosen one."""
        mine = chosen is self
        pen = replace(pen, width=pen.width + 1)  # the menu has no scroll bar: its last cell is ours
        provider, name = (one_line(part, 100) for part in split_id(self.model_id))
        left = [(f"{provider}/", pen.ink.dim), (name, pen.ink.strong if mine else pen.ink.soft)]
        return [pen.line(left, tinted=mine, railed=mine)]
