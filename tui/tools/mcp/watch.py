"""What was seen of a server besides its answers: for the person, where something is wrong with it."""

from __future__ import annotations

from collections import deque

from msgspec import Struct, field

from tui.secret import redact
from tui.text import one_line

LINES = 200
"""Of standard error that are kept."""
_LONGEST = 500
"""Characters of a line that are kept."""


class Watch(Struct):
    """One run of a server's program."""

    garbage: int = 0
    """Lines on its standard output that are no messages."""
    last_garbage: str = ""
    """The last of them."""
    pid: int | None = None
    code: int | None = None
    """The exit code, once it has ended."""
    told: bool = False
    """Whether it was told to end: then the code is of our making, and explains nothing."""
    _stderr: deque[bytes] = field(default_factory=lambda: deque(maxlen=LINES))

    def wrote(self, line: bytes) -> None:
        """Keep a line of standard error."""
        if line.strip():
            self._stderr.append(line[: 4 * _LONGEST])  # read when somebody wants to: there may be thousands

    def babbled(self, line: bytes) -> None:
        """Count a line that is no message."""
        self.garbage += 1
        self.last_garbage = _shown(line)

    @property
    def stderr(self) -> tuple[str, ...]:
        """The last lines of standard error, safe to show."""
        return tuple(map(_shown, tuple(self._stderr)))

    @property
    def last_words(self) -> str:
        """The last line of standard error, or the exit code, or nothing."""
        if self._stderr:
            return _shown(self._stderr[-1])
        return f"exit code {self.code}" if self.code and not self.told else ""


def _shown(line: bytes) -> str:
    return one_line(redact(line[: 4 * _LONGEST].decode("utf-8", "replace")), _LONGEST)
