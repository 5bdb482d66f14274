"""A provider that follows a script, and an engine over a real history in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tui.chat.chunks import Chunk, Finish, FinishReason
from tui.chat.model import ModelInfo
from tui.engine.engine import Engine
from tui.engine.events import Event
from tui.engine.limits import Limits
from tui.errors import ModelNotSupportedError, ProviderError, SegueError
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore
from tui.providers.base import Messages, Target
from tui.secret import Secret
from tui.tools.approval import Decision, Question
from tui.tools.tool import Outcome, Progress, ToolSpec

DONE = Finish(FinishReason.STOP)
Step = Chunk | Exception | asyncio.Event


@dataclass
class FakeTool:
    """A tool that does what a test says, and remembers what it was called with."""

    spec: ToolSpec
    does: Callable[[Mapping[str, Any], Progress], Awaitable[Outcome]] | None = None
    asks: str | None = ""
    """Its scope."""
    origin: str = "fake"
    calls: list[dict[str, Any]] = field(default_factory=list)

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        return self.asks

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        self.calls.append(dict(arguments))
        return await self.does(arguments, progress) if self.does else Outcome("done")


@dataclass
class FakeSource:
    """Has these tools."""

    name: str
    has: list[FakeTool]
    error: SegueError | None = None
    closed: bool = False

    async def tools(self) -> list[FakeTool]:
        if self.error:
            raise self.error
        return self.has

    async def close(self) -> None:
        self.closed = True


class Person:
    """Answers questions as a test says, and remembers them."""

    def __init__(self, *answers: Decision) -> None:
        self.answers = [*answers]
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Decision:
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else Decision.NO


class Scripted:
    """Answers each request with the next script: chunks to yield, errors to raise, events to wait for."""

    def __init__(self) -> None:
        self.scripts: list[list[Step]] = []
        self.requests: list[tuple[str, list[tuple[str, str]], dict[str, Any]]] = []
        self.closed = 0

    async def create_async_generator(
        self, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Chunk]:
        self.requests.append((model, [(m["role"], str(m["content"])) for m in messages], kwargs))
        script = self.scripts.pop(0) if self.scripts else ["ok", DONE]
        try:
            for step in script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1


class WithTools(Scripted):
    """The same for a wire format that has tools."""

    tools = True
    format = "openai"


class World:
    """An engine, its store, its provider, and what was told."""

    def __init__(self, store: HistoryStore, limits: Limits) -> None:
        self.store = store
        self.provider = Scripted()
        self.infos: dict[str, ModelInfo] = {}
        self.outcomes: list[tuple[str, ProviderError | None]] = []
        self.engine = Engine(store, self, self, limits)
        self.events: list[Event] = []
        self.options: dict[str, Any] = {}
        self.patience: float | None = None
        self.key = Secret("sk-secret-9876")

    async def target(self, model_id: str) -> Target:
        if model_id.endswith("/none"):
            raise ModelNotSupportedError("Model is not supported: none", "It has: one, two")
        return Target(
            model_id,
            self.provider,
            model_id.partition("/")[2],
            options=self.options,
            key=self.key,
            patience=self.patience,
        )

    def info(self, model_id: str) -> ModelInfo | None:
        return self.infos.get(model_id)

    def note_outcome(self, provider: str, error: ProviderError | None) -> None:
        self.outcomes.append((provider, error))

    def script(self, *steps: Step) -> None:
        self.provider.scripts.append(list(steps))

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
async def make_world() -> AsyncIterator[Callable[..., Any]]:
    stores: list[HistoryStore] = []

    async def make(**limits: Any) -> World:
        store = await open_history(None)
        stores.append(store)
        return World(store, Limits(**{"checkpoint": 0.01, **limits}))

    yield make
    for store in stores:
        await store.close()


@pytest.fixture
async def world(make_world: Callable[..., Any]) -> World:
    made: World = await make_world()
    return made
