"""What happens while a reply comes, told to whoever draws it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tui.chat.chunks import Progress
from tui.chat.message import Message
from tui.chat.parts import File, Image, Part, Sources, ToolCall, ToolResult


class Started(Struct, frozen=True):
    """The reply's place is stored; the request is about to leave."""

    message: Message


class TextAdded(Struct, frozen=True):
    """More of the reply's text came."""

    message_id: int
    text: str


class ReasoningAdded(Struct, frozen=True):
    """More of its thinking came."""

    message_id: int
    text: str


class TextWasReasoning(Struct, frozen=True):
    """The text that came so far in this reply was thinking: that was marked only at its end."""

    message_id: int
    parts: tuple[Part, ...]
    """All of the message so far."""


class PartAdded(Struct, frozen=True):
    """Something came whole that is neither text nor thinking nor words for the person."""

    message_id: int
    part: Image | File | ToolCall | ToolResult | Sources


class CallChanged(Struct, frozen=True):
    """A tool call is in another state."""

    message_id: int
    call: ToolCall


class Waiting(Struct, frozen=True):
    """The request failed and will be sent again; told once a second until then."""

    message_id: int
    attempt: int
    """The attempt that comes next, from 2."""
    attempts: int
    seconds: int
    """Seconds left."""
    reason: str


class Working(Struct, frozen=True):
    """Work before the first token, or of a tool: a download, a model that loads, how far a call is."""

    message_id: int
    progress: Progress


class Noticed(Struct, frozen=True):
    """Something the person should know."""

    message_id: int
    text: str


class Unsaved(Struct, frozen=True):
    """The history does not take the reply now: it is kept in memory, and tried again."""

    message_id: int
    reason: str


class Saved(Struct, frozen=True):
    """A reply that could not be stored is stored after all."""

    message_id: int


class Finished(Struct, frozen=True):
    """The reply has its final status, and is stored unless ``Unsaved`` was told."""

    message: Message


Event = (
    Started
    | TextAdded
    | ReasoningAdded
    | TextWasReasoning
    | PartAdded
    | CallChanged
    | Waiting
    | Working
    | Noticed
    | Unsaved
    | Saved
    | Finished
)
Emit = Callable[[Event], None]
