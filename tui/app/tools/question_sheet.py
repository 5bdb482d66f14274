"""A question that comes by itself, over the composer: nothing that was on its way elsewhere answers it.

A letter answers when it stands alone: with a silence before it, and no other letter right after it. All other
writing goes on in the composer below. Keys that lead elsewhere do so, and the question waits meanwhile.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tui.app.actions import BESIDE_A_QUESTION, Action
from tui.app.keymap import bind
from tui.app.life import lives, while_alive
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Result, Sheet
from tui.app.messages.long_text import LongText
from tui.app.theme.grid import SMALLEST
from tui.text import is_text

DEAF = 0.3
"""Seconds without a key before the sheet takes one: who was typing goes on typing."""
WRITING = 1.0
"""The same where something stands in the composer: who writes also stops to think."""
ALONE = 0.2
"""Seconds after a letter in which another one shows that both belong to a word."""
_WRITES = "This goes into your draft. Stop writing to answer."

_OTHERS = 9
"""Lines of the sheet beside what may be long: pads, title, what is said of it, keys."""
_BELOW = 2
"""Lines of the page below it, where there is no composer."""


class QuestionSheet(Sheet[Result]):
    """Takes keys and clicks only when it was seen for a moment; what is typed until then goes on below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(action, f"elsewhere('{action.name}')", priority=True) for action in BESIDE_A_QUESTION
    ]

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
        &.-low {
            & > .sheet { padding: 0; }
            #title { max-height: 3; }
            #about { display: none; }
            Hints { margin: 0 2; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._hears_from = float("inf")
        self._held: events.Key | None = None
        """A letter that answers, if it stays alone."""
        self._alone: Timer | None = None
        self._silent: Timer | None = None
        self.writing = False
        """Whether the person has begun to write something else."""
        self.follows = False
        """Whether it comes right after another question: keys that answer may be meant for that one."""

    def on_mount(self) -> None:
        """Hear keys in a moment."""
        self._wait()
        self._lie_over_the_composer()

    def on_resize(self, event: events.Resize) -> None:
        """Lie over the composer where it is now, once the base of all sheets has shared the room."""
        self.call_after_refresh(while_alive(self, self._lie_over_the_composer))

    def _lie_over_the_composer(self) -> None:
        """Take its place, with its edges; where there is none, the lower part of the screen."""
        height, below = self.app.size.height, _BELOW
        self.set_class(height < SMALLEST[1], "-low")
        for composer in self.app.screen_stack[0].query("#composer"):
            place, sheet = composer.region, self.query_one(".sheet")
            if place and not self.over_a_screen:
                below = max(0, height - place.bottom)
                sheet.styles.width = place.width
                sheet.styles.margin = (0, 0, below, place.x)
        if self.has_class("-low"):
            self.query_one(".sheet").styles.margin, below = 0, 0
        self.share(max(1, height - below - _OTHERS))

    def share(self, room: int) -> None:
        """Let what may be long have this many lines, all together."""

    @property
    def over_a_screen(self) -> bool:
        """Whether another screen lies between this one and the composer."""
        return self._below is not self.app.screen_stack[0]

    def on_screen_resume(self) -> None:
        """It is seen again: hear keys in a moment."""
        super().on_screen_resume()
        self._wait()

    def _wait(self) -> None:
        self._hears_from = time.monotonic() + (WRITING if self.writing else DEAF)

    @property
    def deaf(self) -> bool:
        """Whether keys are not for this sheet yet."""
        return time.monotonic() < self._hears_from

    # -- keys
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What leads elsewhere does so from the conversation."""
        if action == "elsewhere":
            return lives(self) and not self.over_a_screen
        return super().check_action(action, parameters)

    async def action_elsewhere(self, name: str) -> None:
        """Do what a key does in the conversation below. Who asks sees to it that the question waits."""
        page = self.app.screen_stack[0]
        for bound in page.active_bindings.values():
            if bound.binding.id == Action[name]:
                await page.run_action(bound.binding.action)
                return

    def on_key(self, event: events.Key) -> None:
        """Tell what answers from what is written: that goes where it was meant to go."""
        if not (self.deaf or self._held or _letter(event)):
            return
        if self._held and event.key in (self._held.key, "enter"):  # a key that repeats, or confirms
            _take(event)
            if event.key == "enter":
                self.call_later(self._answer)
            return
        held = self._let_go()
        if held and not _letter(event):
            pass  # the letter is taken back, and this key does what it does
        elif held or self.deaf or event.key not in self.active_bindings:
            self._write(held, event)
        elif ALONE:
            _take(event)
            self._held = event
            self._alone = self.set_timer(ALONE, self._answer)

    def _let_go(self) -> events.Key | None:
        """Hold no letter any more, nor answer by it. Returns the one that was held."""
        held, self._held = self._held, None
        if self._alone is not None:
            self._alone.stop()
        return held

    async def _answer(self) -> None:
        """The letter has stayed alone."""
        held = self._let_go()
        bound = self.active_bindings.get(held.key) if held and lives(self) else None
        if bound is not None:
            await self.run_action(bound.binding.action)

    def _write(self, *keys: events.Key | None) -> None:
        """Let keys be typed below; none of them is for this sheet."""
        for key in filter(None, keys):
            _take(key)
            meant_before = self.deaf and self.follows and key.key in self.active_bindings
            if _letter(key) and not meant_before:
                self._hand_on(events.Key(key.key, key.character))
                self._say_where()
        self._wait()

    def _say_where(self) -> None:
        """Say where the letters go, until there have been none for a moment."""
        self.writing = True
        for hints in self.query(Hints):
            hints.note = _WRITES
        if self._silent is not None:
            self._silent.stop()
        self._silent = self.set_timer(WRITING, self._say_answers)

    def _say_answers(self) -> None:
        for hints in self.query(Hints):
            hints.note = ""

    def on_paste(self, event: events.Paste) -> None:
        """A paste answers nothing."""
        event.stop()
        self._write(self._let_go())
        self._hand_on(events.Paste(event.text))
        self._say_where()
        self._wait()

    def _hand_on(self, event: events.Key | events.Paste) -> None:
        below = self._below
        if below is not None:
            (below.focused or below).post_message(event)

    # -- what is pointed at
    def on_click(self, event: events.Click) -> None:
        """A click beside the question answers nothing."""

    def get_widget_at(self, x: int, y: int) -> tuple[Widget, Region]:
        """What is pointed at: beside the sheet, a part of the page."""
        page = self._page_at(x, y)
        return super().get_widget_at(x, y) if page is None else page.get_widget_at(x, y)

    def _forward_event(self, event: events.Event) -> None:
        """Let the page have what is pointed at beside the sheet: it can be read, and another one opened."""
        page = self._page_at(event.screen_x, event.screen_y) if isinstance(event, events.MouseEvent) else None
        if page is None:
            super()._forward_event(event)
        else:
            page._forward_event(event)

    def _page_at(self, x: float, y: float) -> Screen[Any] | None:
        """The page, where it is what is seen at a place."""
        if not lives(self) or self.over_a_screen or self.app.mouse_captured:
            return None
        on_sheet = self.query_one(".sheet").region.contains(int(x), int(y))
        return None if on_sheet else self._below

    @property
    def _below(self) -> Screen[Any] | None:
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else 0
        return stack[place - 1] if place > 0 else None


def _letter(event: events.Key) -> bool:
    return event.is_printable and event.character is not None and is_text(event.character)


def _take(event: events.Key) -> None:
    event.stop()
    event.prevent_default()


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
