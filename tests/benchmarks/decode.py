"""Decoding: CPU milliseconds for 1 MB of each wire format, against ``json.loads`` of its events alone.

Run: ``python tests/benchmarks/decode.py [ROUNDS]``. Words come as small events, as models send them; both are
measured in turn in the same run, and the best of the rounds counts.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

from tui.providers.decode import Framing, JsonLines, ServerSentEvents, utf8
from tui.providers.formats.anthropic import MessageReader
from tui.providers.formats.gemini import GeminiReader
from tui.providers.formats.ollama import OllamaReader
from tui.providers.formats.openai_chat import ChatReader
from tui.providers.formats.openai_responses import ResponsesReader
from tui.providers.response import Answer
from tui.providers.stream import Reader, Reply

MEGABYTE = 1_000_000
READ = 16_384
"""Bytes that come at a time, as from a socket."""


def chat(word: str) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": word}, "logprobs": None, "finish_reason": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
    }


def responses(word: str) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "delta": word,
    }


def anthropic(word: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}


def gemini(word: str) -> dict[str, Any]:
    counts = {"promptTokenCount": 9, "candidatesTokenCount": 5, "totalTokenCount": 14}
    content = {"parts": [{"text": word}], "role": "model"}
    return {"candidates": [{"content": content, "index": 0}], "usageMetadata": counts, "modelVersion": "m"}


def ollama(word: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": word}
    return {"model": "m", "created_at": "2026-11-22T12:00:00.000000000Z", "message": message, "done": False}


FORMATS: dict[str, tuple[Callable[[str], dict[str, Any]], type[Framing], type[Reader]]] = {
    "openai chat": (chat, ServerSentEvents, ChatReader),
    "openai responses": (responses, ServerSentEvents, ResponsesReader),
    "anthropic": (anthropic, ServerSentEvents, MessageReader),
    "gemini": (gemini, ServerSentEvents, GeminiReader),
    "ollama": (ollama, JsonLines, OllamaReader),
}


def events_of(
    event: Callable[[str], dict[str, Any]], framing: type[Framing]
) -> Iterator[tuple[bytes, bytes]]:
    """Events as they stand in the stream and as bare JSON, until there is a megabyte."""
    words = [" the", " model", "s", " \u00e9t\u00e9", ",", " \U0001f680", "\n\n", " answer"]
    size = count = 0
    while size < MEGABYTE:
        bare = json.dumps(event(words[count % len(words)])).encode()
        framed = bare + b"\n" if framing is JsonLines else b"data: " + bare + b"\n\n"
        yield framed, bare
        size += len(framed)
        count += 1


def decode(body: bytes, framing: Framing, reader: Reader) -> int:
    """Characters of text in the stream."""
    reply = Reply(Mock(spec=Answer), framing, reader)
    decoder = utf8()
    return sum(
        len(chunk)
        for start in range(0, len(body), READ)
        for chunk in reply.feed(decoder.decode(body[start : start + READ]))
        if isinstance(chunk, str)
    )


def parse(events: list[str]) -> None:
    for event in events:
        json.loads(event)


def cpu(work: Callable[..., object], *arguments: object) -> float:
    began = time.process_time()
    work(*arguments)
    return (time.process_time() - began) * 1000


def main(rounds: int) -> None:
    print(f"{'CPU ms for 1 MB':<18}{'ours':>8}{'floor':>8}{'ratio':>8}{'us/event':>10}")
    for name, (event, framing, reader) in FORMATS.items():
        pairs = list(events_of(event, framing))
        body, bare = b"".join(framed for framed, _ in pairs), [data.decode() for _, data in pairs]
        ours = floor = float("inf")
        for _ in range(rounds):
            ours = min(ours, cpu(decode, body, framing(), reader()))
            floor = min(floor, cpu(parse, bare))
        each = ours * 1000 / len(pairs)
        print(f"{name:<18}{ours:>8.1f}{floor:>8.1f}{ours / floor:>8.1f}{each:>10.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
