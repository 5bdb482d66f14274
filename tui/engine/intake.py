"""The gate between a provider's code and what is shown and stored: each value is of its kind, or left out.

Our own formats check what servers send; plug-ins, drop-in files and gpt4free yield what they like.
"""

from __future__ import annotations

from typing import Any

from tui.chat.chunks import (
    Chunk,
    Finish,
    FinishReason,
    Image,
    Notice,
    Progress,
    Reasoning,
    Source,
    Sources,
    Usage,
)
from tui.checked import amount, count, text, unquoted


def taken(item: Any) -> Chunk | None:
    """``item`` as a chunk that holds nothing odd; None where it is none."""
    match item:
        case str():
            return item
        case bytes():
            return item.decode("utf-8", "replace")
        case Reasoning(thought):
            return Reasoning(text(thought))
        case Usage():
            return _usage(item)
        case Finish(reason):
            return Finish(reason if isinstance(reason, FinishReason) else FinishReason.STOP)
        case Sources(pages):
            return Sources(tuple(_source(page) for page in _sequence(pages) if _has_address(page)))
        case Image(url, alt):
            return Image(url, text(alt)) if text(url) else None
        case Notice(words):
            return Notice(text(words)) if text(words) else None
        case Progress(words, done, total):
            return Progress(text(words), count(unquoted(done)) or 0, count(unquoted(total)))
        case _:
            return None


def _usage(usage: Usage) -> Usage:
    counts = (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens, usage.cached_tokens)
    amounts = (usage.cost, usage.tokens_per_second)
    return Usage(*map(count, map(unquoted, counts)), *map(amount, map(unquoted, amounts)))


def _sequence(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _has_address(page: Any) -> bool:
    return isinstance(page, Source) and bool(text(page.url))


def _source(page: Source) -> Source:
    return Source(page.url, text(page.title))
