"""One message of a conversation, and what can be said about it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct, field

from tui.chat.attachment import Attachment
from tui.chat.chunks import Usage
from tui.chat.draft import Draft
from tui.chat.parts import (
    Image,
    Notice,
    Part,
    Reasoning,
    Source,
    ToolCall,
    attachments_of,
    of_kind,
    reasoning_of,
    sources_of,
    text_of,
)
from tui.text import one_line

LONGEST_TITLE = 48
"""Characters of a title that is made by itself."""
_SHORTEST = 0.2
"""Seconds below which nothing can be said of how fast a reply came."""


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


class Failure(Struct, frozen=True):
    """Why a reply failed, in words for the person. The stored form of an error."""

    kind: str
    """A value of ``errors.ErrorKind``."""
    message: str
    hint: str = ""
    status_code: int | None = None


class Message(Struct):
    """One message. ``parent`` makes the tree; a reply's versions share one parent."""

    id: int
    conversation_id: int
    parent: int | None
    role: Role
    parts: tuple[Part, ...] = ()
    """What it says, in the order in which it came."""
    model: str | None = None
    """``PROVIDER/MODEL`` for replies."""
    status: Status = Status.COMPLETE
    usage: Usage | None = None
    failure: Failure | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None
    first_at: datetime | None = None
    """When the first word came, or the first thought."""
    prefix: str = ""
    """Hash of what was sent for it; a vendor's own form of a part goes back only behind the same."""

    # -- what is read of its parts
    @property
    def text(self) -> str:
        """All that it says."""
        return text_of(self.parts)

    @property
    def reasoning(self) -> str:
        """All that the model thought."""
        return reasoning_of(self.parts)

    @property
    def reasoning_seconds(self) -> float | None:
        """How long the model thought; None until it has begun to answer."""
        known = [part.seconds for part in of_kind(self.parts, Reasoning) if part.seconds is not None]
        return sum(known) if known else None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The pages that it cites, by their numbers."""
        return sources_of(self.parts)

    @property
    def images(self) -> tuple[Image, ...]:
        """Its pictures that are addresses."""
        return tuple(of_kind(self.parts, Image))

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know of it."""
        return tuple(part.text for part in of_kind(self.parts, Notice))

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Its files; the history keeps their contents."""
        return attachments_of(self.parts)

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
    def seconds_to_first(self) -> float | None:
        """From the request to the first word, where that is known."""
        first = self.first_at
        return (first - self.created_at).total_seconds() if first and first >= self.created_at else None

    @property
    def tokens_per_second(self) -> float | None:
        """How fast it came: as the server measured it, else by our clock, where the reply was one request."""
        if self.usage is None or self.usage.tokens_per_second is not None:
            return self.usage.tokens_per_second if self.usage else None
        tokens, whole, first = self.usage.output_tokens, self.seconds, self.seconds_to_first
        if not tokens or whole is None or first is None or whole - first < _SHORTEST or self._rounds:
            return None
        return tokens / (whole - first)

    @property
    def _rounds(self) -> bool:
        return any(True for _ in of_kind(self.parts, ToolCall))

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
