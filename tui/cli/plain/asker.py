"""Asks the person on the terminal what a tool or a server wants. What is not answered means no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.keyboard import Keyboard
from tui.cli.plain.page import Page
from tui.text import clean, one_line
from tui.tools.approval import Decision, Question

if TYPE_CHECKING:
    from tui.tools.mcp.elicitation import Answer, Entry, Form, Value, Visit

_ANSWERS = {
    "y": Decision.ONCE,
    "yes": Decision.ONCE,
    "c": Decision.CONVERSATION,
    "a": Decision.ALWAYS,
    "": Decision.NO,
    "n": Decision.NO,
    "no": Decision.NO,
    "s": Decision.STOP,
}
_NAME = 60
_LINE, _BELOW = "\n", "\n  "
"""Lines of an argument stand below its first one: none of them can pass for another argument."""


class _NoAnswer(Exception):
    """The person has gone, or pressed Ctrl+C."""


class PlainAsker:
    """Reads an answer where a prompt is read otherwise. Nothing else goes on meanwhile, not even a clock."""

    def __init__(self, page: Page, keyboard: Keyboard, interrupts: Interrupts) -> None:
        self._page = page
        self._keyboard = keyboard
        self._interrupts = interrupts

    # -- tools
    async def ask(self, question: Question) -> Decision:
        """Ask whether a tool may be used."""
        from tui.tools.asked import SHOWN, about, argument_texts, title_of

        self._page.line(title_of(question))
        self._page.line(about(question).replace("   ", "; "))
        for name, text, left_out in argument_texts(question.arguments, SHOWN):
            more = f" and {left_out:,} more characters" if left_out else ""
            self._page.line(f"{name}: {text.replace(_LINE, _BELOW)}{more}")
        always = "a always, " if question.lasting else ""
        asked = f"y once, c in this conversation, {always}n no, s no and stop: "
        try:
            while (answer := _ANSWERS.get(self._line(asked).lower())) is None or (
                answer is Decision.ALWAYS and not question.lasting
            ):
                self._page.line("one letter answers; an empty line means no")
        except _NoAnswer:
            return Decision.STOP
        return answer

    # -- servers
    async def fill(self, form: Form) -> Answer:
        """Let the person fill in what a server wants to know, a line for each field."""
        from tui.tools.mcp.elicitation import Action, Answer

        self._page.line(f"{form.heading}: {clean(form.message)}")
        if form.warning:
            self._page.line(form.warning)
        try:
            values = {entry.name: self._value(entry) for entry in form.entries}
            answer = self._line("send it? y yes, an empty line declines: ").lower()
        except _NoAnswer:
            return Answer(Action.CANCEL)
        if answer not in ("y", "yes"):
            return Answer(Action.DECLINE)
        return Answer(Action.ACCEPT, {name: value for name, value in values.items() if value is not None})

    def _value(self, entry: Entry) -> Value | None:
        from tui.tools.mcp.elicitation import Kind

        for option in entry.options:
            self._page.line(f"- {option.title}")
        about = f", {entry.description}" if entry.description else ""
        usual = "" if entry.default is None else f", else {one_line(str(entry.default), _NAME)}"
        needed = ", needed" if entry.required else ""
        while True:
            line = self._line(f"{entry.title}, {entry.kind}{needed}{about}{usual}: ")
            given: Value | None = line or entry.default
            if entry.kind is Kind.SEVERAL and isinstance(given, str):
                given = [word.strip() for word in given.split(",") if word.strip()]
            try:
                return entry.read(given)
            except ValueError as wrong:
                self._page.line(one_line(str(wrong)))

    async def visit(self, visit: Visit) -> Answer:
        """Show an address that a server wants the person to open."""
        from tui.tools.mcp.elicitation import Action, Answer

        self._page.line(
            f"{one_line(visit.server, _NAME)} wants you to open an address: {clean(visit.message)}"
        )
        self._page.line(clean(visit.url))
        try:
            answer = self._line("y you have opened it, an empty line declines: ").lower()
        except _NoAnswer:
            return Answer(Action.CANCEL)
        return Answer(Action.ACCEPT if answer in ("y", "yes") else Action.DECLINE)

    # -- projects
    def join(self) -> bool | None:
        """Ask whether the project that was just spoken of counts. None where that is left open."""
        try:
            answer = self._line("use it? y yes, n no, an empty line asks again next time: ").lower()
        except _NoAnswer:
            return None
        return {"y": True, "yes": True, "n": False, "no": False}.get(answer)

    def _line(self, asked: str) -> str:
        """What the person answers. The event loop rests until then.

        Raises:
            _NoAnswer: There was Ctrl+C, or there is no more input.
        """
        self._page.end_line()
        try:
            with self._interrupts.raised():
                return self._keyboard.answer(asked).strip()
        except (EOFError, KeyboardInterrupt):
            raise _NoAnswer from None
        except SystemExit:  # the reply is stored before the program ends
            self._interrupts.stop()
            raise _NoAnswer from None
