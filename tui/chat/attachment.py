"""A file that goes along with a prompt: what it is, told by its bytes and never by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from tui.chat.context import TOKENS_PER_IMAGE, TOKENS_PER_PDF_PAGE, estimate_tokens
from tui.digest import sha256
from tui.errors import UsageError
from tui.identity import Identified
from tui.text import one_line

LARGEST = 20_000_000
"""Bytes of an image or a PDF: what Gemini takes in a request; the others take about as much."""
LARGEST_TEXT = 1_000_000
"""Bytes of a text: about 250,000 tokens, more than most models can take."""
LARGEST_TOGETHER = 50_000_000
"""Bytes of all files of a prompt: no vendor takes a larger request."""

_LONGEST_NAME = 120
_PDF = "application/pdf"
_TEXT = "text/plain"
_MAGIC = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-"), _PDF),
)
MEDIA_TYPES = (*(media_type for _, media_type in _MAGIC), _TEXT)
"""All that there are."""
ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
"""How the names of pictures end."""
_PAGE = re.compile(rb"/Type\s*/Page\b")


class Kind(StrEnum):
    """What a file is to a model."""

    IMAGE = "image"
    PDF = "PDF"
    TEXT = "text"


class Attachment(Identified, frozen=True):
    """One file of a prompt. Equal are those with the same name and content."""

    name: str
    """The file's name without its folder, safe to show."""
    media_type: str
    """One of png, jpeg, gif and webp, ``application/pdf``, or ``text/plain`` for every text."""
    size: int
    """Bytes."""
    sha256: str
    """Of the content, in hexadecimal: what the history knows it by."""
    tokens: int
    """About how many it takes of a model's context."""
    data: bytes | None = None
    """The content, where it is at hand; otherwise the history has it."""

    def __repr__(self) -> str:
        return f"Attachment({self.name!r}, {self.media_type!r}, {self.size}, {self.sha256!r}, {self.tokens})"

    @property
    def _identity(self) -> tuple[str, str, str]:
        return self.name, self.media_type, self.sha256

    @property
    def kind(self) -> Kind:
        """What it is to a model."""
        if self.media_type == _TEXT:
            return Kind.TEXT
        return Kind.PDF if self.media_type == _PDF else Kind.IMAGE

    @property
    def text(self) -> str:
        """The content of a text that is at hand; otherwise nothing."""
        return (self.data or b"").decode("utf-8-sig") if self.kind is Kind.TEXT else ""


def attachment_of(name: str, data: bytes) -> Attachment:
    """The attachment with this content.

    Raises:
        UsageError: It is empty, too large, or nothing that a model can read.
    """
    if not data:
        raise UsageError(f"{one_line(name)} is empty")
    check_size(name, data, len(data))
    media_type = media_type_of(data)
    if media_type is None and not _is_text(data):
        raise UsageError(
            f"{one_line(name)} can't be attached: it is no image, PDF or text",
            "Models read PNG, JPEG, GIF, WebP, PDF, and text in UTF-8.",
        )
    return Attachment(
        name=one_line(name, _LONGEST_NAME) or "file",
        media_type=media_type or _TEXT,
        size=len(data),
        sha256=sha256(data),
        tokens=_tokens(media_type, data),
        data=data,
    )


def check_size(name: str, head: bytes, size: int) -> int:
    """Make sure that a file is not too large, by its first bytes and its size.

    Returns:
        How many bytes a file that begins like this may have.

    Raises:
        UsageError: It is.
    """
    most = LARGEST if media_type_of(head) else LARGEST_TEXT
    if size > most:
        raise UsageError(
            f"{one_line(name)} is too large: {size_words(size)}",
            f"A text may have {size_words(LARGEST_TEXT)}, an image or a PDF {size_words(LARGEST)}.",
        )
    return most


def check_together(attachments: Sequence[Attachment]) -> None:
    """Make sure that a request can take these files.

    Raises:
        UsageError: They are too large together.
    """
    size = sum(attachment.size for attachment in attachments)
    if size > LARGEST_TOGETHER:
        most = size_words(LARGEST_TOGETHER)
        raise UsageError(f"These files have {size_words(size)} together", f"A request takes {most}.")


def size_words(size: int) -> str:
    """A count of bytes, for reading."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1e6:.1f} MB"


def tokens_words(tokens: int) -> str:
    """A count of tokens, for reading: it is an estimate."""
    return f"~{tokens:,} tokens" if tokens != 1 else "~1 token"


def media_type_of(data: bytes) -> str | None:
    """What the first bytes say that it is; None where they say nothing."""
    return next((kind for magic, kind in _MAGIC if magic.match(data)), None)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


def _tokens(media_type: str | None, data: bytes) -> int:
    if media_type is None:
        return estimate_tokens(data.decode())
    if media_type == _PDF:
        return max(1, len(_PAGE.findall(data))) * TOKENS_PER_PDF_PAGE
    return TOKENS_PER_IMAGE
