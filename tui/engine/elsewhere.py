"""A reply that another program streams, followed as it grows there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from msgspec.structs import replace

from tui.chat.message import Message, Status
from tui.chat.parts import Gathered, Part, going_on
from tui.errors import HistoryFullError, HistoryReadOnlyError
from tui.history.store import HistoryStore

_PAUSE = 0.25  # seconds between two looks
_SILENCE = 10.0
"""Seconds without a word, after which the program that streams may have been killed."""


async def grown(store: HistoryStore, message_id: int) -> AsyncIterator[Message]:
    """The message now, and each time something has come of it, up to its end; nothing if it is not streaming.

    If the other program is gone, the reply gets its end here.

    Raises:
        HistoryError: It can't be read any more.
    """
    [message] = await store.messages([message_id])
    begin: tuple[Part, ...] = ()
    gathered, after, heard = Gathered(), 0, time.monotonic()
    if message.live:
        yield message
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
            heard = time.monotonic()
        elif time.monotonic() - heard > _SILENCE:
            with contextlib.suppress(HistoryReadOnlyError, HistoryFullError):
                await store.interrupt_abandoned()
            heard = time.monotonic()
        after = came.after
        await asyncio.sleep(_PAUSE)
