"""Plain mode in the manner of a terminal that keeps what is printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from tui.app.terminal.abilities import Abilities
from tui.app.theme.grid import MEASURE
from tui.chat.message import Message
from tui.cli.inline.terminal import Terminal, check
from tui.cli.plain.page import Page
from tui.cli.plain.run import run as converse
from tui.cli.plain.voice import Voice
from tui.config import Config
from tui.engine.start_options import StartOptions

if TYPE_CHECKING:  # what draws is brought by the first reply
    from tui.cli.inline.rows import Brush


def run(config: Config, start: StartOptions) -> int:
    """Converse until the person or the input ends it.

    Raises:
        UsageError: The terminal can't do it.
        SegueError: The history can't be opened, or what the command line names is not there.
    """
    check()
    return converse(config, start, InRows(config))


class InRows:
    """The manner of inline mode."""

    title = "inline"

    def __init__(self, config: Config) -> None:
        self._terminal = Terminal()
        self._measure = MEASURE if config.width == "auto" else config.width

    @property
    def put_back(self) -> Callable[[str], None]:
        """See ``Manner``."""
        return self._terminal.put_back

    @put_back.setter
    def put_back(self, take: Callable[[str], None]) -> None:
        self._terminal.put_back = take

    def voice(self, page: Page, message: Message, hue: str) -> Voice:
        """See ``Manner``."""
        from tui.cli.inline.drawn import Drawn

        return Drawn(page, message, hue, self._terminal, self._brush, self._measure)

    def read(self, page: Page, head: str, hue: str, text: str) -> bool:
        """See ``Manner``. What the person wrote is shown as it was written."""
        if not hue:
            page.line(f"{head}{text}\n")
            return True
        from tui.cli.inline.drawn import room
        from tui.rendering.printout import Printout

        printout = Printout(*room(self._terminal.size.columns, self._measure))
        printout.feed(text)
        printout.end()
        rows = [*map(self._brush.row, printout.take())]
        if rows:
            named = [self._brush.named(head.removesuffix(": "), hue, "")] if head else []
            page.draw("".join(f"{row.drawn}\n" for row in (*named, *rows)) + "\n")
        return bool(rows)

    @cached_property
    def _brush(self) -> Brush:
        from tui.cli.inline.rows import Brush

        return Brush(ascii_only=Abilities.of(os.environ).ascii)
