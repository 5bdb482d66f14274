"""Changes have numbers, each one higher than that before it, and mark their conversations with them.

The number is taken last in a transaction, and nobody else gets one until its end: so changes are done in the
order of their numbers, and who has seen one has seen all before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.history.postgres.link import Tables

MOVED = "UPDATE here.history SET rev = rev + 1 RETURNING rev"
"""Takes the number of a change; ``moved`` in the statements that have it."""


def told(db: Tables, session: str) -> str:
    """What lets others hear of the change ``moved``, among the tables of a query.

    Args:
        db: The schema is the name of the channel.
        session: Who did it, as the statement has it: those hear no notice of their own as news.
    """
    channel = db.schema.replace("'", "''")
    return f"pg_notify('{channel}', {session}::text || ' ' || moved.rev)"


async def stamp(db: Tables, session: str, ids: Sequence[int]) -> int:
    """Number a change, mark these conversations with it, and let others hear of it. The last act of each."""
    return int(
        await db.value(
            f"""
            WITH moved AS ({MOVED}),
            stamped AS (
                UPDATE here.conversations SET rev = moved.rev FROM moved WHERE id = ANY($1::bigint[])
            )
            SELECT rev FROM moved, {told(db, "$2")}
            """,
            list(ids),
            session,
        )
    )
