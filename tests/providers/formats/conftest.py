"""The dialects, each of which says the same things in its own way."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tui.providers import AI365VIP, Anthropic, Gemini, Ollama, OpenAIChat, OpenAIResponses


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events)


def named_sse(*events: dict[str, Any]) -> bytes:
    return b"".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events)


def ndjson(*events: Any) -> bytes:
    return b"".join(json.dumps(e).encode() + b"\n" for e in events)


@dataclass(frozen=True)
class Dialect:
    """How one dialect says the same things."""

    name: str
    provider: Any
    content_type: str
    text: Callable[[str], bytes]
    """One piece of the reply."""
    end: bytes
    """Token counts and every end mark."""
    error: bytes
    """An error in the middle of a stream, which says ``the model fell over``."""
    whole: bytes
    """The reply ``Hello`` without streaming."""
    begin: bytes = b""
    keep_alive: bytes = b": still here\n\n"
    finish_only: bytes = b""
    """The end mark without what may follow it: [DONE], token counts."""
    framed: bool = True
    """Whether the dialect has events at all: plain text has none, and no end mark."""

    def reply(self, *pieces: str) -> list[bytes]:
        """A whole good stream."""
        return [self.begin, *map(self.text, pieces), self.end]

    def streams(self, *pieces: str, end: bool = True) -> Callable[[Any], Awaitable[None]]:
        """An answer that streams ``pieces`` of text, with or without an end."""

        async def answer(exchange: Any) -> None:
            await exchange.head(Content_Type=self.content_type)
            for piece in self.reply(*pieces) if end else [self.begin, *map(self.text, pieces)]:
                await exchange.chunk(piece)
            if end:
                await exchange.end()

        return answer

    def at(self, url: str, **attributes: Any) -> Any:
        """The provider's class for a server at ``url``."""
        return type(self.provider.__name__, (self.provider,), {"url": url, **attributes})


def _chat_delta(text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


_CHAT_END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
_COUNTS = {"prompt_tokens": 7, "completion_tokens": 5}
_FELL = "the model fell over"
_RESPONSE = {"object": "response", "status": "completed", "usage": {"input_tokens": 7, "output_tokens": 5}}
_MESSAGE_TEXT = {"type": "message", "content": [{"type": "output_text", "text": "Hello"}]}
_GEMINI_COUNTS = {"promptTokenCount": 7, "candidatesTokenCount": 5}
_OLLAMA_END = {
    "message": {"role": "assistant", "content": ""},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 7,
    "eval_count": 5,
}


def _gemini(text: str) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]}


DIALECTS = (
    Dialect(
        "openai_chat",
        OpenAIChat,
        "text/event-stream",
        lambda text: sse(_chat_delta(text)),
        sse(_CHAT_END, {"choices": [], "usage": _COUNTS}) + b"data: [DONE]\n\n",
        sse({"error": {"message": _FELL, "code": 502}}),
        json.dumps(
            {
                "object": "chat.completion",
                "choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}],
                "usage": _COUNTS,
            }
        ).encode(),
        finish_only=sse(_CHAT_END),
    ),
    Dialect(
        "openai_responses",
        OpenAIResponses,
        "text/event-stream",
        lambda text: named_sse({"type": "response.output_text.delta", "delta": text}),
        named_sse({"type": "response.completed", "response": {**_RESPONSE, "output": []}}),
        named_sse({"type": "error", "code": "server_error", "message": _FELL, "param": None}),
        json.dumps({**_RESPONSE, "output": [_MESSAGE_TEXT]}).encode(),
        finish_only=named_sse({"type": "response.completed", "response": {**_RESPONSE, "output": []}}),
    ),
    Dialect(
        "anthropic",
        Anthropic,
        "text/event-stream",
        lambda text: named_sse(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
        ),
        named_sse(
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn"},
                "usage": {"output_tokens": 5},
            },
            {"type": "message_stop"},
        ),
        named_sse({"type": "error", "error": {"type": "api_error", "message": _FELL}}),
        json.dumps(
            {
                "type": "message",
                "content": [{"type": "text", "text": "Hello"}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 7, "output_tokens": 5},
            }
        ).encode(),
        begin=named_sse({"type": "message_start", "message": {"usage": {"input_tokens": 7}}}),
        finish_only=named_sse({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
    ),
    Dialect(
        "gemini",
        Gemini,
        "text/event-stream",
        lambda text: sse(_gemini(text)),
        sse({"candidates": [{"finishReason": "STOP"}], "usageMetadata": _GEMINI_COUNTS}),
        sse({"error": {"code": 500, "message": _FELL, "status": "INTERNAL"}}),
        json.dumps(
            {
                "candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}],
                "usageMetadata": _GEMINI_COUNTS,
            }
        ).encode(),
        finish_only=sse({"candidates": [{"finishReason": "STOP"}]}),
    ),
    Dialect(
        "ollama",
        Ollama,
        "application/x-ndjson",
        lambda text: ndjson({"message": {"role": "assistant", "content": text}, "done": False}),
        ndjson(_OLLAMA_END),
        ndjson({"error": _FELL}),
        json.dumps({**_OLLAMA_END, "message": {"role": "assistant", "content": "Hello"}}, indent=1).encode(),
        keep_alive=b"\n",
        finish_only=ndjson(_OLLAMA_END),
    ),
    Dialect(
        "ai365vip",
        AI365VIP,
        "text/plain; charset=utf-8",
        lambda text: text.encode(),
        b"",
        b"",
        b"Hello",
        framed=False,
    ),
)


@pytest.fixture(params=DIALECTS, ids=lambda d: d.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Every dialect in turn."""
    return request.param


@pytest.fixture(params=[d for d in DIALECTS if d.framed], ids=lambda d: d.name)
def framed(request: pytest.FixtureRequest) -> Dialect:
    """Every dialect that has events and an end mark."""
    return request.param


@pytest.fixture(params=[d for d in DIALECTS if d.content_type == "text/event-stream"], ids=lambda d: d.name)
def events(request: pytest.FixtureRequest) -> Dialect:
    """Every dialect whose events are server-sent events, with fields and names."""
    return request.param


@pytest.fixture
def dialects() -> dict[str, Dialect]:
    return {d.name: d for d in DIALECTS}
