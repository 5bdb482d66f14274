"""A title from a model, for those who want more than the first words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from typing import Any, cast

from tui.chat.chunks import Text, Usage
from tui.chat.message import LONGEST_TITLE
from tui.engine.thinking import Piece, Thinking, WasReasoning
from tui.providers.base import ChatMessage, Target
from tui.text import one_line

_ASK = "Name this conversation in at most six words, in its own language. Answer with the name alone.\n\n"
_EXCERPT = 2000
_TIME_LIMIT = 30.0
_LONGEST_ANSWER = 400
_WRAPPING = "\"'“”‘’«»*#`. "


async def suggest_title(target: Target, prompt: str, answer: str) -> tuple[str, Usage]:
    """What ``target`` calls a conversation that begins with ``prompt`` and ``answer``; may be empty.

    Returns:
        The title, and what it took.

    Raises:
        TimeoutError: It took longer than half a minute.
        Exception: Whatever the provider raises.
    """
    ask = f"{_ASK}{prompt[:_EXCERPT]}\n\n{answer[:_EXCERPT]}"
    title, thinking, usage = "", Thinking(), Usage()
    chunks = cast(Any, target.stream([ChatMessage(role="user", content=ask)], {}))
    async with asyncio.timeout(_TIME_LIMIT), aclosing(chunks):
        async for chunk in chunks:
            if isinstance(chunk, Usage):
                usage = chunk
            said = chunk.text if isinstance(chunk, Text) else chunk
            if isinstance(said, str):
                title = _after(title, thinking.feed(said))
            if len(title) > _LONGEST_ANSWER:
                usage = Usage()  # it was cut: its counts are not all
                break
    title = _after(title, thinking.close())
    first_line = next((line for line in title.splitlines() if line.strip()), "")
    return one_line(first_line.strip(_WRAPPING), LONGEST_TITLE), usage


def _after(title: str, pieces: Iterable[Piece]) -> str:
    """``title`` and what more of it ``pieces`` have."""
    for piece in pieces:
        if isinstance(piece, WasReasoning):
            title = ""
        elif isinstance(piece, str):
            title += piece
    return title
