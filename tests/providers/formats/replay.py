"""A reply from bytes that a server sent, without a server: what a dialect makes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import Mock

from tui.chat.chunks import Chunk, Finish, FinishReason, Image, Notice, Reasoning, Source, Sources, Usage
from tui.errors import ProviderError
from tui.providers.decode import JsonLines, ServerSentEvents
from tui.providers.formats.anthropic import MessageReader
from tui.providers.formats.gemini import GeminiReader
from tui.providers.formats.ollama import OllamaReader
from tui.providers.formats.openai_chat import ChatReader
from tui.providers.formats.openai_responses import ResponsesReader
from tui.providers.http import Timeouts
from tui.providers.response import Response
from tui.providers.stream import Reply

READERS = {
    "openai_chat": (ServerSentEvents, ChatReader),
    "openai_responses": (ServerSentEvents, ResponsesReader),
    "anthropic": (ServerSentEvents, MessageReader),
    "gemini": (ServerSentEvents, GeminiReader),
    "ollama": (JsonLines, OllamaReader),
}


@dataclass
class Replayed:
    """What came, and why it is not whole, if so."""

    chunks: list[Chunk] = field(default_factory=list)
    finish: FinishReason | None = None
    error: ProviderError | None = None

    @property
    def text(self) -> str:
        return "".join(c for c in self.chunks if isinstance(c, str))

    @property
    def reasoning(self) -> str:
        return "".join(c.text for c in self.chunks if isinstance(c, Reasoning))

    @property
    def usage(self) -> Usage | None:
        return next((c for c in reversed(self.chunks) if isinstance(c, Usage)), None)

    @property
    def notices(self) -> list[str]:
        return [c.text for c in self.chunks if isinstance(c, Notice)]

    @property
    def sources(self) -> list[Source]:
        return [source for c in self.chunks if isinstance(c, Sources) for source in c.items]

    @property
    def images(self) -> list[Image]:
        return [c for c in self.chunks if isinstance(c, Image)]

    @property
    def as_yielded(self) -> list[Chunk]:
        """The chunks with the end mark, as a provider gives them."""
        return [*self.chunks, *([Finish(self.finish)] if self.finish and not self.error else [])]


def replay(dialect: str, body: str, cut: int = 0) -> Replayed:
    """Read ``body`` as a reply of ``dialect``, in pieces of ``cut`` characters."""
    framing, reader = READERS[dialect]
    made = reader()
    answer = Response(Mock(status=200, headers={}), "http://host/", None, Timeouts())
    reply, came = Reply(answer, framing(), made), Replayed()
    size = cut or len(body) or 1
    failure: ProviderError | None = None
    try:
        for start in range(0, len(body), size):
            came.chunks += reply.feed(body[start : start + size])
        came.chunks += reply.rest()
    except ProviderError as error:
        failure = error
    came.chunks += reply.close()
    came.error, came.finish = reply.problem(failure), made.finish
    return came


def sse(*events: Any) -> str:
    """Server-sent events; a text is sent as it stands."""
    return "".join(f"data: {e if isinstance(e, str) else json.dumps(e)}\n\n" for e in events)


def lines(*values: Any) -> str:
    """A JSON value a line; a text is sent as it stands."""
    return "".join(f"{v if isinstance(v, str) else json.dumps(v)}\n" for v in values)


def framed(dialect: str, *events: Any) -> str:
    """Events in the dialect's usual frame."""
    return lines(*events) if dialect == "ollama" else sse(*events)


def piece(dialect: str, text: str) -> dict[str, Any]:
    """An event with a piece of text."""
    match dialect:
        case "openai_chat":
            return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
        case "openai_responses":
            return {"type": "response.output_text.delta", "delta": text}
        case "anthropic":
            delta = {"type": "text_delta", "text": text}
            return {"type": "content_block_delta", "index": 0, "delta": delta}
        case "gemini":
            return {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]}
        case _:
            return {"message": {"role": "assistant", "content": text}, "done": False}


def ending(dialect: str) -> list[Any]:
    """The events that end a reply well."""
    match dialect:
        case "openai_chat":
            return [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, "[DONE]"]
        case "openai_responses":
            return [{"type": "response.completed", "response": {"status": "completed", "output": []}}]
        case "anthropic":
            return [{"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}]
        case "gemini":
            return [{"candidates": [{"finishReason": "STOP"}]}]
        case _:
            return [{"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}]
