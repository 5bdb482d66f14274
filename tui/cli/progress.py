"""How far something is, on standard error."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from tui.chat.chunks import Progress
from tui.text import one_line


class ProgressLine:
    """One line that is drawn over and over in a terminal; elsewhere a line for each new step.

    Used as a context, so that the line is finished however the work ends.
    """

    def __init__(self) -> None:
        self._bars = Bars(
            BarColumn(24),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(file=sys.stderr),
        )
        self._text = ""
        self._task: TaskID | None = None

    def show(self, progress: Progress) -> None:
        """Show the state of the work."""
        new = progress.text != self._text
        self._text = progress.text
        if self._bars.console.is_terminal:
            self._draw(progress, new=new)
        elif new:
            print(one_line(progress.text), file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        if self._bars.console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def _draw(self, progress: Progress, *, new: bool) -> None:
        """A step that follows another one begins a line of its own."""
        if new or self._task is None:
            if self._task is not None:
                self._bars.stop_task(self._task)
            self._task = self._bars.add_task(one_line(progress.text), total=progress.total)
        self._bars.update(self._task, completed=progress.done, total=progress.total)
