"""A sheet whose answer is taken, or refused with the reason: then it stays, with all that was written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.widgets import Static

from tui.app.background import to_ask
from tui.app.life import while_alive
from tui.app.lists.sheet import Result, Sheet
from tui.app.turns import ScreenSeen
from tui.errors import SegueError
from tui.text import clean

Take = Callable[[str], Awaitable[None]]
"""Takes what was written.

Raises:
    SegueError: It can't be taken, or kept.
"""


class Taking(Sheet[Result]):
    """The base of sheets in which something is written."""

    DEFAULT_CSS = """
    Taking {
        #wrong { margin: 1 4 0 4; display: none; }
        #wrong.-shown { display: block; }
    }
    """

    def __init__(self, take: Take | None = None) -> None:
        """Prepare the sheet; without ``take`` the answer is only what it is dismissed with."""
        super().__init__()
        self._take = take
        self._taking = False

    def compose_reason(self) -> ComposeResult:
        """Where it is said why an answer is refused."""
        yield Static("", id="wrong", classes="words", markup=False)

    def make_room(self) -> None:
        """The reason takes some rows now."""

    def give(self, written: str, result: Result) -> None:
        """Let what was written be taken, and end with a result; a second key meanwhile does nothing."""
        if self._take is None:
            self.dismiss(result)
        elif not self._taking:
            self._taking = True
            to_ask(self, "take", self._give, self._take, written, result)  # goes on if this one closes

    async def _give(self, take: Take, written: str, result: Result) -> None:
        try:
            await take(written)
        except SegueError as error:
            wrong = self.query_one("#wrong", Static)
            wrong.update(clean(f"× {error}"))
            wrong.add_class("-shown")
            self.call_after_refresh(while_alive(self, self.make_room))
            self.post_message(ScreenSeen())  # what was typed meanwhile is for it
        else:
            self.dismiss(result)
        finally:
            self._taking = False

    def action_close(self) -> None:
        """Close without an answer; one that is being taken is waited for, since it may be refused."""
        if not self._taking:
            super().action_close()
