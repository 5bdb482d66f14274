"""Vim's keys in a text area, and those that lead out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.document._document import Document
from textual.widgets.text_area import Selection

from tui.app.composer.vim import Mode, Vim
from tui.app.composer.vim.following import following

if TYPE_CHECKING:
    from tui.app.lists.writing_area import WritingArea

_ELSEWHERE: Mapping[str, str] = {
    ":": "app.palette",
    "/": "screen.find",
    "?": "app.help",
    "ctrl+d": "cursor_page_down",
    "ctrl+u": "cursor_page_up",
}
"""What keys do that have another meaning in an editor of files."""
_WITHOUT_TEXT: Mapping[str, str] = {"k": "screen.walk(-1)", "j": "screen.walk(1)", "G": "screen.newest"}
"""What they do where no text is."""


class _Area:
    """The text of an area, as Vim's keys see it."""

    def __init__(self, area: WritingArea) -> None:
        self._area = area

    @property
    def text(self) -> str:
        return self._area.text

    @property
    def caret(self) -> int:
        return self._index(self._area.cursor_location)

    @property
    def folded(self) -> Sequence[tuple[int, int]]:
        return self._area.folded

    def go(self, caret: int) -> None:
        self._area.move_cursor(self._location(caret))

    def select(self, start: int, end: int) -> None:
        self._area.selection = Selection(self._location(start), self._location(end))

    def replace(self, start: int, end: int, text: str) -> None:
        self._area.replace(text, self._location(start), self._location(end))

    def copy(self, text: str) -> None:
        self._area.post_message(self._area.Copied(self._area.unfolded(text)))

    def _index(self, location: tuple[int, int]) -> int:
        return self._document.get_index_from_location(location)

    def _location(self, index: int) -> tuple[int, int]:
        return self._document.get_location_from_index(index)

    @property
    def _document(self) -> Document:
        document = self._area.document
        assert isinstance(document, Document)  # no area of ours has another
        return document


class VimKeys:
    """Takes the keys of a text area before it does."""

    def __init__(self, area: WritingArea) -> None:
        self._area = area
        self._vim = Vim(_Area(area))

    @property
    def shown(self) -> str:
        """The mode, and the keys of a command that is not whole yet."""
        return f"{self._vim.mode.value} {self._vim.pending}".rstrip()

    @property
    def writes(self) -> bool:
        """Whether a letter is written."""
        return self._vim.mode is Mode.INSERT

    @property
    def following(self) -> list[tuple[str, str]]:
        """The keys that may follow those of a command that is not whole yet, and what they mean."""
        visual = self._vim.mode in (Mode.VISUAL, Mode.VISUAL_LINES)
        return following(self._vim.pending, visual=visual)

    def begin(self) -> None:
        """Another text stands there: it is written, and nothing before it is brought back."""
        self._vim = Vim(_Area(self._area), self._vim.register)

    async def take(self, event: events.Key) -> bool:
        """Do what a key does; False if that is nothing of Vim's."""
        key = event.character if event.character in (*_ELSEWHERE, *_WITHOUT_TEXT) else event.key
        action = _ELSEWHERE.get(key or "") or (None if self._area.text else _WITHOUT_TEXT.get(key or ""))
        if self._vim.mode is Mode.NORMAL and not self._vim.pending and action:
            await self._area.run_action(action)
            return True
        return self._vim.press(event.key, event.character)
