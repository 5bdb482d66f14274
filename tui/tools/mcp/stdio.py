"""The way to a server that is a program of ours: its standard input and output, a JSON message a line.

The SDK's own way hangs on a byte that is no UTF-8 and on half a character, lets a line grow without end and
leaves the children of a server behind. On Windows it is the SDK's all the same: its jobs and its search for
``.cmd`` files are what is needed there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import SubprocessStreamProtocol
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.message import SessionMessage
from mcp_types import ErrorData, JSONRPCError, JSONRPCRequest, jsonrpc_message_adapter

from tui.faults import note
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.left_behind import Running
from tui.tools.mcp.lines import Lines, TooLong
from tui.tools.mcp.link import Program
from tui.tools.mcp.watch import Watch
from tui.tools.mcp.wire import read_json, whole

LONGEST_LINE = 8_000_000
"""Bytes of a message."""
TOO_LONG = "its answer is longer than 8 MB"
UNSAYABLE = "the arguments can't be written as JSON"
_PIECE = 65_536
_ALOUD = 200_000
"""Bytes of a line that is parsed at once; a longer one, in a thread."""
_AFTER_KILL = 5.0
"""Seconds for the system to end what was killed, however much else it does; mostly it is at once."""
_LAST_WORDS = 0.25
_FAILED = -32603

Outgoing = MemoryObjectReceiveStream[SessionMessage]
Incoming = MemoryObjectSendStream[SessionMessage | Exception]


@asynccontextmanager
async def stdio(
    program: Program, watch: Watch, running: Running, durations: Durations
) -> AsyncIterator[TransportStreams]:
    """Start a program and give its two streams; leaving ends it and whatever it started.

    Raises:
        OSError: It can't be started.
    """
    if sys.platform == "win32":
        async with _windows(program, watch) as streams:
            yield streams
        return
    process = await _Process.start(program)
    watch.pid = process.pid
    running.note(process.pid, program.command)
    incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    tasks = [
        asyncio.create_task(_read(process, incoming, watch)),
        asyncio.create_task(_write(process, outgoing, incoming)),
        asyncio.create_task(_listen(process, watch)),
    ]

    async def stop() -> None:
        read.close()  # what comes from here on is dropped
        await process.stop(durations)
        await asyncio.wait((tasks[0], tasks[2]), timeout=_LAST_WORDS)  # of a child that lives on, too long
        process.transport.close()
        watch.code, watch.told = process.code, process.told
        running.forget(process.pid)
        for task in tasks:
            task.cancel()
        for fault in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(fault, Exception):
                note(fault)
        for stream in (read, write, incoming, outgoing):
            stream.close()

    try:
        yield read, write
    finally:
        # A task of its own: who leaves may be cancelled, even twice, and the program must end all the same.
        stopping = asyncio.create_task(stop())
        _stopping.add(stopping)
        stopping.add_done_callback(_stopping.discard)
        await asyncio.shield(stopping)


_stopping: set[asyncio.Task[None]] = set()
"""Held here, since the event loop holds none."""


class _Process(SubprocessStreamProtocol):
    """The program and its pipes."""

    def __init__(self) -> None:
        super().__init__(limit=_PIECE * 4, loop=asyncio.get_running_loop())
        self.ended = asyncio.Event()
        self.told = False
        """Whether it ran on when nobody was there to serve, so that it was told to end."""

    @classmethod
    async def start(cls, program: Program) -> _Process:
        pipe = asyncio.subprocess.PIPE
        transport, process = await asyncio.get_running_loop().subprocess_exec(
            cls,
            program.command,
            *program.args,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=program.env,
            cwd=program.cwd,
            start_new_session=True,
        )
        process.transport = transport
        return process

    transport: asyncio.SubprocessTransport

    def process_exited(self) -> None:
        super().process_exited()
        self.ended.set()

    @property
    def pid(self) -> int:
        return self.transport.get_pid()

    @property
    def code(self) -> int | None:
        return self.transport.get_returncode()

    async def stop(self, durations: Durations) -> None:
        """Let it end, tell it to, end it; and each time the whole group, its children too."""
        assert self.stdin is not None
        self.stdin.close()
        if not await self._ends_in(durations.after_stdin):
            self.told = True
            self._signal(signal.SIGTERM)
            if not await self._ends_in(durations.after_term):
                self._signal(signal.SIGKILL)
                await self._ends_in(_AFTER_KILL)
        self._signal(signal.SIGKILL)  # children that are left

    async def _ends_in(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.ended.wait()
        return self.ended.is_set()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


async def _read(process: _Process, incoming: Incoming, watch: Watch) -> None:
    """Messages as they come; when nobody takes them, they are read all the same, so that it can end."""
    assert process.stdout is not None
    lines = Lines(LONGEST_LINE)
    async with incoming:
        while data := await process.stdout.read(_PIECE):
            for line in lines.feed(data):
                message = await _message(line, watch)
                with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                    if message is not None:
                        await incoming.send(message)


async def _message(line: bytes | TooLong, watch: Watch) -> SessionMessage | None:
    """The message of a line; None where it is none."""
    if isinstance(line, TooLong):
        watch.babbled(line.head)
        return None if line.id is None else _refusal(line.id, TOO_LONG)
    if not line.strip():
        return None
    try:
        if len(line) > _ALOUD:
            return await asyncio.to_thread(_parsed, line)
        return _parsed(line)
    except ValueError:
        watch.babbled(line)
        return None


def _parsed(line: bytes) -> SessionMessage:
    value = read_json(line.decode("utf-8", "replace"))
    return SessionMessage(jsonrpc_message_adapter.validate_python(value, by_name=False))


async def _write(process: _Process, outgoing: Outgoing, incoming: Incoming) -> None:
    """What we say, until it no longer listens: then the session is told, and nothing waits for an answer."""
    assert process.stdin is not None
    async with outgoing:
        async for item in outgoing:
            try:
                data = _line(item)
            except ValueError:  # nothing that JSON can say
                if isinstance(item.message, JSONRPCRequest):
                    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                        await incoming.send(_refusal(item.message.id, UNSAYABLE))
                continue
            process.stdin.write(data)
            try:
                await process.stdin.drain()
            except OSError:
                incoming.close()
                return


def _line(item: SessionMessage) -> bytes:
    try:
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
    except ValueError:  # half a character somewhere
        mended = whole(item.message.model_dump(by_alias=True, exclude_unset=True))
        message = jsonrpc_message_adapter.validate_python(mended, by_name=False)
        text = message.model_dump_json(by_alias=True, exclude_unset=True)
    return text.encode() + b"\n"


async def _listen(process: _Process, watch: Watch) -> None:
    """Standard error, always read: a full pipe would stop the server."""
    assert process.stderr is not None
    lines = Lines(LONGEST_LINE)
    while data := await process.stderr.read(_PIECE):
        for line in lines.feed(data):
            watch.wrote(line.head if isinstance(line, TooLong) else line)
    for line in lines.rest():
        watch.wrote(line.head if isinstance(line, TooLong) else line)


def _refusal(request: int | str, words: str) -> SessionMessage:
    return SessionMessage(
        JSONRPCError(jsonrpc="2.0", id=request, error=ErrorData(code=_FAILED, message=words))
    )


@asynccontextmanager
async def _windows(program: Program, watch: Watch) -> AsyncIterator[TransportStreams]:
    parameters = StdioServerParameters(
        command=program.command,
        args=list(program.args),
        env=dict(program.env),
        cwd=program.cwd,
        encoding_error_handler="replace",
    )
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        try:
            async with stdio_client(parameters, errlog=errors) as streams:
                yield streams
        finally:
            errors.seek(0)
            for line in errors:
                watch.wrote(line.encode())
