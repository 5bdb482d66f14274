"""Thinking between marks in the text of a reply: told apart in every dialect, wherever the pieces end."""

from __future__ import annotations

import pytest

from tui.chat.message import Status


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("<think>plan</think>\n\nYes", "plan", "Yes"),
        ("plan</think>Yes", "plan", "Yes"),
        ("[THINK]plan[/THINK]Yes", "plan", "Yes"),
        (
            "<|channel|>analysis<|message|>plan<|end|><|start|>assistant<|channel|>final<|message|>Yes",
            "plan",
            "Yes",
        ),
        ("Write `<think>` so:\n```\n</think>\n```", "", "Write `<think>` so:\n```\n</think>\n```"),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
async def test_thinking_is_told_apart(server, dialect, send, text, thought, answer, size):
    server.answer = dialect.streams(*(text[place : place + size] for place in range(0, len(text), size)))
    reply = await send(dialect.at(server.url))
    assert (reply.reasoning, reply.text, reply.status) == (thought, answer, Status.COMPLETE)
