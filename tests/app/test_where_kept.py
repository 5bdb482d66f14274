"""Where conversations are kept: in memory only, or in a file that another program writes too."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from textual import events

from tests.history.servers import cluster, place, pooler
from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Role, Status
from tui.chat.parts import Text, prompt_parts
from tui.engine.start_options import StartOptions
from tui.errors import HistoryFullError
from tui.history.opening import open_history
from tui.history.place import File
from tui.history.sqlite import watch
from tui.history.store import StopAsked

__all__ = ["cluster", "place", "pooler"]

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
        first = world.current
        await world.pilot.press("ctrl+n")
        await world.sees_no("one")
        await world.open(first.conversation.id)
        assert world.current is first
        more.set()
        await world.sees("one two", "ready")


@pytest.fixture(params=["file", "server"])
def shared(request, run, tmp_path, monkeypatch):
    """``async with shared() as (world, other)``: a conversation that another program has too."""
    monkeypatch.setattr(watch, "_PAUSE", 0.02)
    where = File(tmp_path / "history.db")
    if request.param == "server":
        where = request.getfixturevalue("place")

    async def on_disk(world):
        await world.store.close()
        world.store = await open_history(where)

    @asynccontextmanager
    async def sharing():
        async with run(prepare=on_disk, size=(120, 40)) as world:
            await world.say("Kyoto?")
            await world.sees("I am big.", "ready")
            other = await open_history(where)
            try:
                yield world, other
            finally:
                await other.close()

    return sharing


async def test_what_another_program_adds_is_seen_without_a_key(shared):
    async with shared() as (world, other):
        service = world.current
        await other.add_message(
            service.conversation.id, service.last, Role.USER, prompt_parts("From next door")
        )
        rilke = await other.create_conversation(title="Rilke")
        await other.add_message(rilke.id, None, Role.USER, prompt_parts("Which elegy?"))
        await world.sees("From next door", "Rilke")
        await world.say("And here")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.provider.requests[1][1][-1] == "From next door\n\nAnd here"


async def test_a_look_at_the_terminal_is_a_look_for_changes(shared, monkeypatch):
    monkeypatch.setattr(watch, "_PAUSE", 3600)
    async with shared() as (world, other):
        await other.update_conversation(world.current.conversation.id, title="Rilke")
        world.app.post_message(events.AppFocus())
        await world.until(lambda: world.text.count("Rilke") == 2)


async def test_what_another_program_changes_is_seen(shared):
    async with shared() as (world, other):
        service = world.current
        prompt, reply = service.conversation.path()
        await other.update_conversation(service.conversation.id, title="Four days", tags=("japan",))
        await world.sees("Four days", "#japan")
        await other.hide_messages([reply])
        await world.sees_no("I am big.")
        await other.hide_messages([reply], hidden=False)
        await world.sees("I am big.")
        live = await other.add_message(
            service.conversation.id, prompt, Role.ASSISTANT, model="lab/small", status=Status.STREAMING
        )
        await world.sees("2/2")
        await other.append(live.id, ["It grows "])
        await world.sees("It grows")
        live.parts, live.status = (Text("It grows to its end."),), Status.COMPLETE
        await other.finish_message(live)
        await world.sees("It grows to its end.")


async def test_a_reply_that_another_program_streams_grows_here_and_can_be_stopped_from_here(shared):
    async with shared() as (world, other):
        told = []
        other.subscribe(told.append)
        service = world.current
        prompt, _ = service.conversation.path()
        live = await other.add_message(
            service.conversation.id, prompt, Role.ASSISTANT, model="lab/small", status=Status.STREAMING
        )
        await world.sees("2/2")
        for word in ("It ", "grows ", "piece by piece"):
            await other.append(live.id, [word])
            await world.sees(word.strip())
        await other.rewrite(live.id, ["It begins anew "])
        await world.sees("It begins anew")
        await world.sees_no("piece by piece")
        await world.pilot.press("escape")
        await world.sees("is asked to stop")
        await world.until(lambda: StopAsked(live.id) in told)
        live.parts, live.status = (Text("It begins anew and stops."),), Status.STOPPED
        await other.finish_message(live)
        await world.sees("It begins anew and stops.")


async def test_while_another_program_writes_the_reply_that_is_seen_and_a_prompt_stays_the_persons(shared):
    async with shared() as (world, other):
        service, asked = world.current, len(world.provider.requests)
        prompt, _ = service.conversation.path()
        live = await other.add_message(
            service.conversation.id, prompt, Role.ASSISTANT, model="lab/small", status=Status.STREAMING
        )
        await world.sees("another program writes the reply", "elsewhere", "esc stop it there")
        await world.say("And then?")
        await world.sees("Another program is still writing the reply here")
        assert world.composer.text == "And then?" and len(world.provider.requests) == asked
        live.parts, live.status = (Text("Done."),), Status.COMPLETE
        await other.finish_message(live)
        await world.sees("Done.", "ready")
        await world.pilot.press("enter")
        await world.until(lambda: len(world.provider.requests) == asked + 1)


async def test_another_program_stops_a_reply_that_comes_here(shared):
    async with shared() as (world, other):
        more = asyncio.Event()
        world.script("one ", more, "two", DONE)
        await world.say("Count")
        await world.sees("one")
        live = world.current.live
        await other.ask_to_stop(live.reply.message.id)
        await world.until(lambda: world.current.live is None)
        [stored] = await other.messages([live.reply.message.id])
        assert (stored.text.strip(), stored.status) == ("one", Status.STOPPED)


async def test_a_reply_that_ends_while_it_is_read_is_read_again(run):
    async with run() as world:
        more = asyncio.Event()
        world.script("one ", more, "two", DONE)
        await world.say("Count")
        await world.sees("one")
        service, read = world.current, world.store.messages

        async def slowly(ids):
            stored = await read(ids)
            more.set()
            await world.until(lambda: service.live is None)
            return stored

        world.store.messages = slowly
        _, reply = await service.messages(service.conversation.path())
        assert (reply.text, reply.status) == ("one two", Status.COMPLETE)


async def test_what_is_written_in_comes_back_from_the_trash(shared):
    async with shared() as (world, other):
        await world.type("half a thought")
        await other.delete_conversation(world.current.conversation.id)
        await world.sees("moved this conversation to the trash", "half a thought")
        assert await other.count_conversations() == 0
        await world.pilot.press("enter")
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.sees("ready")
        assert await other.count_conversations() == 1


@pytest.mark.parametrize("shared", ["file"], indirect=True)
async def test_what_goes_wrong_with_the_history_meanwhile_is_said(shared):
    async with shared() as (world, _):
        for _ in range(2):
            world.store._complain(HistoryFullError("There is no room for a backup", "It needs 3 MB."))
        await world.sees("There is no room for a backup. It needs 3 MB.")
        assert world.text.count("no room for a backup") == 1
