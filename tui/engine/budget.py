"""What may be spent in a day and in a month, and what is said before a request leaves.

A day is the reader's, of this history; what has no known price is not counted, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from tui.chat.context import shorten
from tui.chat.model import ModelInfo, split_id
from tui.chat.spending import Sum, day_start, dollars, month_start, spent_words, total, unpriced_words
from tui.config import BudgetConfig
from tui.errors import BudgetError
from tui.history.store import HistoryStore
from tui.text import one_line

_SOON = 0.8
"""Of a budget, the share from which on it is said how much is spent."""
_HINT = "A model that costs nothing still answers; [budget] in the config says how much may be spent."


def _nothing(words: str) -> None:
    """Nobody hears of it."""


class Budget:
    """What may be spent over all histories of a run."""

    def __init__(self, limits: BudgetConfig, *stores: HistoryStore) -> None:
        """Begin.

        Args:
            limits: What the person allows.
            stores: Where it is kept what was spent.
        """
        self.tell: Callable[[str], None] = _nothing
        """Told what the person should know before a request leaves."""
        self.limits = limits
        """What the person allows."""
        self._stores = list(stores)
        self._told: set[str] = set()

    def use(self, limits: BudgetConfig) -> None:
        """Allow this much from now on."""
        self.limits = limits
        self._told.clear()

    def count_also(self, store: HistoryStore) -> None:
        """Count what is spent there too, as in a temporary conversation."""
        self._stores.append(store)

    async def check(self, info: ModelInfo | None) -> None:
        """Say where a budget is nearly spent, or is spent, before this model is asked.

        Raises:
            BudgetError: It is spent, and the person wants requests refused then.
        """
        if info is not None and info.free:
            return
        now = datetime.now(UTC)
        for name, limit, since in self._periods(now):
            spent = await self._spent(since)
            words = f"{name} budget: {dollars(spent.cost)} of {dollars(limit)} is spent"
            beside = unpriced_words(spent.unpriced)
            if spent.cost >= limit and self.limits.refuse:
                raise BudgetError(words, f"{beside}. {_HINT}" if beside else _HINT)
            if spent.cost >= limit:
                self.tell(f"{words}; {beside}" if beside else words)
            elif spent.cost >= _SOON * limit and (once := f"{name} {since}") not in self._told:
                self._told.add(once)
                self.tell(f"{words}; {beside}" if beside else words)

    async def refuse(self, info: ModelInfo | None, more: float = 0.0) -> None:
        """Refuse one more request by itself, as of a reply that goes on; nothing is said of it otherwise.

        Args:
            info: Who would be asked.
            more: What was spent and is not in the history yet.

        Raises:
            BudgetError: A budget is spent, and the person wants requests refused then.
        """
        if not self.limits.refuse or (info is not None and info.free):
            return
        for name, limit, since in self._periods(datetime.now(UTC)):
            cost = (await self._spent(since)).cost + more
            if cost >= limit:
                raise BudgetError(f"{name} budget: {dollars(cost)} of {dollars(limit)} is spent", _HINT)

    def _periods(self, now: datetime) -> Iterator[tuple[str, float, datetime]]:
        if self.limits.day is not None:
            yield "Today's", self.limits.day, day_start(now)
        if self.limits.month is not None:
            yield "This month's", self.limits.month, month_start(now)

    async def words(self) -> list[str]:
        """What today and this month have taken."""
        now, limits = datetime.now(UTC), self.limits
        today, month = await self._spent(day_start(now)), await self._spent(month_start(now))
        words = [spent_words("today", today, limits.day), spent_words("this month", month, limits.month)]
        alone = any(store.line.alone for store in self._stores)
        return [*words, "as far as this machine knows"] if alone else words

    async def _spent(self, since: datetime) -> Sum:
        return total([one for store in self._stores for one in await store.spending(since)])

    def again(self, info: ModelInfo | None, tokens: int) -> str:
        """What it takes that a model reads so much anew: ``about 84k tokens, $0.42 with NAME``.

        Nothing where that costs no more than the person wants to hear of, or its price is not known.
        """
        cost = info.reading(tokens) if info is not None else None
        if info is None or cost is None or cost <= self.limits.again:
            return ""
        return f"about {shorten(tokens)} tokens, {dollars(cost)} with {one_line(split_id(info.id)[1])}"
