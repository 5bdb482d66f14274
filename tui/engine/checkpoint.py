"""Pieces of a reply on their way to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import assert_never

from tui.chat.parts import File, Image, Notice, Part, Reasoning, Sources, Text, ToolCall, ToolResult
from tui.engine.limits import Limits
from tui.errors import HistoryError
from tui.history.store import HistoryStore


class Checkpoint:
    """Collects what streams in and stores it a moment later, so that a crash loses half a second.

    A store that fails does not stop the reply: the text stays in memory for the next attempt, and the end of
    the reply stores the whole again.
    """

    def __init__(
        self, store: HistoryStore, message_id: int, limits: Limits, failed: Callable[[HistoryError], None]
    ) -> None:
        """Begin with nothing.

        Args:
            store: Where the pieces go.
            message_id: The reply.
            limits: How soon.
            failed: Told why a piece could not be stored.
        """
        self._store = store
        self._message_id = message_id
        self._limits = limits
        self._failed = failed
        self._pieces: list[str | Part] = []
        self._size = 0
        self._whole = False
        """Whether what waits stands for all that was stored."""
        self._wake = asyncio.Event()
        self._one_by_one = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None

    def add(self, piece: str | Part) -> None:
        """Take a piece; it is stored soon."""
        self._pieces.append(piece)
        self._size += _size(piece)
        self._go_on()

    def replace(self, pieces: Sequence[str | Part]) -> None:
        """Take another beginning, in place of all pieces so far."""
        self._pieces, self._whole = [*pieces], True
        self._go_on()

    def _go_on(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_soon())
        if self._size >= self._limits.checkpoint_size:
            self._wake.set()

    async def close(self) -> None:
        """Stop; what is not stored yet is the caller's, who stores the whole reply."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    async def _write_soon(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._limits.checkpoint):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            if not self._pieces:
                self._writer = None
                return
            try:
                await self.flush()
            except HistoryError as error:
                self._failed(error)

    async def flush(self) -> None:
        """Store all that came so far, now, in one transaction.

        Raises:
            HistoryError: It could not be stored; it is kept for the next attempt.
        """
        async with self._one_by_one:
            pieces, self._pieces = self._pieces, []
            whole, self._whole = self._whole, False
            if not pieces:
                return
            self._size = 0
            try:
                store = self._store.rewrite if whole else self._store.append
                await store(self._message_id, pieces)
            except HistoryError:
                if not self._whole:
                    self._pieces = [*pieces, *self._pieces]
                    self._whole = whole
                raise


def _size(piece: str | Part) -> int:
    match piece:
        case str():
            return len(piece)
        case Text() | Reasoning() | ToolResult() | Notice():
            return len(piece.text)
        case Image() | File() | ToolCall() | Sources():
            return 0
        case _:
            assert_never(piece)
