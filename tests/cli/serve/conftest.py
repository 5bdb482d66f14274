"""``segue serve`` as a process of its own, and visitors that speak as the page does."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

import pyte

from tui.cli.serve.emulator import FILES

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
COOKIE = re.compile(r"segue-\d+=[0-9a-f]+")


class Served:
    """A server that runs, and the address that it printed."""

    def __init__(self, env: dict[str, str], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", "serve", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            cwd=ROOT,
            start_new_session=True,
        )
        late = threading.Timer(PATIENCE, self.process.kill)
        late.start()
        self.address = self.process.stdout.readline().strip()
        late.cancel()
        assert self.address, self.process.stderr.read()
        self.base, _, self.token = self.address.partition("/?k=")
        self.host = self.base.partition("://")[2]
        self.port = int(self.base.rpartition(":")[2] if self.base.count(":") == 2 else arguments[1])

    def end(self, by: int = signal.SIGINT) -> int:
        self.process.send_signal(by)
        _, said = self.process.communicate(timeout=PATIENCE)
        assert "Traceback" not in said and "Error" not in said, said
        return self.process.returncode

    async def cookie(self) -> str:
        """What a browser has that came in with the key."""
        async with aiohttp.ClientSession() as session:
            answer = await session.get(self.address, allow_redirects=False)
            assert answer.status == 303
            return COOKIE.match(answer.headers["Set-Cookie"])[0]

    @asynccontextmanager
    async def tab(self, columns: int = 80, rows: int = 24) -> AsyncIterator[Tab]:
        headers = {"Cookie": await self.cookie(), "Origin": self.base}
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.base}/ws", headers=headers, max_msg_size=0) as socket,
        ):
            tab = Tab(socket, columns, rows)
            await tab.say(size=[columns, rows])
            yield tab


class Tab:
    """What the page does, over a screen that a terminal would show."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, columns: int, rows: int) -> None:
        self.socket = socket
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    async def say(self, **order: object) -> None:
        await self.socket.send_str(json.dumps(order))

    async def press(self, keys: str) -> None:
        await self.socket.send_bytes(keys.encode())

    async def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        await self.say(size=[columns, rows])

    async def sees(self, *words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not all(word in self.text for word in words):
                message = await self.socket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, f"over: {message}\n{self.text}"
                self._stream.feed(message.data)
                await self.say(seen=1)

    async def over(self) -> int | None:
        """Wait for the end, and return the reason."""
        async with asyncio.timeout(PATIENCE):
            while (await self.socket.receive()).type is aiohttp.WSMsgType.BINARY:
                await self.say(seen=1)
        return self.socket.close_code


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    """A folder with files of the names of xterm.js: enough where no browser looks."""
    folder = tmp_path / "stand-ins"
    folder.mkdir(mode=0o700)
    for file in FILES:
        (folder / file.name).write_text(f"// {file.name}\n")
        (folder / file.name).chmod(0o600)
    return folder


@pytest.fixture
def serve(lab, stand_ins: Path) -> Iterator[Callable[..., Served]]:
    lab.configure(lab.config.read_text() + f"[serve]\nxterm = {json.dumps(str(stand_ins))}\n")
    begun: list[Served] = []

    def begin(*arguments: str, **variables: str) -> Served:
        begun.append(Served({**lab.env, **variables}, *(arguments or ("--port", "0"))))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            one.end()
        for stream in (one.process.stdout, one.process.stderr):
            stream.close()


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve()


@pytest.fixture(scope="session")
def xterm() -> Path:
    """The folder with the real xterm.js."""
    folder = os.environ.get("SEGUE_XTERM")
    if not folder:
        pytest.skip("SEGUE_XTERM names no folder with the packages of xterm.js")
    return Path(folder)
