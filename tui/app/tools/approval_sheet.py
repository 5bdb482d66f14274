"""Whether a tool may be used now: what it wants, with what, and the answers. None is given by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.tools.long_text import LongText
from tui.app.tools.question_sheet import TextQuestion
from tui.text import clean, one_line
from tui.tools.approval import Decision, Question

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
_BELOW = "\n  "
"""Before each line of a text of several lines: none of them can pass for another argument."""


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
        does = "it says that it only reads" if spec.server else "it only reads"
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


class ApprovalSheet(TextQuestion[Decision]):
    """Lies over the composer; dismissed with what was decided, None where it was closed: that means no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(action, f"answer('{action.name}')") for action in _ANSWERS),
        bind(Action.APPROVE_WHOLE, "show_all"),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question
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
        return [*offered, Action.APPROVE_WHOLE if self._left_out and not self._whole else Action.LIST_UP]

    def _offers(self, action: Action) -> bool:
        return action is not Action.APPROVE_ALWAYS or self._question.lasting

    @property
    def _left_out(self) -> int:
        return sum(left_out for *_, left_out in argument_texts(self._question.arguments))

    @property
    def _arguments(self) -> str:
        said = argument_texts(self._question.arguments, None if self._whole else SHOWN)
        blocks = (
            f"{name}:{_BELOW if chr(10) in text else ' '}{text.replace(chr(10), _BELOW)}"
            + (f"{_BELOW}… {left_out:,} more characters" if left_out else "")
            for name, text, left_out in said
        )
        return "\n".join(blocks) or "with no arguments"

    # -- keys
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is offered can be answered."""
        if action == "answer":
            return self._offers(Action[str(parameters[0])])
        if action == "show_all":
            return bool(self._left_out) and not self._whole
        return super().check_action(action, parameters)

    def action_answer(self, name: str) -> None:
        """Decide; a click counts no earlier than a key."""
        if not self.deaf:
            self.dismiss(_ANSWERS[Action[name]])

    def action_show_all(self) -> None:
        """Show all of the arguments."""
        self._whole = True
        self.text.show(self._arguments)
        self.query_one(Hints).show(*self._answers)
