"""A form of a server: what it wants to know, a row each. Filled in and sent by the person, or declined."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from msgspec import Struct, field
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.ask_line import AskLine
from tui.app.lists.filtered import Filtered, TitleRow
from tui.app.lists.fuzzy import Candidate, Filter, best_first
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList
from tui.app.messages.long_text import LongText
from tui.app.theme.ink import Pen
from tui.app.tools.question_sheet import QuestionSheet
from tui.rendering.spans import Span
from tui.text import one_line
from tui.tools.mcp import elicitation
from tui.tools.mcp.elicitation import Answer, Entry, Form, Kind, Option, Value

_TITLE = 28


class EntryRow(Struct, frozen=True):
    """A field: what it is, what it has now, and what is wrong with that."""

    entry: Entry
    shown: str
    wrong: str = ""

    @property
    def key(self) -> Hashable:
        """The field."""
        return self.entry.name

    @property
    def height(self) -> int:
        """A second line where there is something to say of it."""
        return 2 if self._below else 1

    @property
    def _takes(self) -> str:
        """What can be filled in."""
        among = ", ".join(option.title for option in self.entry.options)
        return one_line(f"{self.entry.kind} {among}".rstrip(), 200)

    @property
    def _below(self) -> str:
        return self.wrong or self.entry.description

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Title and value; below them the description, or what is wrong."""
        ink, mine = pen.ink, chosen is self
        title = f"{self.entry.title}{' (needed)' if self.entry.required else ''}"
        value = Span(self.shown, ink.strong) if self.shown else Span(self._takes, ink.dim)
        gap = " " * max(3, _TITLE - len(title))
        spans: list[Span[Style]] = [Span(title, ink.strong if mine else ink.ink), Span(gap, ink.dim), value]
        lines = [pen.line(spans, tinted=mine, railed=mine)]
        if self._below:
            mark = [Span("× ", ink.error)] if self.wrong else []
            lines.append(pen.line([*mark, Span(self._below, ink.dim)], tinted=mine, railed=mine))
        return lines


class Filled(Struct):
    """What stands in a form; kept while the form waits unseen."""

    values: dict[str, Value] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form) -> Filled:
        """What stands there at first."""
        return cls({e.name: e.default for e in form.entries if e.default is not None})


class FormSheet(QuestionSheet[Answer]):
    """Dismissed with what the person answered, None where it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.FORM_CHANGE, "change"),
        bind(Action.FORM_SEND, "send"),
        bind(Action.FORM_DECLINE, "decline"),
    ]

    def __init__(self, form: Form, filled: Filled) -> None:
        super().__init__()
        self._form = form
        self._filled = filled

    def compose_sheet(self) -> ComposeResult:
        """The server first, then its words, its fields, and a warning."""
        yield Static(self._form.heading, id="title", markup=False)
        if self._form.message:
            yield LongText(self._form.message)
        if self._form.warning:
            yield Static(self._form.warning, id="about", classes="dim", markup=False)
        if self._form.entries:
            yield RowList()
        changes = [Action.FORM_CHANGE] if self._form.entries else []
        yield Hints(*changes, Action.FORM_SEND, Action.FORM_DECLINE, Action.LIST_CLOSE)

    def on_mount(self) -> None:
        """Show the fields."""
        self._show()

    def share(self, room: int) -> None:
        """Give the message at most half, the fields the rest."""
        for text in self.query(LongText):
            text.styles.max_height = max(1, room // 2)
        for rows in self.query(RowList):
            rows.styles.max_height = max(1, room - room // 2)

    def action_page(self, direction: int) -> None:
        """Scroll the message: the fields are few."""
        for text in self.query(LongText):
            text.page(direction)

    def _show(self, choose: Hashable | None = None) -> None:
        if self._form.entries:
            self.rows.show([self._row(entry) for entry in self._form.entries], choose)

    def _row(self, entry: Entry) -> EntryRow:
        shown = _words_of(entry, self._filled.values.get(entry.name))
        return EntryRow(entry, shown, self._filled.wrong.get(entry.name, ""))

    @on(RowList.Picked)
    async def _picked(self) -> None:
        await self.action_change()

    # -- what is done
    async def action_change(self) -> None:
        """Change the chosen field."""
        row = self.rows.chosen if self._form.entries else None
        if self.deaf or not isinstance(row, EntryRow):
            return
        entry = row.entry
        match entry.kind:
            case Kind.YES_NO:
                self._fill(entry, self._filled.values.get(entry.name) is not True)
            case Kind.ONE:
                await self.app.push_screen(Options(entry), lambda chosen: self._took(entry, chosen))
            case Kind.SEVERAL:
                await self.app.push_screen(Options(entry), lambda chosen: self._turned(entry, chosen))
            case Kind.TEXT | Kind.NUMBER | Kind.WHOLE:
                before = str(self._filled.values.get(entry.name, ""))
                asked = AskLine(f"{entry.title}, {entry.kind}", before, entry.description)
                await self.app.push_screen(asked, lambda line: self._took(entry, line))

    def _took(self, entry: Entry, given: str | None) -> None:
        if given is not None:
            self._fill(entry, given)

    def _turned(self, entry: Entry, option: str | None) -> None:
        if option is None:
            return
        now = self._filled.values.get(entry.name)
        have = now if isinstance(now, list) else []
        others = [each for each in have if each != option]
        self._fill(entry, others if option in have else [*others, option])

    def _fill(self, entry: Entry, value: Value) -> None:
        self._filled.values[entry.name] = value
        try:
            entry.read(value)
            self._filled.wrong.pop(entry.name, None)
        except ValueError as wrong:
            self._filled.wrong[entry.name] = one_line(str(wrong))
        self._show(entry.name)

    def action_send(self) -> None:
        """Send what was filled in; a field that can't be sent so is chosen, with the reason."""
        if self.deaf:
            return
        read: dict[str, Value] = {}
        self._filled.wrong.clear()
        for entry in self._form.entries:
            try:
                value = entry.read(self._filled.values.get(entry.name))
            except ValueError as wrong:
                self._filled.wrong[entry.name] = one_line(str(wrong))
            else:
                if value is not None:
                    read[entry.name] = value
        if self._filled.wrong:
            self._show(next(iter(self._filled.wrong)))
        else:
            self.dismiss(Answer(elicitation.Action.ACCEPT, read))

    def action_decline(self) -> None:
        """Tell the server that it is not answered."""
        if not self.deaf:
            self.dismiss(Answer(elicitation.Action.DECLINE))


class Options(Filtered[str]):
    """What can be chosen for a field; dismissed with the value."""

    PLACEHOLDER = "Type to filter"
    TAKES = Action.OPTION_TAKE
    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.OPTION_TAKE, "take")]

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._options: Sequence[Option] = entry.options

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """Those that fit."""
        found = best_first(self._options, wanted, lambda option: (option.title,))
        return [
            TitleRow(option.value, option.title, frozenset(wanted.places(Candidate(option.title))))
            for option in found
        ]

    def take(self, key: Hashable) -> None:
        """Choose it."""
        self.dismiss(str(key))


def _words_of(entry: Entry, value: Value | None) -> str:
    titles = {option.value: option.title for option in entry.options}
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(titles.get(each, one_line(each)) for each in value)
        case _:
            return one_line(titles.get(str(value), str(value)), 200)
