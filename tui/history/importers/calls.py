"""Calls of tools and what they gave back, as other programs write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from tui.chat.parts import CallState, Part, Text, ToolCall, ToolResult, of_kind
from tui.checked import unpacked, words
from tui.text import fenced


def call_of(own: str, name: str, given: Any, server: str = "") -> ToolCall:
    """A call with what was given to the tool: an object, or a text of JSON; anything else as it stands."""
    arguments = unpacked(given) if isinstance(given, str) else given
    if isinstance(arguments, Mapping):
        return ToolCall(own, server, name, dict(arguments))
    return ToolCall(own, server, name, raw=words(given))


def settled(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts, where each call tells what became of it."""
    found = tuple(parts)
    results = {result.call: result for result in of_kind(found, ToolResult)}

    def told(part: Part) -> Part:
        if not isinstance(part, ToolCall) or part.id not in results:
            return part
        state = CallState.FAILED if results[part.id].is_error else CallState.DONE
        return replace(part, state=state)

    return tuple(map(told, found))


def open_call(parts: Iterable[Part], name: str = "") -> str:
    """The id of the newest call (of a tool, if it is named) that has no result yet; empty for none."""
    found = tuple(parts)
    answered = {result.call for result in of_kind(found, ToolResult)}
    calls = [call for call in of_kind(found, ToolCall) if call.id not in answered]
    named = [call for call in calls if call.name == name]
    return next((call.id for call in reversed(named or calls)), "")


def as_it_stands(value: Any) -> Text:
    """What we have no kind of part for: as JSON, so that nothing of it is lost."""
    return Text(fenced(json.dumps(value, ensure_ascii=False, indent=2, default=str)))
