"""The real app over a real history in memory and the real engine; only the provider follows a script."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.app import ScreenStackError
from textual.keys import _character_to_key

from tui.app.app import SegueApp
from tui.app.composer.composer import BURST, Composer
from tui.app.features import Features
from tui.app.main_screen import MainScreen
from tui.app.status.status_line import StatusLine
from tui.app.terminal import line_filters
from tui.app.terminal.abilities import Abilities
from tui.app.transcript.transcript import Transcript
from tui.chat.chunks import Chunk, Finish, FinishReason
from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.chat.model import ModelInfo
from tui.config import Config
from tui.credentials import Credentials
from tui.engine.budget import Budget
from tui.engine.conversation_service import ConversationService
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.engine.session import Session
from tui.engine.start_options import StartOptions
from tui.engine.tools import Tools
from tui.engine.workspace import Workspace
from tui.errors import ProviderError
from tui.history.sqlite.history import open_history
from tui.paths import Paths
from tui.providers.base import Pictures, Search, Target
from tui.providers.health import Health
from tui.providers.knobs import Knob, knobs_of
from tui.providers.local.library import LocalModels

DONE = Finish(FinishReason.STOP)
Step = Chunk | Exception | asyncio.Event
PATIENCE = 20.0
SOONEST, LATEST = 0.004, 0.064
"""Seconds between two looks at what is waited for, at first and at last."""
EVERYTHING = Abilities()


class Scripted:
    """Answers each request with the next script: chunks to yield, errors to raise, events to wait for."""

    format = "openai"

    def __init__(self) -> None:
        self.scripts: list[Sequence[Step]] = []
        self.scripts_of: dict[str, list[Sequence[Step]]] = {}
        """Scripts of one model alone, for requests that are on their way together."""
        self.requests: list[tuple[str, list[str]]] = []
        self.closed = 0

    async def create_async_generator(
        self, model: str, messages: Any, proxy: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Chunk]:
        self.requests.append((model, [str(m["content"]) for m in messages]))
        scripts = self.scripts_of.get(model) or self.scripts
        script = scripts.pop(0) if scripts else [f"I am {model}.", DONE]
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


@dataclass(frozen=True)
class Entry:
    """A provider as the picker asks for it."""

    name: str = "lab"
    title: str = "Lab"
    host: str = "127.0.0.1"
    kind: str = "config"
    available: bool = True
    reason: str | None = None
    needs_key: bool = False
    downloads: bool = False
    key_variables: tuple[str, ...] = ()
    key_source: str | None = None
    account: str = "lab"
    default_model: str = "big"
    models: tuple[str, ...] = ()
    known_models: tuple[str, ...] = ()
    note: str = ""
    free: bool = False
    askable: bool = True
    health: Health = field(default_factory=Health)


class Catalogue:
    """Two models of one provider."""

    def __init__(self) -> None:
        self.problems: dict[str, Exception] = {}
        self.notice = ""
        self.known = [ModelInfo("lab/big", context=1000), ModelInfo("lab/small", context=200)]

    def models(self) -> list[ModelInfo]:
        return list(self.known)

    def info(self, model_id: str) -> ModelInfo | None:
        return next((info for info in self.known if info.id == model_id), None)

    def has_namesake(self, model_id: str) -> bool:
        name = model_id.partition("/")[2]
        return any(info.id != model_id and info.id.partition("/")[2] == name for info in self.known)

    def note_outcome(self, provider: str, error: ProviderError | None) -> None:
        return None

    def forget(self, names: Any) -> None:
        return None

    def stale(self) -> list[str]:
        return []

    async def refresh(self, names: Any = None, patience: float | None = None) -> None:
        return None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


class Registry:
    """Leads every model to the scripted provider."""

    def __init__(self, provider: Scripted, entries: list[Entry], models: LocalModels) -> None:
        self._models = models
        self._provider = provider
        self.entries = entries
        self.problems: list[Exception] = []

    def use(self, config: Config) -> set[str]:
        return set()

    def entry(self, name: str) -> Entry:
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise ProviderError(f"There is no provider {name}")

    def providers(self) -> list[Entry]:
        return self.entries

    def downloads(self) -> dict[str, int]:
        return {model.id: model.bytes or 0 for model in self._models.list() if not model.present}

    def download_of(self, model_id: str) -> int | None:
        return self.downloads().get(model_id)

    async def target(self, model_id: str) -> Target:
        return Target(model_id, self._provider, model_id.partition("/")[2])

    async def knobs(self, model_id: str, info: ModelInfo | None) -> tuple[Knob, ...]:
        target = await self.target(model_id)
        return knobs_of(target.provider, target.model, info, target.refused, {})

    async def search(self, model_id: str) -> Search | None:
        return (await self.target(model_id)).search

    async def pictures(self, model_id: str) -> Pictures:
        return (await self.target(model_id)).pictures


def _all_in(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


@dataclass
class World:
    """What the app works with, and a look at what it shows."""

    folder: Path
    config: Config
    provider: Scripted = field(default_factory=Scripted)
    catalogue: Catalogue = field(default_factory=Catalogue)
    entries: list[Entry] = field(default_factory=lambda: [Entry()])
    gate: asyncio.Event | None = None
    """The workspace does not open before this is set."""
    store: Any = None
    moving_in: Any = None
    app: Any = None
    pilot: Any = None

    def script(self, *steps: Step) -> None:
        self.provider.scripts.append(steps)

    def script_of(self, model: str, *steps: Step) -> None:
        self.provider.scripts_of.setdefault(model, []).append(steps)

    async def open_workspace(self) -> Workspace:
        if self.gate is not None:
            await self.gate.wait()
        self.store = self.store or await open_history(None)
        paths = Paths(*(self.folder / name for name in ("config", "data", "cache", "log")))
        registry: Any = Registry(self.provider, self.entries, LocalModels(paths.cache))
        catalogue: Any = self.catalogue
        tools = Tools(state=self.store)
        budget = Budget(self.config.budget, self.store)
        engine = Engine(self.store, registry, catalogue, Limits(checkpoint=0.01), tools, budget)
        credentials = Credentials(paths, self.config)
        return Workspace(
            self.config,
            paths,
            credentials,
            self.store,
            registry,
            catalogue,
            engine,
            partial(open_history, None),
            moving_in=self.moving_in,
        )

    # -- looking
    @property
    def screen(self) -> MainScreen:
        return self.app.main_screen

    @property
    def features(self) -> Features:
        assert self.screen.features is not None
        return self.screen.features

    @property
    def session(self) -> Session:
        return self.features.session

    @property
    def current(self) -> ConversationService:
        """The conversation that is read."""
        return self.session.current

    @property
    def conversation(self) -> Conversation:
        return self.current.conversation

    @property
    def composer(self) -> Composer:
        return self.screen.query_one(Composer)

    @property
    def transcript(self) -> Transcript:
        return self.screen.query_one(Transcript)

    @property
    def status(self) -> StatusLine:
        return self.screen.query_one(StatusLine)

    @property
    def text(self) -> str:
        """What the screen shows."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)

    async def until(self, true: Callable[[], Any]) -> None:
        """Let the app go on until something is true."""
        pause = SOONEST
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    if self.app._exception is not None:
                        raise self.app._exception
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LATEST)
        except TimeoutError:
            raise AssertionError(f"it never came\n{self.text}") from None
        with suppress(ScreenStackError):  # the app has ended
            await self.pilot.pause(0)

    async def sees(self, *words: str) -> None:
        """Wait until all words stand on the screen."""
        await self.until(lambda: _all_in(self.text, words))

    async def sees_beside_toasts(self, *words: str) -> None:
        """Wait until all words stand on the screen, also where toasts lie over it for their time."""
        self.app.clear_notifications()
        await self.sees(*words)

    async def sees_no(self, word: str) -> None:
        await self.until(lambda: word not in self.text)

    async def ready(self) -> None:
        await self.until(lambda: self.screen._opened.is_set() and self.screen.query_one("#draft").has_focus)

    # -- doing
    async def open(self, conversation_id: int) -> None:
        await self.features.reading.open_by_id(conversation_id)

    async def open_new(self) -> None:
        await self.features.reading.open_new()

    async def use_model(self, model_id: str) -> None:
        await self.features.models.use_model(model_id)

    async def type(self, text: str) -> None:
        """Type as a keyboard does, without waiting between the keys; then rest as a hand does."""
        for character in text:
            self.app.post_message(events.Key(_character_to_key(character), character))
        await self.pilot.pause(2 * BURST)

    async def say(self, text: str) -> None:
        """Type a message and send it."""
        await self.type(text)
        await self.until(lambda: self.composer.draft.endswith(text))
        await self.pilot.press("enter")

    async def path(self) -> list[Message]:
        """The stored messages of the conversation that is read."""
        conversation = await self.store.load_conversation(self.conversation.id)
        return await self.store.messages(conversation.path())


