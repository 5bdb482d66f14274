"""Which programs use the history now: each has a lease, which it renews for as long as it runs."""

from __future__ import annotations

from tui.history.postgres.link import Tables

LEASE = 60
"""Seconds by the server's clock after which a program that was not heard of is gone."""
RENEWED = 10.0
"""Seconds after which a lease is renewed."""
LIVING = f"""EXISTS (
    SELECT FROM here.sessions s
    WHERE s.name = owner AND s.seen_at > clock_timestamp() - interval '{LEASE} seconds'
)"""
"""The condition that the session ``owner`` of a row is not gone."""


async def renew(db: Tables, name: str, machine: str) -> int:
    """Say that the session ``name`` lives. Returns the number of the last change that anyone made."""
    return int(
        await db.value(
            """
            WITH renewed AS (
                INSERT INTO here.sessions (name, machine) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET seen_at = clock_timestamp()
            )
            SELECT rev FROM here.history
            """,
            name,
            machine,
        )
    )


async def end(db: Tables, name: str) -> None:
    """The session ``name`` ends."""
    await db.run("DELETE FROM here.sessions WHERE name = $1", name)


async def sweep(db: Tables) -> None:
    """Forget the sessions that are long gone."""
    await db.run("DELETE FROM here.sessions WHERE seen_at < clock_timestamp() - interval '1 day'")
