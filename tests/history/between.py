"""What stands between a program and its server: a way that can be deaf, slow, silent or cut."""

from __future__ import annotations

import asyncio
from contextlib import suppress

_NOTICE = b"A"  # the first sign of what a server says when others have notified
_READY = b"Z"  # and of the end of an answer


class Waits:
    """How many answers a program has to wait for one after the other; those asked for together are one."""

    def __init__(self) -> None:
        self._clock = 0
        self._begun: dict[object, int] = {}
        self._all: list[tuple[int, int]] = []

    def begin(self, line: object) -> None:
        self._clock += 1
        self._begun[line] = self._clock

    def end(self, line: object) -> None:
        self._clock += 1
        if line in self._begun:
            self._all.append((self._begun.pop(line), self._clock))

    def forget(self) -> None:
        self._all.clear()

    @property
    def longest(self) -> int:
        """The most that follow each other."""
        count, last = 0, 0
        for begun, ended in sorted(self._all, key=lambda wait: wait[1]):
            if begun > last:
                count, last = count + 1, ended
        return count


class Between:
    """Carries what is said between programs and a server on this machine."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listening: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.deaf = False
        """Notices don't come through, as behind a pooler that gives each transaction another connection."""
        self.open = asyncio.Event()
        """While it is not set, nothing comes through, and nobody hears of it."""
        self.open.set()
        self.refuses = False
        self.swallows = False
        """Every connection breaks when it is about to hear that what it did is done."""
        self.turns = 0
        """How often a program has waited for the server."""
        self.waits = Waits()
        self.delay = 0.0
        """Seconds after which something arrives, there or here."""
        self.rate: float | None = None
        """Bytes a second that go to the server, on all connections together."""
        self.carried = 0
        """Bytes that went to the server."""
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Between:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._listening is not None
        self._listening.close()
        self.open.set()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # what was cut is let go of

    @property
    def port(self) -> int:
        assert self._listening is not None
        return int(self._listening.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Every connection breaks."""
        for writer in self._lines:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        lines = {writer}
        try:
            if not self.refuses:
                with suppress(OSError, asyncio.IncompleteReadError):
                    up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
                    lines.add(up_writer)
                    self._lines |= lines
                    await asyncio.gather(
                        self._ask(reader, up_writer), self._answer(up_reader, writer, up_writer)
                    )
        finally:
            self._lines -= lines
            for one in lines:
                one.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self.open.wait()
            self.turns += 1
            self.waits.begin(writer)
            await asyncio.sleep(self.delay)
            if self.rate is not None:
                async with self._turn:
                    await asyncio.sleep(len(data) / self.rate)
            self.carried += len(data)
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.StreamWriter
    ) -> None:
        writer.write(await self._refusal_of_tls(reader))
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
            await self.open.wait()
            if self.swallows and body == b"COMMIT\0":
                raise ConnectionResetError
            if self.deaf and head[:1] == _NOTICE:
                continue
            if head[:1] == _READY:
                await asyncio.sleep(self.delay)
                self.waits.end(asked)
            writer.write(head + body)
            await writer.drain()

    async def _refusal_of_tls(self, reader: asyncio.StreamReader) -> bytes:
        """The one answer that has no length: that the server speaks no TLS."""
        return await reader.readexactly(1)
