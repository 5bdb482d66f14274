"""The dialects, each of which says the same things in its own way."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.chat.chunks import FinishReason
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
    thought: Callable[[str], bytes] | None = None
    """One piece of the model's thinking."""
    ends: Mapping[FinishReason, bytes] = field(default_factory=dict)
    """Ends other than a normal one."""

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


def _chat_end(reason: str) -> bytes:
    return sse({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}) + b"data: [DONE]\n\n"


def _response_end(status: str, **details: Any) -> bytes:
    response = {**_RESPONSE, "status": status, "output": [], **details}
    return named_sse({"type": f"response.{status}", "response": response})


def _incomplete(reason: str) -> bytes:
    return _response_end("incomplete", incomplete_details={"reason": reason})


def _message_delta(kind: str, **fields: str) -> bytes:
    return named_sse({"type": "content_block_delta", "index": 0, "delta": {"type": kind, **fields}})


def _message_end(reason: str) -> bytes:
    return named_sse(
        {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    )


def _gemini(text: str, **part: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": text, **part}]}}]}


def _gemini_end(reason: str, *parts: Any) -> bytes:
    content = {"role": "model", "parts": list(parts)}
    return sse({"candidates": [{"content": content, "finishReason": reason}]})


def _ollama_line(**message: Any) -> bytes:
    return ndjson({"message": {"role": "assistant", "content": "", **message}, "done": False})


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
        thought=lambda text: sse({"choices": [{"index": 0, "delta": {"reasoning_content": text}}]}),
        ends={
            FinishReason.LENGTH: _chat_end("length"),
            FinishReason.FILTER: _chat_end("content_filter"),
            FinishReason.TOOL: _chat_end("tool_calls"),
        },
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
        thought=lambda text: named_sse({"type": "response.reasoning_text.delta", "delta": text}),
        ends={
            FinishReason.LENGTH: _incomplete("max_output_tokens"),
            FinishReason.FILTER: _incomplete("content_filter"),
            FinishReason.TOOL: named_sse(
                {"type": "response.output_item.done", "item": {"type": "function_call", "name": "f"}}
            )
            + _response_end("completed"),
        },
    ),
    Dialect(
        "anthropic",
        Anthropic,
        "text/event-stream",
        lambda text: _message_delta("text_delta", text=text),
        _message_end("end_turn"),
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
        thought=lambda text: _message_delta("thinking_delta", thinking=text),
        ends={
            FinishReason.LENGTH: _message_end("max_tokens"),
            FinishReason.FILTER: _message_end("refusal"),
            FinishReason.TOOL: _message_end("tool_use"),
        },
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
        thought=lambda text: sse(_gemini(text, thought=True)),
        ends={
            FinishReason.LENGTH: _gemini_end("MAX_TOKENS"),
            FinishReason.FILTER: _gemini_end("SAFETY"),
            FinishReason.TOOL: _gemini_end("STOP", {"functionCall": {"name": "f"}}),
        },
    ),
    Dialect(
        "ollama",
        Ollama,
        "application/x-ndjson",
        lambda text: _ollama_line(content=text),
        ndjson(_OLLAMA_END),
        ndjson({"error": _FELL}),
        json.dumps({**_OLLAMA_END, "message": {"role": "assistant", "content": "Hello"}}, indent=1).encode(),
        keep_alive=b"\n",
        finish_only=ndjson(_OLLAMA_END),
        thought=lambda text: _ollama_line(thinking=text),
        ends={
            FinishReason.LENGTH: ndjson({**_OLLAMA_END, "done_reason": "length"}),
            FinishReason.TOOL: _ollama_line(tool_calls=[{"function": {"name": "f", "arguments": {}}}])
            + ndjson(_OLLAMA_END),
        },
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
