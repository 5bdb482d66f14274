"""A session without any front end: what one run of the program does with conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import World
from tui.chat.chunks import Finish, FinishReason, Reasoning
from tui.chat.draft import Draft, joined
from tui.chat.message import Role, Status
from tui.chat.parts import prompt_parts
from tui.config import Config
from tui.engine import drafts
from tui.engine.conversation_service import ConversationService
from tui.engine.limits import Limits
from tui.engine.preferences import Preferences
from tui.engine.session import Session
from tui.engine.session_events import (
    AllSaved,
    Fault,
    GivenBack,
    NotSaved,
    Problem,
    QueueChanged,
    ReplyBegan,
    ReplyEnded,
    ReplyWentOn,
    SessionEvent,
    Titled,
)
from tui.engine.start_options import StartOptions
from tui.engine.workspace import Workspace
from tui.errors import ErrorKind, HistoryFullError, NotFoundError, ProviderError, UsageError
from tui.history.sqlite.history import open_history
from tui.paths import Paths

DONE = Finish(FinishReason.STOP)
FULL = HistoryFullError("The disk is full", "Make room.")
PATIENCE = 20.0


@dataclass
class Run:
    """A session over the scripted provider, and all that it told."""

    session: Session
    world: Any
    told: list[SessionEvent] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, event: SessionEvent) -> None:
        self.told.append(event)
        self._news.set()

    def of(self, kind: type[SessionEvent]) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for an event after which something is true."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_said(self, text: str) -> None:
        """Wait until a piece of a reply has come."""
        await self.until(lambda: any(getattr(e.event, "text", "") == text for e in self.of(ReplyWentOn)))

    async def say(self, text: str) -> None:
        """Send a prompt, and wait for the end of its reply."""
        ended = len(self.of(ReplyEnded))
        self.session.submit(Draft(text))
        await self.until(lambda: len(self.of(ReplyEnded)) > ended)
        await self.session.settle()

    async def text_of(self, service: ConversationService) -> list[str]:
        stored = await service.storage.store.load_conversation(service.conversation.id)
        return [message.text for message in await service.storage.store.messages(stored.path())]


def run_of(world: Any, folder: Path, **settings: Any) -> Run:
    """A session over a world; settings by their names."""
    config = replace(Config(path=folder / "config.toml"), **{"model": "lab/one", **settings})
    paths = Paths(*(folder / name for name in ("config", "data", "cache", "log")))
    workspace = Workspace(config, paths, None, world.store, world, world, world.engine)  # type: ignore[arg-type]
    run = Run(Session(workspace), world)
    run.session.subscribe(run.take)
    return run


@pytest.fixture
async def begin(make_world, tmp_path):
    """Begins a session, in a world of its own if none is given; settings by their names."""
    async with AsyncExitStack() as stack:

        async def begun(world: Any = None, options: StartOptions | None = None, **settings: Any) -> Run:
            world = world or await make_world(save_again=0.01)
            run = run_of(world, tmp_path, **settings)
            stack.push_async_callback(run.session.workspace.close)
            await run.session.begin_with(options or StartOptions(), await run.session.drafts.left_in())
            return run

        yield begun


@pytest.fixture
async def run(begin) -> Run:
    return await begin()


# -- prompts and replies
async def test_a_prompt_is_sent_and_its_reply_told_from_its_beginning_to_its_end(run):
    run.world.script(Reasoning("Hm."), "Four ", "days.", DONE)
    await run.say("How long for Kyoto?")
    assert [type(event) for event in run.told] == [ReplyBegan, *[ReplyWentOn] * 4, ReplyEnded]
    [ended] = run.of(ReplyEnded)
    assert (ended.message.text, ended.message.status) == ("Four days.", Status.COMPLETE)
    assert await run.text_of(run.session.current) == ["How long for Kyoto?", "Four days."]
    assert not run.session.current.at_work


async def test_what_is_read_half_way_has_all_that_came(run):
    more = asyncio.Event()
    run.world.script("Four ", more, "days.", DONE)
    run.session.submit(Draft("How long?"))
    await run.until_said("Four ")
    current = run.session.current
    _, reply = await current.messages(current.conversation.path())
    assert (reply.text, reply.live) == ("Four ", True)
    more.set()
    await run.until(lambda: run.of(ReplyEnded))


async def test_queued_prompts_are_sent_one_after_the_other(run):
    first = asyncio.Event()
    run.world.script("One.", first, DONE)
    run.session.submit(Draft("first"))
    await run.until(lambda: run.session.current.live)
    for text in ("second", "third", "fourth"):
        run.session.submit(Draft(text))
    assert run.session.take_back() == Draft("fourth")
    assert [draft.text for draft in run.session.current.queue] == ["second", "third"]
    first.set()
    await run.until(lambda: len(run.of(ReplyEnded)) == 3)
    assert (await run.text_of(run.session.current))[::2] == ["first", "second", "third"]
    assert len(run.of(QueueChanged)) == 6, "three came, one was taken back, two were sent"


async def test_a_stop_keeps_the_text_and_gives_the_queue_back(run):
    run.world.script("Half", asyncio.Event(), DONE)
    run.session.submit(Draft("first"))
    await run.until(lambda: run.session.current.live)
    run.session.submit(Draft("second"))
    assert run.session.stop() and run.session.stop(), "once more does no harm"
    await run.until(lambda: run.of(GivenBack))
    [ended], [back] = run.of(ReplyEnded), run.of(GivenBack)
    assert (ended.message.text, ended.message.status) == ("Half", Status.STOPPED)
    assert back.draft == Draft("second") and not run.session.current.queue
    assert len(run.world.provider.requests) == 1


async def test_a_stop_before_the_reply_has_begun_is_stored_as_stopped(run):
    run.world.script(asyncio.Event(), "never", DONE)
    current = run.session.current
    live = await run.session.start(current, lambda: current.send("Go"))
    assert run.session.stop() and not live.started
    await live.ended()
    assert run.of(ReplyEnded)[0].message.status is Status.STOPPED
    assert not run.session.stop()


async def test_a_prompt_that_can_not_be_stored_comes_back(run, monkeypatch):
    async def full(*arguments: Any, **options: Any) -> None:
        raise FULL

    monkeypatch.setattr(run.world.store, "add_message", full)
    run.session.submit(Draft("Why?"))
    await run.until(lambda: run.of(GivenBack))
    assert [event.error for event in run.of(Problem)] == [FULL]
    assert run.of(GivenBack)[0].draft == Draft("Why?")
    assert not run.session.current.busy and not run.world.provider.requests


async def test_two_conversations_are_answered_at_once_and_the_unseen_end_is_marked(run):
    session, more = run.session, asyncio.Event()
    run.world.script("one ", more, "two", DONE)
    session.submit(Draft("Count"))
    await run.until(lambda: run.session.current.live)
    first = session.current
    session.turn_to(await session.new())
    await run.say("And here?")
    assert list(session.live_hues) == [first.conversation.id]
    assert await session.find(first.conversation.id) is first
    more.set()
    await run.until(lambda: not first.at_work)
    assert session.unread == {first.conversation.id}
    again = await session.find(first.conversation.id)
    assert again is not first, "what is not at work is read anew"
    session.turn_to(again)
    assert not session.unread
    assert await run.text_of(first) == ["Count", "one two"]


async def test_who_opens_a_conversation_whose_reply_is_about_to_begin_sees_it_come(run):
    session = run.session
    await run.say("Hi")
    first = session.current
    session.submit(Draft("And now?"))
    assert first.preparing and not first.live
    assert await session.find(first.conversation.id) is first
    await run.until(lambda: len(run.of(ReplyEnded)) == 2)


async def test_replies_side_by_side_each_begin_on_their_own(run):
    current = run.session.current
    await run.say("Hi")
    prompt = current.conversation.path()[0]

    async def impossible() -> Any:
        raise UsageError("It takes no images")

    def beside(model: str) -> Callable[[], Any]:
        return lambda: current.retry(prompt, model)

    run.session.begin_each(current, [beside("lab/two"), impossible, beside("lab/three")])
    await run.until(lambda: len(run.of(ReplyEnded)) == 3)
    assert [event.live.reply.message.model for event in run.of(ReplyBegan)] == [
        "lab/one",
        "lab/two",
        "lab/three",
    ]
    assert [event.error.message for event in run.of(Problem)] == ["It takes no images"]


# -- the end, and what is not saved
async def test_the_end_stops_replies_and_keeps_what_was_not_sent(run):
    run.world.script("Half", asyncio.Event(), DONE)
    session = run.session
    session.submit(Draft("first"))
    await run.until_said("Half")
    session.submit(Draft("second"))
    await session.finish(lambda: joined([*(event.draft for event in run.of(GivenBack)), Draft("third")]))
    conversation = await run.world.store.load_conversation(session.current.conversation.id)
    assert conversation.draft == "second\n\nthird"
    assert (await run.text_of(session.current)) == ["first", "Half"]
    session.submit(Draft("too late"))
    assert run.of(GivenBack)[-1].draft == Draft("too late") and not session.current.busy


async def test_the_end_of_the_workspace_stores_what_still_comes(run):
    run.world.script("Half", asyncio.Event(), DONE)
    run.session.submit(Draft("first"))
    await run.until(lambda: run.session.current.live)
    await run.session.workspace.close()
    [ended] = run.of(ReplyEnded)
    assert (ended.message.text, ended.message.status) == ("Half", Status.STOPPED)


async def test_a_reply_that_is_not_saved_is_kept_and_saved_when_there_is_room(run, monkeypatch):
    take = run.world.store.finish_message

    async def full(message: Any) -> None:
        raise FULL

    monkeypatch.setattr(run.world.store, "finish_message", full)
    await run.say("Hi")
    assert [event.reason for event in run.of(NotSaved)] == [str(FULL)]
    current = run.session.current
    assert not run.session.live.all_saved
    _, reply = await current.messages(current.conversation.path())
    assert (reply.text, reply.status) == ("ok", Status.COMPLETE), "it is in memory"
    monkeypatch.setattr(run.world.store, "finish_message", take)
    await run.until(lambda: run.of(AllSaved))
    assert await run.text_of(current) == ["Hi", "ok"]


async def test_a_fault_in_a_listener_is_told_and_cuts_no_reply(run):
    def broken(event: SessionEvent) -> None:
        if isinstance(event, ReplyWentOn | Fault):
            raise LookupError("not drawn")

    reported: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, about: reported.append(str(about["exception"])))
    end = run.session.subscribe(broken)
    run.world.script("Four days.", DONE)
    await run.say("How long?")
    assert str(run.of(Fault)[0].error) == "not drawn"
    assert reported[0] == "not drawn", "one who fails to take even that ends no reply either"
    assert run.of(ReplyEnded)[0].message.text == "Four days."
    end()
    faults = len(run.of(Fault))
    await run.say("And Nara?")
    assert len(run.of(Fault)) == faults


# -- drafts
async def test_a_draft_is_written_after_a_pause_and_taken_up_by_the_next_run(begin, monkeypatch):
    monkeypatch.setattr(drafts, "DELAY", 0.01)
    run = await begin()
    await run.say("Hi")
    written = asyncio.Event()
    keep = run.world.store.update_conversation

    async def noted(conversation_id: int, **changes: Any) -> None:
        await keep(conversation_id, **changes)
        if "draft" in changes:
            written.set()

    monkeypatch.setattr(run.world.store, "update_conversation", noted)
    run.session.drafts.note(run.session.current.conversation, Draft("half a thought"))
    async with asyncio.timeout(PATIENCE):
        await written.wait()
    again = await begin(run.world)
    assert again.session.current_id == run.session.current_id
    assert await again.session.drafts.load(again.session.current.conversation) == Draft("half a thought")
    asked = await begin(run.world, StartOptions(prompt="Something else"))
    assert asked.session.current_id is None, "who asks for something gets that"


async def test_a_queued_prompt_that_comes_back_unseen_is_in_the_draft_of_its_conversation(run):
    fail, session = asyncio.Event(), run.session
    run.world.script("One.", fail, ProviderError("Gone", kind=ErrorKind.LOST))
    session.submit(Draft("first"))
    await run.until(lambda: run.session.current.live)
    first = session.current
    session.submit(Draft("second"))
    session.drafts.note(first.conversation, Draft("third"))
    session.turn_to(await session.new())
    fail.set()
    await run.until(lambda: run.of(ReplyEnded))
    await session.drafts.flush()
    assert (await run.world.store.load_conversation(first.conversation.id)).draft == "second\n\nthird"
    assert not run.of(GivenBack)


# -- titles, notes of use, beginnings
async def test_after_the_first_turn_a_model_names_the_conversation_once(begin):
    run = await begin(auto_title=True)
    run.world.script("Four days.", DONE)
    run.world.script("Days in Kyoto", DONE)
    await run.say("How long for Kyoto?")
    assert [event.conversation for event in run.of(Titled)] == [run.session.current]
    assert run.session.current.conversation.title == "Days in Kyoto"
    await run.say("And Nara?")
    assert len(run.of(Titled)) == 1 and len(run.world.provider.requests) == 3


async def test_the_model_that_answered_is_noted_but_for_a_temporary_conversation(run):
    session = run.session
    await run.say("Hi")
    assert await Preferences(run.world.store).recent_models() == ["lab/one"]
    session.turn_to(await session.new_temporary())
    await session.current.change(model="lab/two")
    await run.say("A secret")
    assert session.current_id is None and session.current.conversation.temporary
    assert await Preferences(run.world.store).recent_models() == ["lab/one"]
    assert await run.world.store.count_conversations() == 1


async def test_a_conversation_is_opened_by_its_id_or_as_the_last_one(begin):
    run = await begin()
    store = run.world.store
    for title in ("bread", "tax"):
        kept = await store.create_conversation(title=title)
        await store.add_message(kept.id, None, Role.USER, prompt_parts(title))
    by_id = await begin(run.world, StartOptions(open_id=1))
    assert by_id.session.current.conversation.title == "bread"
    last = await begin(run.world, StartOptions(continue_last=True))
    assert last.session.current.conversation.title == "tax"


async def test_a_conversation_that_is_not_there_is_named_and_a_new_one_taken(begin):
    run = await begin()
    with pytest.raises(NotFoundError):
        await run.session.begin_with(StartOptions(open_id=77))
    assert run.session.current.conversation.model == "lab/one"
    assert run.session.current_id is None


async def test_a_folder_has_its_conversation(begin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = await begin(options=StartOptions(here=True))
    await run.say("How do I bake?")
    again = await begin(run.world, StartOptions(here=True))
    assert again.session.current_id == run.session.current_id
    await run.world.store.delete_conversation(run.session.current_id)
    thrown = await begin(run.world, StartOptions(here=True))
    assert thrown.session.current_id is None


# -- what belongs to the conversation
async def test_title_system_prompt_and_parameters_are_set_before_and_after_it_is_stored(run):
    current = run.session.current
    await current.change(**current.titled("Bread \x1b[31m" + "x" * 300))
    await current.change(**current.instructed("Be brief."))
    await current.change(**current.with_parameter("temperature 0.2"))
    await run.say("Hi")
    stored = await run.world.store.load_conversation(current.conversation.id)
    assert stored.title.startswith("Bread ") and len(stored.title) <= 200 and "\x1b" not in stored.title
    assert (stored.system, stored.parameters, stored.titled) == ("Be brief.", {"temperature": 0.2}, True)
    await current.change(**current.instructed("-"))
    await current.change(**current.with_parameter("temperature -"))
    stored = await run.world.store.load_conversation(current.conversation.id)
    assert (stored.system, stored.parameters) == ("", {})
    with pytest.raises(UsageError, match="no parameter x"):
        current.with_parameter("x 1")


async def test_it_is_exported_with_what_still_comes(run, tmp_path):
    current = run.session.current
    with pytest.raises(UsageError, match="nothing to export"):
        await current.export(tmp_path)
    run.world.script("Half", asyncio.Event(), DONE)
    run.session.submit(Draft("Hi"))
    await run.until_said("Half")
    path = await current.export(tmp_path / "chat.md")
    assert "Half" in Path(path).read_text(encoding="utf-8")


async def test_it_goes_to_the_trash_and_comes_back(run):
    current = run.session.current
    with pytest.raises(UsageError, match="empty yet"):
        await current.put_in_trash()
    await run.say("Hi")
    restore = await current.put_in_trash()
    assert await run.world.store.count_conversations() == 0
    await restore()
    assert await run.world.store.count_conversations() == 1


def test_the_event_loop_may_rest_between_two_acts(tmp_path):
    with asyncio.Runner() as runner:
        world = World(runner.run(open_history(None)), Limits())

        async def begun() -> Run:
            run = run_of(world, tmp_path, auto_title=True)
            await run.session.begin_with(StartOptions())
            return run

        run = runner.run(begun())
        for prompt, reply in (("How long for Kyoto?", "Four days."), ("And Nara?", "Two.")):
            world.script(reply, DONE)
            world.script("Days in Kyoto", DONE)
            runner.run(run.say(prompt))
            assert not run.session.current.at_work
        assert run.session.current.conversation.title == "Days in Kyoto"
        assert [event.message.text for event in run.of(ReplyEnded)] == ["Four days.", "Two."]
        runner.run(run.session.workspace.close())
        runner.run(world.store.close())
