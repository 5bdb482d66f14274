"""Whole messages and conversations out of a history: with the contents of their files."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tui.chat.conversation import Bundle
from tui.chat.message import Message
from tui.chat.parts import files_of, with_files
from tui.history.store import HistoryStore, ListFilter

_PAGE = 500


async def bundle_of(store: HistoryStore, conversation_id: int) -> Bundle:
    """A conversation with all its messages, and the contents of their files.

    Raises:
        NotFoundError: There is none with this id.
    """
    conversation = await store.load_conversation(conversation_id)
    messages = await store.messages(sorted(conversation.nodes))
    conversation.attachments = tuple(await store.with_contents(conversation.attachments))
    for message in messages:
        message.parent = conversation.nodes[message.id].parent
    return Bundle(conversation, await with_contents(store, messages))


async def with_contents(store: HistoryStore, messages: list[Message]) -> list[Message]:
    """The messages, whose files have their contents now."""
    for message in messages:
        if files := files_of(message.parts):
            filled = {file: file for file in await store.with_contents(files)}
            message.parts = with_files(message.parts, filled.__getitem__)
    return messages


async def all_bundles(store: HistoryStore) -> AsyncIterator[Bundle]:
    """Every conversation, also the archived ones, oldest first; not the trash."""
    ids = [row_id async for row_id in _ids(store)]
    for conversation_id in sorted(ids):
        yield await bundle_of(store, conversation_id)


async def _ids(store: HistoryStore) -> AsyncIterator[int]:
    for archived in (False, True):
        chosen, offset = ListFilter(archived=archived), 0
        while page := await store.list_conversations(chosen, limit=_PAGE, offset=offset):
            for row in page:
                yield row.id
            offset += len(page)
