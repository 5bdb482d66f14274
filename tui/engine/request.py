"""From stored messages to what is sent: roles, order, and what must be left out to fit."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from tui.chat.attachment import Attachment, Kind
from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens, fit
from tui.chat.message import Message, Role
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    arguments_line,
    of_kind,
    tool_name,
)
from tui.providers.base import ChatMessage, ContentPart, FilePart, ImagePart, Messages, TextPart
from tui.text import fenced, one_line

# Left free for the reply where the model's own limit is not known, and at the most.
REPLY_TOKENS = 1024
LONGEST_REPLY_SHARE = 0.25

CONTINUE = "Go on exactly where your last message ends. Do not repeat any of it and do not comment on this."


SUMMARISE = (
    "Summarise our conversation so far, for yourself to go on from: what was asked and decided, the facts, "
    "names, numbers and code that are still needed, and what is open. Answer with the summary alone."
)
_SUMMARY = "What was said before, in short:"


@dataclass(frozen=True, slots=True)
class Request:
    """What goes to the provider."""

    messages: list[ChatMessage]
    left_out: int
    """Turns at the beginning that did not fit."""
    tokens: int
    """The estimate of the whole prompt."""
    unseen: tuple[str, ...] = ()
    """Names of images that are not sent, since the model takes none."""
    lost: tuple[str, ...] = ()
    """Names of files that are not sent, since the history has lost their contents."""


@dataclass(slots=True)
class _Turn:
    role: Role
    pinned: bool
    asked: bool = False
    """Whether a person speaks in it: what tools gave back is told in the person's turn too."""
    pieces: list[str | Attachment] = field(default_factory=list)
    """Texts and files, in the order of their messages."""

    @property
    def files(self) -> list[Attachment]:
        return [piece for piece in self.pieces if isinstance(piece, Attachment)]

    @property
    def text(self) -> str:
        return "\n\n".join(piece for piece in self.pieces if isinstance(piece, str))

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.text) + sum(file.tokens for file in self.files)

    @property
    def content(self) -> str | list[ContentPart]:
        return [_part(piece) for piece in self.pieces] if self.files else self.text


def build_request(
    path: Sequence[Message],
    *,
    system: str = "",
    pins: Collection[int] = (),
    context: int | None = None,
    max_output: int | None = None,
    calibration: float = 1.0,
    images: bool = True,
) -> Request:
    """The request for the conversation ``path``, whose last message is to be answered.

    A summary in the path stands for all before it. Replies without text (failed, stopped at once) are
    skipped, and neighbours of one role are joined, since several vendors refuse two prompts in a row.

    Args:
        path: Messages from the first to the last, oldest first.
        system: The system prompt.
        pins: Messages that are never left out.
        context: Tokens that the model can take, prompt and reply; None if not known.
        max_output: Tokens kept free for the reply.
        calibration: Real tokens for one estimated token of this model.
        images: Whether the model takes images; otherwise their names stand in their place.
    """
    summary, since = _newest_summary(path)
    head = "\n\n".join(part for part in (system, summary) if part)
    turns = _turns([m for m in path[:since] if m.id in pins] + list(path[since:]), pins)
    unseen = [] if images else _without(turns, lambda file: file.kind is Kind.IMAGE)
    lost = _without(turns, lambda file: file.data is None)

    def size(tokens: int) -> int:
        return round((tokens + TOKENS_PER_MESSAGE) * calibration)

    always = size(estimate_tokens(head)) if head else 0
    always += sum(size(turn.tokens) for turn in turns if turn.pinned)
    free = [turn for turn in turns if not turn.pinned]
    limit = _limit(context, max_output)
    count, used = fit(
        (size(turn.tokens) for turn in reversed(free)), None if limit is None else max(limit - always, 0)
    )
    dropped = {id(turn) for turn in free[: len(free) - count]}
    kept = _begins_with_a_prompt([turn for turn in turns if id(turn) not in dropped])
    messages = [ChatMessage(role=Role.SYSTEM.value, content=head)] if head else []
    messages += [ChatMessage(role=turn.role.value, content=turn.content) for turn in kept]
    return Request(messages, len(turns) - len(kept), always + used, tuple(unseen), tuple(lost))


def tokens_of(message: Message) -> int:
    """About how many tokens a message has when it is sent again, with its calls and what they gave back."""
    told = [piece for _, piece in _said(message.role, message.parts)]
    files = sum(piece.tokens for piece in told if isinstance(piece, Attachment))
    return files + estimate_tokens("\n\n".join(piece for piece in told if isinstance(piece, str)))


