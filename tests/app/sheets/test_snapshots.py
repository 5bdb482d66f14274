"""How the sheets look, with data that never changes: dark and light, 80×24 and 120×40.

After a change of looks on purpose: ``pytest tests/app/sheets/test_snapshots.py --snapshot-update``, and look.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tui.app.actions import Action, Scope
from tui.app.conversations.conversations import Conversations
from tui.app.conversations.move_sheet import MoveSheet
from tui.app.help.help_screen import HelpScreen, sections_of
from tui.app.keymap import Keys
from tui.app.lists.ask_line import AskLine
from tui.app.lists.ask_text import AskText
from tui.app.models.connect import Connect, ConnectProvider
from tui.app.models.connect_server import ConnectServer
from tui.app.models.first_run import FirstRun, LocalOffer
from tui.app.models.picker import ModelPicker
from tui.app.settings.key_sheet import KeySheet
from tui.app.settings.settings_screen import SettingsScreen
from tui.chat.conversation import Conversation, Node, SearchHit, Summary
from tui.chat.message import Message, Role
from tui.chat.parts import Reasoning, Text
from tui.config import config_of
from tui.providers.address import address_in, name_for

LOOKS = [(theme, size) for theme in ("segue-dark", "segue-light") for size in ((80, 24), (120, 40))]
PROMPT = "And if the clean-up itself hangs?"
REPLY = """Then the timeout waits with it: cancelling only asks. Give the clean-up a limit of its own,
and shield the one step that must not be cut in half:

```python
finally:
    async with asyncio.timeout(2):
        await asyncio.shield(writer.flush())
```

If the clean-up is over in two seconds nothing is lost."""
LISTED = [
    ("Timeouts without leaks", 0, "anthropic/claude-opus-5", REPLY, ("asyncio",)),
    ("SQLite on a network disk", 1, "ollama/qwen3:8b", "set a busy timeout, and clean up the journal", ()),
    (
        "Rust lifetimes, slowly",
        10,
        "openai/gpt-6-sol",
        "Drop runs the clean-up even when a timeout fires",
        (),
    ),
    ("Notes on Rilke", 44, "openai/gpt-6-sol", "no timeout in the elegies; a slow clean-up of words", ()),
]


class Shelf:
    """A history of four conversations."""

    def __init__(self, noon) -> None:
        self.noon = noon

    def subscribe(self, callback):
        return lambda: None

    async def count_conversations(self, chosen=None) -> int:
        return 0 if chosen and chosen.begun_by else len(LISTED)

    async def list_conversations(self, chosen=None, *, limit=100, offset=0) -> list[Summary]:
        moments = [self.noon - timedelta(days=days, minutes=2) for _, days, *_ in LISTED]
        *recent, pinned = [
            Summary(number, title, moment, moment, 2, model, tags, pinned=number == 4)
            for number, (moment, (title, _, model, _, tags)) in enumerate(
                zip(moments, LISTED, strict=True), 1
            )
        ]
        return [pinned, *recent]

    async def load_conversation(self, conversation_id: int) -> Conversation:
        model = LISTED[conversation_id - 1][2]
        conversation = Conversation(conversation_id, leaf=2, model=model, hues={model: "violet"})
        conversation.add([Node(1, None, Role.USER), Node(2, 1, Role.ASSISTANT, model)])
        self.model, self.text = model, LISTED[conversation_id - 1][3]
        return conversation

    async def with_contents(self, files):
        return files

    async def messages(self, ids) -> list[Message]:
        found = {
            1: Message(1, 1, None, Role.USER, parts=(Text(PROMPT),), created_at=self.noon),
            2: Message(
                2,
                1,
                1,
                Role.ASSISTANT,
                parts=(Reasoning("Hm.", 6), Text(self.text)),
                model=self.model,
                created_at=self.noon,
            ),
        }
        return [found[i] for i in ids]

    async def search(self, query: str, *, limit=50, offset=0) -> list[SearchHit]:
        hits = []
        for number, (title, days, model, text, _) in enumerate(LISTED, 1):
            snippet = " ".join(text.split())[:150]
            marks = tuple(match.span() for match in re.finditer("timeout|clean.up", snippet))
            moment = self.noon - timedelta(days=days)
            hits.append(SearchHit(number, 2, title, snippet, marks, Role.ASSISTANT, model, moment))
        return [hits[0], *hits]


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    """The clock of the lists is the reader's; here that is the same everywhere."""
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def shelf(long_store) -> Shelf:
    newest = long_store(1).summary(0)
    return Shelf(newest.updated_at)


