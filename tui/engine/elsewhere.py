"""A reply that another program streams, followed as it grows there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from msgspec.structs import replace

from tui.chat.message import Message, Status
from tui.chat.parts import Gathered, Part, going_on
from tui.history.store import HistoryStore

_PAUSE = 0.25  # seconds between two looks


async def grown(store: HistoryStore, message_id: int) -> AsyncIterator[Message]:
    """The message, each time something has come of it, up to its end; nothing if it is not streaming.

    Raises:
        HistoryError: It can't be read any more.
    """
    [message] = await store.messages([message_id])
    begin: tuple[Part, ...] = ()
    gathered, after = Gathered(), 0
    while message.live:
        came = await store.pieces(message_id, after)
        if came.status is not Status.STREAMING:
            [message] = await store.messages([message_id])
            yield message
            return
        if came.begin is not None:
            begin, gathered = came.begin, Gathered()
        for piece in came.pieces:
            gathered.add(piece)
        if came.begin is not None or came.pieces:
            message = replace(message, parts=going_on(begin, gathered.parts))
            yield message
        after = came.after
        await asyncio.sleep(_PAUSE)
