"""The base of every screen that lies over another one until it is dismissed."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Result = TypeVar("Result")


class Layer(Screen[Result | None]):
    """Ends once, with the first result, and takes no other screen with it.

    A key that is pressed twice, or a worker that comes to its end, may ask for the end when the screen has
    ended, when another one lies over it, or before it has all its parts. Textual would take away what lies
    on top then.
    """

    _ending: tuple[Result | None] | None = None
    """The result to end with."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """End with a result: now, or as soon as the screen is the one that is seen."""
        if self._ending is None and self in self.app.screen_stack:
            self._ending = (result,)
            if self.is_active and self.is_mounted:
                return super().dismiss(result)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """The screen is seen, for the first time or again; unless meanwhile another one lies over it."""
        if self._ending is not None and self.is_active:
            super().dismiss(self._ending[0])
