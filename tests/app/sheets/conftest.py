"""What the sheets are shown with: models, providers and conversations that never change by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widgets import Static

from tui.app.theme.scroll_thumb import SlimThumb
from tui.app.theme.themes import THEMES
from tui.chat.conversation import Summary
from tui.chat.message import Role, Status
from tui.chat.model import ModelInfo
from tui.chat.parts import Text, prompt_parts
from tui.errors import NotFoundError, SegueError
from tui.history.sqlite.history import open_history
from tui.history.store import ListFilter


@dataclass
class Health:
    reason: str = ""


@dataclass
class Entry:
    name: str
    available: bool = True
    reason: str | None = None
    title: str = ""
    host: str = ""
    kind: str = "built-in"
    needs_key: bool = False
    downloads: bool = False
    key_variables: tuple[str, ...] = ()
    key_source: str | None = None
    default_model: str = ""
    note: str = ""
    account: str = ""
    free: bool = False
    health: Health = field(default_factory=Health)


class Registry:
    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries

    def providers(self) -> list[Entry]:
        return self.entries

    def entry(self, name: str) -> Entry:
        return next(entry for entry in self.entries if entry.name == name)


class Catalogue:
    def __init__(self, models: list[ModelInfo]) -> None:
        self.known = models
        self.problems: dict[str, SegueError] = {}
        self.listeners: list[Callable[[], None]] = []

    def models(self) -> list[ModelInfo]:
        return self.known

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def learn(self, *models: ModelInfo, **problems: SegueError) -> None:
        self.known = [*self.known, *models]
        self.problems |= problems
        for listener in list(self.listeners):
            listener()


class Host(App[None]):
    """An app that shows one screen, and keeps what it was dismissed with."""

    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-short"), (32, "-tall")]
    BINDINGS: ClassVar = [
        Binding("ctrl+l", "show", priority=True),
        Binding("f1", "bell", "keys", id="help"),
        Binding("ctrl+q", "quit", "quit", id="quit"),
    ]

    def __init__(
        self, make: Callable[[], Screen[Any]], theme: str = "segue-dark", opened: bool = True
    ) -> None:
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self.make = make
        self.opened = opened
        self.results: list[Any] = []
        self.animation_level = "none"
        ScrollBar.renderer = SlimThumb

    def compose(self):
        yield Static("the page behind\n" * 30)

    def on_mount(self) -> None:
        if self.opened:
            self.action_show()

    def action_show(self) -> None:
        self.push_screen(self.make(), self.results.append)


@pytest.fixture
def host() -> type[Host]:
    return Host


@pytest.fixture
def entry() -> type[Entry]:
    return Entry


@pytest.fixture
def make_registry() -> type[Registry]:
    return Registry


@pytest.fixture
def make_catalogue() -> type[Catalogue]:
    return Catalogue


@pytest.fixture
def registry() -> Registry:
    return Registry(
        [
            Entry("openai", host="api.openai.com", key_source="OPENAI_API_KEY", needs_key=True,
                  default_model="gpt-6-sol"),
            Entry("ollama", host="127.0.0.1:11434", default_model="qwen3:8b", free=True),
            Entry("openrouter", needs_key=True, key_source="OPENROUTER_API_KEY",
                  health=Health("slow now, 4.1 s to the first word")),
            Entry("anthropic", False, "no key: set ANTHROPIC_API_KEY", needs_key=True,
                  key_variables=("ANTHROPIC_API_KEY",)),
            Entry("ai365vip", False, "behind Cloudflare since October 2024"),
        ]
    )  # fmt: skip


@pytest.fixture
def catalogue() -> Catalogue:
    def model(name: str, context: int | None = None, *prices: float) -> ModelInfo:
        return ModelInfo(name, context, None, *(prices or (None, None)))

    return Catalogue(
        [
            model("openai/gpt-6-sol", 400_000, 2.5, 10),
            model("openai/gpt-6-sol-mini", 400_000, 0.3, 1.2),
            model("openai/gpt-4o", 128_000, 2.5, 10),
            model("openai/o5", 400_000, 1.1, 4.4),
            model("ollama/gpt-oss:20b", 128_000, 0, 0),
            model("ollama/qwen3:8b", 40_960, 0, 0),
            model("openrouter/openai/gpt-oss-120b", 131_072, 0.07, 0.3),
            model("openrouter/openai/gpt-oss-20b", 131_072, 0.03, 0.14),
            model("openrouter/deepseek/deepseek-v4", 163_840, 0.25, 0.9),
            model("anthropic/claude-opus-5", 200_000, 5, 25),
            model("ai365vip/gpt-4o", 128_000, 0, 0),
            model("ai365vip/gpt-3.5-turbo-0125", 16_385, 0, 0),
        ]
    )


@pytest.fixture
def text_of() -> Callable[[App[None]], str]:
    """What the screen shows, as text."""

    def shown(app: App[None]) -> str:
        rows = app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row) for row in rows)

    return shown


TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class LongStore:
    """A history of any length that writes down what it was asked."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.asked: list[tuple[int, int]] = []
        self.listeners: list[Callable[[Any], None]] = []

    async def list_conversations(
        self, chosen: ListFilter | None = None, *, limit=100, offset=0
    ) -> list[Summary]:
        self.asked.append((offset, limit))
        return [self.summary(i) for i in range(offset, min(offset + limit, self.length))]

    def summary(self, place: int) -> Summary:
        moment = NOON - timedelta(minutes=30 * place)
        return Summary(self.length - place, f"Conversation {place}", moment, moment, 2, "openai/gpt-6-sol")

    async def count_conversations(self, chosen: ListFilter | None = None) -> int:
        return 0 if chosen and chosen.begun_by else self.length

    async def load_conversation(self, conversation_id: int):
        raise NotFoundError("it is only in the list")

    def subscribe(self, callback):
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)


@pytest.fixture
def long_store() -> Callable[[int], LongStore]:
    return LongStore


@pytest.fixture
def today() -> Callable[[], date]:
    return lambda: TODAY


@pytest.fixture
async def store():
    history = await open_history(None)
    yield history
    await history.close()


@pytest.fixture
def say(store):
    """Store a conversation: its title, then prompts and replies in turn."""

    async def stored(title: str, *texts: str, model: str = "openai/gpt-6-sol"):
        conversation = await store.create_conversation(model=model, title=title)
        parent = None
        for place, text in enumerate(texts):
            if place % 2 == 0:
                message = await store.add_message(conversation.id, parent, Role.USER, prompt_parts(text))
            else:
                message = await store.add_message(
                    conversation.id, parent, Role.ASSISTANT, model=model, status=Status.STREAMING
                )
                message.parts, message.status = (Text(text),), Status.COMPLETE
                message.finished_at = datetime.now(UTC)
                await store.finish_message(message)
            parent = message.id
        return await store.load_conversation(conversation.id)

    return stored


@pytest.fixture
def quiet():
    """Wait until nothing works in the background, and what it did is on the screen."""

    async def wait(pilot) -> None:
        await pilot.pause()
        while any(not worker.is_finished for worker in pilot.app.workers):
            await pilot.pause()
        await pilot.pause()

    return wait
