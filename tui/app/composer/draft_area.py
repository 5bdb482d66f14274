"""A text area that holds a draft: long pastes are folded, and files go along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.actions import SkipAction
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.app.composer.pastes import Pastes
from tui.chat.draft import Draft
from tui.text import typed

if TYPE_CHECKING:
    from tui.chat.attachment import Attachment


class _Undo(NamedTuple):
    """How the last change of the files is taken back."""

    files: tuple[Attachment, ...]
    pasted: str
    """The text that stands for the files again."""
    text: str
    """The draft it holds for: typing more makes the change final."""


class _Offer(NamedTuple):
    """Where the paths of offered files stand."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str
    """The draft it holds for."""


class DraftArea(TextArea):
    """A draft: its text, and the files that go along."""

    @dataclass
    class FilesChanged(Message):
        """Other files go along, or are offered."""

    @dataclass
    class Copied(Message):
        """Selected text, for the clipboard."""

        text: str

    attachments: var[tuple[Attachment, ...]] = var(())
    """The files that go along."""
    offered: var[tuple[Attachment, ...]] = var(())
    """The files whose paths were pasted last: they may go along."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._pastes = Pastes()
        self._undo: _Undo | None = None
        self._offer: _Offer | None = None

    # -- what it holds
    @property
    def draft(self) -> str:
        """The whole text."""
        return self._pastes.unfold(self.text)

    @property
    def written(self) -> Draft:
        """The text, and the files that go along."""
        return Draft(self.draft, self.attachments)

    def show(self, text: str) -> None:
        """Replace the text; the caret stands at its end, the files stay."""
        self.load_text(self._pastes.fold(typed(text)))
        self.move_cursor(self.document.end)

    def take_in(self, text: str) -> None:
        """Insert text from outside at the caret; a long one is folded."""
        shown = self._pastes.fold(typed(text.replace("\r\n", "\n").replace("\r", "\n")))
        self.replace(shown, *self.selection)
        self.move_cursor(self.selection.end)

    # -- files
    def attach(self, files: Iterable[Attachment], pasted: str = "") -> None:
        """Let files go along; one that does already goes along once.

        Args:
            files: What goes along.
            pasted: What undo puts in their place.
        """
        before = self.attachments
        self.attachments = tuple(dict.fromkeys((*before, *files)))
        if self.attachments != before:
            self._undo = _Undo(before, pasted, self.text)

    def detach(self, place: int = -1) -> None:
        """Let a file not go along after all."""
        before = self.attachments
        self.attachments = tuple(file for file in before if file is not before[place])
        self._undo = _Undo(before, "", self.text)

    def attach_offered(self) -> None:
        """Let the offered files go along, in place of their paths."""
        files, offer = self.offered, self._offer
        self.offered = ()
        if offer is not None and offer.text == self.text:
            pasted = self.get_text_range(offer.start, offer.end)
            self.delete(offer.start, offer.end)
            self.attach(files, pasted)

    async def take_paste(self, text: str) -> None:
        """Insert a paste. Dropped files come as their paths: images and PDF go along, texts are offered.

        A path is often pasted for its own sake, but never that of an image: it says nothing to a model.
        """
        from tui.chat.attachment import Kind
        from tui.engine.typed_paths import read_dropped  # after the first paint

        files = await read_dropped(text)
        if files and not any(file.kind is Kind.TEXT for file in files):
            self.attach(files, text)
            return
        start = min(self.selection)
        self.take_in(text)
        self._offer = _Offer(start, self.cursor_location, self.text)
        self.offered = tuple(files)

    async def take_clipboard(self) -> None:
        """Take what the clipboard holds: an image goes along; where none is reached, what was copied here.

        Raises:
            UsageError: It holds nothing that can be taken.
        """
        from tui.system.clipboard_image import NothingHeldError, read_clipboard

        try:
            held = await read_clipboard()
        except NothingHeldError:
            if not self.app.clipboard:
                raise
            held = self.app.clipboard
        if isinstance(held, str):
            await self.take_paste(held)
        else:
            self.attach([held])

    def watch_attachments(self) -> None:
        """Tell; Textual calls this."""
        self._undo = None
        self.post_message(self.FilesChanged())

    def watch_offered(self) -> None:
        """Tell; Textual calls this."""
        self.post_message(self.FilesChanged())

    @on(TextArea.Changed)
    def _end_offer(self) -> None:
        if self._offer is not None and self._offer.text != self.text:
            self.offered = ()

    # -- editing
    def edit(self, edit: Edit) -> EditResult:
        """Change the text; every change comes through here, and none brings control characters in."""
        edit.text = typed(edit.text)
        return super().edit(edit)

    def action_delete_left(self) -> None:
        """Delete a character, or a folded paste as a whole; where there is no text, the last file."""
        if not self.text and self.attachments:
            self.detach()
            return
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

    @property
    def newest_change(self) -> object | None:
        """What ``action_undo`` takes back; the same object as long as nothing is changed after it."""
        if self._undo is not None and self._undo.text == self.text:
            return self._undo
        batches = self.history.undo_stack
        return batches[-1][-1] if batches else None

    def rewrite(self, text: str) -> None:
        """Replace the text, so that undo brings it back."""
        self.replace(self._pastes.fold(typed(text)), self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def action_undo(self) -> None:
        """Undo typing, or what was done to the files; with nothing to undo the key is free for others."""
        undo = self._undo
        if undo is not None and undo.text == self.text:
            self.attachments = undo.files
            if undo.pasted:
                self.take_in(undo.pasted)
            return
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
