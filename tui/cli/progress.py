"""How far something is, on standard error."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import Self

from tui.chat.chunks import Progress
from tui.text import one_line

_BAR = 24


class ProgressLine:
    """One line that is drawn over and over in a terminal; elsewhere a line for each new step.

    Used as a context, so that the line is finished however the work ends.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._text = ""
        self._drawn = False

    def show(self, progress: Progress) -> None:
        """Show the state of the work."""
        if self._terminal:
            self._draw(progress)
        elif progress.text != self._text:
            print(one_line(progress.text), file=sys.stderr, flush=True)
        self._text = progress.text

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            print(file=sys.stderr, flush=True)

    def _draw(self, progress: Progress) -> None:
        if self._drawn and progress.text != self._text:
            print(file=sys.stderr)
        width = shutil.get_terminal_size().columns - 1
        line = bar(progress)
        line += one_line(progress.text, max(20, width - len(line)))
        print(f"\r{line[:width]:{width}}", end="", file=sys.stderr, flush=True)
        self._drawn = True


def bar(progress: Progress) -> str:
    """``━━━━━━────  61 %  `` where the whole is known, otherwise nothing."""
    if not progress.total:
        return ""
    share = min(1.0, progress.done / progress.total)
    full = int(share * _BAR)
    return f"{'━' * full}{'─' * (_BAR - full)} {share:4.0%}  "
