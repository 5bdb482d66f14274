"""Messages in a few words: what is said, and what stands beside it."""

from __future__ import annotations

from typing import Any

from tui.chat.parts import Notice, Part, Reasoning, Sources, Text


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
