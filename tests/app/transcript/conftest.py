"""A transcript alone in an app, over messages in memory."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input

from tests.said import said
from tui.app.messages import link_sheet as links
from tui.app.messages.message_view import MessageView
from tui.app.theme.foreign import fitted
from tui.app.theme.themes import THEMES
from tui.app.transcript.transcript import Transcript
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role, Status
from tui.system import clipboard
from tui.system.clipboard import Copied

GPT, CLAUDE = "openai/gpt-6-sol", "anthropic/claude-opus-5"


class Book:
    """A conversation and its messages; the last one added is the end of the path."""

    def __init__(self) -> None:
        self.conversation = Conversation(1)
        self.messages: dict[int, Message] = {}
        self.loads: list[list[int]] = []

    def prompt(self, text: str, **fields: Any) -> Message:
        return self._add(Role.USER, text, fields)

    def reply(self, text: str = "", model: str = GPT, **fields: Any) -> Message:
        return self._add(Role.ASSISTANT, text, {"model": model, **fields})

    def live(self, text: str = "", model: str = GPT, **fields: Any) -> Message:
        return self.reply(text, model, status=Status.STREAMING, **fields)

    def _add(self, role: Role, text: str, fields: dict[str, Any]) -> Message:
        parent = fields.pop("parent", self.conversation.leaf)
        message = Message(len(self.messages) + 1, 1, parent, role, said(text, fields), **fields)
        self.messages[message.id] = message
        self.conversation.append(message)
        return message

    def turns(self, count: int, words: int = 30) -> Book:
        for number in range(1, count + 1):
            self.prompt(f"Question {number}?")
            self.reply(f"Answer {number}. " + "All the words of it. " * (number * 7 % words))
        return self

    def end(self, message: Message, **fields: Any) -> Message:
        """The final state of a reply."""
        if fields.keys() & {"text", "reasoning"}:
            fields["parts"] = said("", fields)
        ended = replace(message, **{"status": Status.COMPLETE, **fields})
        self.messages[message.id] = ended
        return ended

    async def load(self, ids: Sequence[int]) -> list[Message]:
        self.loads.append(list(ids))
        return [self.messages[message_id] for message_id in ids]


class ReadingApp(App[None]):
    CSS = "Screen { background: $background; color: $ink; } Input { height: 1; border: none; }"

    def __init__(self, theme: str = "segue-dark") -> None:
        super().__init__()
        for known in (*THEMES, *BUILTIN_THEMES.values()):
            self.register_theme(fitted(known))
        self.theme = theme
        self.animation_level = "none"
        self.chosen: list[tuple[str, int]] = []
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield Transcript(id="transcript")
        yield Input(id="draft")

    def on_message_list_chosen(self, event: Transcript.Chosen) -> None:
        self.chosen.append((event.action, event.message_id))
        self.query_one(Transcript).done()

    def notify(self, message: str, **options: Any) -> None:  # type: ignore[override]
        self.told.append(message)


class Reader:
    """What a person sees and does."""

    def __init__(self, app: ReadingApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.transcript = app.query_one(Transcript)

    async def open(self, book: Book, at: int | None = None) -> None:
        await self.transcript.open(book.conversation, book.load, at)
        await self.settle()

    async def settle(self) -> None:
        """Wait until everything that came is drawn."""
        await self.until(lambda: not self.transcript.busy)
        await self.pilot.pause()

    async def until(self, happened: Callable[[], bool]) -> None:
        limit = time.monotonic() + 20
        while not happened():
            assert time.monotonic() < limit, "it did not happen"
            await self.pilot.pause(0.005)

    async def write(self) -> Input:
        """Give the keys to where one writes, as they are most of the time."""
        draft = self.app.query_one(Input)
        draft.focus()
        await self.until(lambda: self.app.focused is draft)
        return draft

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def hold(self, key: str, count: int) -> None:
        """Hold a key down: it comes again before what it did is drawn."""
        for _ in range(count):
            self.app.post_message(events.Key(key, None))
        await self.settle()

    @property
    def rows(self) -> list[str]:
        """The rows of the transcript as they are painted."""
        region = self.transcript.region
        strips = self.app.screen._compositor.render_strips()
        # Without the column of the scroll bar.
        return [strip.crop(0, region.width - 1).text.rstrip() for strip in strips[region.y : region.bottom]]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def row_of(self, words: str) -> int:
        """The row where these words stand."""
        found = [row for row, text in enumerate(self.rows) if words in text]
        assert found, f"{words!r} is not in view:\n{self.text}"
        return found[0]

    def watch_painting(self) -> list[str]:
        """The rows that are painted from now on."""
        painted: list[str] = []

        class Watcher:
            def draw(self, strip: Strip, view: MessageView, index: int, row: int) -> Strip:
                painted.append(strip.text.rstrip())
                return strip

        self.transcript.overlays.append(Watcher())
        return painted

    async def click(self, words: str, shift: int = 0, times: int = 1) -> None:
        """Click on words."""
        row = self.row_of(words)
        column = self.rows[row].index(words) + shift
        await self.pilot.click(Transcript, offset=(column, row), times=times)
        await self.settle()


Open = Callable[..., AbstractAsyncContextManager[Reader]]


@pytest.fixture
def book() -> Book:
    """An empty conversation."""
    return Book()


@pytest.fixture
def reading() -> Open:
    """Opens a book in an app of a given size."""

    @asynccontextmanager
    async def run(
        book: Book | None = None, size: tuple[int, int] = (80, 24), theme: str = "segue-dark"
    ) -> AsyncIterator[Reader]:
        app = ReadingApp(theme)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            reader = Reader(app, pilot)
            if book is not None:
                await reader.open(book)
            yield reader

    return run


@pytest.fixture
def copied(monkeypatch):
    """What was copied."""
    texts = []

    async def copy(app, text):
        texts.append(text)
        return Copied("test", "Copied with the test")

    monkeypatch.setattr(clipboard, "copy", copy)
    monkeypatch.setattr(links, "copy", copy)
    return texts
