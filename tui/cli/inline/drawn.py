"""A reply, drawn as it comes: what is over is printed, of the rest the last rows stand below it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.chat.message import Message
from tui.cli.inline.region import Region
from tui.cli.inline.rows import BLANK, Brush, Row
from tui.cli.inline.terminal import Terminal
from tui.cli.plain.page import Page, name_of
from tui.rendering import warm

if TYPE_CHECKING:
    from tui.rendering.printout import Printout

TICK = 0.05
"""Seconds between two looks at what has come."""
MOST = 6
"""Rows of what still changes."""
PART = 4
"""They take one of so many parts of the screen: at half its size or a quarter of its width they still fit."""
SOON = 1.0
"""Seconds of silence after which it is shown for how long."""


def room(columns: int, measure: int) -> tuple[int, int]:
    """Cells of prose, and of code and tables. The last column stays free: a full row might wrap."""
    whole = max(columns - 1, 1)
    return min(whole, measure), whole


class Drawn:
    """Draws one reply."""

    def __init__(
        self, page: Page, message: Message, hue: str, terminal: Terminal, brush: Brush, measure: int
    ) -> None:
        self._page = page
        self._message = message
        self._hue = hue
        self._terminal = terminal
        self._brush = brush
        self._measure = measure
        self._region = Region(page, terminal)
        self._came = ""
        """What has come and is not laid out yet."""
        self._printout: Printout | None = None
        self._named = False
        self._last: object = None
        """What was printed last: text, or something beside it; between them is a blank row."""
        self._columns = 0
        self._phase = "waiting"
        self._since = time.monotonic()
        self._busy = ""
        """How far something is."""
        self._shown: object = None
        self._remarked = ""

    def turn(self, phase: str) -> None:
        """See ``Voice``."""
        if phase != self._phase:
            self._phase, self._since, self._busy = phase, time.monotonic(), ""

    def add(self, text: str) -> None:
        """See ``Voice``."""
        self._came += text

    def pause(self) -> None:
        """See ``Voice``."""
        if self._came or self._printout is not None:
            self._terminal.settle()
            printout = self._laid_out()
            printout.end()
            self._region.show(self._printed(printout), ())
            self._printout = None

    def take_back(self) -> None:
        """See ``Voice``."""
        said = bool(self._came) or self._printout is not None
        self._came, self._printout, self._named = "", None, False
        if said:
            self.remark("that was thinking, the answer follows")

    def remark(self, words: str) -> None:
        """See ``Voice``."""
        if words != self._remarked:
            self._terminal.settle()
            self._region.show(self._apart(self.remark, [self._brush.quiet(words)]), ())
            self._remarked = words

    def busy(self, words: str) -> None:
        """See ``Voice``."""
        self._busy = words

    async def keep_company(self) -> None:
        """Draw what has come; ends when cancelled."""
        self._paint()
        await asyncio.sleep(TICK)  # the request is on its way before anything is loaded
        warm.load()
        while True:
            self._paint()
            await asyncio.sleep(TICK)

    def cut(self) -> None:
        """Nothing of it is to be seen: what is typed is not shown meanwhile."""

    def end(self) -> None:
        """See ``Voice``."""
        self.pause()
        self._region.close()
        if self._last is not None:
            self._page.line("")
        self._terminal.echo(True)

    def _paint(self) -> None:
        size = self._terminal.size
        silence = int(time.monotonic() - self._since)
        silent = self._printout is None or self._region.left
        state = (size, self._phase, self._busy, silence if silent else 0)
        as_it_was = self._region.stands and state == self._shown and not self._came
        if as_it_was or not self._terminal.steady:
            return
        self._shown = state
        if self._came or self._printout is not None:
            printout = self._laid_out()
            printed = self._printed(printout)
            most = max(1, min(MOST, (size.lines - 1) // PART))
            rows = [] if self._region.left else [*map(self._brush.row, printout.open(most))]
            rows = [*rows, self._brush.quiet(self._busy)][-most:] if self._busy else rows
        else:
            printed, rows = [], []
        self._region.show(printed, rows or [self._status(silence)])

    def _status(self, silence: int) -> Row:
        words = self._busy or self._phase
        return self._brush.quiet(f"{words} {silence} s" if silence >= SOON else words)

    def _laid_out(self) -> Printout:
        from tui.rendering.printout import Printout

        columns = self._terminal.size.columns
        if self._printout is None:
            self._printout = Printout(*room(columns, self._measure))
        elif columns != self._columns:
            self._printout.resize(*room(columns, self._measure))
        self._columns = columns
        came, self._came = self._came, ""
        self._printout.feed(came)
        return self._printout

    def _printed(self, printout: Printout) -> list[Row]:
        """What is over, below the name of who answers."""
        rows = [*map(self._brush.row, printout.take())]
        if not self._named and (rows or printout.open(1)):
            self._named = True
            seconds = round(self._message.reasoning_seconds or 0)
            beside = f"thought for {seconds} s" if seconds > 0 else ""
            rows = [self._brush.named(name_of(self._message.model), self._hue, beside), *rows]
        return self._apart(printout, rows)

    def _apart(self, kind: object, rows: list[Row]) -> list[Row]:
        """The rows with a blank one above them, if something else was printed before."""
        if not rows or kind == self._last:
            return rows
        self._last = kind
        return [BLANK, *rows]
