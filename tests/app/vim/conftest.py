"""A text in memory, and keys pressed on it."""

from __future__ import annotations

import re

import pytest

from tui.app.composer.vim import Mode, Vim


class Memory:
    """A buffer; ``|`` is the caret, what is selected stands in ``[]``, and a folded paste in ``‹›``."""

    def __init__(self, shown: str) -> None:
        self.caret = shown.index("|")
        self.text = shown.replace("|", "", 1)
        self.selected: tuple[int, int] | None = None
        self.copied: list[str] = []

    @property
    def folded(self) -> list[tuple[int, int]]:
        return [fold.span() for fold in re.finditer("‹[^›]*›", self.text)]

    def go(self, caret: int) -> None:
        assert 0 <= caret <= len(self.text)
        self.caret, self.selected = caret, None

    def select(self, start: int, end: int) -> None:
        assert min(start, end) >= 0 and max(start, end) <= len(self.text)
        self.caret, self.selected = end, (min(start, end), max(start, end))

    def replace(self, start: int, end: int, text: str) -> None:
        assert 0 <= start <= end <= len(self.text)
        for begin, after in self.folded:
            if start == end and begin < start < after:
                start = end = after  # nothing is written in one
            assert not begin < start < after and not begin < end < after
        self.text = self.text[:start] + text + self.text[end:]
        self.caret, self.selected = start + len(text), None

    def copy(self, text: str) -> None:
        self.copied.append(text)

    @property
    def shown(self) -> str:
        if self.selected:
            start, end = self.selected
            return f"{self.text[:start]}[{self.text[start:end]}]{self.text[end:]}"
        return f"{self.text[: self.caret]}|{self.text[self.caret :]}"


class Hands:
    """Presses keys: in the insert mode what they write goes into the text; ``<esc>`` is Escape."""

    def __init__(self, shown: str) -> None:
        self.buffer = Memory(shown)
        self.vim = Vim(self.buffer)
        self.vim.mode = Mode.NORMAL

    def press(self, keys: str) -> str:
        for part in keys.replace("<esc>", "\0"):
            key, character = ("escape", None) if part == "\0" else (part, part)
            if not self.vim.press(key, character) and character:
                caret = self.buffer.caret
                self.buffer.replace(caret, caret, character)
        return self.buffer.shown


@pytest.fixture
def hands():
    return Hands
