"""The source text of a document: where its lines begin, and which of its places a drawn character has."""

from __future__ import annotations

from bisect import bisect_right

from tui.rendering.flat_blocks import Block


class Source:
    """A growing text; lines are counted from 0 and a newline at the end begins another one."""

    def __init__(self, text: str = "") -> None:
        self.text = ""
        self.starts = [0]
        self.add(text)

    def add(self, text: str) -> None:
        """Append ``text``."""
        base = len(self.text)
        self.text += text
        position = text.find("\n")
        while position >= 0:
            self.starts.append(base + position + 1)
            position = text.find("\n", position + 1)

    def start(self, line: int) -> int:
        """Where a line begins; for a line after the last one, the end of the text."""
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def end(self, line: int) -> int:
        """Where a line ends, before its newline."""
        return self.starts[line + 1] - 1 if line + 1 < len(self.starts) else len(self.text)

    def line(self, line: int) -> str:
        """The text of a line without its newline."""
        return self.text[self.start(line) : self.end(line)]


class SourceMap:
    """Which place in the source each place in a block's content has.

    A line of the content ends as the source's line does; what stands in front of it there is bars and indent.
    """

    def __init__(self, block: Block, source: Source) -> None:
        self._content: list[int] = []
        self._source: list[int] = []
        self._end = block.end
        first = block.first + (block.kind == "fence")
        offset = 0
        for number, text in enumerate(block.content.split("\n")):
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
