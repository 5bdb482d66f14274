"""Which program a draft belongs to: the one that writes it, for as long as it runs."""

from __future__ import annotations

from tui.history.postgres.link import Tables
from tui.history.postgres.sessions import LIVING
from tui.history.postgres.state import set_state

_OWNER, _BESIDE = "draft_owner", "draft_beside"
"""Begins of keys of the state; the conversation follows, then who wrote beside."""


async def claim(db: Tables, machine: str, conversation_id: int, name: str, *, found: bool) -> str | None:
    """Have a draft for the program ``name``, unless another one has it that is not gone.

    Returns:
        What programs that are gone had written beside it, if that is to be found; None where it is another's.
    """
    await db.run(
        f"""
        INSERT INTO here.state AS kept (machine, key, value) VALUES ($1, $2, $3)
        ON CONFLICT (role, machine, key) DO UPDATE SET value = excluded.value
        WHERE NOT {LIVING.replace("owner", "kept.value")}
        """,
        machine,
        _key(conversation_id),
        name,
    )
    owner = await db.value(
        "SELECT value FROM here.state WHERE role = current_user AND machine = $1 AND key = $2",
        machine,
        _key(conversation_id),
    )
    if owner != name:
        return None
    return await _left_beside(db, machine, conversation_id) if found else ""


async def _left_beside(db: Tables, machine: str, conversation_id: int) -> str:
    begin = f"{_BESIDE}:{conversation_id}:"
    owner = f"substr(key, {len(begin) + 1})"
    rows = await db.rows(
        f"""
        DELETE FROM here.state WHERE role = current_user AND machine = $1 AND starts_with(key, $2)
            AND NOT {LIVING.replace("owner", owner)}
        RETURNING key, value
        """,
        machine,
        begin,
    )
    return "\n\n".join(row["value"] for row in sorted(rows, key=lambda row: str(row["key"])))


async def release(db: Tables, machine: str, conversation_id: int, name: str) -> None:
    """Let go of a draft."""
    await db.run(
        "DELETE FROM here.state WHERE role = current_user AND machine = $1 AND key = $2 AND value = $3",
        machine,
        _key(conversation_id),
        name,
    )


async def set_beside(db: Tables, machine: str, conversation_id: int, name: str, text: str) -> None:
    """Keep what the program ``name`` writes while another one has the draft; nothing takes no room."""
    key = f"{_BESIDE}:{conversation_id}:{name}"
    if text:
        await set_state(db, machine, key, text)
    else:
        await db.run(
            "DELETE FROM here.state WHERE role = current_user AND machine = $1 AND key = $2", machine, key
        )


def _key(conversation_id: int) -> str:
    return f"{_OWNER}:{conversation_id}"
