"""A question that comes by itself, over the composer: nothing that was on its way elsewhere answers it."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.screen import Screen

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.life import lives, while_alive
from tui.app.lists.sheet import Result, Sheet
from tui.app.tools.long_text import LongText
from tui.text import is_text

DEAF = 0.3
"""Seconds without a key before the sheet takes one: who was typing goes on typing."""


_OTHERS = 9
"""Lines of the sheet beside what may be long: pads, title, what is said of it, keys."""
_BELOW = 2
"""Lines of the page below it, where there is no composer."""


class QuestionSheet(Sheet[Result]):
    """Takes keys and clicks only when it was seen for a moment; what is typed until then goes on below it."""

    DEFAULT_CSS = """
    QuestionSheet {
        background: $background 0%;
        align: left bottom;
        & > .sheet { width: 100%; max-width: 100%; margin: 0 0 2 0; max-height: 100%; }
        #title { margin: 0 2; color: $strong; height: auto; max-height: 2; }
        #about { margin: 0 2 1 2; height: auto; max-height: 2; }
        LongText { margin: 0 0 0 2; }
        RowList { margin: 0; }
        Hints { margin: 1 2 0 2; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._hears_from = float("inf")
        self.follows = False
        """Whether it comes right after another question: keys that answer may be meant for that one."""

    def on_mount(self) -> None:
        """Hear keys in a moment."""
        self._wait()
        self._lie_over_the_composer()

    def on_resize(self, event: events.Resize) -> None:
        """Lie over the composer where it is now."""
        event.prevent_default()  # the base of all sheets shares the room otherwise
        self.call_after_refresh(while_alive(self, self._lie_over_the_composer))

    def _lie_over_the_composer(self) -> None:
        """Take its place, with its edges; where there is none, the lower part of the screen."""
        height, below = self.app.size.height, _BELOW
        for composer in self.app.screen_stack[0].query("#composer"):
            place, sheet = composer.region, self.query_one(".sheet")
            if place and not self._over_a_screen:
                below = max(0, height - place.bottom)
                sheet.styles.width = place.width
                sheet.styles.margin = (0, 0, below, place.x)
        self.share(max(1, height - below - _OTHERS))

    def share(self, room: int) -> None:
        """Let what may be long have this many lines, all together."""

    @property
    def _over_a_screen(self) -> bool:
        """Whether another screen lies between this one and the composer."""
        return self._below is not self.app.screen_stack[0]

    def on_screen_resume(self) -> None:
        """It is seen again: hear keys in a moment."""
        super().on_screen_resume()
        self._wait()

    def _wait(self) -> None:
        self._hears_from = time.monotonic() + DEAF

    @property
    def deaf(self) -> bool:
        """Whether keys are not for this sheet yet."""
        return time.monotonic() < self._hears_from

    def on_key(self, event: events.Key) -> None:
        """While it does not hear, what is typed goes where it was meant to go."""
        if not self.deaf:
            return
        self._wait()
        event.stop()
        event.prevent_default()
        meant_before = self.follows and event.key in self._bindings.key_to_bindings
        if event.is_printable and event.character and is_text(event.character) and not meant_before:
            self._hand_on(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """A paste answers nothing."""
        event.stop()
        self._hand_on(events.Paste(event.text))

    def _hand_on(self, event: events.Key | events.Paste) -> None:
        below = self._below
        if below is not None:
            (below.focused or below).post_message(event)

    @property
    def _below(self) -> Screen[Any] | None:
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else 0
        return stack[place - 1] if place > 0 else None


class TextQuestion(QuestionSheet[Result]):
    """A question with a text that may be long. Nothing is chosen: the keys that choose elsewhere scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.LIST_UP, "move(-1)", words="scroll", help="A line up"),
    ]

    @property
    def text(self) -> LongText:
        """What scrolls."""
        return self.query_one(LongText)

    def share(self, room: int) -> None:
        """Give the text what the other parts leave, and let the page be seen above it."""
        self.text.styles.max_height = max(1, min(room, self.app.size.height * 6 // 10))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that choose elsewhere are of use here too."""
        if action in ("move", "page", "first", "last"):
            return lives(self)
        return super().check_action(action, parameters)

    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self.text.move(step)

    def action_page(self, direction: int) -> None:
        """Scroll a screen."""
        self.text.page(direction)

    def action_first(self) -> None:
        """Scroll to the begin."""
        self.text.scroll_home(animate=False)

    def action_last(self) -> None:
        """Scroll to the end."""
        self.text.scroll_end(animate=False)
