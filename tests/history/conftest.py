"""Histories to test: every implementation behind ``store``, and real files for what only SQLite does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role, Status
from tui.history.sqlite import open_history
from tui.history.store import HistoryStore

Opener = Callable[[Path], Awaitable[HistoryStore]]


async def in_memory(path: Path) -> HistoryStore:
    return await open_history(None)


IMPLEMENTATIONS: dict[str, Opener] = {"file": open_history, "memory": in_memory}
"""What the contract suite runs against: a second implementation is one more row."""


@pytest.fixture
def history_file(tmp_path: Path) -> Path:
    return tmp_path / "segue" / "history.db"


@pytest.fixture(params=IMPLEMENTATIONS)
async def store(request: pytest.FixtureRequest, history_file: Path) -> AsyncIterator[HistoryStore]:
    store = await IMPLEMENTATIONS[request.param](history_file)
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


async def talk(store: HistoryStore, *texts: str, title: str = "", model: str = "lab/big") -> Conversation:
    """A conversation in which person and model speak in turn."""
    conversation = await store.create_conversation(model=model, title=title or (texts[0] if texts else ""))
    for number, text in enumerate(texts):
        role = Role.ASSISTANT if number % 2 else Role.USER
        answered_by = model if number % 2 else None
        message = await store.add_message(conversation.id, conversation.leaf, role, text, model=answered_by)
        conversation.append(message)
    return conversation


@pytest.fixture
def chat() -> Callable[..., Awaitable[Conversation]]:
    return talk


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