@pytest.fixture
def looks_as_before(host, quiet, snap_compare):
    """Compare a screen with what was seen and found good, in one theme and size."""

    def compare(make, theme: str, size: tuple[int, int], *keys: str) -> bool:
        async def settle(pilot) -> None:
            await quiet(pilot)
            for key in keys:
                await pilot.press(key)
                await quiet(pilot)

        return snap_compare(host(make, theme), terminal_size=size, run_before=settle)

    return compare


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_picker(looks_as_before, catalogue, registry, theme, size) -> None:
    recents = ["openai/gpt-6-sol", "ollama/gpt-oss:20b"]
    hues = {"openai/gpt-6-sol": "sky"}
    assert looks_as_before(
        lambda: ModelPicker(catalogue, registry, recents, recents[0], (), hues), theme, size, *"gpto"
    )


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_conversations_by_title(looks_as_before, shelf, today, theme, size) -> None:
    assert looks_as_before(lambda: Conversations(shelf, {2: "teal"}, today=today), theme, size)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_conversations_by_text(looks_as_before, shelf, today, theme, size) -> None:
    assert looks_as_before(lambda: Conversations(shelf, today=today), theme, size, "tab", *"timeout")


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_rename_in_place(looks_as_before, shelf, today, theme, size) -> None:
    assert looks_as_before(lambda: Conversations(shelf, today=today), theme, size, "down", "f2")


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_first_run(looks_as_before, catalogue, registry, theme, size) -> None:
    note = "a demo: right on simple questions, weak on facts"
    offer = LocalOffer("local/qwen", "Qwen2.5-Coder 0.5B", "Apache-2.0", 491_400_064, note, 11_200_000_000)
    assert looks_as_before(lambda: FirstRun(registry, catalogue, offer), theme, size, *["down"] * 3)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_first_run_with_nothing_found(
    looks_as_before, make_catalogue, make_registry, entry, theme, size
) -> None:
    registry = make_registry([entry("openai", False, "no key", key_variables=("OPENAI_API_KEY",))])
    assert looks_as_before(lambda: FirstRun(registry, make_catalogue([]), None), theme, size)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_help(looks_as_before, theme, size) -> None:
    scopes = (Scope.PICKER, Scope.CONVERSATIONS, Scope.LIST)
    assert looks_as_before(lambda: HelpScreen(sections_of(Keys(), scopes)), theme, size)


@pytest.mark.parametrize(("theme", "size"), LOOKS[:1])
def test_one_line(looks_as_before, theme, size) -> None:
    assert looks_as_before(lambda: AskLine("Title", "Timeouts without leaks"), theme, size)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_what_may_go_to_a_server(looks_as_before, theme, size) -> None:
    assert looks_as_before(lambda: MoveSheet(312), theme, size)


@pytest.mark.parametrize(("theme", "size"), LOOKS[:1])
def test_a_text_of_lines(looks_as_before, theme, size) -> None:
    text = "You are brief.\n\nAnswer in French, without lists, and say so where you are not certain."
    assert looks_as_before(lambda: AskText("System prompt", text), theme, size)


class Desk:
    """Settings of which some are set."""

    def __init__(self) -> None:
        text = 'model = "openai/gpt-6-sol"\nvim = true\n\n[providers.lab]\nurl = "http://127.0.0.1:8000/v1"\n'
        self.config = config_of(Path("/home/me/.config/segue/config.toml"), text)
        self.keys = Keys({"new": "f7"})
        self.given: dict[str, str] = {}
        self.providers: dict[str, str] = {}


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_settings(looks_as_before, theme, size) -> None:
    assert looks_as_before(lambda: SettingsScreen(Desk(), "lab"), theme, size, "down")


@pytest.mark.parametrize(("theme", "size"), LOOKS[:1])
def test_a_key_that_another_action_has(looks_as_before, theme, size) -> None:
    def pressed() -> KeySheet:
        sheet = KeySheet(Action.SIDEBAR, Keys())
        sheet.call_after_refresh(sheet.heard, "ctrl+n")
        return sheet

    assert looks_as_before(pressed, theme, size)


@pytest.mark.parametrize(("theme", "size"), LOOKS[:1])
def test_connect(looks_as_before, registry, theme, size) -> None:
    assert looks_as_before(lambda: Connect("anthropic", registry, None, None), theme, size, *"sk-123")


@pytest.mark.parametrize(("theme", "size"), LOOKS[:1])
def test_all_providers(looks_as_before, registry, theme, size) -> None:
    assert looks_as_before(lambda: ConnectProvider(registry, None, None), theme, size)


class Form:
    """A form for a server."""

    def address_in(self, written: str) -> str:
        return address_in(written)

    def name_for(self, url: str) -> str:
        return name_for(url, ())


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_a_server(looks_as_before, theme, size) -> None:
    assert looks_as_before(lambda: ConnectServer(Form(), "gpu-box:8000"), theme, size)
