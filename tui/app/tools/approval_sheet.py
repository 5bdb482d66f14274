"""Whether a tool may be used now: what it wants, with what, and the answers. None is given by accident."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.messages.long_text import LongText
from tui.app.tools.question_sheet import TextQuestion
from tui.tools.approval import Decision, Question
from tui.tools.asked import SHOWN, about, argument_texts, title_of

_ANSWERS = {
    Action.APPROVE_ONCE: Decision.ONCE,
    Action.APPROVE_HERE: Decision.CONVERSATION,
    Action.APPROVE_ALWAYS: Decision.ALWAYS,
    Action.APPROVE_NO: Decision.NO,
    Action.APPROVE_STOP: Decision.STOP,
}
_BELOW = "\n  "
"""Before each line of a text of several lines: none of them can pass for another argument."""


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
        """Where there is no room for all, the first and the last stay."""
        offered = [a for a in _ANSWERS if a is not Action.APPROVE_NO and self._offers(a)]
        more = Action.APPROVE_WHOLE if self._left_out and not self._whole else Action.LIST_UP
        return [*offered, more, Action.APPROVE_NO]

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

    def interrupted(self) -> None:
        """No, and the reply ends: what interrupting does elsewhere."""
        self.action_answer(Action.APPROVE_STOP.name)

    def action_show_all(self) -> None:
        """Show all of the arguments."""
        self._whole = True
        self.text.show(self._arguments)
        self.query_one(Hints).show(*self._answers)
