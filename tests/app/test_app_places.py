"""Where conversations are kept: in memory only, or in a file that another program writes too."""

from __future__ import annotations

import asyncio

from textual import events

from tui.app.start import StartOptions
from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Role
from tui.history.sqlite import open_history

DONE = Finish(FinishReason.STOP)


async def test_a_temporary_run_marks_every_conversation(run):
    async with run(start=StartOptions(temporary=True), size=(120, 40)) as world:
        await world.sees("temporary")
        await world.say("A secret")
        await world.sees("I am big.", "ready", "temporary")
        await world.pilot.press("ctrl+n")
        await world.sees_no("I am big.")
        await world.sees("temporary", "A secret")  # listed as long as the program runs


async def test_a_live_reply_of_a_temporary_run_is_found_again(run):
    async with run(start=StartOptions(temporary=True), size=(120, 40)) as world:
        more = asyncio.Event()
        world.script("one ", more, "two", DONE)
        await world.say("Count")
        await world.sees("one")
        first = world.chat.room.desk.chat
        await world.pilot.press("ctrl+n")
        await world.sees_no("one")
        await world.chat.room.open_by_id(first.conversation.id)
        assert world.chat.room.desk.chat is first
        more.set()
        await world.sees("one two", "ready")


async def test_what_another_program_adds_is_seen(run, tmp_path):
    async def on_disk(world):
        await world.store.close()
        world.store = await open_history(tmp_path / "history.db")

    async with run(prepare=on_disk, size=(120, 40)) as world:
        await world.say("Kyoto?")
        await world.sees("I am big.", "ready")
        chat = world.chat.room.desk.chat
        other = await open_history(tmp_path / "history.db")
        try:
            await other.add_message(chat.conversation.id, chat.last, Role.USER, "From next door")
            await other.create_conversation(title="Rilke")
        finally:
            await other.close()
        world.app.post_message(events.AppFocus())
        await world.sees("From next door")
        await world.say("And here")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.provider.requests[1][1][-1] == "From next door\n\nAnd here"
