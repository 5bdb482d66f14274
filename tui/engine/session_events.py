"""What a session tells its front ends.

The union is closed: consume it with ``match`` and ``assert_never``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tui.chat.draft import Draft
from tui.chat.message import Message
from tui.engine.conversation_service import ConversationService
from tui.engine.events import Event
from tui.engine.live import LiveReply
from tui.errors import SegueError


class ReplyBegan(Struct, frozen=True):
    """A reply begins to come; its pieces follow."""

    service: ConversationService
    live: LiveReply
    before: Sequence[int]
    """The path as it was before the prompt."""


class ReplyWentOn(Struct, frozen=True):
    """Something came of a reply."""

    live: LiveReply
    event: Event
    turned: bool
    """It does something else from now on, or says other words for it."""


class ReplyEnded(Struct, frozen=True):
    """A reply has ended; nothing more is told of it."""

    live: LiveReply
    message: Message


class GivenBack(Struct, frozen=True):
    """Prompts of the conversation that is read were not sent; they go back to the person. May be empty."""

    draft: Draft


class QueueChanged(Struct, frozen=True):
    """Other prompts wait for the end of a reply."""

    service: ConversationService


class Titled(Struct, frozen=True):
    """A model has named a conversation."""

    service: ConversationService


class NotSaved(Struct, frozen=True):
    """The history does not take a reply or a draft; it is kept in memory, and tried again."""

    reason: str


class AllSaved(Struct, frozen=True):
    """The history has every reply and every draft again."""


class Warned(Struct, frozen=True):
    """What the person should know before a request leaves."""

    words: str


class Problem(Struct, frozen=True):
    """Something went wrong that the person should know."""

    error: SegueError


class Fault(Struct, frozen=True):
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
