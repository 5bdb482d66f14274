"""What replies took, apart from them: what is kept of it, and the rows that hold it."""

from __future__ import annotations

from typing import Any

from tui.chat.message import Message, Role, Status
from tui.chat.model import Usage
from tui.chat.spending import Spent
from tui.checked import amount, count, whole
from tui.history.facts import kept_usage
from tui.history.part_columns import Row, kept_text
from tui.history.rows import from_stamp, to_stamp
from tui.text import normalise

SPENT = (
    "message_id",
    "conversation_id",
    "at",
    "model",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "written_tokens",
    "cost",
)
"""The columns, in the order of ``spent_row``."""
Alike = tuple[int, str, int | None, int | None]


def spent_row(spent: Spent) -> tuple[Any, ...]:
    """What the columns hold."""
    usage = kept_usage(spent.usage)
    return (
        spent.message_id,
        spent.conversation_id,
        to_stamp(spent.at),
        normalise(spent.model),
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_tokens,
        usage.written_tokens,
        usage.cost,
    )


def alike(spent: Spent) -> Alike:
    """What two have in common that are the same, whatever ids the reply has in another place."""
    _, _, at, model, read, written, *_ = spent_row(spent)
    return at, model, read, written


def spent_on(message: Message) -> Spent | None:
    """What a reply took. One of which nothing came, and nothing was counted, took nothing."""
    unasked = message.status is Status.ERROR and message.usage is None
    if message.role is Role.USER or not message.model or message.live or unasked:
        return None
    return Spent(
        message.created_at, message.model, message.usage or Usage(), message.conversation_id, message.id
    )


def spent_of(row: Row) -> Spent:
    """What a row holds."""
    return Spent(
        from_stamp(row["at"]),
        kept_text(row["model"]),
        Usage(
            count(row["input_tokens"]),
            count(row["output_tokens"]),
            cached_tokens=count(row["cached_tokens"]),
            cost=amount(row["cost"]),
            written_tokens=count(row["written_tokens"]),
        ),
        whole(row["conversation_id"]),
        whole(row["message_id"]),
    )
