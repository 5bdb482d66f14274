"""Markdown's tree as a flat list: each block of text with the lists and quotes that it stands in.

Flat, because a reply grows at its end: only the last blocks have to be looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui.identity import Identified
from tui.text import one_line

if TYPE_CHECKING:
    from markdown_it.token import Token

CONTENT = {"table", "fence", "code_block", "html_block", "hr", "math_block", "definition"}
CONTENT |= {"details_open", "details_close"}
_BRANCHES = {"paragraph_open": "paragraph", "heading_open": "heading"}
_ITEMS = {"list_item_open": "item", "footnote_reference_open": "note"}
_GROWING = {"paragraph", "heading", "table", "fence", "code", "html", "raw", "math"}
_QUOTES = {"blockquote_open", "alert_open"}
FAULT = "fault"
"""The info of a raw block that could not be parsed; of another one, reading it would take too long."""
LISTS = {"bullet_list_open", "ordered_list_open"}
CONTAINERS = _QUOTES | _ITEMS.keys()
"""The tokens that open what other blocks stand in."""


class Container(Identified, frozen=True):
    """A list item, footnote or quote around blocks. How it is written makes it no other."""

    kind: str
    """item, note or quote"""
    line: int
    """The source line it opens on."""
    label: str = ""
    """What stands in front of an item or note; the kind of an alert."""
    number: int = 0
    """Of an item in an ordered list."""
    written: str = ""
    """That number as the source has it."""
    group: int = 0
    """The line that the list opens on: equal for the items of one list."""
    marker: str = ""
    indent: int = -1
    """The column that its content needs; -1 where it was not seen."""

    @property
    def _identity(self) -> tuple[object, ...]:
        return self.kind, self.line, self.label, self.number, self.group, self.marker


Path = tuple[Container, ...]


class Block(Struct):
    """One block of text: paragraph, heading, fence, code, table, html, math, rule, details, end."""

    kind: str
    path: Path
    first: int
    """Its first source line."""
    last: int
    """The line after its last one."""
    content: str = ""
    info: str = ""
    shared: int = 0
    """How many containers of the path it shares with the block before."""
    gap: int = 0
    """Blank rows above it."""
    start: int = 0
    """Where its lines begin in the source."""
    end: int = 0
    closed: bool = False
    """Of a fence: whether its end was seen."""
    guessed: bool = False
    """Of a table: whether it is only likely to become one."""
    folds: tuple[int, ...] = ()
    """The starts of the ``<details>`` around it."""

    def same(self, other: Block) -> bool:
        """Whether both are drawn alike."""
        return self._alike(other) and self.content == other.content

    def grows_into(self, other: Block) -> bool:
        """Whether the other is this one with more text."""
        return self.kind in _GROWING and self._alike(other) and other.content.startswith(self.content)

    def _alike(self, other: Block) -> bool:
        return (
            self.kind == other.kind
            and self.first == other.first
            and self.info == other.info
            and self.gap == other.gap
            and self.shared == other.shared
            and self.folds == other.folds
            and self.path == other.path
        )


def language_of(info: str) -> str:
    """The language that a fence names."""
    words = one_line(info).split()
    return words[0].strip("{}.,") if words else ""


class Flattener:
    """Turns the tokens of a tree into blocks."""

    def __init__(
        self, path: Path, base: int, indents: dict[int, int], closed: Container | None, again: Path
    ) -> None:
        self.path = list(path)
        self.base = base
        self.indents = indents
        self._closed = closed
        self._again = again
        self.blocks: list[Block] = []
        self._lists: list[tuple[int, str, int, str]] = []
        """Of each open list: its group, marker, and its last item's number, as it is drawn and written."""

    def run(self, tokens: Sequence[Token]) -> list[Block]:
        """The blocks of ``tokens``, in order."""
        index = 0
        while index < len(tokens):
            index = self._take(tokens, index)
        return self.blocks

    def _take(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        kind = token.type
        if kind in CONTENT:
            self._leaf(token, _NAMES.get(kind, kind), token.content, token.info)
        elif kind in _BRANCHES:
            return self._branch(tokens, index, _BRANCHES[kind])
        elif kind in LISTS:
            self._open_list(token)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif kind in _ITEMS:
            self._open(self._item(token), index, tokens)
        elif kind in _QUOTES:
            label = token.info if kind == "alert_open" else ""
            self._open(Container("quote", self._line(token), label), index, tokens)
            if label:
                self._alert_title(token)
                return index + 4  # the title that markdown-it makes up
        elif kind in ("list_item_close", "footnote_reference_close", "blockquote_close", "alert_close"):
            self._close()
        return index + 1

    def _line(self, token: Token) -> int:
        return self.base + (token.map[0] if token.map else 0)

    def _open_list(self, token: Token) -> None:
        group, closed = self._line(token), self._closed
        number, written = 0, ""
        if closed and closed.marker == token.markup and not self.blocks:
            group, number, written = closed.group, closed.number, closed.written  # the list goes on
        self._lists.append((group, token.markup, number, written))

    def _item(self, token: Token) -> Container:
        line = self._line(token)
        if token.type == "footnote_reference_open":
            return Container("note", line, f"[{token.meta['label']}]")
        group, marker, number, before = self._lists[-1]
        written = token.info
        label = "+" if marker == "+" else "•"
        if marker in ".)":
            # Numbers stay as they were written, but where all are the same they count.
            counted = written == before
            number = number + 1 if counted else int(written)
            label = f"{number if counted else written}{marker}"
            self._lists[-1] = (group, marker, number, written)
        if "checked" in token.meta:
            box = "☑" if token.meta["checked"] else "☐"
            label = f"{label} {box}" if marker in ".)" else box
        return Container("item", line, label, number, written, group, marker)

    def _open(self, container: Container, index: int, tokens: Sequence[Token]) -> None:
        # What the parser asked of the next block is the indent of this container's content.
        seen = self.indents.get(index + 1, -1)
        depth = len(self.path)
        again = self._again[depth] if depth < len(self._again) else None
        if again and again.kind == container.kind == "quote" and container.line == self.base:
            container = again
        self.path.append(replace(container, indent=seen))

    def _close(self) -> None:
        container = self.path.pop()
        last = self.blocks[-1] if self.blocks else None
        if last is None or container not in last.path:
            self.blocks.append(Block("empty", (*self.path, container), container.line, container.line + 1))

    def _alert_title(self, token: Token) -> None:
        line = self._line(token)
        self.blocks.append(Block("alert", tuple(self.path), line, line + 1, info=token.info))

    def _leaf(self, token: Token, kind: str, content: str, info: str) -> None:
        first, last = token.map or (0, 0)
        block = Block(kind, tuple(self.path), self.base + first, self.base + last, content, info)
        if kind == "fence":
            lines = content.count("\n") + (not content.endswith("\n") and content != "")
            block.closed = last - first > lines + 1
        self.blocks.append(block)

    def _branch(self, tokens: Sequence[Token], index: int, kind: str) -> int:
        token = tokens[index]
        content = tokens[index + 1].content
        self._leaf(token, kind, content, token.tag if kind == "heading" else "")
        return index + 3


_NAMES = {
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
    "math_block": "math",
    "details_open": "details",
    "details_close": "end",
}
