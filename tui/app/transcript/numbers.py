"""Numbers on the parts of a message, so that one of them can be chosen by a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.messages.look import put
from tui.app.messages.picture_lines import PictureAct
from tui.chat.attachment import Attachment
from tui.rendering.spans import Target

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView
    from tui.rendering.document import CodeBlock

_MOST = 9
_OPENED = (Action.MESSAGE_LINK, PictureAct.SEE, PictureAct.LOAD)


class Numbered(NamedTuple):
    """A part of a message that can be chosen: where its number stands, and what it does."""

    row: int
    cell: int
    target: Target


class Numbers:
    """Up to nine numbered parts of one message; false while there are none."""

    def __init__(self, changed: Callable[[], object] = lambda: None) -> None:
        """Begin without any.

        Args:
            changed: Called when numbers come or go: keys mean something else now.
        """
        self._message = 0
        self._parts: Sequence[Numbered] = ()
        self._changed = changed

    def __len__(self) -> int:
        return len(self._parts)

    def clear(self) -> None:
        """Take the numbers away."""
        had, self._parts = bool(self._parts), ()
        if had:
            self._changed()

    def show(self, message_id: int, parts: Sequence[Numbered]) -> None:
        """Number the parts of a message."""
        self._message, self._parts = message_id, parts[:_MOST]
        self._changed()

    def pick(self, character: str | None) -> Target | None:
        """What the part with this number does."""
        if not character or character not in "123456789"[: len(self._parts)]:
            return None
        return self._parts[int(character) - 1].target

    def draw(self, strip: Strip, view: MessageView, index: int, row: int) -> Strip:
        """A row of a message, with the numbers on it."""
        if view.message.id == self._message:
            for number, part in enumerate(self._parts, 1):
                if part.row == row:
                    style = view.look.ink.accent + Style(reverse=True)
                    strip = put(strip, view.look.edge + part.cell, f" {number} ", style)
        return strip


def code_parts(action: Action, view: MessageView, seen: range) -> list[Numbered]:
    """The blocks of code among the rows that are seen, for an action; all of them if there is none."""
    parts = []
    for block in view.code_blocks():
        part = Numbered(block.row, _cell(block), Target(action, block.text, block.language))
        parts.append((part, block.row < seen.stop and block.row + block.height > seen.start))
    return [part for part, is_seen in parts if is_seen] or [part for part, _ in parts]


def _cell(block: CodeBlock) -> int:
    """Where the number of a block of code stands: before its language."""
    return block.width - len(block.language) - bool(block.language) - 3


def open_parts(view: MessageView, seen: range) -> list[Numbered]:
    """The links on the rows that are seen, and the fences that are drawn, or could be."""
    fold, drawn = Action.MESSAGE_FOLD, set(view.drawn)
    fences = [
        Numbered(block.row, _cell(block), Target(fold, str(block.row)))
        for block in view.code_blocks()
        if block.row in drawn and block.row < seen.stop and block.row + block.height > seen.start
    ]
    return sorted([*link_parts(view, seen), *fences], key=lambda part: (part.row, part.cell))


def picture_parts(act: PictureAct, view: MessageView, seen: range) -> list[Numbered]:
    """The pictures on the rows that are seen, for an act; all of them if there is none."""

    def numbered(row: int, file: Attachment) -> Numbered:
        return Numbered(row, 0, Target(act, file.sha256))

    shown = [
        numbered(max(rows.start, seen.start), file)
        for rows, file in view.files
        if rows.start < seen.stop and rows.stop > seen.start
    ]
    return shown or [numbered(rows.start, file) for rows, file in view.files]


def save_parts(view: MessageView, seen: range) -> list[Numbered]:
    """What can be saved to a file: pictures and blocks of code, from the top."""
    found = picture_parts(PictureAct.SAVE, view, seen) + code_parts(Action.MESSAGE_SAVE, view, seen)
    here = [part for part in found if part.row in seen]
    return sorted(here or found, key=lambda part: part.row)


def link_parts(view: MessageView, seen: range) -> list[Numbered]:
    """The links and pictures on the rows that are seen, each once."""
    parts: dict[str, Numbered] = {}
    for row in range(max(0, seen.start), min(seen.stop, view.height)):
        for cell in range(view.look.room):
            target = view.target(row, cell)
            if target is not None and target.action in _OPENED:
                parts.setdefault(target.value, Numbered(row, cell, target))
    return list(parts.values())


def fold_parts(view: MessageView, seen: range) -> list[Numbered]:
    """What opens and closes on the rows that are seen; all of it if there is nothing."""
    fold = Action.MESSAGE_FOLD
    parts = [Numbered(view.heights()[0], -1, Target(fold))] if view.thought.source else []
    parts += [Numbered(row, -1, Target(fold, str(row))) for row in view.folds]
    return [part for part in parts if part.row in seen] or parts
