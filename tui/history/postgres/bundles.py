"""Whole conversations written at once: imports, copies, branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui.chat.conversation import Bundle, Conversation
from tui.chat.message import Message, Status
from tui.chat.parts import files_of
from tui.digest import sha256
from tui.history.copies import (
    LARGEST_CONVERSATION,
    LARGEST_MESSAGE,
    copied,
    kept_in_copy,
    mark_of,
    next_title,
    stem_of,
)
from tui.history.part_columns import pack
from tui.history.postgres import contents, conversations, messages, spending, trash
from tui.history.postgres.lexemes import said
from tui.history.postgres.link import Tables
from tui.history.rows import (
    conversation_columns,
    from_stamp,
    message_columns,
    message_of,
    new_origin,
    pack_labels,
    to_stamp,
)
from tui.text import normalise

_LONGEST_ORIGIN = 500


async def add(db: Tables, bundles: Sequence[Bundle]) -> list[int | None]:
    """Write conversations that are not here yet; one that lies in the trash is taken back.

    Returns:
        For each its id, or None where it was here already.
    """
    origins = [_origin(bundle.conversation.origin) for bundle in bundles]
    rows = await db.rows(
        "SELECT id, origin, deleted_at FROM here.conversations WHERE origin = ANY($1::text[])", origins
    )
    here = {row["origin"]: row["id"] for row in rows}
    in_trash = {row["origin"] for row in rows if row["deleted_at"] is not None}
    new: dict[str, Bundle] = {}
    placed: list[int | None] = []
    for origin, bundle in zip(origins, bundles, strict=True):
        placed.append(here[origin] if origin in in_trash else None)
        if origin in in_trash:
            await trash.take_out(db, here[origin])
            in_trash.discard(origin)
        elif origin not in here:
            new.setdefault(origin or new_origin(), bundle)
    written = await write(db, list(new.values()))
    await spending.note_imported(db, await _replies_of(db, written))
    made = dict(zip(map(id, new.values()), written, strict=True))
    return [made.get(id(bundle), place) for bundle, place in zip(bundles, placed, strict=True)]


async def add_missing(db: Tables, bundle: Bundle) -> tuple[list[int], int]:
    """Add to a conversation the messages of ``bundle`` that it lacks. Returns its id if any, and how many."""
    row = await db.row(
        "SELECT id, updated_at FROM here.conversations WHERE origin = $1 FOR UPDATE",
        _origin(bundle.conversation.origin),
    )
    if row is None:
        return [], 0
    here = await messages.get(db, sorted((await conversations.load(db, row["id"])).nodes))
    known = {mark_of(message): message.id for message in here}
    lacking = [message for message in bundle.messages if mark_of(message) not in known]
    ids = {message.id: known[mark_of(message)] for message in bundle.messages if mark_of(message) in known}
    taken: dict[int, int] = {}
    while True:
        chosen = _placed(lacking, ids, _Row(taken))
        free = await messages.free_after(db, [chosen[message.id] for message in lacking])
        met = {number: after for number, after in free.items() if number != after}
        if not met:
            break
        taken |= met
    hidden = {node.id for node in bundle.conversation.nodes.values() if node.deleted}
    await _write_messages(db, [(row["id"], message, chosen, message.id in hidden) for message in lacking])
    if lacking:
        leaf = bundle.conversation.leaf
        changed = {
            "leaf": None if leaf is None else chosen[leaf],
            "updated_at": max(row["updated_at"], to_stamp(bundle.conversation.updated_at)),
            "message_count": len(here) + len(lacking),
        }
        await db.update("conversations", row["id"], changed)
        await spending.note_imported(db, await _replies_of(db, [row["id"]]))
    return [row["id"]], len(lacking)


async def _replies_of(db: Tables, conversation_ids: Sequence[int]) -> list[Message]:
    """The replies of conversations of which it was counted what they took."""
    rows = await db.rows(
        """
        SELECT * FROM here.messages WHERE conversation_id = ANY($1::bigint[]) AND usage IS NOT NULL
        ORDER BY id
        """,
        list(conversation_ids),
    )
    return [message_of(row) for row in rows]


def _placed(lacking: Sequence[Message], ids: Mapping[int, int], row: _Row) -> dict[int, int]:
    """The ids that are known, and one for each message that lacks: its own, or one behind its parent's."""
    placed = dict(ids)
    for message in lacking:
        parent = 0 if message.parent is None else placed[message.parent]
        fits = parent < message.id <= LARGEST_MESSAGE
        wanted = message.id if fits else max(to_stamp(message.created_at) // 1000, parent + 1)
        placed[message.id] = row.free_from(wanted)
        row.take(placed[message.id])
    return placed


async def _write_messages(db: Tables, placed: Sequence[tuple[int, Message, Mapping[int, int], bool]]) -> None:
    """Write messages, each with its conversation, the ids of that, and whether it is hidden."""
    now = db.now()
    written = [
        {
            "id": ids[message.id],
            "conversation_id": conversation_id,
            "parent": None if message.parent is None else ids[message.parent],
            "hidden": now if hidden else 0,
            **message_columns(message),
        }
        for conversation_id, message, ids, hidden in placed
    ]
    await db.insert("messages", written)
    await db.insert(
        "search",
        [
            {"id": row["id"], "conversation_id": row["conversation_id"], "said": said(row["text"])}
            for row in written
            if row["status"] != Status.STREAMING.value
        ],
    )
    for _, message, ids, _ in placed:
        if files := files_of(message.parts):
            await contents.keep(db, files)
            await contents.name_in_message(db, ids[message.id], files)


async def copy(db: Tables, machine: str, conversation_id: int, leaf: int | None) -> Conversation:
    """A second conversation with the same tree, or only with the path down to ``leaf``."""
    original = await conversations.load(db, conversation_id)
    kept = await messages.get(db, kept_in_copy(original, leaf))
    alike = await db.rows(
        "SELECT title FROM here.conversations WHERE starts_with(title, $1)", stem_of(original.title)
    )
    title = next_title(original.title, {row["title"] for row in alike})
    bundle = copied(original, kept, leaf, title)
    bundle.conversation.created_at = bundle.conversation.updated_at = from_stamp(db.now())
    [twin] = await write(db, [bundle])
    await conversations.note_use(db, machine, twin)
    return await conversations.load(db, twin)


async def write(db: Tables, bundles: Sequence[Bundle]) -> list[int]:
    """Write conversations with their messages, and return their ids."""
    if not bundles:
        return []
    made = await _conversation_ids(db, [bundle.conversation.id for bundle in bundles])
    ids = await _message_ids(db, bundles)
    rows = [
        _conversation_row(conversation_id, bundle, own)
        for conversation_id, bundle, own in zip(made, bundles, ids, strict=True)
    ]
    await db.insert("conversations", rows)
    await _write_messages(
        db,
        [
            (conversation_id, message, own, bundle.conversation.nodes[message.id].deleted)
            for conversation_id, bundle, own in zip(made, bundles, ids, strict=True)
            for message in bundle.messages
        ],
    )
    for conversation_id, bundle in zip(made, bundles, strict=True):
        if files := bundle.conversation.attachments:
            await contents.keep(db, files)
            await contents.name_in_draft(db, conversation_id, files)
    return made


def _conversation_row(conversation_id: int, bundle: Bundle, ids: dict[int, int]) -> dict[str, Any]:
    conversation = bundle.conversation
    columns = conversation_columns(conversation)
    return {
        "id": conversation_id,
        "leaf": None if conversation.leaf is None else ids[conversation.leaf],
        "message_count": len(bundle.messages),
        **columns,
        "origin": _origin(columns["origin"]),
        "pins": pack([ids[pin] for pin in conversation.pins if pin in ids]),
        "labels": pack_labels({ids[i]: label for i, label in conversation.labels.items() if i in ids}),
    }


async def _conversation_ids(db: Tables, wanted: Sequence[int]) -> list[int]:
    """The ids that are wanted where nobody ever had them, and otherwise the next ones. 0 wants none.

    One below the next may be of a conversation that is gone, or of one that a machine is yet to bring.
    """
    first = await db.value("SELECT next_conversation FROM here.history FOR UPDATE")
    free = {number for number in wanted if first <= number <= LARGEST_CONVERSATION}
    following = await db.value(
        """
        UPDATE here.history SET next_conversation = greatest(next_conversation, $1::bigint) + $2
        RETURNING next_conversation - $2
        """,
        max(free, default=0) + 1,
        len(wanted) - len(free),
    )
    made = []
    for number in wanted:
        made.append(number if number in free else following)
        following += made[-1] == following
        free.discard(number)
    return made


async def _message_ids(db: Tables, bundles: Sequence[Bundle]) -> list[dict[int, int]]:
    """For each conversation, its messages' ids and those that they get: their own where these are free.

    They are chosen as if all were free; then those that are not are known, and chosen anew.
    """
    taken: dict[int, int] = {}
    while True:
        row = _Row(taken)
        chosen = [_chosen(bundle, row, db.now()) for bundle in bundles]
        free = await messages.free_after(db, [number for ids in chosen for number in ids.values()])
        met = {number: after for number, after in free.items() if number != after}
        if not met:
            return chosen
        taken |= met


def _chosen(bundle: Bundle, row: _Row, now: int) -> dict[int, int]:
    """An id for each message, higher than those before it in its conversation."""
    chosen: dict[int, int] = {}
    newest = 0
    for message in bundle.messages:
        kept = bundle.conversation.id != 0 and newest < message.id <= LARGEST_MESSAGE
        if kept and row.free_from(message.id) == message.id:
            newest = message.id
        else:
            newest = row.free_from(max(min(to_stamp(message.created_at), now) // 1000, newest + 1))
        row.take(newest)
        chosen[message.id] = newest
    return chosen


class _Row:
    """Which ids are taken: any number may stand in a row without a gap."""

    def __init__(self, taken: Mapping[int, int]) -> None:
        """Begin with ids that are taken, and for each the first behind it that may be free."""
        self._after = dict(taken)

    def free_from(self, number: int) -> int:
        """``number``, or the next one that is not known to be taken."""
        met = []
        while number in self._after:
            met.append(number)
            number = self._after[number]
        for before in met:
            self._after[before] = number
        return number

    def take(self, number: int) -> None:
        """It is taken from now on."""
        self._after[number] = number + 1


def _origin(written: str) -> str:
    """An origin as an index can hold it."""
    origin = normalise(written)
    return origin if len(origin) <= _LONGEST_ORIGIN else sha256(origin.encode())
