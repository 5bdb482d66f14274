"""Acts done on the server: each exactly once, in the order in which they were done here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.chat.parts import files_of
from tui.history.postgres import contents, conversations, messages, spending, state, trash
from tui.history.postgres.history import Acted
from tui.history.postgres.lexemes import said
from tui.history.postgres.link import Tables
from tui.history.preferences import Kept
from tui.history.rows import conversation_of, message_of, now_stamp
from tui.history.shared.acts import Act, Kind, files_in, message_in, pieces_of, state_in
from tui.history.shared.journal import BLOCK, SLOTS, Standing
from tui.history.spent_rows import SPENT, spent_of
from tui.history.store import KEPT_PROMPTS


class Astray(Exception):
    """The server is not where this machine left it."""


class Met(Exception):
    """Another message has the id of one of this machine."""

    def __init__(self, message_id: int) -> None:
        """Say which id it is."""
        super().__init__(message_id)
        self.message_id = message_id


class Displaced(Exception):
    """Another conversation has the number of one of this machine."""

    def __init__(self, act: Act) -> None:
        """Say which act found that."""
        super().__init__(act.seq)
        self.act = act


class Purged(Exception):
    """The conversation of an act is not on the server any more."""

    def __init__(self, act: Act) -> None:
        """Say which act found that."""
        super().__init__(act.seq)
        self.act = act


class Who(Struct, frozen=True):
    """Who pushes."""

    machine: str
    session: str


Expected = Callable[[Sequence[Attachment]], None]
"""Told of files whose contents come later."""


async def register(db: Tables, machine: str, seq: int) -> Standing:
    """Where a machine stands; one that is not known has pushed all up to ``seq``."""
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", f"segue {db.schema}")
    taken = {row["slot"] for row in await db.rows("SELECT slot FROM here.machines")}
    free = next((slot for slot in range(SLOTS) if slot not in taken), SLOTS)
    await db.run(
        """
        INSERT INTO here.machines (machine, slot, seq, mark) VALUES ($1, $2, $3, '')
        ON CONFLICT (machine) DO UPDATE SET seen_at = clock_timestamp()
        """,
        machine,
        free,
        seq,
    )
    row = await db.row("SELECT slot, seq, mark FROM here.machines WHERE machine = $1", machine)
    total = await db.value(f"SELECT count(*) FROM here.conversations WHERE {conversations.LISTED}")
    assert row is not None
    uid = await uid_of(db)
    return Standing(row["slot"], row["seq"], row["mark"], db.now() - now_stamp(), total, uid)


async def uid_of(db: Tables) -> str:
    """What tells the history from every other."""
    return str(await db.value("SELECT uid FROM here.history"))


async def leap(db: Tables, machine: str, seq: int) -> None:
    """Take a machine to have pushed all up to ``seq``: what was before that it does not keep any more."""
    await db.run("UPDATE here.machines SET seq = $2, mark = '' WHERE machine = $1", machine, seq)


async def numbers(db: Tables) -> int:
    """The first of a block of numbers for new conversations."""
    return int(
        await db.value(
            """
            UPDATE here.history SET next_conversation = next_conversation + $1
            RETURNING next_conversation - $1
            """,
            BLOCK,
        )
    )


async def push(db: Tables, who: Who, after: int, acts: Sequence[Act], expected: Expected) -> Acted:
    """Do acts that follow that with the number ``after``.

    Raises:
        Astray: The server has others of them than was thought.
    """
    machine = who.machine
    await guard(db, machine, after)
    revs = [rev for act in acts if (rev := await _do(db, who, act, expected))]
    await db.run(
        "UPDATE here.machines SET seq = $2, mark = $3, seen_at = clock_timestamp() WHERE machine = $1",
        machine,
        acts[-1].seq,
        acts[-1].mark,
    )
    places = {act.conversation_id for act in acts if act.conversation_id is not None}
    return Acted(sorted(places), revs[0] if revs else 0)


async def guard(db: Tables, machine: str, after: int) -> None:
    """Hold what the server has of this machine, and make sure that it is all up to ``after``.

    Raises:
        Astray: It is not.
    """
    seq = await db.value("SELECT seq FROM here.machines WHERE machine = $1 FOR UPDATE", machine)
    if seq != after:
        raise Astray


async def _do(db: Tables, who: Who, act: Act, expected: Expected) -> int | None:
    """Do one act. Returns the number of the change, if it has one of its own."""
    if act.kind is Kind.NOTHING:
        return None
    if act.conversation_id is not None:
        sql = "SELECT origin FROM here.conversations WHERE id = $1 FOR UPDATE"
        origin = await db.value(sql, act.conversation_id)
        if origin is None and act.kind not in (Kind.CREATE, Kind.WHOLE):
            raise Purged(act)
        if None not in (origin, act.origin) and origin != act.origin:
            raise Displaced(act)
    return await _DONE[act.kind](db, who, act, expected)


async def _expect(db: Tables, files: Sequence[Attachment], expected: Expected) -> None:
    """Let files be named whose contents come later, so that nothing waits for them."""
    if files:
        await contents.expect(db, files)
        expected(files)


async def _create(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    columns = act.facts["columns"]
    if await db.value("SELECT 1 FROM here.conversations WHERE id = $1", columns["id"]) is None:
        await conversations.insert(db, _row(columns, _CONVERSATION))


async def _change(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    place, files = act.facts["id"], act.facts["files"]
    if files is not None:
        named = files_in(files)
        await _expect(db, named, expected)
    if columns := act.facts["columns"]:
        await db.update("conversations", place, _row(columns, _CONVERSATION))
    if files is not None:
        await contents.name_in_draft(db, place, named)


async def _trash(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    await trash.put_in(db, act.facts["id"])


async def _restore(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    await trash.take_out(db, act.facts["id"])


async def _add(db: Tables, who: Who, act: Act, expected: Expected) -> int | None:
    message = message_in(act.facts)
    there = await db.row("SELECT conversation_id, created_at FROM here.messages WHERE id = $1", message.id)
    if there is not None:
        if (
            there["conversation_id"] != message.conversation_id
            or there["created_at"] != act.facts["created_at"]
        ):
            raise Met(message.id)
        return None
    if files := files_of(message.parts):
        await _expect(db, files, expected)
    _, rev = await messages.add(db, who.session, who.machine, message, act.facts["owner"])
    return rev


async def _append(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    pieces = pieces_of(act.facts)
    if files := files_of([piece for piece in pieces if not isinstance(piece, str)]):
        await _expect(db, files, expected)
    write = messages.append if act.kind is Kind.APPEND else messages.rewrite
    await write(db, act.facts["id"], act.facts["owner"], pieces)


async def _finish(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    message = message_in(act.facts)
    if files := files_of(message.parts):
        await _expect(db, files, expected)
    await messages.finish(db, message)


async def _hide(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    await messages.hide(db, act.facts["ids"], act.facts["hidden"])


async def _whole(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    """Write a conversation as it was here; where it is there already, the messages that it lacks.

    Raises:
        Met: A message of another conversation has the id of one of these.
        LookupError: Another conversation has its number, or its origin.
    """
    columns, rows = act.facts["conversation"], act.facts["messages"]
    place, origin = columns["id"], columns["origin"]
    alike = await db.rows(
        "SELECT id, origin FROM here.conversations WHERE id = $1 OR origin = $2 FOR UPDATE", place, origin
    )
    if any((one["id"], one["origin"]) != (place, origin) for one in alike):
        raise LookupError(f"another conversation is in the place of number {place}")
    named = [row["id"] for row in rows]
    known = await db.rows("SELECT id, conversation_id FROM here.messages WHERE id = ANY($1::bigint[])", named)
    for one in known:
        if one["conversation_id"] != place:
            raise Met(one["id"])
    lacking = [row for row in rows if row["id"] not in {one["id"] for one in known}]
    if not alike:
        await conversations.insert(db, {**_row(columns, _CONVERSATION), "message_count": 0})
        files = conversation_of({**columns, "deleted_at": None}).attachments
        await _expect(db, files, expected)
        await contents.name_in_draft(db, place, files)
    await _add_rows(db, place, lacking, expected)


async def _add_rows(db: Tables, place: int, rows: Sequence[Mapping[str, Any]], expected: Expected) -> None:
    """Add messages to a conversation, as they were here."""
    await db.insert("messages", [_row(row, _MESSAGE) for row in rows])
    await db.insert(
        "search",
        [
            {"id": row["id"], "conversation_id": place, "said": said(row["text"])}
            for row in rows
            if row["status"] != "streaming"
        ],
    )
    for row in rows:
        if attached := files_of(message_of(row).parts):
            await _expect(db, attached, expected)
            await contents.name_in_message(db, row["id"], attached)
    await db.run(
        "UPDATE here.conversations SET message_count = message_count + $1 WHERE id = $2", len(rows), place
    )


async def _prompt(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    await state.remember(db, act.facts["text"])


async def _state(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    await state.take(db, state_in(act.facts))


async def _spent(db: Tables, who: Who, act: Act, expected: Expected) -> None:
    await spending.note(db, spent_of(dict(zip(SPENT, act.facts["row"], strict=True))))


_DONE: Mapping[Kind, Callable[[Tables, Who, Act, Expected], Awaitable[int | None]]] = {
    Kind.CREATE: _create,
    Kind.CHANGE: _change,
    Kind.TRASH: _trash,
    Kind.RESTORE: _restore,
    Kind.ADD: _add,
    Kind.APPEND: _append,
    Kind.REWRITE: _append,
    Kind.FINISH: _finish,
    Kind.HIDE: _hide,
    Kind.WHOLE: _whole,
    Kind.PROMPT: _prompt,
    Kind.STATE: _state,
    Kind.SPENT: _spent,
}


# -- rows
_TRUTHS = ("titled", "pinned", "archived")
_CONVERSATION = (
    "id", "origin", "title", "title_key", "titled", "created_at", "updated_at", "deleted_at", "pinned",
    "archived", "leaf", "model", "tags", "tag_key", "owner", "system", "parameters", "hues", "tools", "pins",
    "labels", "begun_by", "project",
    "draft", "attachments",
)  # fmt: skip
_MESSAGE = (
    "id", "conversation_id", "parent", "role", "status", "hidden", "model", "owner", "created_at",
    "finished_at", "first_at", "reasoning_seconds", "usage", "failure", "parts", "attachments", "prefix",
    "text", "reasoning",
)  # fmt: skip


def _row(columns: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """The columns that a table here has too; SQLite has numbers for what is true or not."""
    chosen = {name: columns[name] for name in known if name in columns}
    return {name: bool(value) if name in _TRUTHS else value for name, value in chosen.items()}


class Whole(Struct, frozen=True):
    """A conversation as the server has it."""

    rev: int
    conversation: dict[str, Any]
    messages: list[dict[str, Any]]


async def whole(db: Tables, conversation_id: int) -> Whole | None:
    """A conversation with all its messages; None where it is not there."""
    row = await db.row("SELECT * FROM here.conversations WHERE id = $1", conversation_id)
    if row is None:
        return None
    rows = await db.rows(
        "SELECT * FROM here.messages WHERE conversation_id = $1 ORDER BY id", conversation_id
    )
    listed = [{name: one[name] for name in _MESSAGE} for one in rows]
    return Whole(row["rev"], {name: row[name] for name in _CONVERSATION}, listed)


async def revisions(db: Tables, most: int) -> dict[int, int]:
    """The newest conversations, and the number of the last change of each."""
    rows = await db.rows(
        f"""
        SELECT id, rev FROM here.conversations WHERE {conversations.LISTED}
        ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT $1
        """,
        most,
    )
    return {row["id"]: row["rev"] for row in rows}


async def revisions_of(db: Tables, ids: Sequence[int]) -> dict[int, int]:
    """The number of the last change of each of these conversations that is there."""
    rows = await db.rows("SELECT id, rev FROM here.conversations WHERE id = ANY($1::bigint[])", list(ids))
    return {row["id"]: row["rev"] for row in rows}


async def of_person(db: Tables) -> tuple[dict[str, Kept], list[str]]:
    """The small values of the person, and the prompts to recall, oldest first."""
    return await state.of_person(db), (await state.prompts(db, KEPT_PROMPTS))[::-1]
