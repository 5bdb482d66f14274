"""The sheet of a conversation: who answers, how, with what, and what it has taken so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from textwrap import wrap
from typing import ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background, to_ask
from tui.app.keymap import bind
from tui.app.life import lives, while_alive
from tui.app.lists.ask_text import AskText
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList
from tui.app.lists.sheet import Sheet
from tui.app.lists.values import ChooseValue, WriteValue
from tui.app.options.option_rows import NONE, FactRow, Gap, OptionRow
from tui.chat.context import shorten
from tui.chat.conversation import Conversation
from tui.chat.spending import Sum, dollars, unpriced_words
from tui.errors import SegueError, UsageError
from tui.parameters import PARAMETERS, Value
from tui.providers.knobs import Knob
from tui.text import clean, one_line

EFFORT = "reasoning_effort"
_ABOUT = 2
"""Lines for what the chosen row does."""
_LONGEST = 200
_OFF = "take it away"
_WORDS: Mapping[str, str] = {
    "model": "Who answers from now on. What was said before stays, and goes along.",
    "persona": "A system prompt with parameters, kept as a file: it can be put on in any conversation.",
    "system": "What every model is told before the first message: who it is, and how it should answer.",
    "tools": "What a model may do besides writing: read pages and folders, search, call what servers offer.",
    EFFORT: "How long a model thinks before it answers; more takes longer, and costs more.",
    "temperature": "How freely words are chosen: low is sober and the same each time, high is surprising.",
    "top_p": "The share of likely words that is chosen from. Set this or the temperature, not both.",
    "max_tokens": "Where a reply is cut; its thinking counts too.",
    "seed": "A number with which the same prompt gets the same reply, as far as the server can.",
    "stop": "A text at which the reply ends.",
}


class Desk(Protocol):
    """What the sheet works on."""

    @property
    def conversation(self) -> Conversation:
        """The conversation as it is now."""
        ...

    @property
    def tools_on(self) -> Sequence[str]:
        """What models may use here."""
        ...

    async def knobs(self) -> Sequence[Knob]:
        """The parameters, as the model takes them."""
        ...

    async def filled(self) -> tuple[int, int | None]:
        """Tokens of the next request, and how many the model can take."""
        ...

    async def spent(self) -> Sum:
        """What the conversation has taken."""
        ...

    async def persona(self) -> str:
        """The persona that the conversation has; nothing where it has none."""
        ...

    async def pick_model(self) -> None:
        """Let the person choose who answers."""
        ...

    async def pick_persona(self) -> str:
        """Let the person choose a persona, or make one. Returns what was done."""
        ...

    async def pick_tools(self) -> None:
        """Let the person turn tools on and off."""
        ...

    async def set_system(self, text: str) -> str:
        """Give it a system prompt; the empty one takes it away. Returns what was done."""
        ...

    async def set_parameter(self, name: str, value: str) -> str:
        """Set a parameter, as a person writes it; ``-`` takes it away. Returns what was done."""
        ...

    async def undo(self) -> str:
        """Take back what was done last. Returns what is so again."""
        ...


class OptionsSheet(Sheet[None]):
    """Shows at once what is known; what has to be counted or looked up follows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.OPTIONS_CHANGE, "change"),
        bind(Action.OPTIONS_CLEAR, "clear"),
        bind(Action.OPTIONS_UNDO, "undo"),
    ]
    DEFAULT_CSS = f"""
    OptionsSheet #about {{ height: {_ABOUT}; margin: 1 4 0 4; color: $dim; }}
    OptionsSheet #about.-said {{ color: $strong; }}
    """

    def __init__(self, desk: Desk) -> None:
        """Prepare the list.

        Args:
            desk: What it works on.
        """
        super().__init__()
        self._desk = desk
        self._knobs: Sequence[Knob] = [Knob(name) for name in PARAMETERS]
        self._persona = ""
        self._facts: Sequence[Row] = (FactRow("context", ""), FactRow("so far", ""))

    def compose_sheet(self) -> ComposeResult:
        """List, what the chosen one does, keys."""
        yield RowList()
        yield Static("", id="about", markup=False)
        yield Hints(Action.OPTIONS_CHANGE, Action.OPTIONS_CLEAR, Action.OPTIONS_UNDO, Action.LIST_CLOSE)

    def on_mount(self) -> None:
        """Show what is known, and look up the rest."""
        self._show()
        self._explain()
        in_background(self, "look", self._look, exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width."""
        super().on_resize(event)
        self.call_after_refresh(while_alive(self, self._explain))

    async def _look(self) -> None:
        """Look up what is not at hand: parameters of the model, persona, tokens, money."""
        desk = self._desk
        self._persona = await desk.persona()
        try:
            self._knobs = await desk.knobs()
        except SegueError as error:
            self._say(f"× {error}")
        self._show_again()
        used, window = await desk.filled()
        spent = await desk.spent()
        self._facts = (
            FactRow("context", _context_words(used, window)),
            FactRow("so far", _spent_words(spent)),
        )
        self._show_again()

    # -- what is shown
    def _show_again(self) -> None:
        if lives(self):
            self._show()

    def _show(self) -> None:
        chosen = self.rows.chosen
        knobs = {knob.name: knob for knob in self._knobs}
        effort = knobs.pop(EFFORT)
        rows = [*self._who(), self._knob(effort, "reasoning effort"), self._tools(), Gap()]
        rows += [*(self._knob(knob, knob.name) for knob in knobs.values()), Gap()]
        rows += [*self._belongs, *self._facts]
        self.rows.show(rows, chosen.key if chosen else None)

    def _who(self) -> Sequence[Row]:
        conversation = self._desk.conversation
        system = one_line(conversation.system, _LONGEST)
        lines = conversation.system.count("\n") + 1
        more = f"{lines} lines" if lines > 1 else ""
        return [
            OptionRow("model", "model", one_line(conversation.model or "", 100), "none is chosen"),
            OptionRow("persona", "persona", one_line(self._persona, 60)),
            OptionRow("system", "system prompt", system, beside=more),
        ]

    @property
    def _belongs(self) -> Sequence[Row]:
        folder = one_line(self._desk.conversation.project, _LONGEST)
        return [FactRow("project", folder)] if folder else []

    def _tools(self) -> Row:
        return OptionRow("tools", "tools", one_line(", ".join(self._desk.tools_on), 100), "none is on")

    def _knob(self, knob: Knob, name: str) -> Row:
        value = self._desk.conversation.parameters.get(knob.name)
        shown = "" if value is None else one_line(str(value), 60)
        usual = NONE if knob.usual is None else one_line(str(knob.usual), 60)
        beside = knob.range if knob.usual is None else f"{knob.range}; the config says {usual}"
        if knob.refused:
            beside = f"the model {knob.refused}"
        return OptionRow(knob.name, name, shown, usual, beside)

    @on(RowList.Moved)
    def _explain(self) -> None:
        row = self.rows.chosen
        self._write(_WORDS.get(str(row.key), "") if isinstance(row, OptionRow) else "", said=False)

    def _say(self, words: str) -> None:
        if words and lives(self):
            self._write(words, said=True)

    def _write(self, words: str, *, said: bool) -> None:
        widget = self.query_one("#about", Static)
        widget.set_class(said, "-said")
        lines = wrap(one_line(words, 400), max(20, widget.size.width))
        widget.update(clean("\n".join(lines[:_ABOUT])))

    # -- what is done
    @on(RowList.Picked)
    def _clicked(self) -> None:
        self.action_change()

    def action_change(self) -> None:
        """Change the chosen row, in the way that fits it."""
        if isinstance(row := self.rows.chosen, OptionRow):
            to_ask(self, "change", self._attempt, lambda: self._change(row), exclusive=True)

    def action_clear(self) -> None:
        """Take away what the person has set."""
        if isinstance(row := self.rows.chosen, OptionRow):
            to_ask(self, "change", self._attempt, lambda: self._clear(row), exclusive=True)

    def action_undo(self) -> None:
        """Take back what was done last."""
        to_ask(self, "change", self._attempt, self._desk.undo, exclusive=True)

    async def _attempt(self, act: Callable[[], Awaitable[str]]) -> None:
        """Do something, show what is so then, and say it, or why it can't be done."""
        if lives(self):
            self._explain()
        try:
            words = await act()
        except SegueError as error:
            words = f"× {error}"
        self._show_again()
        await self._look()
        self._say(words)

    async def _change(self, row: OptionRow) -> str:
        match row.key:
            case "model":
                await self._desk.pick_model()
            case "persona":
                return await self._desk.pick_persona()
            case "system":
                return await self._write_system()
            case "tools":
                await self._desk.pick_tools()
            case _:
                return await self._turn(next(knob for knob in self._knobs if knob.name == row.key))
        return ""

    async def _clear(self, row: OptionRow) -> str:
        match row.key:
            case "system" | "persona":
                return await self._desk.set_system("")
            case "model" | "tools":
                return ""
            case name:
                return await self._desk.set_parameter(str(name), "-")

    async def _write_system(self) -> str:
        done: list[str] = []

        async def take(text: str) -> None:
            done.append(await self._desk.set_system(text if text.strip() else ""))

        before = self._desk.conversation.system
        await self.app.push_screen_wait(AskText("System prompt", before, take))
        return "".join(done)

    async def _turn(self, knob: Knob) -> str:
        """Let the person set a parameter."""
        now = self._desk.conversation.parameters.get(knob.name)
        if knob.refused and now is None:
            raise UsageError(f"The model {knob.refused}, so {knob.name} would not be sent")
        if knob.choices:
            offered = dict.fromkeys(knob.choices, "") | (
                {_OFF: "as the model likes"} if now is not None else {}
            )
            chosen = await self.app.push_screen_wait(ChooseValue(offered, _named(now)))
            if chosen is None:
                return ""
            return await self._desk.set_parameter(knob.name, "-" if chosen == _OFF else chosen)
        return await self._write_knob(knob, now)

    async def _write_knob(self, knob: Knob, now: Value | None) -> str:
        done: list[str] = []

        async def take(line: str) -> None:
            done.append(await self._desk.set_parameter(knob.name, line or "-"))

        note = f"{knob.range}; nothing leaves it to the model"
        await self.app.push_screen_wait(WriteValue(f"{knob.name}: {knob.range}", _named(now), take, note))
        return "".join(done)


def _named(value: Value | None) -> str:
    return "" if value is None else str(value)


def _context_words(used: int, window: int | None) -> str:
    if not window:
        return f"about {shorten(used)} tokens; the model's limit is not known"
    return f"about {shorten(used)} of {shorten(window)} tokens, {min(1, used / window):.0%}"


def _spent_words(spent: Sum) -> str:
    if not spent.replies:
        return "nothing was spent yet"
    replies = "1 reply" if spent.replies == 1 else f"{spent.replies} replies"
    took = f"{replies}, {shorten(spent.input_tokens)} tokens read, {shorten(spent.output_tokens)} written"
    if spent.unpriced == spent.replies:
        return f"{took}; no price is known"
    beside = unpriced_words(spent.unpriced)
    return f"{dollars(spent.cost)}, {took}{f' ({beside})' if beside else ''}"
