"""Whether a tool may be used now: what it wants, with what, and the answers. None is given by accident."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.app.tools.long_text import LongText
from tui.text import clean, is_text, one_line
from tui.tools.approval import Decision, Question

DEAF = 0.3
"""Seconds without a key before the sheet takes one: who was typing goes on typing."""
SHOWN = 2_000
"""Characters of each argument, before all are asked for."""
_NAME = 60
_ANSWERS = {
    Action.APPROVE_ONCE: Decision.ONCE,
    Action.APPROVE_HERE: Decision.CONVERSATION,
    Action.APPROVE_ALWAYS: Decision.ALWAYS,
    Action.APPROVE_NO: Decision.NO,
    Action.APPROVE_STOP: Decision.STOP,
}
_OTHERS = 11
"""Lines of the sheet beside the arguments, and of the page below it."""


def title_of(question: Question) -> str:
    """Who wants to do what: ``fs wants to use write_file``."""
    who = one_line(question.spec.server, _NAME) or "The model"
    what = one_line(question.spec.name, _NAME) or "a tool"
    where = f" on {one_line(question.scope, 2 * _NAME)}" if question.scope else ""
    return f"{who} wants to use {what}{where}"


def about(question: Question) -> str:
    """Where the tool comes from, and what it says of itself, which nobody has checked."""
    spec = question.spec
    if spec.read_only:
        does = "it says that it only reads"
    else:
        does = "it may overwrite or delete" if spec.destructive else "it changes something"
    origin = one_line(question.origin, 3 * _NAME)
    return f"{origin}   {does}" if origin else f"{does[:1].upper()}{does[1:]}"


def argument_texts(arguments: Mapping[str, Any], most: int | None = SHOWN) -> Iterator[tuple[str, str, int]]:
    """The name of each argument, its text, and how many characters of it are left out."""
    for name, value in arguments.items():
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        text = clean(said)
        left_out = max(0, len(text) - most) if most is not None else 0
        yield one_line(str(name), _NAME), text[: len(text) - left_out], left_out


class ApprovalSheet(Sheet[Decision]):
    """Lies over the composer; dismissed with what was decided, None where it was closed: that means no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(action, f"answer('{action.name}')") for action in _ANSWERS),
        bind(Action.APPROVE_WHOLE, "show_all"),
        bind(Action.LIST_UP, "move(-1)", words="scroll", help="A line up"),
    ]
    DEFAULT_CSS = """
    ApprovalSheet {
        background: $background 0%;
        align: center bottom;
        & > .sheet { width: 100%; max-width: 94; margin: 0 0 2 0; max-height: 100%; }
        #title { margin: 0 4; color: $strong; height: auto; max-height: 2; }
        #about { margin: 0 4 1 4; height: auto; max-height: 2; }
        LongText { margin: 0 2 0 4; }
    }
    """

    def __init__(self, question: Question, *, deaf: float | None = None) -> None:
        """Prepare the question.

        Args:
            question: What is asked.
            deaf: Seconds without a key before one is taken.
        """
        super().__init__()
        self._question = question
        self._deaf = DEAF if deaf is None else deaf
        self._hears_from = float("inf")
        self._whole = False

    def compose_sheet(self) -> ComposeResult:
        """What is wanted, with what, and what can be answered."""
        yield Static(title_of(self._question), id="title", markup=False)
        yield Static(about(self._question), id="about", classes="dim", markup=False)
        yield LongText(self._arguments)
        yield Hints(*self._answers)

    @property
    def _answers(self) -> list[str]:
        offered = [action for action in _ANSWERS if self._offers(action)]
        return [*offered, *([Action.APPROVE_WHOLE] if self._left_out and not self._whole else [])]

    def _offers(self, action: Action) -> bool:
        return action is not Action.APPROVE_ALWAYS or self._question.lasting

    @property
    def _left_out(self) -> int:
        return sum(left_out for *_, left_out in argument_texts(self._question.arguments))

    def on_mount(self) -> None:
        """Hear keys in a moment."""
        self._wait()

    def on_screen_resume(self) -> None:
        """It is seen again: hear keys in a moment."""
        super().on_screen_resume()
        self._wait()

    def _wait(self) -> None:
        self._hears_from = time.monotonic() + self._deaf

    @property
    def deaf(self) -> bool:
        """Whether keys are not for this sheet yet."""
        return time.monotonic() < self._hears_from

    @property
    def _arguments(self) -> str:
        said = argument_texts(self._question.arguments, None if self._whole else SHOWN)
        blocks = (
            f"{name}:{chr(10) if chr(10) in text else ' '}{text}"
            + (f"\n… {left_out:,} more characters" if left_out else "")
            for name, text, left_out in said
        )
        return "\n".join(blocks) or "with no arguments"

    def on_resize(self, event: events.Resize) -> None:
        """Give the arguments what the other parts leave."""
        most = max(1, min(event.size.height - _OTHERS, event.size.height * 6 // 10))
        self._text.styles.max_height = most

    # -- keys
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is offered can be answered."""
        if action == "answer":
            return self._offers(Action[str(parameters[0])])
        if action == "show_all":
            return bool(self._left_out) and not self._whole
        if action in ("move", "page", "first", "last"):
            return True
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """While it does not hear, what is typed goes where it was meant to go."""
        if not self.deaf:
            return
        self._wait()
        event.stop()
        event.prevent_default()
        if event.is_printable and event.character and is_text(event.character):
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

    def action_answer(self, name: str) -> None:
        """Decide; a click counts no earlier than a key."""
        if not self.deaf:
            self.dismiss(_ANSWERS[Action[name]])

    def action_show_all(self) -> None:
        """Show all of the arguments."""
        self._whole = True
        self._text.show(self._arguments)
        self.query_one(Hints).show(*self._answers)

    # Nothing is chosen here: the keys that choose elsewhere scroll.
    @property
    def _text(self) -> LongText:
        return self.query_one(LongText)

    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self._text.move(step)

    def action_page(self, direction: int) -> None:
        """Scroll a screen."""
        self._text.page(direction)

    def action_first(self) -> None:
        """Scroll to the begin."""
        self._text.scroll_home(animate=False)

    def action_last(self) -> None:
        """Scroll to the end."""
        self._text.scroll_end(animate=False)
