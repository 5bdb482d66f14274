"""The history can't be written while a reply comes: the conversation goes on, says so, and saves it later."""

from __future__ import annotations

import asyncio
import json

import pytest
from msgspec.structs import replace

from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Status
from tui.engine.limits import Limits
from tui.errors import HistoryBusyError, HistoryFullError

DONE = Finish(FinishReason.STOP)
FULL = HistoryFullError("The history can't be saved: the disk is full", "Make room.")
BUSY = HistoryBusyError("The history is busy: another program is writing to it", "Try again in a moment.")


class Refusal:
    """A store that takes no replies, or does nothing else of this, until it does again."""

    def __init__(self, store, error, *names) -> None:
        self._store, self._error = store, error
        names = names or ("append", "finish_message")
        self._kept = {name: getattr(store, name) for name in names}
        for name in self._kept:
            setattr(store, name, self._refuse)

    async def _refuse(self, *args, **kwargs):
        raise self._error

    def end(self) -> None:
        for name, method in self._kept.items():
            setattr(self._store, name, method)


async def _hang(*args, **kwargs):
    await asyncio.Event().wait()


@pytest.fixture
def soon(monkeypatch):
    """What was not saved is tried again at once."""
    monkeypatch.setattr(
        "tests.app.conftest.Limits", lambda **given: replace(Limits(**given), save_again=0.01)
    )


@pytest.mark.parametrize("error", [FULL, BUSY], ids=["full", "busy"])
async def test_the_reply_is_shown_kept_and_saved_when_there_is_room_again(run, soon, error):
    async with run(size=(120, 40)) as world:
        more = asyncio.Event()
        world.script("Four ", more, "days.", DONE)
        refusal = Refusal(world.store, error)
        await world.say("How long for Kyoto?")
        await world.sees("Four", error.message, "It is tried again")
        own = world.conversation.id
        more.set()
        await world.sees("Four days.", "ready", error.message)
        _, stored = await world.path()
        assert stored.status is Status.STREAMING, "the disk has it not yet"
        await world.pilot.press("ctrl+n")
        await world.sees_no("Four days.")
        await world.open(own)
        await world.sees("Four days.")
        refusal.end()
        await world.sees("Everything is saved again")
        await world.sees_no(error.message)
        _, stored = await world.path()
        assert (stored.text, stored.status, stored.notices) == ("Four days.", Status.COMPLETE, ())


async def test_a_full_disk_is_told_once_and_no_more_when_reply_draft_and_all_else_are_saved(
    run, soon, monkeypatch
):
    monkeypatch.setattr("tui.engine.drafts.DELAY", 0.01)
    async with run(size=(120, 40)) as world:
        world.script("Four days.", DONE)
        reply = Refusal(world.store, FULL)
        await world.say("How long for Kyoto?")
        await world.sees("Four days.", "ready", FULL.message, "It is tried again")
        draft = Refusal(world.store, FULL, "update_conversation")
        await world.say("/title Kyoto")
        await world.until(lambda: world.composer.draft == "/title Kyoto")
        await world.pilot.press("ctrl+u")
        await world.type("And Nara?")
        await world.until(lambda: world.session.drafts.any_refused)
        await world.pilot.pause()
        assert world.text.count(FULL.message) == 1
        reply.end()
        await world.until(lambda: world.session.live.all_saved)
        assert world.text.count(FULL.message) == 1, "the draft is not saved yet"
        draft.end()
        await world.sees("Everything is saved again")
        await world.sees_no(FULL.message)
        assert (await world.store.load_conversation(world.conversation.id)).draft == "And Nara?"


async def test_what_could_not_be_done_is_told_until_the_history_takes_something_again(run, monkeypatch):
    monkeypatch.setattr("tui.app.features.READ", 0.0)
    async with run() as world:
        await world.say("How long for Kyoto?")
        await world.sees("ready")
        refusal = Refusal(world.store, FULL, "update_conversation")
        await world.say("/title Kyoto")
        await world.sees(FULL.message)
        refusal.end()
        await world.say("/title Kyoto")
        await world.sees_no(FULL.message)


async def test_a_draft_that_is_lost_at_the_end_is_told_by_words_and_the_exit_code(run, capsys):
    async with run() as world:
        await world.say("How long for Kyoto?")
        await world.sees("ready")
        Refusal(world.store, FULL, "update_conversation")
        await world.type("And Nara?")
        await world.pilot.press("ctrl+q")
        await world.until(lambda: world.app._exit)
    assert world.app.return_code == 1
    assert "not sent could not be saved" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("update_conversation", "not sent could not be saved"),
        ("finish_message", "the last of the replies could not be saved"),
    ],
)
async def test_what_hangs_at_the_end_is_waited_for_a_while_and_told_by_words_and_the_exit_code(
    run, capsys, monkeypatch, act, words
):
    monkeypatch.setattr("tui.app.app.LONGEST_GOODBYE", 0.2)
    async with run() as world:
        world.script("Four ", asyncio.Event(), "days.", DONE)
        await world.say("How long for Kyoto?")
        await world.sees("Four")
        monkeypatch.setattr(world.store, act, _hang)
        await world.type("And Nara?")
        await world.pilot.press("ctrl+q")
        await world.until(lambda: world.app._exit)
    assert world.app.return_code == 1
    assert words in capsys.readouterr().err


async def test_what_is_not_saved_is_exported_as_it_is(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with run() as world:
        world.script("Four days.", DONE)
        refusal = Refusal(world.store, FULL)
        await world.say("How long for Kyoto?")
        await world.sees("Four days.", "ready", "disk is full")
        await world.say("/export chat.json")
        await world.sees("Exported to")
        [_, reply] = json.loads((tmp_path / "chat.json").read_text())["messages"]
        assert (reply["text"], reply["status"]) == ("Four days.", "complete")
        refusal.end()


async def test_quitting_tries_once_more(run):
    async with run() as world:
        world.script("Four days.", DONE)
        refusal = Refusal(world.store, FULL)
        await world.say("How long for Kyoto?")
        await world.sees("Four days.", "ready", "disk is full")
        refusal.end()
        await world.screen.finish()
        _, reply = await world.path()
        assert (reply.text, reply.status) == ("Four days.", Status.COMPLETE)


async def test_quitting_without_success_is_said_and_told_by_the_exit_code(run, capsys):
    async with run() as world:
        world.script("Four days.", DONE)
        Refusal(world.store, FULL)
        await world.say("How long for Kyoto?")
        await world.sees("Four days.", "ready", "disk is full")
        await world.pilot.press("ctrl+q")
        await world.until(lambda: world.app._exit)
    assert world.app.return_code == 1
    assert "could not be saved" in capsys.readouterr().err


@pytest.mark.parametrize("error", [FULL, BUSY], ids=["full", "busy"])
async def test_a_draft_that_could_not_be_written_is_written_at_the_next_occasion(run, error):
    async with run() as world:
        await world.say("How long for Kyoto?")
        await world.sees("ready")
        refusal = Refusal(world.store, error, "update_conversation")
        await world.type("And Nara?")
        await world.sees(error.message)
        refusal.end()
        await world.screen.finish()
        conversation = world.conversation.id
        assert (await world.store.load_conversation(conversation)).draft == "And Nara?"
