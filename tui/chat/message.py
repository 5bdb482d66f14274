"""One message of a conversation, and what can be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from tui.chat.attachment import Attachment
from tui.chat.chunks import Image, Source, Usage
from tui.chat.draft import Draft
from tui.text import one_line

LONGEST_TITLE = 48
"""Characters of a title that is made by itself."""


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Status(StrEnum):
    """How a reply stands or ended. A prompt is always ``complete``."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    LENGTH = "length"
    """Stopped at the token limit."""
    FILTER = "filter"
    """Stopped by the provider's content rules."""
    TOOL = "tool"
    """The model asked for a tool that it was not given."""
    STOPPED = "stopped"
    """Stopped by the person."""
    INTERRUPTED = "interrupted"
    """Cut by a fault; the text so far is kept."""
    EMPTY = "empty"
    """Ended well, with nothing but white space."""
    ERROR = "error"
    """Failed before the first word."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a reply failed, in words for the person. The stored form of an error."""

    kind: str
    """A value of ``errors.ErrorKind``."""
    message: str
    hint: str = ""
    status_code: int | None = None


@dataclass(slots=True)
class Message:
    """One message. ``parent`` makes the tree; a reply's versions share one parent."""

    id: int
    conversation_id: int
    parent: int | None
    role: Role
    text: str = ""
    reasoning: str = ""
    model: str | None = None
    """``PROVIDER/MODEL`` for replies."""
    status: Status = Status.COMPLETE
    usage: Usage | None = None
    failure: Failure | None = None
    sources: tuple[Source, ...] = ()
    images: tuple[Image, ...] = ()
    notices: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """Files that a prompt was sent with; the history keeps their contents."""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None
    reasoning_seconds: float | None = None
    """How long the model thought, once it has begun to answer."""

    @property
    def draft(self) -> Draft:
        """What it says and has along, to be edited or sent again."""
        return Draft(self.text, self.attachments)

    @property
    def seconds(self) -> float | None:
        """From the request to the end of the reply, if that is known to be after it."""
        ended = self.finished_at
        return (ended - self.created_at).total_seconds() if ended and ended >= self.created_at else None

    @property
    def summary(self) -> bool:
        """Whether it sums up what came before, so that no request needs that any more."""
        return self.role is Role.SYSTEM and self.status is Status.COMPLETE and bool(self.text.strip())

    @property
    def live(self) -> bool:
        """Whether the reply is still coming."""
        return self.status is Status.STREAMING


def automatic_title(prompt: str) -> str:
    """The first words of the first prompt, as a title."""
    return one_line(prompt[:400], LONGEST_TITLE) or "New conversation"


def common_model(messages: Sequence[Message]) -> str | None:
    """The model of the newest reply in ``messages``."""
    return next((m.model for m in reversed(messages) if m.model), None)
