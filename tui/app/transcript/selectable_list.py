"""Selecting in the messages, by mouse and by keys, from one into the others; and copying what is selected."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.selection import Selection
from textual.strip import Strip

from tui.app.background import in_background
from tui.app.messages.look import over
from tui.app.messages.message_view import MessageView
from tui.app.transcript.searchable_list import SearchableList
from tui.app.transcript.selection import (
    Lines,
    key_of,
    marked_cells,
    messages_of,
    selected_text,
    text_rows,
    whole_rows,
    word_at,
)
from tui.system.clipboard import copy


class SelectableList(SearchableList):
    """A list of messages in which text can be selected. Textual does what the mouse asks for."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._selection: Selection | None = None
        self._lines: Lines | None = None
        """The lines that are selected with the keys."""

    # -- what Textual asks and tells
    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The source of what is selected."""
        return (selected_text(selection, self._window), "\n") if self._window else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self._selection = selection
        if selection is None:
            self._lines = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line with its places in the text; asked for when something is selected there."""
        strip, window, line = self._paint(y), self._window, self.top + y
        if window is None or line >= window.column.total:
            return strip
        index, _, row = window.at(line)
        return strip.apply_offsets(-window.look.edge, key_of(index, row))

    @property
    def pinned(self) -> range:
        """What is selected must stay laid out, to be copied."""
        selection, window = self._selection, self._window
        return messages_of(selection, window) if selection and window else range(0)

    # -- by keys
    def select_lines(self, message_id: int) -> None:
        """Begin with the first line of a message that is in view."""
        window, view = self._window, self._view(message_id)
        if window is not None and view is not None and (rows := text_rows(view)):
            index = window.index[message_id]
            first = max(rows.start, min(self.top - window.column.top(index), rows.stop - 1))
            self._lines = Lines((index, first), (index, first))
            self._show_lines()

    def extend_lines(self, step: int) -> None:
        """Select up to the line above (-1) or below (1), also in another message."""
        if self._window is not None and self._lines is not None:
            self._lines = self._lines.extended(step, self._window)
            self._show_lines()

    def end_lines(self) -> bool:
        """Select nothing any more. Returns whether lines were selected."""
        if self._lines is None:
            return False
        self._lines = None
        self.screen.clear_selection()
        return True

    def _show_lines(self) -> None:
        window, lines = self._window, self._lines
        assert window is not None and lines is not None
        index, row = lines.end
        cursor = window.column.top(index) + row
        if not self.top <= cursor < self.top + self.size.height:
            line = cursor if cursor < self.top else cursor - self.size.height + 1
            self._bring(lambda: self.go(line))
        self.screen.selections = {self: lines.selection}

    def _bring(self, act: Callable[[], object]) -> None:
        """Let ``act`` scroll for something that the keys have reached."""
        act()

    # -- by clicks
    def on_click(self, event: events.Click) -> None:
        """Do what stands under the pointer; two clicks select a word, three a line."""
        event.prevent_default()
        window, line = self._window, self.top + event.y
        if window is None or line >= window.column.total:
            return
        if self._more and event.y == self.size.height - 1 and event.x in self.marker:
            self.follow()
            return
        index, view, row = window.at(line)
        cell = event.x - window.look.edge
        if view is None:
            return
        if event.chain > 1:
            selection = word_at(view, index, row, cell) if event.chain == 2 else whole_rows(index, row, row)
            self.screen.selections = {self: selection} if selection else {}
        elif self._selection is None:
            self.clicked(view, row, cell)

    def clicked(self, view: MessageView, row: int, cell: int) -> None:
        """A message was clicked."""

    # -- copying
    def copy_text(self, text: str) -> None:
        """Copy, and say where to."""
        in_background(self, "copy", self._copy, text)

    async def _copy(self, text: str) -> None:
        copied = await copy(self.app, text)
        self.notify(copied.words, severity="warning" if copied.path else "information", markup=False)

    # -- drawing
    def _row(self, view: MessageView, index: int, row: int) -> Strip:
        strip, look, selection = super()._row(view, index, row), view.look, self._selection
        if selection is not None and (cells := marked_cells(selection, view, index, row)):
            strip = over(strip, look.edge + cells[0], look.edge + cells[1], look.ink.mark)
        return strip
