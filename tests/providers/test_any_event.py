"""Any JSON beside the text of an event: the text is kept, stored, shown, exported and taken back."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rich.style import Style

from tests.providers.formats.replay import READERS, ending, framed, piece, replay
from tui.app.messages.look import Look
from tui.app.messages.message_view import MessageView, Standing
from tui.app.theme.ink import Ink
from tui.app.theme.themes import SEGUE_DARK
from tui.chat.chunks import Chunk, Finish, Image, Notice, Progress, Reasoning, Source, Sources, Usage
from tui.chat.export import to_json, to_markdown
from tui.chat.message import Message
from tui.chat.model import Pictures
from tui.chat.page import to_html
from tui.cli.output import message_json
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore
from tui.providers.base import Target
from tui.rendering.palette import DARK

TEXT = "Hello"
PAGE = {"url": "https://a.example/", "title": "A"}
EVENTS: dict[str, dict[str, Any]] = {
    "openai_chat": {
        "id": "c",
        "object": "chat.completion.chunk",
        "choices": [
            {
                "delta": {
                    "role": "assistant",
                    "content": TEXT,
                    "reasoning_content": "Hm",
                    "reasoning_details": [{"text": "Hm"}],
                    "images": [{"image_url": {"url": "https://a.example/x.png"}}],
                    "annotations": [{"url_citation": PAGE}],
                    "tool_calls": None,
                },
                "logprobs": None,
                "finish_reason": None,
            }
        ],
        "usage": {
            "prompt_tokens": 7,
            "completion_tokens": 9,
            "total_tokens": 16,
            "cost": 0.006,
            "prompt_tokens_details": {"cached_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 2},
        },
        "citations": ["https://b.example/"],
        "search_results": [PAGE],
        "timings": {"predicted_per_second": 31.5},
        "x_groq": {"usage": {"prompt_tokens": 7}},
        "prompt_progress": {"processed": 5, "total": 9},
    },
    "openai_responses": {
        "type": "response.output_text.delta",
        "item_id": "i",
        "output_index": 0,
        "content_index": 0,
        "delta": TEXT,
        "logprobs": [],
        "response": {"usage": {"input_tokens": 7}, "output": [], "incomplete_details": {"reason": "x"}},
        "annotation": PAGE,
    },
    "anthropic": {
        "type": "content_block_delta",
        "index": 0,
        "delta": {
            "type": "text_delta",
            "text": TEXT,
            "citation": PAGE,
            "stop_reason": None,
            "stop_details": {"explanation": "so"},
        },
        "usage": {"input_tokens": 7, "output_tokens": 9, "cache_read_input_tokens": 1},
    },
    "gemini": {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": TEXT}, {"inlineData": {"data": "AAAA"}}]},
                "finishReason": None,
                "groundingMetadata": {
                    "groundingChunks": [{"web": {"uri": "https://a.example/", "title": "A"}}]
                },
            }
        ],
        "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 9, "thoughtsTokenCount": 2},
        "promptFeedback": {"blockReason": None},
        "modelVersion": "m",
    },
    "ollama": {
        "model": "m",
        "created_at": "now",
        "message": {"role": "assistant", "content": TEXT, "thinking": "Hm", "tool_calls": [{"function": {}}]},
        "done": False,
        "done_reason": None,
        "eval_count": 9,
        "eval_duration": 5,
        "prompt_eval_count": 7,
    },
}
NAMES = """
choices delta content message error errors type code text thinking reasoning usage finish_reason candidates
parts done done_reason response output status detail item data citations annotations images image_url url
title cost total_cost stop_reason refusal success object content_block timings x_groq error_message base_resp
"""
names = st.sampled_from(NAMES.split())
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(2**64 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["12", "stop", "null", "error", "https://a.example/"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document that its text does not stand in."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        if TEXT not in json.dumps(inner):
            yield (*path, key)
        yield from places(inner, (*path, key))


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every object in a document."""
    if isinstance(value, dict):
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from objects(inner, (*path, key))


