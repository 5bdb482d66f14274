"""Vendors are asked to keep what they have read, so that the next request does not pay for all of it again.

Some keep by themselves, and only want to know which requests belong together (``cache_field``,
``cache_header``). Others keep up to a mark: one stands behind the tools and the system prompt, one before
the newest prompt, so that a prompt that is written anew finds everything before it, and one behind what tools
have given, since the reply goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MARKS = "cache_control"
"""The name of the mark; among what is refused, of all of them."""
_MARK = {MARKS: {"type": "ephemeral"}}
_KEPT = frozenset({"text", "image", "image_url", "document", "file", "tool_use", "tool_result"})
"""What a mark may stand at. It can't stand at a thought."""


def marked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The request with its marks; what it was made of stays as it is."""
    found = dict(body)
    turns = list(body.get("messages", ()))
    if system := body.get("system"):
        found["system"] = _listed(system)
    elif tools := body.get("tools"):
        found["tools"] = [*tools[:-1], {**tools[-1], **_MARK}]
    for place in _places(turns):
        turns[place] = _marked_turn(turns[place])
    return {**found, "messages": turns}


def marked_turns(turns: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of a chat with their marks; the system prompt is the first of them."""
    found = list(turns)
    before = [0] if found and found[0]["role"] == "system" else []
    for place in {*before, *_places(found)}:
        found[place] = _marked_turn(found[place])
    return found


def _places(turns: Sequence[Mapping[str, Any]]) -> list[int]:
    """The turn before the newest prompt; and the last one, where the reply has begun."""
    newest = next((place for place in reversed(range(len(turns))) if _is_prompt(turns[place])), None)
    if newest is None:
        return []
    before = [newest - 1] if newest and turns[newest - 1]["role"] != "system" else []
    return [*before, *([len(turns) - 1] if newest < len(turns) - 1 else [])]


def _is_prompt(turn: Mapping[str, Any]) -> bool:
    content = turn.get("content")
    parts = content if isinstance(content, list) else ()
    return turn["role"] == "user" and not any(part.get("type") == "tool_result" for part in parts)


def _marked_turn(turn: dict[str, Any]) -> dict[str, Any]:
    content = turn.get("content")
    return {**turn, "content": _listed(content)} if content else turn


def _listed(content: str | Sequence[Any]) -> str | list[Any]:
    """The parts of a content, with a mark at the last one where it may stand."""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
    for place in reversed(range(len(parts))):
        part = parts[place]
        if part.get("type") in _KEPT and part.get("text", True):
            parts[place] = {**part, **_MARK}
            return parts
    return content if isinstance(content, str) else parts
