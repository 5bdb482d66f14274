"""A text's blocks while it grows: only the last of them are parsed again.

Where a block begins is settled once its first line is complete. So what comes is parsed from the beginning of
the last such block on, inside the lists that are open there; of a long block only the edges are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from tui.markdown import GROWING, holds_fences
from tui.rendering.autoclose import table_head
from tui.rendering.block_spacing import set_spacing
from tui.rendering.flat_blocks import FAULT, Block, Path
from tui.rendering.limits import BLOCKS, too_long
from tui.rendering.source import Source

# The beginning of a line that may become anything: a list, a heading, a rule, the end of a fence.
_UNCLEAR = re.compile(r"[ \t>]*+(?:\\[\[(]|[-+*=#|~_`$\\]{1,3}+|\d{1,3}+[.)]?+)?+[ \t]*+")

_BARE = re.compile(r"[ \t>]*+(?:\$\$|\\\[)[ \t]*+\n")
"""The beginning of a formula, which is one by what follows."""

LONG = 24
"""Lines from which on a block is no longer read whole."""


def parse_blocks(
    text: str,
    env: dict[str, Any],
    base: int = 0,
    path: Path = (),
    before: Path = (),
    again: Path = (),
    most: float = BLOCKS,
) -> list[Block]:
    """``blocks.parse_blocks``; the parser is imported when there is something to parse."""
    from tui.rendering import blocks

    return blocks.parse_blocks(text, env, base, path, before, again, most) if text else []


def without(blocks: list[Block], said: Callable[[Block], bool]) -> list[Block]:
    """The blocks but for definitions of which all is said elsewhere; the items that hold them stay."""
    kept: list[Block] = []
    for block in blocks:
        if block.kind != "definition" or not block.info or not said(block):
            kept.append(block)
        elif block.path:
            kept.append(replace(block, kind="empty", content="", info=""))
    return kept


def _said(blocks: Sequence[Block], env: dict[str, Any]) -> set[str]:
    """The labels that the words of links say."""
    from tui.rendering.inline import said_by_links

    prose = (block for block in blocks if block.kind in ("paragraph", "heading", "table"))
    texts = (block.content for block in prose if "[" in block.content and not too_long(block))
    return {label for text in texts for label in said_by_links(text, env)}


class IncrementalParse:
    """The source and its blocks."""

    def __init__(self) -> None:
        self.source = Source()
        self.blocks: list[Block] = []
        self._ended = False

    def whole(self, env: dict[str, Any], most: float = BLOCKS) -> None:
        """Parse everything, with its references; ``most`` blocks of it."""
        blocks = parse_blocks(self.source.text, env, most=most)
        said = _said(blocks, env) if env.get("references") else set()
        self.blocks = without(blocks, lambda block: block.info in said)
        set_spacing(self.blocks, self.source, None)

    def window(self) -> None:
        """Parse nothing: the text as it is."""
        self.blocks = [Block("raw", (), 0, len(self.source.starts), self.source.text.rstrip())]
        set_spacing(self.blocks, self.source, None)

    def finish(self) -> int:
        """Parse the last blocks as they are; returns the index of the first one that may have changed."""
        self._ended = True
        return self.add("")

    def add(self, text: str) -> int:
        """Append text; returns the index of the first block that may have changed."""
        open_line = len(self.source.starts) - 1
        self.source.add(text)
        index = self._last_settled(open_line)
        if index < 0:
            self._replace(0, parse_blocks(self._clear(0), self._env))
            return 0
        block = self.blocks[index]
        if self._done(block, open_line):
            self._replace(index + 1, self._parse(block.last, _items(block.path), block.path, block.path))
            return index + 1
        line, path = _entrance(block)
        index = self._entered(index, line)
        before = self.blocks[index - 1].path if index else ()
        blocks = None
        whole = block.kind == "fence" and holds_fences(block.info)
        if open_line - block.first > LONG and line == block.first and not whole:
            blocks = self._edges(block, open_line, path, before)
        self._replace(index, blocks or self._parse(line, path, before, block.path))
        return index

    def over(self) -> int:
        """How many of the blocks stay as they are, whatever comes."""
        open_line = len(self.source.starts) - 1
        index = self._last_settled(open_line)
        if index < 0:
            return 0
        block = self.blocks[index]
        return index + 1 if self._done(block, open_line) else self._entered(index, _entrance(block)[0])

    def _entered(self, index: int, line: int) -> int:
        """The first block, up to one, that is read again where reading begins at a line."""
        while index and self.blocks[index - 1].first >= line:
            index -= 1
        return index

    def _parse(self, line: int, path: Path, before: Path, again: Path) -> list[Block]:
        return parse_blocks(self._clear(line), self._env, line, path, before, again)

    @property
    def _env(self) -> dict[str, Any]:
        return {} if self._ended else {GROWING: True}

    def _clear(self, line: int) -> str:
        """The text from a line on, but for a last line of which it is not clear yet what it will be."""
        start, last = self.source.start(line), self.source.starts[-1]
        if last >= start and not self._ended and _UNCLEAR.fullmatch(self.source.text, last):
            before = self.source.text.rfind("\n", 0, max(last - 1, 0)) + 1
            if start <= before < last and _BARE.fullmatch(self.source.text, before, last):
                last = before
            return self.source.text[start:last]
        return self.source.text[start:]

    def _done(self, block: Block, open_line: int) -> bool:
        """Whether the block is over, whatever comes."""
        items = _items(block.path)
        if any(c.indent < 0 for c in items) or any(c.kind != "quote" for c in block.path[len(items) :]):
            return False  # it can't be entered again
        if block.kind in ("paragraph", "table") and not block.guessed:
            return block.last < open_line and not self.source.line(block.last).strip()
        return block.kind == "fence" and block.closed and block.last <= open_line

    def _last_settled(self, open_line: int) -> int:
        index = len(self.blocks) - 1
        while index >= 0 and self.blocks[index].first >= open_line:
            index -= 1
        return index

    def _replace(self, index: int, blocks: list[Block]) -> None:
        # As far as is known yet: a link with the name of a definition came before it.
        if any(block.kind == "definition" for block in blocks):
            above = self.source.text.upper()
            blocks = without(
                blocks, lambda block: above.find(f"[{block.info}]", 0, self.source.start(block.first)) >= 0
            )
        last = blocks[-1] if blocks else None
        if last and not self._ended and last.kind == "paragraph" and last.last >= len(self.source.starts) - 1:
            content = table_head(last.content)
            if content:
                info = "," * (content.partition("\n")[2].count("-") - 1)
                blocks[-1] = replace(last, kind="table", content=content, info=info, guessed=True)
        if last and last.closed and not self._ended and last.last > len(self.source.starts) - 1:
            blocks[-1] = replace(last, closed=False)  # more may come on the line that looks like its end
        set_spacing(blocks, self.source, self.blocks[index - 1] if index else None)
        self.blocks[index:] = blocks

    def _edges(self, block: Block, open_line: int, path: Path, before: Path) -> list[Block] | None:
        """Parse a long block by its first lines, its last complete line and what follows.

        None if that does not look like the block with more lines; then it has to be read whole.
        """
        source = self.source
        heads = 2 if block.kind == "table" else 1
        head = source.text[block.start : source.start(block.first + heads)]
        tail = self._clear(open_line - 1)
        blocks = parse_blocks(head + tail, {}, block.first, path, before, block.path)
        seam = block.first + heads + 1
        if not blocks or block.last < open_line:
            return None
        first = blocks[0]
        if (first.kind, first.info) != (block.kind, block.info) or first.last < seam:
            return None
        content = _joined(block, first, heads, open_line)
        skipped = open_line - seam
        shifted = [_shifted(other, seam, skipped) for other in blocks]
        return None if content is None else [replace(shifted[0], content=content), *shifted[1:]]


class Unparsed(IncrementalParse):
    """A source that could not be parsed: it is shown as it stands, with all that comes."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.window()

    def window(self) -> None:
        """The text as it is; nothing is called that may have failed."""
        text = self.source.text.rstrip()
        self.blocks = [Block("raw", (), 0, len(self.source.starts), text, FAULT, end=len(text))]

    def whole(self, env: dict[str, Any], most: float = BLOCKS) -> None:
        """Parse nothing."""
        self.window()

    def over(self) -> int:
        """The one block grows until the end."""
        return 0

    def finish(self) -> int:
        """Nothing changes."""
        return len(self.blocks)

    def add(self, text: str) -> int:
        """Append text."""
        self.source.add(text)
        self.window()
        return 0


