"""What is selected in messages: places that stay true while they scroll, and the text between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from tui import graphemes
from tui.app.lists.pointing import teach_pointing
from tui.app.messages.blocks import BODY, THOUGHT
from tui.app.messages.look import over
from tui.app.messages.viewport import Viewport
from tui.app.messages.window import Window
from tui.cells import cells, index_at

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView

_ROWS = 1 << 24
_FAR = 1 << 24
"""A character or cell beyond the end of every line."""
_Point = tuple[int, int]
"""Row of a message, and cell of its text."""


def key_of(index: int, row: int) -> int:
    """A line number for Textual's selection: grows with message and row, and scrolling does not change it."""
    return index * _ROWS + row


def _place_of(key: int) -> tuple[int, int]:
    """Message, by index, and row of a line number."""
    return divmod(key, _ROWS)


def whole_rows(first: tuple[int, int], last: tuple[int, int]) -> Selection:
    """A selection of rows from one to another; each is a message, by index, and a row of it."""
    return Selection(Offset(0, key_of(*first)), Offset(_FAR, key_of(*last)))


class Selected:
    """What is selected in the messages of a viewport, by mouse or by keys."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.selection: Selection | None = None

    @property
    def messages(self) -> range:
        """The messages, by index, that it touches: they must stay laid out, to be copied."""
        selection, window = self.selection, self._viewport.window
        return _messages_of(selection, window) if selection and window else range(0)

    def text(self, selection: Selection) -> str | None:
        """The source of what is selected; None without messages."""
        return _text(selection, self._viewport.window) if self._viewport.window else None

    def draw(self, strip: Strip, view: MessageView, index: int, row: int) -> Strip:
        """A row of a message, with what is selected of it."""
        if self.selection is None or not (cells := _marked_cells(self.selection, view, index, row)):
            return strip
        edge = view.look.edge
        return over(strip, edge + cells[0], edge + cells[1], view.look.ink.mark)


def _messages_of(selection: Selection, window: Window) -> range:
    """The messages, by index, that a selection touches."""
    first = _place_of(selection.start.y)[0] if selection.start else 0
    last = _place_of(selection.end.y)[0] if selection.end else len(window.ids) - 1
    return range(max(0, first), min(last + 1, len(window.ids)))


def _text(selection: Selection, window: Window) -> str:
    """The source of what is selected: wrapped lines joined, ornaments left out."""
    messages = _messages_of(selection, window)
    views = ((index, window.views.get(window.ids[index])) for index in messages)
    texts = [_of_message(view, *_bounds(selection, index, view)) for index, view in views if view]
    return "\n\n".join(filter(None, texts))


def _bounds(selection: Selection, index: int, view: MessageView) -> tuple[_Point, _Point]:
    """Where a selection begins and ends in one message."""
    bounds = []
    for offset, beyond in ((selection.start, (0, 0)), (selection.end, (view.height, 0))):
        message, row = _place_of(offset.y) if offset else (-1, 0)
        bounds.append((row, _cell_at(view, row, offset.x)) if offset and message == index else beyond)
    return bounds[0], bounds[1]


def _of_message(view: MessageView, start: _Point, end: _Point) -> str:
    """The text of a message between two places; its names and footers only if nothing else is touched."""
    top = 0
    said: list[str] = []
    around: list[str] = []
    for number, (height, block) in enumerate(zip(view.heights(), view.blocks, strict=True)):
        bottom = top + block.height
        if block.height and start < (bottom, 0) and end > (top, 0):
            first = (start[0] - top, start[1]) if start[0] >= top else (0, 0)
            last = (end[0] - top, end[1]) if end[0] < bottom else (block.height - 1, _FAR)
            (said if number in (THOUGHT, BODY) else around).append(block.copy(first, last).strip("\n"))
        top += height
    return "\n\n".join(filter(None, said or around))


def _cell_at(view: MessageView, row: int, character: int) -> int:
    """The cell of the text where a character of a drawn row begins."""
    if character <= 0 or row >= view.height:
        return 0
    text = view.line(row).text[view.look.edge :]
    return cells(text[: graphemes.end(text, character)]) if character < len(text) else view.look.room


def word_at(view: MessageView, index: int, row: int, cell: int) -> Selection | None:
    """The word at a cell of a row's text."""
    text = view.line(row).text[view.look.edge :].rstrip()
    words = [*graphemes.words(text)]
    at = index_at(text, cell)
    place = next((number for number, (_, end) in enumerate(words) if at < end), None)
    if place is None or text[slice(*words[place])].isspace():
        return None
    first = last = place
    while _joined(text, words[max(first - 2, 0) : first + 1]):
        first -= 2
    while _joined(text, words[last : last + 3]):
        last += 2
    key = key_of(index, row)
    return Selection(Offset(words[first][0], key), Offset(words[last][1], key))


def _joined(text: str, words: Sequence[tuple[int, int]]) -> bool:
    """Whether these are two words with a hyphen between them."""
    first, *others = (text[slice(*word)] for word in words) if len(words) == 3 else ("",)
    return first[:1].isalnum() and others[0] == "-" and others[1][:1].isalnum()


def _marked_cells(selection: Selection, view: MessageView, index: int, row: int) -> tuple[int, int] | None:
    """The cells of a row's text that a selection covers."""
    span = selection.get_span(key_of(index, row))
    if span is None:
        return None
    text = view.line(row).text[view.look.edge :].rstrip()
    end = len(text) if span[1] == -1 else min(span[1], len(text))
    start, end = graphemes.end(text, max(0, span[0])), graphemes.end(text, end)
    return (cells(text[:start]), cells(text[:end])) if start < end else None


teach_pointing()
