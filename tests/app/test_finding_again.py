"""A person looks for a conversation of some time ago, lands on the message, and goes from hit to hit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role
from tui.chat.parts import Text

TURNS = 40


def conversation(title: str, at: datetime, said: dict[int, str]) -> Bundle:
    """A conversation of many turns; what is ``said`` stands in some of them."""
    conversation = Conversation(0, title, at, at, origin=f"test:{title}", leaf=TURNS, titled=True)
    messages = []
    for number in range(1, TURNS + 1):
        role = Role.USER if number % 2 else Role.ASSISTANT
        text = said.get(number, f"{title}, line {number}. " * 8)
        model = None if number % 2 else "lab/big"
        messages.append(
            Message(number, 0, number - 1 or None, role, parts=(Text(text),), model=model, created_at=at)
        )
    conversation.add(Node.of(message) for message in messages)
    return Bundle(conversation, messages)


@pytest.fixture
def years(run):
    """``async with years(size) as world``: the app over two old conversations and one of today."""

    async def prepare(world):
        october = {
            9: "Where did the lantern hang?",
            20: "The Lantern hung by the door.",
            31: "More lanterns?",
        }
        await world.store.add_conversations(
            [
                conversation("Lighthouse", datetime(2024, 10, 12, tzinfo=UTC), october),
                conversation("Camping", datetime(2026, 3, 1, tzinfo=UTC), {5: "Which lantern is light?"}),
            ]
        )

    return lambda size: run(size=size, prepare=prepare)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_words_and_a_month_lead_to_the_message_and_n_to_the_next(years, size):
    async with years(size) as world:
        await world.pilot.press("ctrl+r", "tab")
        await world.type("after:2024-10 before:2024-11 lantern")
        await world.sees("hung by the door")
        await world.sees_no("Which lantern is light?")
        await world.pilot.press("down", "enter")
        await world.sees("The Lantern hung by the door.")
        assert world.conversation.title == "Lighthouse"
        await world.sees("alt+↑ to the hit")
        await world.pilot.press("alt+up")
        await world.sees("n next hit")
        await world.pilot.press("n")
        await world.sees("More lanterns?")
        await world.pilot.press("N", "N")
        await world.sees("Where did the lantern hang?")
        await world.pilot.press("N")
        await world.sees("More lanterns?")
        await world.pilot.press("escape", "escape")
        await world.sees("enter send")
        await world.sees_no("alt+↑ to the hit")