def _joined(block: Block, edges: Block, heads: int, open_line: int) -> str | None:
    """The block's content up to its last complete line, then the content of the edges from there on."""
    content = block.content
    cut = len(content)
    for _ in range(1 + (block.last > open_line) + content.endswith("\n")):
        cut = content.rfind("\n", 0, cut)
        if cut < 0:
            return None
    new = edges.content.split("\n")[heads - (block.kind == "fence") :]
    return content[: cut + 1] + "\n".join(new)


def _shifted(block: Block, seam: int, lines: int) -> Block:
    """The block with the lines below the seam moved down."""

    def move(line: int) -> int:
        return line + lines if line >= seam else line

    path = tuple(replace(c, line=move(c.line), group=move(c.group)) for c in block.path)
    return replace(block, first=move(block.first), last=block.last + lines, path=path)


def _entrance(block: Block) -> tuple[int, Path]:
    """Where parsing can begin again so as to come to ``block``, and the items that are open there.

    A quote opens by itself, for its bar is in front of each line; an item inside of a quote does not, nor
    does one whose indent was not seen.
    """
    quoted = False
    for depth, container in enumerate(block.path):
        if container.line >= block.first:
            return block.first, _items(block.path[:depth])
        if container.kind == "quote":
            quoted = True
        elif quoted or container.indent < 0:
            return container.line, _items(block.path[:depth])
    return block.first, _items(block.path)


def _items(path: Path) -> Path:
    """The items before the first quote."""
    for depth, container in enumerate(path):
        if container.kind == "quote":
            return path[:depth]
    return path
