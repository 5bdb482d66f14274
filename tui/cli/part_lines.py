"""The parts of a reply that are no words of the model, each as one line."""

from __future__ import annotations

from typing import assert_never

from tui.chat.export import about, call_ending
from tui.chat.message import Message, Role
from tui.chat.parts import (
    CallState,
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    address_line,
    arguments_line,
    body,
    interleaved,
    tool_name,
)
from tui.text import one_line

_SHORT = 200
"""Characters that are said of what a tool gave back."""


def in_order(message: Message) -> tuple[Part, ...]:
    """What a message says and does, in its order; a reply that is but words is one text."""
    if message.role is Role.USER:
        return body(message.parts)
    return interleaved(message.parts) or (Text(message.text),)


def line_of(part: Part, *, live: bool = False) -> str:
    """A part as it is said where it stands; nothing for words, and for what is said beside or below them.

    Args:
        part: What is said.
        live: It came just now: what becomes of a call is said when it is known.
    """
    match part:
        case Image(url, alt):
            return f"image: {one_line(f'{alt} {address_line(url)}')}"
        case File(file):
            return f"file: {one_line(file.name)}, {about(file)}"
        case ToolCall():
            waits = live and part.state is CallState.ASKED
            return f"call: {tool_name(part)} {arguments_line(part)}{'' if waits else call_ending(part)}"
        case ToolResult():
            return f"{'error' if part.is_error else 'result'}: {one_line(part.text, _SHORT)}"
        case Text() | Reasoning() | Sources() | Notice():
            return ""
        case _:
            assert_never(part)


def change_of(call: ToolCall) -> str:
    """What is said while a reply comes of a call that has another state: its result says how it ended."""
    return f"running: {tool_name(call)}" if call.state is CallState.RUNNING else ""
