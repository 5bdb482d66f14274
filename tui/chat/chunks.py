"""What a provider may yield: text as plain ``str``, everything else as one of these types.

The union is closed: consume it with ``match`` and ``assert_never``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's thinking, kept apart from the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost as the server counted them. A later one replaces an earlier one."""

    input_tokens: int | None = None
    """Tokens of the whole prompt, cached ones included."""
    output_tokens: int | None = None
    """Tokens of the reply, reasoning included."""
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cost: float | None = None
    """US dollars, only where the server says it."""
    tokens_per_second: float | None = None
    """Only where the server measured it."""


class FinishReason(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "filter"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Finish:
    """The end mark of the dialect arrived.

    Providers of dialects that have one raise where it is missing; plain text ends with its stream.
    """

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Source:
    """One page that the reply rests on."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Pages that the reply rests on, in the order of their numbers."""

    items: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the reply, shown as a link and never fetched by itself."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: a parameter was dropped, a part of the stream was unreadable."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Work before the first token: a download, a model that loads."""

    text: str
    done: int = 0
    """Bytes or steps done."""
    total: int | None = None


Chunk = str | Reasoning | Usage | Finish | Sources | Image | Notice | Progress
