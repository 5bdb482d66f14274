"""A line to type in: rail in the accent, text on the lifted tone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.strip import Strip
from textual.widgets import Input
from textual.widgets.input import Selection

from tui import graphemes
from tui.app.lists.kill_ring import kill_ring
from tui.app.lists.turned_line import runs_left, turned_line
from tui.app.lists.wrapping import Whole
from tui.app.terminal.own_keys import do_now
from tui.app.terminal.turning import others
from tui.bidi import turns
from tui.cells import index_at
from tui.rendering.turned import Turned
from tui.text import typed

_ONE_LINE = re.compile(r"[\n\t]")


class Field(Input, inherit_bindings=False):
    """One line of text.

    It binds only what edits the line, so that Enter, the arrows up and down, Home and End stay free for the
    list that it filters.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", "Left", show=False),
        Binding("right", "cursor_right", "Right", show=False),
        Binding("ctrl+left,alt+left,alt+b", "cursor_left_word", "Word left", show=False),
        Binding("ctrl+right,alt+right,alt+f", "cursor_right_word", "Word right", show=False),
        Binding("shift+left", "cursor_left(True)", "Select left", show=False),
        Binding("shift+right", "cursor_right(True)", "Select right", show=False),
        Binding("ctrl+shift+left,alt+shift+left", "cursor_left_word(True)", "Select a word", show=False),
        Binding("ctrl+shift+right,alt+shift+right", "cursor_right_word(True)", "Select a word", show=False),
        Binding("shift+home", "home(True)", "Select to the begin", show=False),
        Binding("shift+end", "end(True)", "Select to the end", show=False),
        Binding("ctrl+a,super+left", "home", "Begin of the line", show=False),
        Binding("ctrl+e,super+right", "end", "End of the line", show=False),
        Binding("backspace,shift+backspace,ctrl+h", "delete_left", "Delete left", show=False),
        Binding("delete,shift+delete", "delete_right", "Delete right", show=False),
        Binding("ctrl+w,ctrl+backspace,alt+backspace", "delete_left_word", "Delete a word", show=False),
        Binding("alt+d,alt+delete,ctrl+delete", "delete_right_word", "Delete a word right", show=False),
        Binding("ctrl+u,super+backspace", "delete_left_all", "Delete to the begin", show=False),
        Binding("ctrl+k", "delete_right_all", "Delete to the end", show=False),
        Binding("ctrl+y", "yank", "Put in what was cut", show=False),
        Binding("ctrl+v", "paste", "Paste", show=False),
    ]
    DEFAULT_CSS = """
    Field, Field:focus {
        height: 1;
        border: none;
        border-left: wide $accent;
        background: $lift;
        background-tint: transparent;
        color: $strong;
        padding: 0 1;
        & > .input--cursor { background: $accent; color: $background; text-style: none; }
        & > .input--placeholder { color: $dim; }
    }
    """

    def __init__(self, value: str = "", placeholder: str = "", **options: Any) -> None:
        super().__init__(value, placeholder, select_on_focus=False, **options)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """What stands in the field, whoever put it there: no control characters; Textual calls this."""
        return _ONE_LINE.sub(" ", typed(value))

    async def on_key(self, event: events.Key) -> None:
        """Edit the line."""
        if not event.is_printable:
            await do_now(self, event)

    def on_paste(self, event: events.Paste) -> None:
        """Insert all lines of a paste, as one; Textual's field keeps only the first."""
        event.prevent_default()
        event.stop()
        self.replace(event.text.strip("\n"), *self.selection)

    # -- keys: by characters as readers see them, and by words
    def action_cursor_left(self, select: bool = False) -> None:
        """A character to the left."""
        move = self._on if self._runs_left else self._back
        move(select)

    def action_cursor_right(self, select: bool = False) -> None:
        """A character to the right."""
        move = self._back if self._runs_left else self._on
        move(select)

    @property
    def _runs_left(self) -> bool:
        return not self.password and runs_left(self.app, self.value)

    def _back(self, select: bool) -> None:
        start, end = self.selection
        if select or start == end:
            self._go(graphemes.before(self.value, end), select)
        else:
            self._go(min(start, end))

    def _on(self, select: bool) -> None:
        start, end = self.selection
        if select or start == end:
            self._go(graphemes.after(self.value, end), select)
        else:
            self._go(max(start, end))

    def action_cursor_left_word(self, select: bool = False) -> None:
        """A word to the left; of what is hidden, to its begin."""
        self._go(self._word_right if self._runs_left else self._word_left, select)

    def action_cursor_right_word(self, select: bool = False) -> None:
        """A word to the right; of what is hidden, to its end."""
        self._go(self._word_left if self._runs_left else self._word_right, select)

    def action_delete_left(self) -> None:
        """Delete what is selected, or a character."""
        start, end = self.selection
        self.delete(graphemes.before(self.value, end) if start == end else start, end)

    def action_delete_right(self) -> None:
        """Delete what is selected, or a character; with nothing to delete the key is free for others."""
        start, end = self.selection
        if start == end == len(self.value):
            raise SkipAction()
        self.delete(start, graphemes.after(self.value, end) if start == end else end)

    def action_delete_left_word(self) -> None:
        """Cut what is selected, or the word to the left."""
        self._kill(self._word_left)

    def action_delete_right_word(self) -> None:
        """Cut what is selected, or the word to the right."""
        self._kill(self._word_right)

    def action_delete_left_all(self) -> None:
        """Cut all to the left."""
        self._kill(0)

    def action_delete_right_all(self) -> None:
        """Cut all to the right."""
        self._kill(len(self.value))

    def action_yank(self) -> None:
        """Put in what was cut last."""
        self.replace(kill_ring(self.app).text, *self.selection)

    @property
    def _word_left(self) -> int:
        return 0 if self.password else graphemes.word_before(self.value, self.cursor_position)

    @property
    def _word_right(self) -> int:
        return len(self.value) if self.password else graphemes.word_after(self.value, self.cursor_position)

    def _go(self, place: int, select: bool = False) -> None:
        self.selection = Selection(self.selection.start if select else place, place)

    def _kill(self, other: int) -> None:
        start, end = sorted(self.selection if not self.selection.is_empty else (self.cursor_position, other))
        killed, found = self.value[start:end], (self, self.value, self.cursor_position)
        backwards = start < self.cursor_position
        self.delete(start, end)
        left = (self, self.value, self.cursor_position)
        if not self.password:
            kill_ring(self.app).add(killed, found=found, left=left, backwards=backwards)

    # -- drawing
    @property
    def _value(self) -> Text:
        """What is drawn, to be styled; Textual asks for it."""
        drawn = super()._value
        return Whole(drawn.plain, no_wrap=True, overflow="ignore", end="")

    def render_line(self, y: int) -> Strip:
        """Draw the line; Textual calls this."""
        turned = self._turned() if y == 0 else None
        return turned.strip if turned else super().render_line(y)

    def _turned(self) -> Turned | None:
        """The line as it is seen, where that is not how it is read."""
        if self.password or not turns(self.value):
            return None
        seen = super().render_line(0).crop(0, self.scrollable_content_region.width)
        return turned_line(self.app, seen, self.value, (0, len(self.value)))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What the line goes through; it is turned already."""
        return others(super().get_line_filters())

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is seen."""
        x, y = super().cursor_screen_offset
        turned = self._turned()
        left = self.content_region.x
        return Offset(left + turned.seen_at(x - left), y) if turned else Offset(x, y)

    def _cell_offset_to_index(self, offset: int) -> int:
        """The character that a cell shows; Textual asks for it."""
        turned = self._turned()
        offset = turned.read_at(offset) if turned else offset
        return index_at(self._value.plain, offset + round(self.scroll_offset.x))

    def take(self, text: str) -> None:
        """Type ``text`` at the caret: keys that came before the field could have them."""
        self.insert_text_at_cursor(text)


class LoneField(Field):
    """A field that filters no list: Home, End and Ctrl+D are its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "home", "Begin of the line", show=False),
        Binding("end", "end", "End of the line", show=False),
        Binding("ctrl+d", "delete_right", "Delete right", show=False),
    ]
