"""A model server on loopback and a home of its own, for tests that run the real program."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, settings

from tui.faults import LOGGER, forget

# A machine at work is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# What a shell starts in the background ignores Ctrl+C, and so would the programs that it is sent to here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the collector the thousands of tests, which it would walk through for every few that run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


class Faults(logging.Handler):
    """Keeps what is noted of faults."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.errors.append(record.exc_info[1])


@pytest.fixture(autouse=True)
def faults() -> Iterator[list[BaseException]]:
    """The faults that something was done without; who expects some takes them out."""
    forget()
    kept = Faults()
    LOGGER.addHandler(kept)
    yield kept.errors
    LOGGER.removeHandler(kept)
    assert not kept.errors


PATIENCE = 30.0
"""Seconds after which what is waited for will not come."""


@dataclass
class ModelServer:
    """Speaks OpenAI's chat completions: ``reply`` word by word, or as ``hold_after`` and ``status`` say.

    Makes the first of ``pictures`` where one is asked for.
    """

    url: str = ""
    reply: str = "Hello from the *lab*."
    pictures: list[bytes] = field(default_factory=list)
    """PNG that come before the words."""
    later: list[str] = field(default_factory=list)
    """Replies to the requests after the first one; without any, the same again."""
    status: int = 200
    list_status: int = 200
    refuses: str = ""
    """A field of a request that is refused."""
    models: tuple[str, ...] = ("big", "small")
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Tools that are called, one by each reply; then the words come."""
    wait: threading.Event | None = None
    """What a call waits for."""
    hold_after: int | None = None
    """Words after which the server says nothing more until ``release``."""
    release: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    """Set when the server has sent what ``hold_after`` lets through."""
    left: threading.Event = field(default_factory=threading.Event)
    """Set when a client went away before the end."""

    async def list_models(self, request: web.Request) -> web.Response:
        if self.list_status != 200:
            return self._refusal(request, "Not you", self.list_status)
        return web.json_response({"object": "list", "data": [{"id": name} for name in self.models]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        if self.status != 200:
            return self._refusal(request, "The lab is closed", self.status)
        if self.refuses in body:
            return self._refusal(request, f"Unknown parameter: '{self.refuses}'", 400)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            if self.calls:
                if self.wait is not None:
                    self.reached.set()
                    await asyncio.to_thread(self.wait.wait, PATIENCE)
                await self._call(response, *self.calls.pop(0))
                return response
            await self._stream(response, body["model"])
        except (ConnectionResetError, asyncio.CancelledError):
            self.left.set()
            raise
        self.reply = self.later.pop(0) if self.later else self.reply
        return response

    async def draw(self, request: web.Request) -> web.Response:
        self.requests.append(await request.json())
        row = {"b64_json": base64.b64encode(self.pictures[0]).decode(), "revised_prompt": self.reply}
        return web.json_response({"created": 1, "data": [row]})

    def _refusal(self, request: web.Request, words: str, status: int) -> web.Response:
        """An error that echoes the key, as careless servers do."""
        error = {"message": words, "asked": dict(request.headers)}
        if key := request.headers.get("Authorization"):
            error["message"] = f"{words}: {key}"
        return web.json_response({"error": error}, status=status, headers={"X-Asked": key or ""})

    async def _stream(self, response: web.StreamResponse, model: str) -> None:
        words = self.reply.replace("{model}", model).split(" ")
        for picture in self.pictures:
            url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
            shown = {"images": [{"type": "image_url", "image_url": {"url": url}}]}
            await self._event(response, {"choices": [{"index": 0, "delta": shown}]})
        for count, word in enumerate(words):
            text = word if count == 0 else f" {word}"
            await self._event(response, {"choices": [{"index": 0, "delta": {"content": text}}]})
            if self.hold_after == count + 1:
                self.reached.set()
                while not self.release.is_set():
                    await asyncio.sleep(0.02)
                    await response.write(b": still here\n\n")
        await self._event(response, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 9, "completion_tokens": len(words)}
        await self._event(response, {"choices": [], "usage": usage})
        await response.write(b"data: [DONE]\n\n")

    async def _call(self, response: web.StreamResponse, name: str, arguments: dict[str, Any]) -> None:
        function = {"name": name, "arguments": json.dumps(arguments)}
        called = {"index": 0, "id": "c1", "type": "function", "function": function}
        await self._event(response, {"choices": [{"index": 0, "delta": {"tool_calls": [called]}}]})
        await self._event(response, {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
        await response.write(b"data: [DONE]\n\n")

    async def _event(self, response: web.StreamResponse, data: dict[str, Any]) -> None:
        await response.write(b"data: " + json.dumps(data).encode() + b"\n\n")


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    server = ModelServer()
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    runner: list[web.AppRunner] = []

    async def start() -> None:
        app = web.Application()
        app.router.add_get("/v1/models", server.list_models)
        app.router.add_post("/v1/chat/completions", server.chat)
        app.router.add_post("/v1/images/generations", server.draw)
        runner.append(web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1))
        await runner[0].setup()
        site = web.TCPSite(runner[0], "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/v1"
        ready.set()

    def serve() -> None:
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner[0].cleanup())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield server
    server.release.set()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@dataclass
class Home:
    """A home folder of its own, and the program run in it."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)
    """What the environment has besides."""
    work: Path = Path(__file__).parent.parent
    """Where it is run."""

    @property
    def env(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().endswith(("_KEY", "_PROXY", "_TOKEN", "COLUMNS", "LINES"))
        }
        folders = {
            f"XDG_{name}_HOME": str(self.path / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")
        }
        # No key, proxy, local server or terminal size of the machine that runs the tests may help or hurt.
        return (
            kept
            | folders
            | {"HOME": str(self.path), "OLLAMA_HOST": "127.0.0.1:9", "PYTHONWARNINGS": "default"}
            | self.variables
        )

    @property
    def config(self) -> Path:
        return self.path / "config" / "segue" / "config.toml"

    @property
    def history(self) -> Path:
        return self.path / "data" / "segue" / "history.db"

    def configure(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def segue(
        self, *arguments: str, given: str | None = None, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run ``segue`` to its end and check its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.env,
            cwd=self.work,
            timeout=60,
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def wait_for_stored(self, text: str, column: str = "text", table: str = "pieces") -> None:
        """Until ``text`` has come to the disk: as pieces of a reply, if nothing else is said."""
        address = f"file:{self.history}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                rows = database.execute(f"SELECT {column} FROM {table} ORDER BY rowid").fetchall()
                if text in "".join(row[0] for row in rows):
                    return
                time.sleep(0.01)
        raise AssertionError(f"never stored: {text}")


@pytest.fixture(autouse=True)
def no_skills_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The Agent Skills of the machine that runs the tests play no part."""
    monkeypatch.setattr("tui.paths.SHARED_SKILLS", str(tmp_path / "agents"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def lab(home: Home, model_server: ModelServer) -> Home:
    """A home whose config names the model server as provider ``lab``."""
    home.configure(
        'model = "lab/big"\n'
        f'[providers.lab]\ntype = "openai"\nurl = "{model_server.url}"\nmodels = ["big", "small"]\n'
    )
    return home
