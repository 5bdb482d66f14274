"""The variables of a prompt that is kept as a file, a field each; filled in before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.blanks import Blanks
from tui.app.lists.field import LoneField
from tui.app.lists.hints import Hints
from tui.engine.saved_prompts import TypedPrompt, Variable
from tui.errors import UsageError
from tui.text import one_line

_OTHERS = 9
"""Lines of title, what is wrong, keys, and the space around them."""


class FillPrompt(Blanks[TypedPrompt]):
    """Dismissed with the prompt once nothing of it is missing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.FILL_SEND, "send"),
        bind(Action.FILL_NEXT, "step(1)", priority=True),  # what is typed after it is the next field's
        bind(Action.FILL_PREVIOUS, "step(-1)", priority=True),
    ]
    DEFAULT_CSS = """
    FillPrompt {
        #blanks { height: auto; overflow-y: auto; scrollbar-size: 1 1; }
        #wrong { margin: 1 4 0 4; height: 1; }
    }
    """

    def __init__(self, typed: TypedPrompt) -> None:
        """Prepare the fields.

        Args:
            typed: The prompt, with what is said already; what has several lines stays as it is.
        """
        super().__init__()
        self._typed = typed
        said = typed.values
        self._blanks: Sequence[Variable] = [
            one for one in typed.prompt.asked if "\n" not in said.get(one.name, "")
        ]

    def compose_sheet(self) -> ComposeResult:
        """The fields, what is wrong, the keys."""
        prompt = self._typed.prompt
        yield Static(f"/{prompt.name}   {prompt.about}", id="title", classes="words dim", markup=False)
        with Vertical(id="blanks"):
            for one in self._blanks:
                field = LoneField(self._shown(one), "" if one.default is not None else "needed")
                yield from self.blank(_label(one), field)
        yield Static("", id="wrong", classes="words", markup=False)
        yield Hints(Action.FILL_SEND, Action.FILL_NEXT, Action.LIST_CLOSE)

    def on_mount(self) -> None:
        """Begin at what is missing."""
        fields = zip(self._blanks, self.lines, strict=True)
        missing = next((line for one, line in fields if one.default is None and not line.value), None)
        if missing is not None:
            self.set_focus(missing)

    def on_resize(self, event: events.Resize) -> None:
        """Give the fields what the other parts leave of nine tenths of the screen."""
        self.query_one("#blanks").styles.max_height = max(2, event.size.height * 9 // 10 - _OTHERS)

    def _begun(self, one: Variable) -> str:
        """What is said already, else the default."""
        return self._typed.values.get(one.name, one.default or "")

    def _shown(self, one: Variable) -> str:
        """The same as it stands in a field."""
        value = self._begun(one)
        return one_line(value, len(value))

    @on(Input.Changed)
    def _changed(self) -> None:
        self._say("")

    def _say(self, words: str) -> None:
        self.query_one("#wrong", Static).update(one_line(words, 200))

    # -- keys
    def action_send(self) -> None:
        """Send it, if nothing is missing; else go to what is, and say it where one is there already."""
        values = dict(self._typed.values)
        before = self.place
        for place, (one, line) in enumerate(zip(self._blanks, self.lines, strict=True)):
            try:
                untouched = line.value == self._shown(one)  # the field has no line breaks, but it may
                values[one.name] = _said(one, self._begun(one) if untouched else line.value.strip())
            except UsageError as error:
                self.set_focus(line)
                if place == before or line.value:
                    self._say(f"× {error}")
                return
        self.dismiss(self._typed.filled(values))


def _label(one: Variable) -> str:
    choices = " or ".join(one_line(choice, 40) for choice in one.choices)
    about = "; ".join(filter(None, (one_line(one.description, 100), choices)))
    return f"{one.name}{f': {about}' if about else ''}"


def _said(one: Variable, line: str) -> str:
    if not line and one.default is None:
        raise UsageError(f"{one.name} is needed")
    return one.read(line)
