"""From stored messages to what is sent: roles, order, and what must be left out to fit."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens, fit
from tui.chat.message import Message, Role
from tui.providers.base import ChatMessage

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


@dataclass(slots=True)
class _Turn:
    role: Role
    text: str
    pinned: bool


def build_request(
    path: Sequence[Message],
    *,
    system: str = "",
    pins: Collection[int] = (),
    context: int | None = None,
    max_output: int | None = None,
    calibration: float = 1.0,
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
    """
    summary, since = _newest_summary(path)
    head = "\n\n".join(part for part in (system, summary) if part)
    turns = _turns([m for m in path[:since] if m.id in pins] + list(path[since:]), pins)

    def size(text: str) -> int:
        return round((estimate_tokens(text) + TOKENS_PER_MESSAGE) * calibration)

    always = (size(head) if head else 0) + sum(size(turn.text) for turn in turns if turn.pinned)
    free = [turn for turn in turns if not turn.pinned]
    limit = _limit(context, max_output)
    count, used = fit(
        (size(turn.text) for turn in reversed(free)), None if limit is None else max(limit - always, 0)
    )
    dropped = {id(turn) for turn in free[: len(free) - count]}
    kept = _begins_with_a_prompt([turn for turn in turns if id(turn) not in dropped])
    messages = [ChatMessage(role=Role.SYSTEM.value, content=head)] if head else []
    messages += [ChatMessage(role=turn.role.value, content=turn.text) for turn in kept]
    return Request(messages, len(turns) - len(kept), always + used)


def _newest_summary(path: Sequence[Message]) -> tuple[str, int]:
    """The newest summary as text for the model, and the place after it."""
    for place in range(len(path) - 1, -1, -1):
        message = path[place]
        if message.summary:
            return f"{_SUMMARY}\n\n{message.text}", place + 1
    return "", 0


def _turns(messages: Sequence[Message], pins: Collection[int]) -> list[_Turn]:
    turns: list[_Turn] = []
    for message in messages:
        if not message.text.strip() or message.role is Role.SYSTEM:
            continue
        pinned = message.id in pins
        if turns and turns[-1].role is message.role:
            turns[-1].text += f"\n\n{message.text}"
            turns[-1].pinned |= pinned
        else:
            turns.append(_Turn(message.role, message.text, pinned))
    return turns


def _begins_with_a_prompt(turns: list[_Turn]) -> list[_Turn]:
    """Without replies whose prompt was left out: several vendors refuse to begin with one."""
    return list(itertools.dropwhile(lambda turn: turn.role is Role.ASSISTANT and not turn.pinned, turns))


def _limit(context: int | None, max_output: int | None) -> int | None:
    if context is None:
        return None
    return context - min(max_output or REPLY_TOKENS, round(context * LONGEST_REPLY_SHARE))
