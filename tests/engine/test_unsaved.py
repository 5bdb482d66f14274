"""Replies that the history does not have, or not yet: what is read, sent and copied has them all the same."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.engine.conftest import PATIENCE
from tui.chat.attachment import attachment_of
from tui.chat.chunks import Finish, FinishReason
from tui.chat.draft import Draft
from tui.chat.message import Status
from tui.chat.parts import File
from tui.engine.session_events import NotSaved, ReplyEnded
from tui.errors import ErrorKind, HistoryBusyError, HistoryFullError, ProviderError

DONE = Finish(FinishReason.STOP)
BUSY = HistoryBusyError("The history is busy", "Try again in a moment.")


@pytest.fixture
async def run(begin, make_world):
    return await begin(await make_world(save_again=3600))


def refuse(monkeypatch: Any, store: Any) -> None:
    """From now on the history takes nothing of a reply."""

    async def busy(*arguments: Any) -> None:
        raise BUSY

    for name in ("append", "rewrite", "finish_message"):
        monkeypatch.setattr(store, name, busy)


async def test_the_next_request_has_a_reply_that_is_not_saved(run, monkeypatch):
    refuse(monkeypatch, run.world.store)
    run.world.script("Four days.", DONE)
    await run.say("How long?")
    await run.say("And Nara?")
    assert run.world.provider.requests[-1][1] == [
        ("user", "How long?"),
        ("assistant", "Four days."),
        ("user", "And Nara?"),
    ]


async def test_files_of_a_reply_that_is_not_saved_are_whole(run, monkeypatch):
    note = attachment_of("note.txt", b"Rilke")
    refuse(monkeypatch, run.world.store)
    run.world.script("See.", File(note), DONE)
    await run.say("Write")
    service = run.session.current
    [file] = (await service.storage.engine._load(service.conversation, service.last))[-1].attachments
    assert file.data == b"Rilke"


async def test_a_cut_reply_that_is_not_saved_goes_on_from_its_text(run, monkeypatch):
    refuse(monkeypatch, run.world.store)
    run.world.script("Once upon", ProviderError("lost", kind=ErrorKind.LOST))
    await run.say("Tell")
    current = run.session.current
    run.world.script(" a time", DONE)
    live = await run.session.start(current, lambda: current.resume(current.last_reply))
    await live.ended()
    assert run.of(ReplyEnded)[-1].message.text == "Once upon a time"
    assert ("assistant", "Once upon") in run.world.provider.requests[-1][1]


@pytest.mark.parametrize("copy", ["branch", "duplicate"])
async def test_a_copy_has_a_reply_that_was_not_saved_or_says_why_it_can_not(run, monkeypatch, copy):
    with monkeypatch.context() as refusing:
        refuse(refusing, run.world.store)
        run.world.script("Four days.", DONE)
        await run.say("How long?")
        current = run.session.current
        make = current.duplicate if copy == "duplicate" else lambda: current.branch(current.last)
        with pytest.raises(HistoryBusyError):
            await make()
    made = await make()
    assert [m.text for m in await run.world.store.messages(made.path())] == ["How long?", "Four days."]
    assert run.session.live.all_saved


async def test_the_end_waits_for_the_write_of_a_reply_that_is_ending(run, monkeypatch):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(message: Any) -> None:
        begun.set()
        await go_on.wait()
        raise HistoryFullError("The disk is full", "Make room.")

    monkeypatch.setattr(run.world.store, "finish_message", slow)
    run.session.submit(Draft("Hi"))
    await begun.wait()
    run.session.stop()
    end = asyncio.create_task(run.session.live.stop_all())
    await asyncio.wait([end], timeout=0.05)
    assert not end.done()
    go_on.set()
    await end
    assert not run.session.live.all_saved and run.of(NotSaved)


@pytest.mark.parametrize("refused_before", [False, True])
async def test_a_reply_whose_write_hangs_holds_up_no_end_that_is_not_waited_for_and_is_not_saved(
    run, monkeypatch, refused_before
):
    hangs, go_on = asyncio.Event(), asyncio.Event()

    async def hang(message: Any) -> None:
        hangs.set()
        await go_on.wait()

    if refused_before:
        refuse(monkeypatch, run.world.store)
        await run.say("Hi")
    else:
        run.world.script("o", asyncio.Event(), "k", DONE)
        run.session.submit(Draft("Hi"))
        await run.until_said("o")
    monkeypatch.setattr(run.world.store, "finish_message", hang)
    end = asyncio.create_task(run.session.live.stop_all())
    await hangs.wait()
    end.cancel()
    done, _ = await asyncio.wait([end], timeout=PATIENCE)
    assert done and not run.session.live.all_saved
    go_on.set()
    await run.session.live.stop_all()
    assert run.session.live.all_saved


async def test_a_reply_that_ends_by_a_fault_of_ours_is_told_to_have_ended_and_its_queue_comes_back(
    run, monkeypatch
):
    hold = asyncio.Event()
    run.world.script("One.", hold, DONE)

    def broken(provider: str, error: Any) -> None:
        raise LookupError("ours")

    monkeypatch.setattr(run.world, "note_outcome", broken)
    run.session.submit(Draft("first"))
    await run.until_said("One.")
    run.session.stop()
    await run.until(lambda: run.of(ReplyEnded))
    assert run.of(ReplyEnded)[0].message.status is Status.INTERRUPTED
    assert not run.session.current.at_work


async def test_what_is_chosen_while_the_first_prompt_is_stored_is_kept(run, monkeypatch):
    store, current = run.world.store, run.session.current
    begun, go_on, create = asyncio.Event(), asyncio.Event(), run.world.store.create_conversation

    async def slow(**options: Any) -> Any:
        made = await create(**options)
        begun.set()
        await go_on.wait()
        return made

    monkeypatch.setattr(store, "create_conversation", slow)
    run.session.submit(Draft("Hi"))
    await begun.wait()
    chosen: dict[str, Any] = {
        "model": "lab/two",
        "system": "Be brief.",
        "title": "Bread",
        "titled": True,
        "parameters": {"temperature": 0.2},
        "tags": ("food",),
        "pinned": True,
    }
    await current.change(**chosen)
    go_on.set()
    await run.until(lambda: run.of(ReplyEnded))
    stored = await store.load_conversation(current.conversation.id)
    for conversation in (stored, current.conversation):
        assert {name: getattr(conversation, name) for name in chosen} == chosen
