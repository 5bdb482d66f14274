"""Numbers on the blocks of code of a message, so that one of them can be chosen by a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.rendering.document import CodeBlock

_MOST = 9


class CodeHints:
    """Up to nine numbered blocks of one message; false while there are none."""

    def __init__(self) -> None:
        self._message = 0
        self._blocks: list[CodeBlock] = []

    def __bool__(self) -> bool:
        return bool(self._blocks)

    def clear(self) -> None:
        """Take the numbers away."""
        self._blocks = []

    def show(self, message_id: int, blocks: Sequence[CodeBlock], visible: range) -> None:
        """Number the blocks that are in view; if there is none, the first ones."""
        self._message = message_id
        seen = [
            block for block in blocks if block.row < visible.stop and block.row + block.height > visible.start
        ]
        self._blocks = list(seen or blocks)[:_MOST]

    @property
    def first_row(self) -> int:
        """The row of the first numbered block."""
        return self._blocks[0].row

    def pick(self, character: str | None) -> str | None:
        """The text of the block with this number."""
        if character is None or character not in "123456789"[: len(self._blocks)]:
            return None
        return self._blocks[int(character) - 1].text

    def label(self, message_id: int, row: int) -> tuple[str, int] | None:
        """The number on a row of a message, and the cells between it and the right edge."""
        for number, block in enumerate(self._blocks, 1):
            if message_id == self._message and block.row == row:
                return f" {number} ", len(block.language) + bool(block.language)
        return None
