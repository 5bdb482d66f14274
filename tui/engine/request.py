"""From stored messages to what is sent: roles, order, and what must be left out to fit."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens, fit
from tui.chat.message import Message, Role
from tui.providers.base import ChatMessage

# Left free for the reply where the model's own limit is not known, and at the most.
REPLY_TOKENS = 1024
LONGEST_REPLY_SHARE = 0.25

CONTINUE = "Go on exactly where your last message ends. Do not repeat any of it and do not comment on this."


@dataclass(frozen=True, slots=True)
class Request:
    """What goes to the provider."""

    messages: list[ChatMessage]
    left_out: int
    """Messages at the beginning that did not fit."""
    tokens: int
    """The estimate of the whole prompt."""


def build_request(
    path: Sequence[Message],
    *,
    system: str = "",
    context: int | None = None,
    max_output: int | None = None,
    calibration: float = 1.0,
) -> Request:
    """The request for the conversation ``path``, whose last message is to be answered.

    Replies without text (failed, stopped at once) are skipped, and neighbours of one role are joined, since
    several vendors refuse two prompts in a row.

    Args:
        path: Messages from the first to the last, oldest first.
        system: The system prompt.
        context: Tokens that the model can take, prompt and reply; None if not known.
        max_output: Tokens kept free for the reply.
        calibration: Real tokens for one estimated token of this model.
    """
    turns = _turns(path, system)
    sizes = [round((estimate_tokens(t["content"]) + TOKENS_PER_MESSAGE) * calibration) for t in turns]
    limit = _limit(context, max_output)
    chosen = fit(sizes, limit, keep=[0] if system else [])
    kept = _begins_with_a_prompt([turns[i] for i in chosen.kept])
    return Request(
        [ChatMessage(role=turn["role"], content=turn["content"]) for turn in kept],
        len(turns) - len(kept),
        chosen.tokens,
    )


def _begins_with_a_prompt(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    """Without replies whose prompt was left out: several vendors refuse to begin with one."""
    spoken = [i for i, turn in enumerate(turns) if turn["role"] != Role.SYSTEM.value]
    orphans = set(itertools.takewhile(lambda i: turns[i]["role"] == Role.ASSISTANT.value, spoken))
    return [turn for i, turn in enumerate(turns) if i not in orphans]


def _limit(context: int | None, max_output: int | None) -> int | None:
    if context is None:
        return None
    return context - min(max_output or REPLY_TOKENS, round(context * LONGEST_REPLY_SHARE))


def _turns(path: Sequence[Message], system: str) -> list[dict[str, str]]:
    turns: list[dict[str, str]] = []
    if system:
        turns.append({"role": Role.SYSTEM.value, "content": system})
    for message in path:
        if not message.text.strip():
            continue
        if turns and turns[-1]["role"] == message.role.value and message.role is not Role.SYSTEM:
            turns[-1] = {"role": message.role.value, "content": f"{turns[-1]['content']}\n\n{message.text}"}
        else:
            turns.append({"role": message.role.value, "content": message.text})
    return turns
