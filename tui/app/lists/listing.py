"""A list that the store fills: a page at a time, and never with the answer to an older question."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct
from textual import on
from textual.message import Message

from tui.app.background import in_background
from tui.app.lists.row_list import Row, RowList, Sentence
from tui.errors import SegueError


class Loaded(Struct, frozen=True):
    """A stretch of the list."""

    rows: Sequence[Row]
    count: int = 0
    """How many entries of the store it holds."""
    more: bool = False
    """Whether there may be more after it."""
    note: str = ""
    """How many were found, in words."""


class Source(Protocol):
    """Where a list comes from."""

    async def load(self, text: str, at_least: int) -> Loaded:
        """The list from its beginning, with ``at_least`` so many entries if there are."""
        ...

    async def extend(self, text: str, shown: int, last: Row) -> Loaded:
        """What follows the first ``shown`` entries, of which ``last`` is the last."""
        ...


class Listing(RowList):
    """Asks its source for what is wanted last; what was wanted in between is skipped, not queued."""

    @dataclass
    class Filled(Message):
        """The list shows what was wanted."""

        note: str

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._text = ""
        self._wish: Hashable | None = None
        self._held: Row | None = None
        """Stays in the list while it is chosen, whether or not it is of what was asked for."""
        self._wanted = 0
        self._shown = -1
        self._busy = False
        self._count = 0
        self._more = False

    @property
    def settled(self) -> bool:
        """Whether the list shows what was wanted last."""
        return self._shown == self._wanted

    def ask(self, source: Source, text: str) -> None:
        """Show what ``source`` has for ``text``, from its beginning."""
        if source is not self._source or text != self._text or self._shown < 0:
            self._source, self._text, self._wish, self._count = source, text, None, 0
            self._held = None
            self._want()

    def hold(self, row: Row) -> None:
        """Keep the chosen row in hand, as ``row``, until the person moves: a change may take it out."""
        if self.chosen is not None and self.chosen.key == row.key:
            self._held = row

    def let_go(self) -> None:
        """Hold no row any more."""
        self._held = None

    def _choose(self, place: int) -> None:
        super()._choose(place)
        self._let_go_unless_chosen()

    def _let_go_unless_chosen(self) -> None:
        if self._held is not None and (self.chosen is None or self.chosen.key != self._held.key):
            self._held = None
            self.reload()

    def reload(self, choose: Hashable | None = None) -> None:
        """Ask again and keep the place, or choose the row with this key."""
        if choose is not None:
            self._wish = choose
        elif self._wish is None and self.chosen is not None:
            self._wish = self.chosen.key
        self._want()

    def _want(self) -> None:
        self._wanted += 1
        if not self._busy:
            self._busy = True
            in_background(self, "fill", self._fill)

    async def _fill(self) -> None:
        try:
            while not self.settled:
                ticket = self._wanted
                loaded = await self._load()
                if ticket == self._wanted:
                    self._shown, self._count, self._more = ticket, loaded.count, loaded.more
                    wish, self._wish = self._wish, None
                    rows = self._with_held(loaded.rows)
                    self.show(rows, None if wish is None else self._nearest(wish, rows))
                    self._let_go_unless_chosen()
                    self.post_message(self.Filled(loaded.note))
        finally:
            self._busy = False

    def _with_held(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows, and where it was the one that is held."""
        held = self._held
        if held is None or any(row.key == held.key for row in rows):
            return rows
        if all(row.key is None for row in rows):  # a sentence that there is nothing
            return [held]
        place = next((at for at, row in enumerate(self.rows) if row.key == held.key), 0)
        return [*rows[:place], held, *rows[place:]]

    def _nearest(self, wish: Hashable, rows: Sequence[Row]) -> Hashable | None:
        """The key that is wished for; where it has gone, that of the row nearest to the chosen one."""
        there = {row.key for row in rows if row.key is not None}
        if wish in there or self.chosen is None:
            return wish
        stops = [row.key for row in self.rows if row.key is not None]
        here = stops.index(self.chosen.key)
        near = (*stops[here:], *reversed(stops[:here]))
        return next((key for key in near if key in there), None)

    async def _load(self) -> Loaded:
        try:
            return await self._source.load(self._text, self._count)
        except SegueError as error:
            return Loaded([Sentence(str(error))])

    @on(RowList.EndNear)
    def _extend_soon(self, event: RowList.EndNear) -> None:
        event.stop()
        if self._more and self.settled:
            self._more = False
            in_background(self, "extend", self._extend)

    async def _extend(self) -> None:
        ticket = self._wanted
        try:
            loaded = await self._source.extend(self._text, self._count, self.rows[-1])
        except SegueError as error:
            loaded = Loaded([Sentence(str(error))])
        if ticket == self._wanted:
            self._count += loaded.count
            self._more = loaded.more
            self.extend(loaded.rows)
