"""What replies took, apart from them: it stays when they are deleted, and no copy counts twice.

Each role has its own: what others who use the history spend is not on one's own bill. A reply is its
author's, whoever settles it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tui.chat.message import Message
from tui.chat.spending import Spent
from tui.history.postgres.link import Tables
from tui.history.rows import to_stamp
from tui.history.spent_rows import SPENT, Alike, alike, spent_of, spent_on, spent_row

_COLUMNS = ", ".join(SPENT)
_TYPES = ("bigint", "bigint", "bigint", "text", "bigint", "bigint", "bigint", "bigint", "float8")
_ARRAYS = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(_TYPES, 1))
_ANEW = ", ".join(f"{name} = excluded.{name}" for name in SPENT)
_NOTE = f"""
    INSERT INTO here.spending (role, {_COLUMNS})
    SELECT coalesce((SELECT author FROM here.messages m WHERE m.id = new.message_id), current_user), new.*
    FROM unnest({_ARRAYS}) AS new ({_COLUMNS}) WHERE {{}}
    ON CONFLICT (message_id) DO UPDATE SET {_ANEW}
"""
_UNLIKE = """NOT EXISTS (
    SELECT FROM here.spending s WHERE s.at = new.at AND s.model = new.model
        AND s.input_tokens IS NOT DISTINCT FROM new.input_tokens
        AND s.output_tokens IS NOT DISTINCT FROM new.output_tokens
)"""


async def note(db: Tables, spent: Spent) -> None:
    """Keep what a request took; what was kept of the same reply before goes."""
    await _put(db, [spent], "true")


async def note_reply(db: Tables, message: Message) -> None:
    """Keep what a reply took, if it took anything."""
    if (spent := spent_on(message)) is not None:
        await note(db, spent)


async def note_imported(db: Tables, messages: Iterable[Message]) -> None:
    """Keep what replies took that came from elsewhere, as far as that was counted.

    What is known already, from a time when they were here before, counts once.
    """
    found: dict[Alike, Spent] = {}
    for message in messages:
        if message.usage is not None and (spent := spent_on(message)) is not None:
            found.setdefault(alike(spent), spent)
    await _put(db, found.values(), _UNLIKE)


async def read(db: Tables, since: datetime | None, until: datetime | None) -> list[Spent]:
    """What the role spent in a time, oldest first."""
    first = -(2**63) if since is None else to_stamp(since)
    last = 2**63 - 1 if until is None else to_stamp(until)
    rows = await db.rows(
        f"""
        SELECT {_COLUMNS} FROM here.spending WHERE role = current_user AND at >= $1 AND at < $2
        ORDER BY at, id
        """,
        first,
        last,
    )
    return [spent_of(row) for row in rows]


async def _put(db: Tables, spent: Iterable[Spent], condition: str) -> None:
    rows = [spent_row(one) for one in spent]
    if rows:
        await db.run(_NOTE.format(condition), *(list(column) for column in zip(*rows, strict=True)))
