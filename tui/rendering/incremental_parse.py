"""A text's leaves while it grows: only the last of them are parsed again.

Where a leaf begins is settled once its first line is complete. So what comes is parsed from the beginning of
the last such leaf on, inside the lists that are open there; of a long leaf only the edges are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tui.markdown import GROWING, holds_fences
from tui.rendering.autoclose import table_head
from tui.rendering.block_spacing import place
from tui.rendering.flat_blocks import FAULT, Leaf, Path
from tui.rendering.limits import BLOCKS, too_long
from tui.rendering.source import Source

# The beginning of a line that may become anything: a list, a heading, a rule, the end of a fence.
_UNCLEAR = re.compile(r"[ \t>]*+(?:\\[\[(]|[-+*=#|~_`$\\]{1,3}+|\d{1,3}+[.)]?+)?+[ \t]*+")

_BARE = re.compile(r"[ \t>]*+(?:\$\$|\\\[)[ \t]*+\n")
"""The beginning of a formula, which is one by what follows."""

LONG = 24
"""Lines from which on a leaf is no longer read whole."""


def parse_blocks(
    text: str,
    env: dict[str, Any],
    base: int = 0,
    path: Path = (),
    before: Path = (),
    again: Path = (),
    most: float = BLOCKS,
) -> list[Leaf]:
    """``blocks.parse_blocks``; the parser is imported when there is something to parse."""
    from tui.rendering import blocks

    return blocks.parse_blocks(text, env, base, path, before, again, most) if text else []


def without(leaves: list[Leaf], said: Callable[[Leaf], bool]) -> list[Leaf]:
    """The leaves but for definitions of which all is said elsewhere; the items that hold them stay."""
    kept: list[Leaf] = []
    for leaf in leaves:
        if leaf.kind != "definition" or not leaf.info or not said(leaf):
            kept.append(leaf)
        elif leaf.path:
            kept.append(replace(leaf, kind="empty", content="", info=""))
    return kept


def _said(leaves: Sequence[Leaf], env: dict[str, Any]) -> set[str]:
    """The labels that the words of links say."""
    from tui.rendering.inline import said_by_links

    prose = (leaf for leaf in leaves if leaf.kind in ("paragraph", "heading", "table"))
    texts = (leaf.content for leaf in prose if "[" in leaf.content and not too_long(leaf))
    return {label for text in texts for label in said_by_links(text, env)}


class Growth:
    """The source and its leaves."""

    def __init__(self) -> None:
        self.source = Source()
        self.leaves: list[Leaf] = []
        self._ended = False

    def whole(self, env: dict[str, Any], most: float = BLOCKS) -> None:
        """Parse everything, with its references; ``most`` blocks of it."""
        leaves = parse_blocks(self.source.text, env, most=most)
        said = _said(leaves, env) if env.get("references") else set()
        self.leaves = without(leaves, lambda leaf: leaf.info in said)
        place(self.leaves, self.source, None)

    def window(self) -> None:
        """Parse nothing: the text as it is."""
        self.leaves = [Leaf("raw", (), 0, len(self.source.starts), self.source.text.rstrip())]
        place(self.leaves, self.source, None)

    def finish(self) -> int:
        """Parse the last leaves as they are; returns the index of the first one that may have changed."""
        self._ended = True
        return self.add("")

    def add(self, text: str) -> int:
        """Append text; returns the index of the first leaf that may have changed."""
        open_line = len(self.source.starts) - 1
        self.source.add(text)
        index = self._last_settled(open_line)
        if index < 0:
            self._replace(0, parse_blocks(self._clear(0), self._env))
            return 0
        leaf = self.leaves[index]
        if self._done(leaf, open_line):
            self._replace(index + 1, self._parse(leaf.last, _items(leaf.path), leaf.path, leaf.path))
            return index + 1
        line, path = _entrance(leaf)
        while index and self.leaves[index - 1].first >= line:
            index -= 1
        before = self.leaves[index - 1].path if index else ()
        leaves = None
        whole = leaf.kind == "fence" and holds_fences(leaf.info)
        if open_line - leaf.first > LONG and line == leaf.first and not whole:
            leaves = self._edges(leaf, open_line, path, before)
        self._replace(index, leaves or self._parse(line, path, before, leaf.path))
        return index

    def _parse(self, line: int, path: Path, before: Path, again: Path) -> list[Leaf]:
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

    def _done(self, leaf: Leaf, open_line: int) -> bool:
        """Whether the leaf is over, whatever comes."""
        items = _items(leaf.path)
        if any(c.indent < 0 for c in items) or any(c.kind != "quote" for c in leaf.path[len(items) :]):
            return False  # it can't be entered again
        if leaf.kind in ("paragraph", "table") and not leaf.hoped:
            return leaf.last < open_line and not self.source.line(leaf.last).strip()
        return leaf.kind == "fence" and leaf.closed and leaf.last <= open_line

    def _last_settled(self, open_line: int) -> int:
        index = len(self.leaves) - 1
        while index >= 0 and self.leaves[index].first >= open_line:
            index -= 1
        return index

    def _replace(self, index: int, leaves: list[Leaf]) -> None:
        # As far as is known yet: a link with the name of a definition came before it.
        if any(leaf.kind == "definition" for leaf in leaves):
            above = self.source.text.upper()
            leaves = without(
                leaves, lambda leaf: above.find(f"[{leaf.info}]", 0, self.source.start(leaf.first)) >= 0
            )
        last = leaves[-1] if leaves else None
        if last and not self._ended and last.kind == "paragraph" and last.last >= len(self.source.starts) - 1:
            content = table_head(last.content)
            if content:
                info = "," * (content.partition("\n")[2].count("-") - 1)
                leaves[-1] = replace(last, kind="table", content=content, info=info, hoped=True)
        place(leaves, self.source, self.leaves[index - 1] if index else None)
        self.leaves[index:] = leaves

    def _edges(self, leaf: Leaf, open_line: int, path: Path, before: Path) -> list[Leaf] | None:
        """Parse a long leaf by its first lines, its last complete line and what follows.

        None if that does not look like the leaf with more lines; then it has to be read whole.
        """
        source = self.source
        heads = 2 if leaf.kind == "table" else 1
        head = source.text[leaf.start : source.start(leaf.first + heads)]
        tail = self._clear(open_line - 1)
        leaves = parse_blocks(head + tail, {}, leaf.first, path, before, leaf.path)
        seam = leaf.first + heads + 1
        if not leaves or leaf.last < open_line:
            return None
        first = leaves[0]
        if (first.kind, first.info) != (leaf.kind, leaf.info) or first.last < seam:
            return None
        content = _joined(leaf, first, heads, open_line)
        skipped = open_line - seam
        shifted = [_shifted(other, seam, skipped) for other in leaves]
        return None if content is None else [replace(shifted[0], content=content), *shifted[1:]]


class Unparsed(Growth):
    """A source that could not be parsed: it is shown as it stands, with all that comes."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.window()

    def window(self) -> None:
        """The text as it is; nothing is called that may have failed."""
        text = self.source.text.rstrip()
        self.leaves = [Leaf("raw", (), 0, len(self.source.starts), text, FAULT, end=len(text))]

    def whole(self, env: dict[str, Any], most: float = BLOCKS) -> None:
        """Parse nothing."""
        self.window()

    def finish(self) -> int:
        """Nothing changes."""
        return len(self.leaves)

    def add(self, text: str) -> int:
        """Append text."""
        self.source.add(text)
        self.window()
        return 0


