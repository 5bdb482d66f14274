"""Histories to test: every implementation behind ``store``, and real files for what only SQLite does."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.history.servers import cluster, place, pooler
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role, Status
from tui.chat.parts import prompt_parts
from tui.history.opening import open_history as open_place
from tui.history.place import File, Place
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore

__all__ = ["cluster", "place", "pooler"]


def in_a_file(request: pytest.FixtureRequest) -> Place:
    return File(request.getfixturevalue("history_file"))


def in_memory(request: pytest.FixtureRequest) -> Place:
    return None


def on_a_server(request: pytest.FixtureRequest) -> Place:
    return request.getfixturevalue("place")


def with_a_journal(request: pytest.FixtureRequest) -> Place:
    folder = request.getfixturevalue("tmp_path")
    return replace(request.getfixturevalue("place"), journal=folder / "shared" / "history.db")


PLACES: dict[str, Callable[[pytest.FixtureRequest], Place]] = {
    "file": in_a_file,
    "memory": in_memory,
    "postgres": on_a_server,
    "shared": with_a_journal,
}
"""What the contract suite runs against: another kind of history is one more row."""


@pytest.fixture
def history_file(tmp_path: Path) -> Path:
    return tmp_path / "segue" / "history.db"


@pytest.fixture(params=PLACES)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[HistoryStore]:
    store = await open_place(PLACES[request.param](request))
    yield store
    await store.close()


@contextlib.asynccontextmanager
async def opened(path: Path) -> AsyncIterator[HistoryStore]:
    """The history at ``path``, closed at the end."""
    store = await open_history(path)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def open_at() -> Callable[[Path], contextlib.AbstractAsyncContextManager[HistoryStore]]:
    return opened


async def conversed(
    store: HistoryStore, *texts: str, title: str = "", model: str = "lab/big"
) -> Conversation:
    """A conversation in which person and model speak in turn."""
    conversation = await store.create_conversation(model=model, title=title or (texts[0] if texts else ""))
    for number, text in enumerate(texts):
        role = Role.ASSISTANT if number % 2 else Role.USER
        answered_by = model if number % 2 else None
        message = await store.add_message(
            conversation.id, conversation.leaf, role, prompt_parts(text), model=answered_by
        )
        conversation.append(message)
    return conversation


@pytest.fixture
def converse() -> Callable[..., Awaitable[Conversation]]:
    return conversed


async def stream(store: HistoryStore, conversation: Conversation) -> Message:
    """A reply that begins to stream below the conversation's leaf."""
    message = await store.add_message(
        conversation.id, conversation.leaf, Role.ASSISTANT, model="lab/big", status=Status.STREAMING
    )
    conversation.append(message)
    return message


@pytest.fixture
def begin_reply() -> Callable[[HistoryStore, Conversation], Awaitable[Message]]:
    return stream


@dataclass
class Child:
    """Another program on the same history: Python code with ``store`` open, which talks in lines of JSON."""

    process: subprocess.Popen[str]

    def says(self) -> Any:
        line = self.process.stdout.readline()
        assert line, f"the child ended:\n{self.process.stderr.read()}"
        return json.loads(line)

    def go_on(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """As ``kill -9`` and as the out-of-memory killer do."""
        self.process.kill()
        self.process.wait()

    def end(self) -> str:
        """Let it come to its end, and return what it said last."""
        out, errors = self.process.communicate()
        assert self.process.returncode == 0, errors
        return out


_CHILD = """
import asyncio, json, os, resource, signal, sys
from pathlib import Path
from tui.chat.message import *
from tui.chat.parts import *
from tui.errors import *
from tui.history.sqlite.history import open_history
import tui.history.sqlite.backup, tui.history.sqlite.salvage, tui.history.sqlite.restore
def say(value): print(json.dumps(value), flush=True)
async def listen(): await asyncio.to_thread(sys.stdin.readline)
path = Path(sys.argv[1])
async def main():
{code}
asyncio.run(main())
"""


@pytest.fixture
def child(history_file: Path) -> Iterator[Callable[[str], Child]]:
    """Starts programs; the code in each is the body of an async function."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, path: Path = history_file) -> Child:
        whole = _CHILD.format(code=textwrap.indent(textwrap.dedent(code), "    "))
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "-c", whole, str(path)], stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        started.append(process)
        return Child(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()
