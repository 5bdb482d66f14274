"""What a session tells its front ends.

The union is closed: consume it with ``match`` and ``assert_never``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.chat.draft import Draft
from tui.chat.message import Message
from tui.engine.conversation_service import ConversationService
from tui.engine.events import Event
from tui.engine.live import LiveReply
from tui.errors import SegueError


@dataclass(frozen=True, slots=True)
class ReplyBegan:
    """A reply begins to come; its pieces follow."""

    service: ConversationService
    live: LiveReply
    before: Sequence[int]
    """The path as it was before the prompt."""


@dataclass(frozen=True, slots=True)
class ReplyWentOn:
    """Something came of a reply."""

    live: LiveReply
    event: Event
    turned: bool
    """It does something else from now on, or says other words for it."""


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """A reply has ended; nothing more is told of it."""

    live: LiveReply
    message: Message


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Prompts of the conversation that is read were not sent; they go back to the person. May be empty."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Other prompts wait for the end of a reply."""

    service: ConversationService


@dataclass(frozen=True, slots=True)
class Titled:
    """A model has named a conversation."""

    service: ConversationService


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The history does not take a reply or a draft; it is kept in memory, and tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class AllSaved:
    """The history has every reply and every draft again."""


@dataclass(frozen=True, slots=True)
class Warned:
    """What the person should know before a request leaves."""

    words: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong that the person should know."""

    error: SegueError


@dataclass(frozen=True, slots=True)
class Fault:
    """Our own code failed."""

    error: Exception


SessionEvent = (
    ReplyBegan
    | ReplyWentOn
    | ReplyEnded
    | GivenBack
    | QueueChanged
    | Titled
    | NotSaved
    | AllSaved
    | Warned
    | Problem
    | Fault
)
Listener = Callable[[SessionEvent], None]
