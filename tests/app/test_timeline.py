"""Ctrl+T: the prompts of this conversation, to go to one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui.app.conversations.prompt_list import PromptRow
from tui.app.conversations.timeline import Timeline
from tui.chat.conversation import Bundle, Conversation
from tui.chat.message import Message, Role
from tui.chat.parts import Text
from tui.engine.start_options import StartOptions

LAST = StartOptions(continue_last=True)


def asked(*prompts):
    """Prepares a conversation with these prompts, each with a reply, a day apart."""

    async def prepare(world):
        now = datetime.now(UTC)
        conversation, messages = Conversation(1, model="lab/big"), []
        for number, text in enumerate(prompts):
            day = now - timedelta(days=min(len(prompts) - 1 - number, 50))
            for role, words in ((Role.USER, text), (Role.ASSISTANT, f"Reply {number}. " + "word " * 60)):
                parent = messages[-1].id if messages else None
                model = "lab/big" if role is Role.ASSISTANT else None
                made = Message(
                    len(messages) + 1, 1, parent, role, parts=(Text(words),), model=model, created_at=day
                )
                messages.append(made)
                conversation.append(made)
        await world.store.add_conversations([Bundle(conversation, tuple(messages))])

    return prepare


def rows(world):
    """The prompts in the list."""
    return [row for row in world.app.screen.listing.rows if isinstance(row, PromptRow)]


async def opened(world):
    await world.until(lambda: isinstance(world.app.screen, Timeline) and world.app.screen.listing.settled)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_newest_prompt_stands_first_under_its_day(run, size):
    prepare = asked("Kyoto?\nIn four days.", "Bread?", "Rilke?")
    async with run(size=size, start=LAST, prepare=prepare) as world:
        await world.pilot.press("ctrl+t")
        await opened(world)
        await world.sees("Today", "Rilke?", "Yesterday", "Bread?", "Kyoto?", "enter go there")
        assert [row.line for row in rows(world)] == ["Rilke?", "Bread?", "Kyoto?"]


async def test_enter_goes_to_the_prompt(run):
    prompts = [f"Question {number:02}?" for number in range(40)]
    async with run(start=LAST, prepare=asked(*prompts)) as world:
        assert "Question 03?" not in world.text
        await world.pilot.press("ctrl+t", *"n 03?", "enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.sees("▎ Question 03?", "Reply 3.")
        await world.until(lambda: world.composer.has_focus)


async def test_a_filter_finds_words_anywhere_without_case_and_accents(run):
    prepare = asked("A plan\nfor Málaga", "Bread?", "Nothing")
    async with run(start=LAST, prepare=prepare) as world:
        await world.pilot.press("ctrl+t", *"malaga")
        await opened(world)
        assert [row.line for row in rows(world)] == ["for Málaga"]
        assert rows(world)[0].marks == [(4, 10)]
        await world.sees("1 of 3")
        await world.pilot.press(*"xx")
        await world.sees("No prompt has these words.")
        await world.pilot.press("enter")
        assert isinstance(world.app.screen, Timeline)


async def test_ten_thousand_messages_are_listed_a_page_at_a_time(run):
    prompts = [f"Question {number:04}?" for number in range(5000)]
    async with run(start=LAST, prepare=asked(*prompts)) as world:
        loaded = []
        messages = world.store.messages

        async def watched(ids):
            loaded.append(len(ids))
            return await messages(ids)

        world.store.messages = watched
        await world.pilot.press("ctrl+t")
        await opened(world)
        await world.until(lambda: rows(world))
        assert len(rows(world)) <= 200
        await world.pilot.press("end", "end", "end")
        await world.until(lambda: len(rows(world)) > 200)
        await world.pilot.press(*"Question 0017?", "enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.sees("▎ Question 0017?")
        assert max(loaded) <= 500


async def test_a_new_conversation_has_none_and_the_key_closes_the_list(run):
    async with run() as world:
        await world.say("/prompts")
        await world.sees("Nothing was asked yet.")
        await world.pilot.press("ctrl+t")
        await world.until(lambda: world.app.screen is world.screen)


async def test_help_and_palette_know_it(run):
    async with run(size=(120, 40)) as world:
        await world.pilot.press("f1", *"prompts")
        await world.sees("/prompts", "Your prompts here", "ctrl+t")
        await world.pilot.press("escape", "ctrl+p", *"prompts")
        await world.sees("Your prompts")
