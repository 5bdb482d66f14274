"""Every tool by who has it: on or off in this conversation; and what may be used without a question."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.life import lives
from tui.app.lists.field import Field
from tui.app.lists.fuzzy import Candidate, Filter
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList, Sentence
from tui.app.lists.sheet import Sheet
from tui.app.tools.tool_rows import AllowedRow, TurnRow, Turns, about, group, wrong
from tui.engine.conversation_service import ConversationService
from tui.engine.tools import Tools
from tui.errors import SegueError
from tui.text import one_line
from tui.tools.approval import Allowed
from tui.tools.tool import ToolSource
from tui.tools.toolbox import Declared, Toolbox, TooManyToolsError

_HERE, _EVERYWHERE = "in this conversation", "always"


class ToolsSheet(Sheet[None]):
    """Shows at once what is known; servers that are being started follow."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.TOOL_TURN, "turn")]

    def __init__(self, tools: Tools, service: ConversationService, typed: str = "") -> None:
        """Prepare the list.

        Args:
            tools: What this run has.
            service: The conversation in which they are turned on and off.
            typed: What stands in the filter at first.
        """
        super().__init__()
        self._tools = tools
        self._service = service
        self._typed = typed
        self._found: dict[int, Sequence[Declared]] = {}
        """By source; those that are missing are still asked."""
        self._allowed: list[tuple[Allowed, str]] = []
        self._query: str | None = None
        self._begin: Hashable | None = None
        """The row that is chosen because it is the first: one that comes before it takes its place."""

    def compose_sheet(self) -> ComposeResult:
        """Field, list, keys."""
        yield Field(self._typed, "Type to find a tool")
        yield RowList()
        yield Hints(Action.TOOL_TURN, Action.LIST_CLOSE)

    def on_mount(self) -> None:
        """Show what is known, and ask the others."""
        self.sync()
        in_background(self, "tools", self._look)

    async def _look(self) -> None:
        """Ask every source; each is shown as it answers."""
        await self._read_allowed()
        await asyncio.gather(*map(self._ask, self._tools.sources))

    async def _ask(self, source: ToolSource) -> None:
        tools = await self._tools.tools_of(source)
        self._found[id(source)] = Toolbox(tools).declared
        self._show_again()

    async def _read_allowed(self) -> None:
        approvals = self._tools.approvals
        kept = await approvals.kept()
        here = [one for one in approvals.here(self._service.key) if one not in kept]
        self._allowed = [*((one, _EVERYWHERE) for one in kept), *((one, _HERE) for one in here)]
        self._show_again()

    # -- what is shown
    def sync(self) -> None:
        """Show what fits the filter."""
        if self._query != self.field.value:
            self._query = self.field.value
            self._show()

    def _show_again(self) -> None:
        if lives(self):
            self._show()

    def _show(self) -> None:
        chosen = self.rows.chosen
        keep = chosen.key if chosen and chosen.key != self._begin else None
        wanted = Filter(self._query or "")
        rows: list[Row] = [*self._too_many()]
        for source in self._tools.sources:
            rows = group(self._heading(source), self._rows_of(source, wanted), rows)
        allowed = [AllowedRow(one, where) for one, where in self._allowed if not wanted.words]
        rows = group("Allowed without a question", allowed, rows)
        if not any(row.key is not None for row in rows):
            rows.append(Sentence("No tool fits." if wanted.words else "There is no tool yet."))
        self.rows.show(rows, keep)
        if keep is None and self.rows.chosen is not None:
            self._begin = self.rows.chosen.key
        self._note()

    def _heading(self, source: ToolSource) -> str:
        found = self._found.get(id(source), ())
        origin = found[0].tool.origin if found else getattr(source, "origin", "")
        if source.name:
            return f"{one_line(source.name, 40)}   {one_line(origin, 60)}"
        return one_line(origin, 60) or "Your own"

    def _rows_of(self, source: ToolSource, wanted: Filter) -> Sequence[Row]:
        rows: list[Row] = []
        if source.name and not wanted.words:
            on = source.name in self._tools.on(self._service.conversation)
            turns = Turns(source.name, on, "server")
            rows.append(TurnRow(turns, f"all of {source.name}", frozenset(), ""))
        if problem := self._tools.problem(source):
            return [*rows, *wrong(str(problem))]
        if id(source) not in self._found:
            return [*rows, Sentence("is being asked …", indent=2)] if source.name else []
        return [*rows, *(row for one in self._found[id(source)] if (row := self._row(one, wanted)))]

    def _row(self, one: Declared, wanted: Filter) -> TurnRow | None:
        title = one_line(one.tool.spec.name, 60)
        candidate = Candidate(title)
        if wanted.score(candidate) is None:
            return None
        turns = Turns(one.name, self._tools.is_on(self._service.conversation, one.tool))
        return TurnRow(turns, title, frozenset(wanted.places(candidate)), about(one), one.tokens)

    @property
    def _on(self) -> Toolbox:
        declared = (one for found in self._found.values() for one in found)
        return Toolbox(o.tool for o in declared if self._tools.is_on(self._service.conversation, o.tool))

    def _too_many(self) -> Sequence[Row]:
        try:
            self._on.check_size(self._service.window)
        except TooManyToolsError as error:
            return [*wrong(f"{error}")]
        return []

    def _note(self) -> None:
        box = self._on
        self.query_one(Hints).note = (
            f"{len(box)} on, about {box.tokens:,} tokens" if len(box) else "none is on"
        )

    @on(Input.Changed)
    def _typed_more(self) -> None:
        self.sync()

    @on(RowList.Moved)
    def _moved(self) -> None:
        words = {"tool_turn": "ask again"} if isinstance(self.rows.chosen, AllowedRow) else {}
        self.query_one(Hints).show(Action.TOOL_TURN, Action.LIST_CLOSE, **words)

    @on(RowList.Picked)
    def _picked(self) -> None:
        self.action_turn()

    # -- what is done
    def action_turn(self) -> None:
        """Turn the chosen tool on or off, or have it asked for again."""
        self.sync()
        self._begin = None
        match self.rows.chosen:
            case TurnRow(turns):
                in_background(self, "turn", self._turn, turns)
            case AllowedRow(allowed):
                in_background(self, "turn", self._forget, allowed)
            case _:
                pass

    async def _turn(self, turns: Turns) -> None:
        try:
            await self._tools.turn(self._service, turns.name, not turns.on)
        except SegueError as error:
            self.notify(str(error), severity="warning", markup=False)
        self._show_again()

    async def _forget(self, allowed: Allowed) -> None:
        try:
            await self._tools.approvals.forget(allowed)
        except SegueError as error:
            self.notify(str(error), severity="warning", markup=False)
        self.rows.step_aside()
        await self._read_allowed()
