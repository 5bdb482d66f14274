"""Pieces of a reply on their way to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

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
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._size = 0
        self._whole = False
        """Whether what waits stands for all that was stored."""
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def add(self, text: str = "", reasoning: str = "") -> None:
        """Take a piece; it is stored soon."""
        self._text.append(text)
        self._reasoning.append(reasoning)
        self._size += len(text) + len(reasoning)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_soon())
        if self._size >= self._limits.checkpoint_size:
            self._wake.set()

    def replace(self, text: str, reasoning: str) -> None:
        """Take another beginning, in place of all pieces so far."""
        self._text, self._reasoning, self._whole = [text], [reasoning], True
        self.add()

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
            text, reasoning = "".join(self._text), "".join(self._reasoning)
            whole, self._whole = self._whole, False
            if not text and not reasoning:
                self._writer = None
                return
            self._text, self._reasoning, self._size = [], [], 0
            try:
                store = self._store.replace_text if whole else self._store.append_text
                await store(self._message_id, text, reasoning)
            except HistoryError as error:
                if not self._whole:
                    self._text.insert(0, text)
                    self._reasoning.insert(0, reasoning)
                    self._whole = whole
                self._failed(error)
