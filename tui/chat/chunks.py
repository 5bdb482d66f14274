"""What a provider may yield: text as plain ``str``, a piece of thinking as ``Reasoning``, other parts whole.

The union is closed: consume it with ``match`` and ``assert_never``. Providers import all they need from here.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tui.chat.model import Usage
from tui.chat.parts import (
    CallState,
    File,
    Image,
    Native,
    Notice,
    Part,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    ToolResult,
)

__all__ = [
    "CallState",
    "Chunk",
    "File",
    "Finish",
    "FinishReason",
    "Image",
    "Native",
    "Notice",
    "Progress",
    "Reasoning",
    "Source",
    "Sources",
    "Text",
    "ToolCall",
    "ToolResult",
    "Usage",
]


class FinishReason(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "filter"
    TOOL = "tool"


class Finish(Struct, frozen=True):
    """The end mark of the wire format arrived.

    Providers of wire formats that have one raise where it is missing; plain text ends with its stream.
    """

    reason: FinishReason


class Work(StrEnum):
    """What a provider does while no words come."""

    LOADING = "loading"
    READING = "reading"
    DRAWING = "drawing"
    WRITING = "writing"
    """A call of a tool, that is shown when it is whole."""


class Progress(Struct, frozen=True):
    """Work while no words come: a download, a model that loads, a picture that is made."""

    text: str
    done: int = 0
    """Bytes or steps done."""
    total: int | None = None
    work: Work = Work.LOADING


MAKING_PICTURE = Progress("Making a picture", work=Work.DRAWING)


Chunk = str | Part | Usage | Finish | Progress