@pytest.fixture(autouse=True)
def every_text_is_cleaned_where_it_comes_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A control character that comes as far as the last line has passed a gate that does not clean."""
    passed: list[str] = []
    without = line_filters._without

    def noted(text: str) -> str:
        if any(unicodedata.category(character) == "Cc" for character in text):
            passed.append(text)
        return without(text)

    monkeypatch.setattr(line_filters, "_without", noted)
    yield
    assert not passed


Run = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``async with run(size=(80, 24), model=…) as world``: the running app, ready to be used."""
    monkeypatch.setattr("tui.app.app.TOLD", PATIENCE)  # a busy machine may be slower than a toast is short
    monkeypatch.setattr("tui.app.app.WARNED", PATIENCE)
    monkeypatch.setattr("tui.app.status.which_key.WAIT", 60 * PATIENCE)  # nor does it wait for a key

    @asynccontextmanager
    async def running(
        size: tuple[int, int] = (80, 24),
        start: StartOptions | None = None,
        world: World | None = None,
        ready: bool = True,
        prepare: Callable[[World], Awaitable[None]] | None = None,
        terminal: Abilities = EVERYTHING,
        **config: Any,
    ) -> AsyncIterator[World]:
        settings = replace(Config(path=tmp_path / "config.toml"), **{"model": "lab/big", **config})
        world = world or World(tmp_path, settings)
        world.config = settings
        if prepare is not None:
            world.store = world.store or await open_history(None)
            await prepare(world)
        world.app = SegueApp(settings, world.open_workspace, start, terminal)
        async with world.app.run_test(size=size, notifications=True) as pilot:
            world.pilot = pilot
            if ready:
                await world.ready()
            yield world
        if world.store is not None:
            await world.store.close()

    return running
