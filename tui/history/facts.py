"""What is known of messages and conversations besides their texts, as JSON: in columns and in files.

What is not as it should be is unknown, by itself: no side fact ever costs a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui.chat.attachment import MEDIA_TYPES, Attachment
from tui.chat.chunks import Image, Source, Usage
from tui.chat.message import Failure, Role, Status
from tui.checked import Fields, amount, count, string, text
from tui.parameters import Value, known
from tui.text import one_line


class _Roles(dict[object, Role]):
    def __missing__(self, value: object) -> Role:
        return Role.ASSISTANT


ROLES: Mapping[object, Role] = _Roles({role.value: role for role in Role})
"""Who spoke, by what a column holds. Words of no one that is known were not the person's."""
_STATUSES = {status.value: status for status in Status}
"""An enumeration's own way from a value takes as long as all the rest of a row."""


def role_of(value: object) -> Role:
    """Who spoke."""
    return ROLES[text(value)]


def status_of(value: object, role: Role) -> Status:
    """How a message stands. A prompt is complete; of a reply no one knows that it is."""
    unknown = Status.COMPLETE if role is Role.USER else Status.INTERRUPTED
    return _STATUSES.get(text(value), unknown)


def usage_of(entry: Fields) -> Usage | None:
    """What a reply took."""
    usage = entry.optional("usage")
    if usage is None:
        return None
    return Usage(
        usage.count("input_tokens"),
        usage.count("output_tokens"),
        usage.count("reasoning_tokens"),
        usage.count("cached_tokens"),
        usage.amount("cost"),
        usage.amount("tokens_per_second"),
        usage.count("written_tokens"),
    )


def kept_usage(usage: Usage) -> Usage:
    """``usage`` as it may be stored."""
    return Usage(
        count(usage.input_tokens),
        count(usage.output_tokens),
        count(usage.reasoning_tokens),
        count(usage.cached_tokens),
        amount(usage.cost),
        amount(usage.tokens_per_second),
        count(usage.written_tokens),
    )


def failure_of(entry: Fields) -> Failure | None:
    """Why a reply failed."""
    failure = entry.optional("failure")
    if failure is None:
        return None
    return Failure(
        failure.text("kind"), failure.text("message"), failure.text("hint"), failure.count("status_code")
    )


def sources_of(entry: Fields) -> Iterator[Source]:
    """The pages that a reply rests on."""
    for one in entry.items("sources"):
        url = one.optional_text("url")
        if url is not None:
            yield Source(url, one.text("title"))


def images_of(entry: Fields) -> Iterator[Image]:
    """The pictures of a reply."""
    for one in entry.items("images"):
        url = one.optional_text("url")
        if url is not None:
            yield Image(url, one.text("alt"))


def hues_of(entry: Fields) -> dict[str, str]:
    """Models and the names of their hues."""
    return dict(entry.known_entries("hues", lambda _, value: string(value), "text"))


def labels_of(entry: Fields) -> dict[int, str]:
    """Messages and what the person calls them; JSON has ids as texts."""

    def known(name: str, value: object) -> str | None:
        number = name.isascii() and name.isdigit() and len(name) < 20
        return string(value) if number else None

    return {
        int(name): label for name, label in entry.known_entries("labels", known, "text by a message's id")
    }


def parameters_of(entry: Fields) -> dict[str, Value]:
    """What ``/set`` has set: nothing else is a parameter, whatever stands there."""
    return dict(entry.known_entries("parameters", known, "a parameter that can be set"))


def attachments_of(entry: Fields) -> Iterator[Attachment]:
    """Files that a history keeps, without their contents: those of a kind that there is."""
    for one in entry.items("attachments"):
        media_type, sha256 = one.text("media_type"), one.text("sha256")
        if media_type in MEDIA_TYPES:
            name = one_line(one.words("name")) or "file"
            yield Attachment(name, media_type, one.count("size") or 0, sha256, one.count("tokens") or 0)
