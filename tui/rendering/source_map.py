"""Where drawn characters are in the source, and where the source is drawn."""

from __future__ import annotations

from bisect import bisect_right

from tui.rendering.flat_blocks import Leaf
from tui.rendering.source import Source


class Places:
    """Which place in the source each place in a leaf's content has.

    A line of the content ends as the source's line does; what stands in front of it there is bars and indent.
    """

    def __init__(self, leaf: Leaf, source: Source) -> None:
        self._content: list[int] = []
        self._source: list[int] = []
        self._end = leaf.end
        first = leaf.first + (leaf.kind == "fence")
        offset = 0
        for number, text in enumerate(leaf.content.split("\n")):
            line, wanted = source.line(first + number).rstrip(), text.rstrip()
            column = len(line) - len(wanted)
            if not line.endswith(wanted):  # a heading's closing marks, or a tab that was cut in two
                column = max(line.find(wanted), len(line) - len(wanted), 0)
            self._content.append(offset)
            self._source.append(source.start(first + number) + column)
            offset += len(text) + 1

    def to_source(self, offset: int) -> int:
        """The place in the source of a place in the content."""
        index = bisect_right(self._content, offset) - 1
        return min(self._source[index] + offset - self._content[index], self._end)

    def to_content(self, offset: int) -> int:
        """The place in the content of a place in the source, or the next one that has any."""
        index = max(bisect_right(self._source, offset) - 1, 0)
        return self._content[index] + max(offset - self._source[index], 0)
