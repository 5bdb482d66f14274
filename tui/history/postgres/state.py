"""Small things that outlive the program: prompts to recall, a new conversation's draft, values by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.chat.draft import Draft
from tui.checked import Fields, unpacked, words
from tui.digest import sha256
from tui.history.facts import attachments_of
from tui.history.part_columns import pack_attachments
from tui.history.postgres import contents
from tui.history.postgres.link import Tables
from tui.history.preferences import Kept
from tui.history.rows import from_stamp, to_stamp
from tui.history.store import KEPT_PROMPTS
from tui.text import normalise

EVERYWHERE = ""
"""The machine of what belongs to the person, whichever machine is used."""
_NEW_DRAFT, _NEW_DRAFT_FILES = "new_draft", "new_draft_attachments"
_LONGEST_KEY = 200


async def remember(db: Tables, text: str) -> None:
    """Put a prompt at the end of the list; the oldest ones go."""
    text = normalise(text)
    if not text.strip():
        return
    await db.run("DELETE FROM here.prompts WHERE role = current_user AND text = $1", text)
    await db.run("INSERT INTO here.prompts (text) VALUES ($1)", text)
    await db.run(
        """
        DELETE FROM here.prompts WHERE role = current_user AND id <= (
            SELECT id FROM here.prompts WHERE role = current_user ORDER BY id DESC OFFSET $1 LIMIT 1
        )
        """,
        KEPT_PROMPTS,
    )


async def prompts(db: Tables, limit: int) -> list[str]:
    """The newest prompts, newest first."""
    rows = await db.rows(
        "SELECT text FROM here.prompts WHERE role = current_user ORDER BY id DESC LIMIT $1", limit
    )
    return [words(row["text"]) for row in rows]


async def set_new_draft(db: Tables, machine: str, draft: Draft) -> None:
    """Keep what is written in a conversation that does not exist yet."""
    await contents.keep(db, draft.attachments)
    await contents.name_in_new_draft(db, machine, draft.attachments)
    await set_state(db, machine, _NEW_DRAFT, draft.text)
    await set_state(db, machine, _NEW_DRAFT_FILES, pack_attachments(draft.attachments) or "[]")


async def new_draft(db: Tables, machine: str) -> Draft:
    """What is written in a conversation that does not exist yet."""
    files = Fields({"attachments": unpacked(await get_state(db, machine, _NEW_DRAFT_FILES, "[]"))})
    return Draft(await get_state(db, machine, _NEW_DRAFT, ""), tuple(attachments_of(files)))


async def get_state(db: Tables, machine: str, name: str, default: str) -> str:
    """The value of ``name``."""
    row = await db.row(
        "SELECT value FROM here.state WHERE role = current_user AND machine = $1 AND key = $2",
        machine,
        key_of(name),
    )
    return words(row["value"]) if row else default


async def set_state(db: Tables, machine: str, name: str, value: str) -> None:
    """Store the value of ``name``."""
    await db.run(
        """
        INSERT INTO here.state AS kept (machine, key, value, set_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (role, machine, key) DO UPDATE
        SET value = excluded.value, set_at = greatest(excluded.set_at, kept.set_at + 1)
        """,
        machine,
        key_of(name),
        normalise(value),
        db.now(),
    )


async def kept(db: Tables, names: Iterable[str]) -> dict[str, Kept]:
    """The person's values of those of these names that have one."""
    found = await of_person(db)
    return {name: found[name] for name in names if name in found}


async def of_person(db: Tables) -> dict[str, Kept]:
    """All small values of the person."""
    rows = await db.rows(
        "SELECT key, value, set_at FROM here.state WHERE role = current_user AND machine = $1", EVERYWHERE
    )
    return {row["key"]: Kept(words(row["value"]), from_stamp(row["set_at"])) for row in rows}


async def take(db: Tables, values: Mapping[str, Kept]) -> None:
    """Store values of the person that were set elsewhere, unless what is here was set later."""
    for name, one in values.items():
        await db.run(
            """
            INSERT INTO here.state AS kept (machine, key, value, set_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (role, machine, key) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
            WHERE excluded.set_at >= kept.set_at
            """,
            EVERYWHERE,
            key_of(name),
            normalise(one.value),
            min(to_stamp(one.set_at), db.now()),
        )


def key_of(name: str) -> str:
    """``name`` as an index can hold it: the path of a folder may be longer."""
    name = normalise(name)
    if len(name) <= _LONGEST_KEY:
        return name
    return f"{name[: _LONGEST_KEY // 2]}:{sha256(name.encode())}"
