"""The base of every screen that lies over another one until it is dismissed."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from tui.app.life import has_gone, lives

Result = TypeVar("Result")


class Layer(Screen[Result | None]):
    """Ends once, with the first result, and takes no other screen with it; does nothing without its parts.

    A key that is pressed twice, or a worker that comes to its end, may ask for the end when the screen has
    ended, when another one lies over it, or before it has all its parts. Textual would take away what lies
    on top then. It would also let the screen begin, and keys act on it, while it has none of its parts.
    """

    _ending: tuple[Result | None] | None = None
    """The result to end with."""

    async def on_event(self, event: events.Event) -> None:
        """Take an event; a screen that was closed before it had its parts never begins."""
        if not (isinstance(event, events.Mount) and has_gone(self)):
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before all parts are there: the app keeps keys until then."""
        return super().check_action(action, parameters) if lives(self) else False

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
