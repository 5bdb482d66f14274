"""A text area that anything can be put into: long pastes are folded, and it holds nothing but text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from textual.actions import SkipAction
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.text import typed

LARGE = 100_000
"""Characters from which a paste is folded."""
LONG_LINE = 20_000
"""Characters of one line from which it is: wrapping one line again at each key takes time."""

_TOKEN = re.compile(r"\[pasted text \d+: [\d,]+ lines?, [\d,]+ kB\]")


class WritingArea(TextArea):
    """What the composer and the field for a text of lines have in common."""

    @dataclass
    class Copied(Message):
        """Selected text, for the clipboard."""

        text: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._pastes = Pastes()

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
        return self._pastes.unfold(self.text)

    def show(self, text: str) -> None:
        """Replace the text; the caret stands at its end."""
        self.load_text(self._pastes.fold(typed(text)))
        self.move_cursor(self.document.end)

    def take_in(self, text: str) -> None:
        """Insert text from outside at the caret; a long one is folded."""
        shown = self._pastes.fold(typed(text.replace("\r\n", "\n").replace("\r", "\n")))
        self.replace(shown, *self.selection)
        self.move_cursor(self.selection.end)

    def rewrite(self, text: str) -> None:
        """Replace the text, so that undo brings it back."""
        self.replace(self._pastes.fold(typed(text)), self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Change the text; every change comes through here, and none brings control characters in."""
        edit.text = typed(edit.text)
        return super().edit(edit)

    # -- keys
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

    def action_copy(self) -> None:
        """Copy what is selected; without a selection the key is free for others."""
        if not self.selected_text:
            raise SkipAction()
        self.post_message(self.Copied(self.selected_text))

    def action_cut(self) -> None:
        """Cut what is selected, or the line."""
        selected = self.selected_text or f"{self.document[self.cursor_location[0]]}\n"
        super().action_cut()
        self.post_message(self.Copied(selected))

    def action_undo(self) -> None:
        """Undo typing; with nothing to undo the key is free for others."""
        if not self.text and not self.history.undo_stack:
            raise SkipAction()
        super().action_undo()

    # -- drawing
    def _recompute_cursor_offset(self) -> None:
        """Find where the caret is drawn; Textual calls this.

        In the middle of an undo that takes lines and the scroll bar away, it stands below what is left.
        """
        row, column = self.cursor_location
        place = min(row, self.document.line_count - 1), column
        self._cursor_offset = self.wrapped_document.location_to_offset(place)

    def render_line(self, y: int) -> Strip:
        """Draw a line; without a cell of room there is nothing that could be wrapped to it."""
        return super().render_line(y) if self.content_size.width > 0 else Strip.blank(self.size.width)


class Pastes:
    """The folded pastes of the drafts; one that comes back is folded as it was."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """What stands in the draft for ``text``: itself, with a token for what is long in it."""
        for known, paste in self._texts.items():
            text = text.replace(paste, known)
        if len(text) <= LARGE and max(map(len, text.split("\n"))) <= LONG_LINE:
            return text
        lines = text.count("\n") + 1
        size = max(1, len(text.encode("utf-8", "replace")) // 1000)
        token = f"[pasted text {len(self._texts) + 1}: {lines:,} line{'s' if lines > 1 else ''}, {size:,} kB]"
        self._texts[token] = text
        return token

    def unfold(self, draft: str) -> str:
        """``draft`` with every token replaced by its text."""
        return _TOKEN.sub(lambda match: self._texts.get(match[0], match[0]), draft)

    def token_before(self, line: str, column: int) -> int | None:
        """Where the token begins that ends at ``column`` of ``line``, if one does."""
        ends = (m.start() for m in _TOKEN.finditer(line) if m.end() == column and m[0] in self._texts)
        return next(ends, None)
