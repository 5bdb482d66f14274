"""What happens while a reply comes, told to whoever draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.chat.chunks import Progress
from tui.chat.message import Message
from tui.chat.parts import File, Image, Part, Sources, ToolCall, ToolResult


@dataclass(frozen=True, slots=True)
class Started:
    """The reply's place is stored; the request is about to leave."""

    message: Message


@dataclass(frozen=True, slots=True)
class TextAdded:
    """More of the reply's text came."""

    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningAdded:
    """More of its thinking came."""

    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class TextWasReasoning:
    """The text that came so far in this reply was thinking: that was marked only at its end."""

    message_id: int
    parts: tuple[Part, ...]
    """All of the message so far."""


@dataclass(frozen=True, slots=True)
class PartAdded:
    """Something came whole that is neither text nor thinking nor words for the person."""

    message_id: int
    part: Image | File | ToolCall | ToolResult | Sources


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A tool call is in another state."""

    message_id: int
    call: ToolCall


@dataclass(frozen=True, slots=True)
class Waiting:
    """The request failed and will be sent again; told once a second until then."""

    message_id: int
    attempt: int
    """The attempt that comes next, from 2."""
    attempts: int
    seconds: int
    """Seconds left."""
    reason: str


@dataclass(frozen=True, slots=True)
class Working:
    """Work before the first token, or of a tool: a download, a model that loads, how far a call is."""

    message_id: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the person should know."""

    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The history does not take the reply now: it is kept in memory, and tried again."""

    message_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A reply that could not be stored is stored after all."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Finished:
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