def _joined(leaf: Leaf, edges: Leaf, heads: int, open_line: int) -> str | None:
    """The leaf's content up to its last complete line, then the content of the edges from there on."""
    content = leaf.content
    cut = len(content)
    for _ in range(1 + (leaf.last > open_line) + content.endswith("\n")):
        cut = content.rfind("\n", 0, cut)
        if cut < 0:
            return None
    new = edges.content.split("\n")[heads - (leaf.kind == "fence") :]
    return content[: cut + 1] + "\n".join(new)


def _shifted(leaf: Leaf, seam: int, lines: int) -> Leaf:
    """The leaf with the lines below the seam moved down."""

    def move(line: int) -> int:
        return line + lines if line >= seam else line

    path = tuple(replace(c, line=move(c.line), group=move(c.group)) for c in leaf.path)
    return replace(leaf, first=move(leaf.first), last=leaf.last + lines, path=path)


def _entrance(leaf: Leaf) -> tuple[int, Path]:
    """Where parsing can begin again so as to come to ``leaf``, and the items that are open there.

    A quote opens by itself, for its bar is in front of each line; an item inside of a quote does not, nor
    does one whose indent was not seen.
    """
    quoted = False
    for depth, container in enumerate(leaf.path):
        if container.line >= leaf.first:
            return leaf.first, _items(leaf.path[:depth])
        if container.kind == "quote":
            quoted = True
        elif quoted or container.indent < 0:
            return container.line, _items(leaf.path[:depth])
    return leaf.first, _items(leaf.path)


def _items(path: Path) -> Path:
    """The items before the first quote."""
    for depth, container in enumerate(path):
        if container.kind == "quote":
            return path[:depth]
    return path
