"""How replies side by side look, with data that never changes: one whole, one that comes, one that failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.said import said
from tui.app.compare.compare import Compare
from tui.app.compare.comparison import names_of
from tui.chat.chunks import Usage
from tui.chat.conversation import Conversation, Node
from tui.chat.message import Failure, Message, Role, Status
from tui.chat.model import hue_of
from tui.chat.parts import Text
from tui.engine.live import Phase

LOOKS = [(theme, size) for theme in ("segue-dark", "segue-light") for size in ((80, 24), (120, 40))]
GPT, CLAUDE, QWEN = "openai/gpt-6-sol", "anthropic/claude-opus-5", "ollama/qwen3:8b"
BEGUN = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHOLE = """Leaves are green because chlorophyll drinks red and blue light and lets most of the green go by.

It need not be so. Two ideas for why it is:

- **History.** The molecule that worked first stayed; evolution tinkers and seldom starts again.
- **Safety.** Green is where sunlight is strongest. To leave it alone is to be spared its surges.

The second is newer, from models of 2020, and is not settled."""
HALF = """The short answer is `chlorophyll`: it absorbs strongly near 430 and 662 nm and weakly in between.

The longer answer is about noise. A plant does not want the most light, it wants *steady* light, much as an
investor holds two unlike"""


@dataclass
class StillService:
    """A conversation whose messages, live ones too, stand still."""

    messages_of: dict[int, Message]
    live: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.conversation = Conversation(1, "Leaves and light", hues={GPT: "sky", CLAUDE: "violet"})
        self.conversation.add([Node.of(message) for message in self.messages_of.values()])

    async def messages(self, ids):
        return [self.messages_of[i] for i in ids]

    async def contents(self, files):
        return files

    def coming(self, message_id: int):
        return self.live.get(message_id)

    def hue(self, model: str) -> str:
        return hue_of(model, dict(self.conversation.hues))

    def cost(self, message: Message):
        return None


def reply(message_id: int, model: str, text: str = "", **fields: Any) -> Message:
    options = {"created_at": BEGUN, "finished_at": BEGUN + timedelta(seconds=3.1), **fields}
    return Message(message_id, 1, 1, Role.ASSISTANT, said(text, options), model=model, **options)


@pytest.fixture
def conversation() -> StillService:
    whole = reply(2, GPT, WHOLE, usage=Usage(output_tokens=126, cost=0.001))
    half = reply(3, CLAUDE, HALF, status=Status.STREAMING, finished_at=None, reasoning_seconds=2.0)
    words = Failure("busy", "127.0.0.1:11434 is busy", "Try again, or choose another model.")
    failed = reply(4, QWEN, status=Status.ERROR, failure=words)
    prompt = Message(
        1, 1, None, Role.USER, parts=(Text("Why are leaves green, and need they be?"),), created_at=BEGUN
    )
    live = SimpleNamespace(
        reply=SimpleNamespace(message=half),
        phase=Phase.ANSWERING,
        detail="",
        rate=41.0,
        tokens=88,
        seconds=4,
        silence=0,
    )
    return StillService({m.id: m for m in (prompt, whole, half, failed)}, {3: live})


@pytest.fixture
def acts() -> Any:
    return SimpleNamespace(choose=lambda message_id: None)


@pytest.fixture
def looks_as_before(host, quiet, snap_compare, conversation, acts):
    def compare(theme: str, size: tuple[int, int], chosen: int, *ids: int) -> bool:
        async def settle(pilot) -> None:
            await quiet(pilot)
            for message_id in ids:
                await pilot.app.screen.add(conversation.messages_of[message_id])
            pilot.app.screen.choose(chosen)
            await quiet(pilot)

        app = host(lambda: Compare(conversation, conversation.messages_of[1], acts), theme)
        return snap_compare(app, terminal_size=size, run_before=settle)

    return compare


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_two_replies_one_of_which_comes(looks_as_before, theme, size) -> None:
    assert looks_as_before(theme, size, 2, 2, 3)


@pytest.mark.parametrize(("theme", "size"), [("segue-dark", (80, 24)), ("segue-dark", (180, 40))])
def test_three_replies_one_of_which_failed(looks_as_before, theme, size) -> None:
    assert looks_as_before(theme, size, 4, 2, 3, 4)


def test_names_are_told_apart() -> None:
    assert names_of(["openai/gpt-4o", "lab/qwen"]) == ["gpt-4o", "qwen"]
    assert names_of(["openai/gpt-4o", "azure/gpt-4o"]) == ["openai/gpt-4o", "azure/gpt-4o"]
    assert names_of(["lab/qwen", "lab/qwen"]) == ["qwen", "qwen 2"]
