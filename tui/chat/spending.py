"""What replies have taken, and what is made of it: days, models, providers, conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from tui.chat.context import shorten
from tui.chat.model import Usage, split_id
from tui.dates import day, local


class By(StrEnum):
    """What is summed up together."""

    DAY = "day"
    MODEL = "model"
    PROVIDER = "provider"
    CONVERSATION = "conversation"


class Spent(Struct, frozen=True):
    """What one reply took, or another request."""

    at: datetime
    model: str
    """``PROVIDER/MODEL``."""
    usage: Usage = field(default_factory=Usage)
    conversation_id: int | None = None
    message_id: int | None = None
    """The reply; None for a request that is none, as that for a title."""


class Sum(Struct):
    """What several replies took together."""

    key: str = ""
    replies: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    cost: float = 0.0
    """US dollars, of all whose price is known."""
    unpriced: int = 0
    """Replies and other requests whose price is not known: they are not in the cost."""

    def add(self, spent: Spent) -> None:
        """Count one more."""
        usage = spent.usage
        self.replies += spent.message_id is not None
        self.input_tokens += usage.input_tokens or 0
        self.output_tokens += usage.output_tokens or 0
        self.cached_tokens += usage.cached_tokens or 0
        self.written_tokens += usage.written_tokens or 0
        self.cost += usage.cost or 0.0
        self.unpriced += usage.cost is None


_KEYS: dict[By, Callable[[Spent], str]] = {
    By.DAY: lambda spent: day(local(spent.at)),
    By.MODEL: lambda spent: spent.model,
    By.PROVIDER: lambda spent: split_id(spent.model)[0],
    By.CONVERSATION: lambda spent: str(spent.conversation_id or ""),
}


def sums(spent: Iterable[Spent], by: By) -> list[Sum]:
    """What was spent: days in their order, all else by its cost, the most first."""
    found: dict[str, Sum] = {}
    for one in spent:
        key = _KEYS[by](one)
        found.setdefault(key, Sum(key)).add(one)
    if by is By.DAY:
        return sorted(found.values(), key=lambda row: row.key)
    return sorted(found.values(), key=lambda row: (-row.cost, -row.input_tokens - row.output_tokens, row.key))


def total(spent: Iterable[Spent]) -> Sum:
    """All of it."""
    found = Sum()
    for one in spent:
        found.add(one)
    return found


def unpriced_words(count: int) -> str:
    """``3 replies without a known price are not counted``; nothing where all have one."""
    if not count:
        return ""
    some = "reply without a known price is" if count == 1 else "replies without a known price are"
    return f"{count} {some} not counted"


def spent_words(name: str, spent: Sum, limit: float | None = None) -> str:
    """``today: $0.42 of $5.00, 12 replies, 84k tokens read, 61k of them kept, 5k written``."""
    of = "" if limit is None else f" of {dollars(limit)}"
    kept = f", {shorten(spent.cached_tokens)} of them kept" if spent.cached_tokens else ""
    replies = "1 reply" if spent.replies == 1 else f"{spent.replies} replies"
    beside = unpriced_words(spent.unpriced)
    return (
        f"{name}: {dollars(spent.cost)}{of}, {replies}, {shorten(spent.input_tokens)} tokens read{kept}, "
        f"{shorten(spent.output_tokens)} written{f' ({beside})' if beside else ''}"
    )


def dollars(cost: float) -> str:
    """``$0.42``, ``$0.004``, ``< $0.001``: cents as they are paid, less than one in tenths."""
    if cost >= 0.095 or not cost:
        return f"${cost:,.2f}"
    return f"${cost:.3f}" if cost >= 0.001 else "< $0.001"


def day_start(now: datetime) -> datetime:
    """When the reader's day began."""
    return local(now).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None).astimezone()


def month_start(now: datetime) -> datetime:
    """When the reader's month began."""
    return local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None).astimezone()