def prefix_of(messages: Messages) -> str:
    """A hash of what is sent, system prompt and all: behind the same prefix a vendor's own form goes back."""
    return hashlib.blake2b(json.dumps(messages, sort_keys=True).encode(), digest_size=16).hexdigest()


def _newest_summary(path: Sequence[Message]) -> tuple[str, int]:
    """The newest summary as text for the model, and the place after it."""
    for place in range(len(path) - 1, -1, -1):
        message = path[place]
        if message.summary:
            return f"{_SUMMARY}\n\n{message.text}", place + 1
    return "", 0


def as_begun(parts: Sequence[Part]) -> list[ChatMessage]:
    """What the model has said of a reply, with the prompt to go on from there."""
    pieces = [*_said(Role.ASSISTANT, parts), (Role.USER, CONTINUE)]
    turns: list[_Turn] = []
    for role, piece in pieces:
        _turn_of(turns, role).pieces.append(piece)
    return [ChatMessage(role=turn.role.value, content=turn.content) for turn in turns]


def _turns(messages: Sequence[Message], pins: Collection[int]) -> list[_Turn]:
    turns: list[_Turn] = []
    for message in messages:
        if message.role is Role.SYSTEM:
            continue
        for role, piece in _said(message.role, message.parts):
            turn = _turn_of(turns, role)
            turn.pinned |= message.id in pins
            turn.asked |= message.role is Role.USER
            turn.pieces.append(piece)
    return turns


def _turn_of(turns: list[_Turn], role: Role) -> _Turn:
    if not turns or turns[-1].role is not role:
        turns.append(_Turn(role, pinned=False))
    return turns[-1]


def _said(role: Role, parts: Sequence[Part]) -> Iterator[tuple[Role, str | Attachment]]:
    """What a message says to a model, in its order, and in whose turn.

    Thinking is never told. What a tool gave back stands in the turn after the one that asked for it.
    """
    results = {part.call: part for part in of_kind(parts, ToolResult)}
    waiting: list[ToolCall] = []

    def given_back() -> Iterator[tuple[Role, str | Attachment]]:
        for call in waiting:
            yield from ((Role.USER, piece) for piece in _result(call, results.get(call.id)))
        waiting.clear()

    # The files of a prompt first: what is asked stands after what it is asked about.
    ordered = sorted(parts, key=lambda part: not isinstance(part, File)) if role is Role.USER else parts
    for part in ordered:
        match part:
            case ToolCall():
                waiting.append(part)
                yield role, f"[Used {tool_name(part, '__')} {arguments_line(part)}]"
            case Text(text):
                yield from given_back()
                if text.strip():
                    yield role, text
            case File(file):
                yield from given_back()
                yield role, file if role is Role.USER else f"[{file.kind} {file.name}]"
            case Image(alt=alt):
                yield from given_back()
                yield role, f"[image: {one_line(alt)}]" if alt.strip() else "[image]"
            case Reasoning() | ToolResult() | Sources() | Notice():
                pass
            case _:
                assert_never(part)
    yield from given_back()


def _result(call: ToolCall, result: ToolResult | None) -> Iterator[str | Attachment]:
    name = tool_name(call, "__")
    if result is None:
        yield f"[{name} stopped before it ended]"
        return
    yield f"[{name} {'failed' if result.is_error else 'gave back'}]\n{fenced(result.text)}"
    yield from result.files


def _without(turns: Sequence[_Turn], left_out: Callable[[Attachment], bool]) -> list[str]:
    """Put names in the place of some files. Returns the names."""
    names: list[str] = []
    for turn in turns:
        for place, piece in enumerate(turn.pieces):
            if isinstance(piece, Attachment) and left_out(piece):
                turn.pieces[place] = f"[{piece.kind} {piece.name}]"
                names.append(piece.name)
    return names


def _part(piece: str | Attachment) -> ContentPart:
    if isinstance(piece, str):
        return TextPart(type="text", text=piece)
    url = f"data:{piece.media_type};base64,{base64.b64encode(piece.data or b'').decode('ascii')}"
    if piece.kind is Kind.IMAGE:
        return ImagePart(type="image_url", image_url={"url": url})
    return FilePart(type="file", file={"filename": piece.name, "file_data": url})


def _begins_with_a_prompt(turns: list[_Turn]) -> list[_Turn]:
    """Without replies whose prompt was left out: several vendors refuse to begin with one."""
    return list(itertools.dropwhile(lambda turn: not turn.asked and not turn.pinned, turns))


def _limit(context: int | None, max_output: int | None) -> int | None:
    if context is None:
        return None
    return context - min(max_output or REPLY_TOKENS, round(context * LONGEST_REPLY_SHARE))
