"""Where the lines of a text area break and which place a cell has: between characters as readers see them.

Textual adds up code points there, so that a caret would land elsewhere than where one clicks, and a line of
pictures would be twice as wide as its area.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style
from rich.text import Text
from textual import _cells, _wrap
from textual.document import _wrapped_document

from tui import graphemes
from tui.cells import cells, index_at

_textual_offsets = _wrap.compute_wrap_offsets
_textual_column = _cells.cell_width_to_column_index


class Whole(Text):
    """A line that is never styled in the middle of a character: there it would be drawn as two."""

    def stylize(self, style: str | Style, start: int = 0, end: int | None = None) -> None:
        """Style a range, with all of the characters at its ends."""
        plain = self.plain
        if not plain.isascii():
            start = graphemes.begin(plain, start) if start > 0 else start
            end = graphemes.end(plain, end) if end is not None and end > 0 else end
        super().stylize(style, start, end)


def wrap_offsets(
    text: str,
    width: int,
    tab_size: int,
    fold: bool = True,
    precomputed_tab_sections: list[tuple[str, int]] | None = None,
) -> list[int]:
    """Where a line breaks; Textual calls this."""
    if text.isascii():
        return _textual_offsets(text, width, tab_size, fold, precomputed_tab_sections)
    tabs = iter([tab for _, tab in precomputed_tab_sections or () if tab])
    breaks: list[int] = []
    used = 0
    for start, end, _ in _wrap.chunks(text):
        sizes = [*_sizes(text, start, end, tabs, tab_size)]
        whole = sum(size for _, size in sizes)
        if whole > width - used:
            used = 0
            if start:
                breaks.append(start)
        if whole <= width:
            used += whole
            continue
        for at, size in sizes:
            if used + size > width and at > start:
                breaks.append(at)
                used = 0
            used += size
    return breaks


def _sizes(text: str, start: int, end: int, tabs: Iterator[int], tab_size: int) -> Iterator[tuple[int, int]]:
    """The begin of each character, and its cells."""
    for first, stop in graphemes.spans(text[start:end]):
        char = text[start + first : start + stop]
        yield start + first, next(tabs, tab_size) if char == "\t" else cells(char)


def column_at(line: str, cell: int, tab_size: int) -> int:
    """The place of the character that covers a cell; Textual calls this."""
    if line.isascii():
        return _textual_column(line, cell, tab_size)
    if "\t" not in line:
        return index_at(line, cell)
    right = 0
    for start, stop in graphemes.spans(line):
        char = line[start:stop]
        right += tab_size - right % tab_size if char == "\t" else cells(char)
        if right > cell:
            return start
    return len(line)


def _teach() -> None:
    ours = (("compute_wrap_offsets", wrap_offsets), ("cell_width_to_column_index", column_at))
    for name, function in ours:
        setattr(_wrapped_document, name, function)


_teach()
