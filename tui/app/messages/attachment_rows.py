"""What stands under a prompt: the files that it was sent with, with thumbnails where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import Look
from tui.app.messages.picture_lines import THUMBNAIL, PictureLines, PlacedPicture
from tui.app.messages.rows import Rows
from tui.app.theme.ink import cut
from tui.chat.attachment import Attachment, Kind, size_words
from tui.chat.message import Message
from tui.rendering.spans import Span, Target
from tui.text import one_line

_GAP = 2
"""Cells between two thumbnails."""


def attachment_rows(message: Message, look: Look) -> AttachmentRows:
    """One row for each file, and the thumbnails below them."""
    return AttachmentRows(message.attachments, look)


class AttachmentRows(Rows):
    """Files of a prompt: name, kind and size of each, then what is known of the pictures side by side."""

    def __init__(self, files: Sequence[Attachment], look: Look) -> None:
        """Make the rows.

        Args:
            files: The files.
            look: Width, colours, and the pictures that are known.
        """
        super().__init__(look, [_row(file, look) for file in files])
        self._listed = files
        self._files = super().height
        fitting = (look.width + _GAP) // (THUMBNAIL[0] + _GAP) if look.thumbnails else 0
        shown = [file for file in files if file.kind is Kind.IMAGE][:fitting]
        self._shown = [PictureLines(look, file, THUMBNAIL, look.palette.band) for file in shown]
        self._tall = max((lines.height - 1 for lines in self._shown), default=0)

    @property
    def pictures(self) -> list[PlacedPicture]:
        """The pictures that have a thumbnail here, or will have one."""
        return [PlacedPicture(self._files, lines) for lines in self._shown]

    @property
    def named(self) -> list[tuple[int, Attachment]]:
        """The pictures, by the rows that name them."""
        return [(row, file) for row, file in enumerate(self._listed) if file.kind is Kind.IMAGE]

    @property
    def height(self) -> int:
        """How many rows."""
        return self._files + self._tall

    def line(self, row: int) -> Strip:
        """One row, as wide as every line of the transcript."""
        if row < self._files:
            return super().line(row)
        segments = [Segment("  ")]
        for lines in self._shown:
            cells = lines.cells(row - self._files) if row - self._files < lines.height - 1 else []
            segments += [
                *cells,
                Segment(" " * (lines.width + _GAP - sum(cell.cell_length for cell in cells))),
            ]
        return Strip(segments).adjust_cell_length(self._look.width + 3 if self._look else 0)

    def target(self, row: int, cell: int) -> Target | None:
        """What a click on a cell of the text sets off."""
        return super().target(row, cell) if row < self._files else None

    def text(self, row: int) -> str:
        """What one row says."""
        return super().text(row) if row < self._files else ""

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The words of the rows between two places, without the thumbnails."""
        return super().copy(start, (min(end[0], self._files - 1), end[1]))


def _row(file: Attachment, look: Look) -> list[Span[Style]]:
    about = f"  {file.kind}  {size_words(file.size)}"
    [name] = cut([Span(one_line(file.name), look.ink.soft)], look.width - len(about) - 2)
    return [Span("▸ ", look.ink.dim), name, Span(about, look.ink.dim)]
