"""A provider that follows a script, an engine over a real history in memory, and a session over both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tui.chat.chunks import Chunk, Finish, FinishReason
from tui.chat.draft import Draft
from tui.chat.model import ModelInfo, Pictures
from tui.config import Config
from tui.engine.conversation_service import ConversationService
from tui.engine.engine import Engine
from tui.engine.events import Event
from tui.engine.limits import Limits
from tui.engine.session import Session
from tui.engine.session_events import ReplyEnded, ReplyWentOn, SessionEvent
from tui.engine.start_options import StartOptions
from tui.engine.workspace import Workspace
from tui.errors import ModelNotSupportedError, ProviderError, SegueError
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore
from tui.paths import Paths
from tui.providers.base import Messages, Target
from tui.providers.knobs import Knob, knobs_of
from tui.secret import Secret
from tui.tools.approval import Decision, Question
from tui.tools.tool import Outcome, Progress, ToolSpec

DONE = Finish(FinishReason.STOP)
PATIENCE = 20.0
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
    instructions: str = ""

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

    async def knobs(self, model_id: str, info: ModelInfo | None) -> tuple[Knob, ...]:
        target = await self.target(model_id)
        return knobs_of(target.provider, target.model, info, target.refused, {})

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

    async def pictures(self, model_id: str) -> Pictures:
        return (await self.target(model_id)).pictures

    def info(self, model_id: str) -> ModelInfo | None:
        return self.infos.get(model_id)

    def providers(self) -> list[Any]:
        return []

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


@dataclass
class Run:
    """A session over the scripted provider, and all that it told."""

    session: Session
    world: Any
    told: list[SessionEvent] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, event: SessionEvent) -> None:
        self.told.append(event)
        self._news.set()

    def of(self, kind: type[SessionEvent]) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for an event after which something is true."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_said(self, text: str) -> None:
        """Wait until a piece of a reply has come."""
        await self.until(lambda: any(getattr(e.event, "text", "") == text for e in self.of(ReplyWentOn)))

    async def say(self, text: str) -> None:
        """Send a prompt, and wait for the end of its reply."""
        ended = len(self.of(ReplyEnded))
        self.session.submit(Draft(text))
        await self.until(lambda: len(self.of(ReplyEnded)) > ended)
        await self.session.settle()

    async def text_of(self, service: ConversationService) -> list[str]:
        stored = await service.storage.store.load_conversation(service.conversation.id)
        return [message.text for message in await service.storage.store.messages(stored.path())]


def run_of(world: Any, folder: Path, **settings: Any) -> Run:
    """A session over a world; settings by their names."""
    config = replace(Config(path=folder / "config.toml"), **{"model": "lab/one", **settings})
    paths = Paths(*(folder / name for name in ("config", "data", "cache", "log")))
    workspace = Workspace(
        config, paths, None, world.store, world, world, world.engine, partial(open_history, None)
    )  # type: ignore[arg-type]
    run = Run(Session(workspace), world)
    run.session.subscribe(run.take)
    return run


@pytest.fixture
async def begin(make_world, tmp_path):
    """Begins a session, in a world of its own if none is given; settings by their names."""
    async with AsyncExitStack() as stack:

        async def begun(world: Any = None, options: StartOptions | None = None, **settings: Any) -> Run:
            world = world or await make_world(save_again=0.01)
            run = run_of(world, tmp_path, **settings)
            stack.push_async_callback(run.session.workspace.close)
            await run.session.begin_with(options or StartOptions(), await run.session.drafts.left_in())
            return run

        yield begun


@pytest.fixture
async def run(begin) -> Run:
    return await begin()
