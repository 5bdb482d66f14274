"""The source text of a document and where its lines begin."""

from __future__ import annotations


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
