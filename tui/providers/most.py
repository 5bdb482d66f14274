"""The most that a server takes of something: read from its refusal, and kept to from then on.

A lesson of this kind is ``FIELD<=NUMBER`` (see ``lessons``); ``image`` stands for the size of each image, in
characters of its base64.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tui.errors import Refusal, Refuser
from tui.providers.base import ChatMessage, ContentPart, Messages, TextPart

IMAGE = "image"
MOST = "<="
_NUMBER = re.compile(r"(?<![\w.-])(\d{1,3}(?:[,_]\d{3})+|\d{1,12})(?![\w]|[.-]\d)")
_LESS = re.compile(r"(?<![\w.])(\d{2,9}) ?- ?(\d{1,9})(?![\w.])")
_SUM = re.compile(r"(?<![\w.])(\d{1,9}) ?\+ ?(\d{1,9}) ?> ?(\d{2,9})(?![\w.])")
_TOKENS = re.compile(
    r"(?i)max\w{0,20}[ _]?(completion|output|new)?[ _]?tokens|(completion|output) tokens|num_predict"
)
_BELOW = re.compile(r"(?i)exclusive|(less|lower|smaller|fewer) than(?! or equal)")
_TOO_LARGE = re.compile(
    r"(?i)(image|picture|photo|media|base64)s?\b"
    r".{0,160}?(exceed|too (large|big)|maximum|larger than|at most|limit)"
    r"|(exceed|too (large|big)|maximum|larger than|limit).{0,160}?\b(image|picture|photo|media)\b"
    r"|could not process image|image dimensions|invalid image size"
)
_BYTES = re.compile(r"(?i)(?<![\d,_.])(\d[\d,_]{0,20}(?:\.\d{1,9})?) ?(bytes?|kb|kib|mb|mib|m)\b")
_UNITS = {"k": 1024, "m": 1024 * 1024}
_LEAST_IMAGE = 1000
_LEFT_OUT = "[an image that is too large to be shown]"
_SIDE = re.compile(r"(?i)pixel|dimension|resolution|width|height|\bpx\b")

# Characters of base64 in one image, by the vendors' documents.
_KNOWN_IMAGES = {
    "anthropic": 5 * 1024 * 1024,
    "bedrock": 5_000_000,
    "groq": 4 * 1024 * 1024,
}


def largest_image(provider: str) -> int | None:
    """Characters of base64 that a vendor takes of one image; None where nothing is known."""
    return _KNOWN_IMAGES.get(provider)


def base64_size(size: int) -> int:
    """Characters of base64 for so many bytes."""
    return (size + 2) // 3 * 4


def limit_in(name: str) -> tuple[str, int] | None:
    """The field and the number of a lesson of this kind; None for any other."""
    field, sign, number = name.partition(MOST)
    return (field, int(number)) if sign and number.isdecimal() else None


def limits(refused: Collection[str]) -> dict[str, int]:
    """The least of each limit that is known."""
    found: dict[str, int] = {}
    for field, most in filter(None, map(limit_in, refused)):
        found[field] = min(most, found.get(field, most))
    return found


def tokens_refused(words: str, paths: Collection[tuple[str, ...]], body: Mapping[str, Any]) -> Refusal | None:
    """That a reply may not be so long, where the refusal says how long it may be.

    Args:
        words: What the server says.
        paths: The fields of the request.
        body: The request.
    """
    if not _TOKENS.search(words):
        return None
    from tui.providers.error_parsing import parameter_of  # a start parses no error

    for path in paths:
        sent = _value(body, path)
        if parameter_of(path[-1]) == "max_tokens" and type(sent) is int:
            most, lasts = _most_tokens(words, sent)
            if most:
                return Refusal((f"{'.'.join(path)}{MOST}{most}",), Refuser.MODEL if lasts else None)
    return None


def _most_tokens(words: str, sent: int) -> tuple[int, bool]:
    """The number that is allowed, and whether it will be the same for another prompt."""
    for asked, _, whole in _SUM.findall(words):
        if 0 < int(whole) - int(asked) < sent:
            return int(whole) - int(asked), False
    for whole, part in _LESS.findall(words):
        if 0 < int(whole) - int(part) < sent:
            return int(whole) - int(part), False
    numbers = [int(re.sub(r"\D", "", digits)) for digits in _NUMBER.findall(words)]
    below = max((number for number in numbers if 0 < number < sent), default=0)
    if below and "context" in words.lower() and len(set(numbers)) > 2:
        return below, False
    return (below - 1 if _BELOW.search(words) else below), True


def image_refused(status: int | None, words: str, body: Any) -> Refusal | None:
    """That an image is too large, if the refusal says so: the largest one is meant where no size is named."""
    sizes = sorted(map(len, _pictures(body)))
    if not sizes or not (status == 413 or _TOO_LARGE.search(words)):
        return None
    named = [_bytes(number, unit) for number, unit in _BYTES.findall(words)]
    fitting = [size for size in named if _LEAST_IMAGE <= size < sizes[-1]]
    if fitting and not _SIDE.search(words):
        return Refusal((f"{IMAGE}{MOST}{max(fitting)}",), Refuser.MODEL)
    return Refusal((f"{IMAGE}{MOST}{sizes[-1] - 1}",))


def _value(body: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        body = body.get(step) if isinstance(body, Mapping) else None
    return body


def _bytes(number: str, unit: str) -> int:
    return int(float(re.sub("[,_]", "", number)) * _UNITS.get(unit[0].lower(), 1))


def _pictures(value: Any, depth: int = 0) -> Iterator[str]:
    """The base64 of each image in a request, whatever the wire format calls it."""
    if depth > 8:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if (
                isinstance(inner, str)
                and key in ("url", "image_url", "data", "bytes")
                and _is_image(key, inner, value)
            ):
                yield inner.rpartition(",")[2]
            elif key == "images" and isinstance(inner, list):
                yield from (each for each in inner if isinstance(each, str))
            else:
                yield from _pictures(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _pictures(inner, depth + 1)


def _is_image(key: str, text: str, beside: Mapping[str, Any]) -> bool:
    if key in ("url", "image_url"):
        return text.startswith("data:image/")
    kind = beside.get("media_type") or beside.get("mimeType") or beside.get("mime_type") or ""
    return isinstance(kind, str) and kind.startswith("image/")


def without_large(messages: Messages, most: int) -> tuple[Messages, list[str]]:
    """The messages without images that are larger, and the ``data:`` addresses of those."""
    left_out: list[str] = []

    def too_large(part: ContentPart) -> bool:
        url = part["image_url"]["url"] if part["type"] == "image_url" else ""
        large = url.startswith("data:") and len(url.rpartition(",")[2]) > most
        left_out.extend([url] if large else [])
        return large

    def kept(part: ContentPart) -> ContentPart:
        if part["type"] == "tool_result":
            files = [file for file in part["files"] if not too_large(file)]
            gone = len(part["files"]) - len(files)
            return {**part, "files": files, "text": "\n\n".join((part["text"], *[_LEFT_OUT] * gone))}
        return TextPart(type="text", text=_LEFT_OUT) if too_large(part) else part

    turns: list[Any] = [
        message
        if isinstance(message["content"], str)
        else ChatMessage(role=message["role"], content=[kept(part) for part in message["content"]])
        for message in messages
    ]
    return turns if left_out else messages, left_out


def in_words(most: int) -> str:
    """A size of base64 as that of the file, for reading."""
    return f"{most * 3 / 4 / 1e6:.1f} MB"