@st.composite
def changed(draw: st.DrawFn, dialect: str) -> dict[str, Any]:
    """The dialect's event with something else beside its text, and something more."""
    event = copy.deepcopy(EVENTS[dialect])
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(places(event)) or [()]))
        if place:
            value = draw(anything)
            assume(not (place[-1] == "type" and str(value).startswith("response.")))
            _inside(event, place[:-1])[place[-1]] = value
    target = _inside(event, draw(st.sampled_from(list(objects(event)))))
    target.setdefault(draw(names), draw(anything))
    return event


def _inside(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


class Setup:
    """An engine over a history in memory, and a provider that yields what a dialect read."""

    def __init__(self, store: HistoryStore, other: HistoryStore) -> None:
        self.store, self.other = store, other
        self.engine = Engine(store, self, self, Limits(checkpoint=0.01, attempts=1))
        self.items: list[Any] = []
        self.error: Exception | None = None

    async def create_async_generator(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        for item in self.items:
            yield item
        if self.error:
            raise self.error

    async def target(self, model_id: str) -> Target:
        return Target("lab/m", self, "m", told="never")

    async def pictures(self, model_id: str) -> Pictures:
        return "never"

    def info(self, model_id: str) -> None:
        return None

    def note_outcome(self, provider: str, error: Exception | None) -> None:
        return None

    async def stored(self, items: list[Any], error: Exception | None, folder: Path) -> Message:
        """What the history has of the reply, after it was shown, exported and taken in elsewhere."""
        self.items, self.error = items, error
        conversation = await self.store.create_conversation(model="lab/m")
        reply = await self.engine.send(conversation, "Hi")
        await reply.run(lambda event: None)
        [message] = await self.store.messages([reply.message.id])
        _show(message)
        bundle = await bundle_of(self.store, conversation.id)
        assert to_markdown(bundle) and to_html(bundle)
        assert json.dumps(message_json(message), allow_nan=False)
        file = folder / "export.json"
        file.write_text(to_json(bundle), encoding="utf-8")
        json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_json)
        report = await import_file(self.other, file)
        loaded = await self.other.load_conversation(report.added[0])
        [_, again] = await self.other.messages(loaded.path())
        for name in ("text", "reasoning", "usage", "sources", "images", "notices", "failure", "status"):
            assert getattr(again, name) == getattr(message, name)
        return message


def _no_json(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def _show(message: Message) -> None:
    """Draw every row: the name line, the text, and what stands under it."""
    plain = dict.fromkeys(("accent", "error", "warning", "success"), "#ff0000")
    look = Look(74, DARK, Ink.from_theme({**SEGUE_DARK.variables, **plain}), 1, 80, Style())
    view = MessageView(message, look, Standing(first=True, hue="sky"))
    view.fold()
    for row in range(view.height):
        view.line(row)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def setup(runner: asyncio.Runner) -> Iterator[Setup]:
    made = Setup(runner.run(open_history(None)), runner.run(open_history(None)))
    yield made
    runner.run(made.store.close())
    runner.run(made.other.close())


@pytest.mark.parametrize("dialect", READERS)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_anything_beside_the_text(
    dialect: str, data: st.DataObject, runner: Any, setup: Setup, tmp_path: Path
):
    event = data.draw(changed(dialect))
    body = framed(dialect, event, piece(dialect, " more"), *ending(dialect))
    came = replay(dialect, body)
    assert TEXT in came.text + came.reasoning
    assert came.error or " more" in came.text
    message = runner.run(setup.stored(came.as_yielded, came.error, tmp_path))
    assert TEXT in message.text + message.reasoning


odd_chunks = st.one_of(
    anything,
    st.binary(max_size=5),
    st.builds(Reasoning, anything),
    st.builds(Usage, anything, anything, anything, anything, anything, anything),
    st.builds(Finish, anything),
    st.builds(Sources, anything | st.tuples(st.builds(Source, anything, anything), anything)),
    st.builds(Image, anything, anything),
    st.builds(Notice, anything),
    st.builds(Progress, anything, anything, anything),
)


@given(odd=st.lists(odd_chunks, max_size=6))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_anything_that_a_plug_in_yields(odd: list[Chunk], runner: Any, setup: Setup, tmp_path: Path):
    message = runner.run(setup.stored([TEXT, *odd, " more"], None, tmp_path))
    assert message.text.startswith(TEXT) and message.text.endswith(" more")
