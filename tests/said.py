"""Messages in a few words: what is said, and what stands beside it."""

from __future__ import annotations

from typing import Any

from tui.chat.attachment import attachment_of
from tui.chat.parts import (
    File,
    Image,
    Native,
    Notice,
    Part,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    ToolResult,
)

SIGNED = Native("anthropic", "anthropic", "claude", {"signature": "s"})
ONE_OF_EACH: tuple[Part, ...] = (
    Reasoning("Where?", 1.5, SIGNED),
    Text("I look."),
    ToolCall("1", "fs", "read_file", {"path": "a"}),
    ToolResult("1", "milk"),
    Image("https://a.test/milk.png", "milk"),
    File(attachment_of("dot.png", b"\x89PNG\r\n\x1a\n rest")),
    Sources((Source("https://a.test", "A"),)),
    Notice("temperature was left out"),
)
"""A part of each kind."""


def said(text: str, fields: dict[str, Any]) -> tuple[Part, ...]:
    """The parts of a reply, each kind in its place; they are taken out of ``fields``."""
    thought, seconds = fields.pop("reasoning", ""), fields.pop("reasoning_seconds", None)
    text = fields.pop("text", text)
    pages = fields.pop("sources", ())
    parts: list[Part] = [Reasoning(thought, seconds)] if thought or seconds is not None else []
    parts += [Text(text)] if text else []
    parts += fields.pop("images", ())
    parts += [Sources(tuple(pages))] if pages else []
    return (*parts, *map(Notice, fields.pop("notices", ())))
