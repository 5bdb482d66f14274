"""How a file or a folder is drawn in the menu above the composer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.strip import Strip

from tui.app.composer.path_completion import Candidate
from tui.app.lists.row_list import Row
from tui.app.theme.ink import Pen
from tui.chat.attachment import size_words
from tui.text import one_line


@dataclass(frozen=True, slots=True)
class PathRow:
    """One entry of a folder: its name, and its size at the right."""

    candidate: Candidate
    height: int = 1

    @property
    def key(self) -> str:
        """The path."""
        return self.candidate.path

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line, tinted and railed if it is the chosen one."""
        mine = chosen is self
        pen = replace(pen, width=pen.width + 1)  # the menu has no scroll bar: its last cell is ours
        found = self.candidate
        name = one_line(found.name) + (os.sep if found.folder else "")
        left = [(name, pen.ink.strong if mine else pen.ink.soft)]
        right = [] if found.folder else [(size_words(found.size), pen.ink.dim)]
        return [pen.line(left, right, tinted=mine, railed=mine)]
