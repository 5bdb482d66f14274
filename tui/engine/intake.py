"""The gate between a provider's code and what is shown and stored: each value is of its kind, or left out.

Our own formats check what servers send; plug-ins, drop-in files and gpt4free yield what they like.
"""

from __future__ import annotations

import json
from typing import Any, assert_never

from msgspec.structs import replace

from tui.chat.attachment import MEDIA_TYPES, Attachment
from tui.chat.chunks import (
    CallState,
    Chunk,
    File,
    Finish,
    FinishReason,
    Image,
    Native,
    Notice,
    Progress,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    Usage,
    Work,
)
from tui.chat.parts import Part, file_in
from tui.checked import amount, count, number, text
from tui.digest import sha256
from tui.history.facts import kept_usage


def taken(item: Any) -> Chunk | None:
    """``item`` as a chunk that holds nothing odd; None where it is none."""
    if isinstance(item, bytes):
        return item.decode("utf-8", "replace")
    if not isinstance(item, Chunk):
        return None
    return _part(item) if isinstance(item, Part) else _beside_parts(item)


def sent_by(provider: str, chunk: Chunk) -> Chunk:
    """A chunk that says who sent the vendor's own form of it, which a wire format can't know.

    Another provider with a model of the same name does not know the form.
    """
    match chunk:
        case (
            Text(native=Native() as native)
            | Reasoning(native=Native() as native)
            | Image(native=Native() as native)
            | File(native=Native() as native)
            | ToolCall(native=Native() as native)
            | ToolResult(native=Native() as native)
        ):
            return replace(chunk, native=replace(native, provider=provider))
        case Text() | Reasoning() | Image() | File() | ToolCall() | ToolResult():
            return chunk
        case str() | Usage() | Finish() | Progress() | Sources() | Notice():
            return chunk
        case _:
            assert_never(chunk)


def _beside_parts(chunk: str | Usage | Finish | Progress) -> Chunk:
    match chunk:
        case str():
            return chunk
        case Usage():
            return kept_usage(chunk)
        case Finish(reason):
            return Finish(reason if isinstance(reason, FinishReason) else FinishReason.STOP)
        case Progress(words, done, total, work):
            kind = work if isinstance(work, Work) else Work.LOADING
            return Progress(text(words), count(done) or 0, count(total), kind)
        case _:
            assert_never(chunk)


def _part(part: Part) -> Part | None:
    match part:
        case Text(said, native):
            return Text(text(said), _native(native))
        case Reasoning(thought, seconds, native):
            return Reasoning(text(thought), number(seconds), _native(native))
        case Sources(pages):
            return Sources(tuple(_source(page) for page in _sequence(pages) if _has_address(page)))
        case Image(url, alt, native):
            return _picture(Image(url, text(alt), _native(native))) if text(url) else None
        case File(file, native):
            return File(file, _native(native)) if _is_file(file) else None
        case ToolCall():
            return _call(part)
        case ToolResult(call, said, is_error, files, native, seconds, whole):
            kept = tuple(filter(_is_file, _sequence(files)))
            facts = _native(native), amount(seconds), count(whole) or 0
            return ToolResult(text(call), text(said), is_error is True, kept, *facts)
        case Notice(words):
            return Notice(text(words)) if text(words) else None
        case _:
            assert_never(part)


def _picture(image: Image) -> Image | File:
    """A picture; one that comes whole is a file from now on, which the history keeps apart."""
    file = file_in(image)
    return image if file is None else File(file, image.native)


def _call(call: ToolCall) -> ToolCall:
    state = call.state if isinstance(call.state, CallState) else CallState.ASKED
    arguments = call.arguments if isinstance(call.arguments, dict) and _is_json(call.arguments) else {}
    raw = text(call.raw) or ("" if arguments or call.arguments == {} else repr(call.arguments))
    names = text(call.id), text(call.server), text(call.name)
    return ToolCall(*names, arguments, raw, state, _native(call.native))


def _native(native: Any) -> Native | None:
    if not isinstance(native, Native) or not text(native.format) or not _is_json(native.blob):
        return None
    return Native(native.format, text(native.provider), text(native.model), native.blob)


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _is_file(file: Any) -> bool:
    """Whether it is an attachment as ``attachment_of`` makes them."""
    if not isinstance(file, Attachment) or file.media_type not in MEDIA_TYPES:
        return False
    known = isinstance(file.data, bytes) and sha256(file.data) == file.sha256
    return known and bool(text(file.name))


def _sequence(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _has_address(page: Any) -> bool:
    return isinstance(page, Source) and bool(text(page.url))


def _source(page: Source) -> Source:
    return Source(page.url, text(page.title))
