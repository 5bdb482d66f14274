"""A text area that anything can be put into: long pastes are folded, and it holds nothing but text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.actions import SkipAction
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, Location

from tui import graphemes
from tui.app.lists.kill_ring import kill_ring
from tui.app.lists.turned_line import runs_left, turned_line
from tui.app.lists.wrapping import Whole
from tui.app.terminal.editing_keys import EDITING, YANK
from tui.app.terminal.own_keys import do_now
from tui.app.terminal.turning import others
from tui.bidi import turns
from tui.text import typed

if TYPE_CHECKING:
    from tui.rendering.turned import Turned

LARGE = 100_000
"""Characters from which a paste is folded."""
MANY_LINES = 40
"""Lines from which it is: they would fill the screen."""
LONG_LINE = 20_000
"""Characters of one line from which it is: wrapping one line again at each key takes time."""

_TOKEN = re.compile(r"\[pasted text \d+: [\d,]+ lines?, [\d,]+ kB\]|\[[\d,]+ lines(?:, \d+)?\]")


class WritingArea(TextArea):
    """What the composer and the field for a text of lines have in common.

    The keys are those of a shell and of macOS; the caret goes by characters as readers
    see them, and by words.
    """

    class Copied(Message):
        """Selected text, for the clipboard."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._pastes = Pastes()
        self._bindings.key_to_bindings.pop(YANK, None)  # does again what was undone, in Textual's area
        for keys, action in EDITING:
            self._bindings.bind(keys, action, show=False)

    def bound(self, *names: str) -> Mapping[str, str]:
        """The actions of the bindings with these ids, by the keys that they have now."""
        return {
            key: active.binding.action
            for key, active in self.screen.active_bindings.items()
            if active.node is self and active.binding.id in names
        }

    # -- the text
    @property
    def draft(self) -> str:
        """The whole text."""
        return self.unfolded(self.text)

    def unfolded(self, text: str) -> str:
        """A part of the text as it is meant: with its pastes."""
        return self._pastes.unfold(text)

    def show(self, text: str) -> None:
        """Replace the text; the caret stands at its end."""
        self.load_text(self._pastes.fold(typed(text)))
        self.move_cursor(self.document.end)

    def take_in(self, text: str) -> None:
        """Insert text from outside at the caret; a long one is folded."""
        shown = self._pastes.fold(typed(text.replace("\r\n", "\n").replace("\r", "\n")), pasted=True)
        self.replace(shown, *self.selection)
        self.move_cursor(self.selection.end)

    def rewrite(self, text: str) -> None:
        """Replace the text, so that undo brings it back."""
        self.replace(self._pastes.fold(typed(text)), self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Change the text; every change comes through here, and none brings control characters in."""
        edit.text = typed(edit.text)
        first, last = sorted((edit.from_location, edit.to_location))
        edit.from_location, edit.to_location = self._round_tokens(first, last)
        if self._begins_a_word(edit):
            self.history.checkpoint()
        return super().edit(edit)

    def _begins_a_word(self, edit: Edit) -> bool:
        """Whether undo stops before this change: it goes by words."""
        row, column = edit.top
        before = self.document[row][:column][-1:] if row < self.document.line_count else ""
        return edit.text != "" and before.isspace() and not edit.text.isspace()

    # -- folded pastes: each is one thing, of which nothing can be changed
    @property
    def folded(self) -> Sequence[tuple[int, int]]:
        """Where they begin and end in the text."""
        return [(token.start, token.end) for token in self._pastes.tokens(self.text)]

    def _round_tokens(self, first: Location, last: Location) -> tuple[Location, Location]:
        """A range without its ends in the middle of a folded paste; what is written in one goes behind it."""
        begin, end = self._token_at(first), self._token_at(last)
        if first == last:
            place = (first[0], end.end) if end else first
            return place, place
        return (first[0], begin.start) if begin else first, (last[0], end.end) if end else last

    def _token_at(self, location: Location, *, ends: bool = False) -> Token | None:
        """The folded paste in the middle of which a place is; with ``ends`` also at its ends."""
        row, column = location
        if row >= self.document.line_count:
            return None
        tokens = self._pastes.tokens(self.document[row])
        return next((t for t in tokens if t.start < column + ends and column - ends < t.end), None)

    def open_paste(self) -> bool:
        """Put the folded paste at the caret back as text, unless it is too long for that.

        Returns:
            Whether there is one.
        """
        row = self.cursor_location[0]
        token = self._token_at(self.cursor_location, ends=True)
        if token is None:
            return False
        if not opens(token.text):
            self.app.notify("It is too long to be shown here", severity="warning", markup=False)
        else:
            self.replace(token.text, (row, token.start), (row, token.end))
            self.move_cursor((row, token.start))
        return True

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Open the folded paste that was clicked."""
        if self.selection.is_empty and self._token_at(self.cursor_location) is not None:
            self.open_paste()

    # -- keys
    async def on_key(self, event: events.Key) -> None:
        """Edit the text; leave Enter to what it is bound to."""
        if not event.is_printable and not await do_now(self, event) and event.key == "enter":
            event.prevent_default()

    def action_newline(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection)

    def action_delete_left(self) -> None:
        """Delete a character, or a folded paste as a whole."""
        row, column = self.cursor_location
        start = self._pastes.token_before(self.document[row], column) if self.selection.is_empty else None
        if start is None:
            super().action_delete_left()
        else:
            self.delete((row, start), (row, column))

    def get_cursor_left_location(self) -> Location:
        """The place of the character to the left; Textual calls this."""
        row, column = self.cursor_location
        if not column:
            return super().get_cursor_left_location()
        return row, graphemes.before(self.document[row], column)

    def get_cursor_right_location(self) -> Location:
        """The place behind the character to the right; Textual calls this."""
        row, column = self.cursor_location
        line = self.document[row]
        return (
            (row, graphemes.after(line, column))
            if column < len(line)
            else super().get_cursor_right_location()
        )

    def get_cursor_word_left_location(self) -> Location:
        """The begin of the word to the left; Textual calls this."""
        row, column = self.cursor_location
        if not column:
            return super().get_cursor_word_left_location()
        return row, graphemes.word_before(self.document[row], column)

    def get_cursor_word_right_location(self) -> Location:
        """The end of the word to the right; Textual calls this."""
        row, column = self.selection.end
        line = self.document[row]
        if column == len(line):
            return super().get_cursor_word_right_location()
        return row, graphemes.word_after(line, column)

    # -- what is cut can be put in again
    def action_delete_word_left(self) -> None:
        """Cut what is selected, or the word to the left."""
        self._kill(self.get_cursor_word_left_location())

    def action_delete_word_right(self) -> None:
        """Cut what is selected, or the word to the right."""
        self._kill(self.get_cursor_word_right_location())

    def action_delete_to_start_of_line(self) -> None:
        """Cut what is before the caret in its line, however many rows that is; then the line break."""
        row, column = self.cursor_location
        self._kill((row, 0) if column else self.get_cursor_left_location())

    def action_delete_to_end_of_line(self) -> None:
        """Cut what is behind the caret in its line, however many rows that is; then the line break."""
        row, column = self.cursor_location
        end = len(self.document[row])
        self._kill((row, end) if column < end else self.get_cursor_right_location())

    async def action_delete_to_end_of_line_or_delete_line(self) -> None:
        """The same; Textual's name for the key."""
        self.action_delete_to_end_of_line()

    def _kill(self, other: Location) -> None:
        start, end = sorted(self.selection if not self.selection.is_empty else (self.cursor_location, other))
        start, end = self._round_tokens(start, end)
        killed = self.unfolded(self.get_text_range(start, end))
        found = (self, self.text, self.cursor_location)
        backwards = start < self.cursor_location
        self.history.checkpoint()
        self.delete(start, end, maintain_selection_offset=False)
        left = (self, self.text, self.cursor_location)
        kill_ring(self.app).add(killed, found=found, left=left, backwards=backwards)

    def action_yank(self) -> None:
        """Put in what was cut last; right after an undo, do again what was undone."""
        if self.history.redo_stack:
            self.action_redo()
        elif text := kill_ring(self.app).text:
            self.history.checkpoint()
            shown = self._pastes.fold(text, pasted=True)
            self.replace(shown, *self.selection, maintain_selection_offset=False)

    def action_copy(self) -> None:
        """Copy what is selected; without a selection the key is free for others."""
        if not self.selected_text:
            raise SkipAction()
        self.post_message(self.Copied(self.unfolded(self.selected_text)))

    def action_cut(self) -> None:
        """Cut what is selected, or the line."""
        selected = self.unfolded(self.selected_text or f"{self.document[self.cursor_location[0]]}\n")
        super().action_cut()
        self.post_message(self.Copied(selected))

    def action_undo(self) -> None:
        """Undo typing; with nothing to undo the key is free for others."""
        if not self.text and not self.history.undo_stack:
            raise SkipAction()
        super().action_undo()

    # -- keys that go where they point
    def action_cursor_left(self, select: bool = False) -> None:
        """To the left; where the line runs from right to left, that is on."""
        move = super().action_cursor_right if self._runs_left else super().action_cursor_left
        move(select)

    def action_cursor_right(self, select: bool = False) -> None:
        """To the right; where the line runs from right to left, that is back."""
        move = super().action_cursor_left if self._runs_left else super().action_cursor_right
        move(select)

    def action_cursor_word_left(self, select: bool = False) -> None:
        """A word to the left."""
        move = super().action_cursor_word_right if self._runs_left else super().action_cursor_word_left
        move(select)

    def action_cursor_word_right(self, select: bool = False) -> None:
        """A word to the right."""
        move = super().action_cursor_word_left if self._runs_left else super().action_cursor_word_right
        move(select)

    @property
    def _runs_left(self) -> bool:
        return runs_left(self.app, self.document[self.cursor_location[0]])

    # -- drawing
    def get_line(self, line_index: int) -> Whole:
        """A line to be styled; Textual calls this."""
        return Whole(self.document.get_line(line_index), end="", no_wrap=True)

    def _recompute_cursor_offset(self) -> None:
        """Find where the caret is drawn; Textual calls this.

        In the middle of an undo that takes lines and the scroll bar away, it stands below what is left.
        """
        row, column = self.cursor_location
        place = min(row, self.document.line_count - 1), column
        self._cursor_offset = self.wrapped_document.location_to_offset(place)

    def render_line(self, y: int) -> Strip:
        """Draw a line; without a cell of room there is nothing that could be wrapped to it."""
        if self.content_size.width <= 0:
            return Strip.blank(self.size.width)
        turned = self._turned(y)
        return turned.strip if turned else super().render_line(y)

    def _turned(self, y: int) -> Turned | None:
        """A row of the view as it is seen, where that is not how it is read."""
        row = y + self.scroll_offset.y
        if not 0 <= row < self.wrapped_document.height or self.content_size.width <= 0:
            return None
        line, start = self.wrapped_document.offset_to_location(Offset(0, row))
        text = self.document[line]
        if not turns(text):
            return None
        below, end = self.wrapped_document.offset_to_location(Offset(0, row + 1))
        end = end if below == line and end > start else len(text)
        return turned_line(self.app, super().render_line(y), text, (start, end))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What the lines go through; they are turned already."""
        return others(super().get_line_filters())

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is seen."""
        x, y = super().cursor_screen_offset
        cell, row = self._cursor_offset
        turned = self._turned(row - self.scroll_offset.y)
        return Offset(x - cell + turned.seen_at(cell), y) if turned else Offset(x, y)

    def get_target_document_location(self, event: events.MouseEvent) -> Location:
        """The place in the text under the pointer; Textual calls this."""
        x, y = event.x - self.gutter.left, event.y - self.gutter.top
        turned = self._turned(y)
        if turned is None:
            return super().get_target_document_location(event)
        place = Offset(turned.read_at(x), y + self.scroll_offset.y)
        return self.wrapped_document.offset_to_location(place)


class Token(NamedTuple):
    """What stands for a folded paste in a line."""

    start: int
    end: int
    text: str
    """The paste."""


class Pastes:
    """The folded pastes of the drafts; one that comes back is folded as it was."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str, *, pasted: bool = False) -> str:
        """What stands in the draft for ``text``: itself, with a token for what is long in it.

        Args:
            text: All of a draft, or what comes into it.
            pasted: Whether it comes from outside: then many lines are long too.
        """
        for known, paste in sorted(self._texts.items(), key=lambda each: -len(each[1])):
            text = text.replace(paste, known)
        if pasted and len(text) <= LARGE and text.strip("\n").count("\n") + 1 >= MANY_LINES:
            return self._kept(text, self._short_token(text))
        if opens(text):
            return text
        lines = text.count("\n") + 1
        size = max(1, len(text.encode("utf-8", "replace")) // 1000)
        token = f"[pasted text {len(self._texts) + 1}: {lines:,} line{'s' if lines > 1 else ''}, {size:,} kB]"
        return self._kept(text, token)

    def _short_token(self, text: str) -> str:
        lines = text.strip("\n").count("\n") + 1
        names = (f"[{lines:,} lines{f', {n}' if n > 1 else ''}]" for n in itertools.count(1))
        return next(name for name in names if name not in self._texts)

    def _kept(self, text: str, token: str) -> str:
        """The token for ``text``, which may have tokens in it."""
        self._texts[token] = self.unfold(text)
        return token

    def unfold(self, draft: str) -> str:
        """``draft`` with every token replaced by its text."""
        return _TOKEN.sub(lambda match: self._texts.get(match[0], match[0]), draft)

    def tokens(self, line: str) -> Iterator[Token]:
        """The tokens of a line of a draft."""
        for match in _TOKEN.finditer(line):
            if match[0] in self._texts:
                yield Token(match.start(), match.end(), self._texts[match[0]])

    def token_before(self, line: str, column: int) -> int | None:
        """Where the token begins that ends at ``column`` of ``line``, if one does."""
        return next((token.start for token in self.tokens(line) if token.end == column), None)


def opens(text: str) -> bool:
    """Whether a text area can show a paste."""
    return len(text) <= LARGE and max(map(len, text.split("\n"))) <= LONG_LINE
