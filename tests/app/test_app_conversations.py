"""Several conversations: new, open, drafts, replies that go on unseen, branches, deletion."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tui.app.conversations.sidebar import SidebarList
from tui.chat.chunks import Finish, FinishReason
from tui.chat.draft import Draft
from tui.chat.message import Role, Status
from tui.chat.parts import prompt_parts
from tui.engine.start_options import StartOptions
from tui.errors import HistoryBusyError

DONE = Finish(FinishReason.STOP)


def read(world):
    """The conversation that is read."""
    return world.conversation


async def two_conversations(world):
    await world.say("Kyoto in four days")
    await world.sees("I am big.", "ready")
    await world.pilot.press("ctrl+n")
    await world.sees("New conversation")
    await world.say("Notes on Rilke")
    await world.until(lambda: len(world.provider.requests) == 2)
    await world.sees("I am big.", "ready")


async def test_a_conversation_is_opened_from_the_sidebar(run):
    async with run(size=(120, 40)) as world:
        await two_conversations(world)
        await world.until(lambda: len(world.screen.query_one(SidebarList).rows) == 3)
        world.screen.query_one(SidebarList).focus()
        await world.sees("↑↓ choose")
        await world.pilot.press("down", "enter")
        await world.until(lambda: world.conversation.title == "Kyoto in four days")
        await world.until(lambda: world.composer.has_focus)


async def test_the_sidebar_lies_over_a_narrow_page(run):
    async with run(size=(80, 24)) as world:
        await two_conversations(world)
        assert "Kyoto" not in world.text
        await world.pilot.press("ctrl+b")
        await world.sees("Kyoto in four days", "Notes on Rilke", "Today", "enter open   esc close")
        await world.sees_no("back to writing")
        await world.sees("▎  Notes on Rilke")
        await world.pilot.press("down")
        await world.sees("▎  Kyoto in four days")  # what enter opens, also where there are no colours
        await world.sees_no("▎  Notes on Rilke")
        await world.pilot.press("escape")
        await world.sees_no("Kyoto")
        assert world.composer.has_focus


async def test_in_the_sidebar_all_keys_of_a_list_choose(run):
    async def many(world):
        for number in range(60):
            talk = await world.store.create_conversation(title=f"Talk {number}")
            await world.store.add_message(talk.id, None, Role.USER, prompt_parts("Hello"))

    async with run(size=(80, 24), prepare=many) as world:
        await world.pilot.press("ctrl+b")
        sidebar = world.screen.query_one(SidebarList)
        await world.until(lambda: sidebar.has_focus and sidebar.chosen)
        for key, place in (("end", 59), ("home", 0), ("pagedown", None), ("pageup", 0)):
            await world.pilot.press(key)
            titles = [row.summary.title for row in sidebar.rows if row.key is not None]
            chosen = titles.index(sidebar.chosen.summary.title)
            assert chosen == place if place is not None else 5 < chosen < 30
            await world.sees(f"▎  {titles[chosen]}")


async def test_a_sidebar_that_is_opened_while_a_conversation_comes_keeps_the_keys(run):
    async with run(size=(80, 24)) as world:
        await two_conversations(world)
        found, let = world.session.find, asyncio.Event()

        async def slow(conversation_id):
            await let.wait()
            return await found(conversation_id)

        world.session.find = slow
        await world.pilot.press("ctrl+b")
        await world.until(lambda: world.screen.query_one(SidebarList).has_focus)
        await world.pilot.press("down", "enter")
        await world.until(lambda: world.composer.has_focus)
        await world.pilot.press("ctrl+b")
        await world.until(lambda: world.screen.query_one(SidebarList).has_focus)
        let.set()
        await world.until(lambda: world.conversation.title == "Kyoto in four days")
        await world.pilot.pause()
        await world.pilot.press("escape")
        await world.until(lambda: world.composer.has_focus and not world.screen.has_class("-overlay"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_letters_are_written_wherever_the_focus_is(run, size):
    async with run(size=size) as world:
        await two_conversations(world)
        await world.pilot.press("tab", *"just")
        await world.until(lambda: world.composer.draft == "just")
        await world.pilot.press("ctrl+b")
        await world.pilot.press(*"ice")
        await world.until(lambda: world.composer.draft == "justice")
        assert not world.screen.has_class("-overlay")


async def test_the_sidebar_of_a_wide_page_can_be_hidden(run):
    async with run(size=(120, 40)) as world:
        await world.say("Kyoto")
        await world.sees("Today")
        await world.pilot.press("ctrl+b")
        await world.sees_no("Today")
        await world.pilot.press("ctrl+b")
        await world.sees("Today")


async def test_a_conversation_is_found_and_opened(run):
    async with run() as world:
        await two_conversations(world)
        await world.pilot.press("ctrl+r")
        await world.sees("Kyoto in four days")
        await world.pilot.press(*"kyo", "enter")
        await world.until(lambda: world.conversation.title == "Kyoto in four days")
        await world.sees("▎ Kyoto in four days")


async def test_every_conversation_keeps_its_draft(run):
    async with run() as world:
        await two_conversations(world)
        second = world.conversation.id
        await world.type("unfinished")
        await world.pilot.press("ctrl+n")
        await world.until(lambda: world.composer.draft == "")
        await world.type("blank page")
        await world.pilot.pause()
        await world.open(second)
        assert world.composer.draft == "unfinished"
        await world.pilot.press("ctrl+n")
        await world.until(lambda: world.composer.draft == "blank page")


async def test_a_draft_is_on_disk_a_moment_after_the_last_key(run):
    async with run() as world:
        await world.say("Kyoto in four days")
        await world.sees("ready", "I am big.")
        await world.type("and in five")
        conversation = world.conversation
        await world.until(lambda: conversation.draft == "and in five")
        async with asyncio.timeout(20):
            while (await world.store.load_conversation(conversation.id)).draft != "and in five":
                await world.pilot.pause(0.01)


async def test_a_start_returns_to_the_conversation_with_an_unsent_draft(run):
    async def earlier(world):
        conversation = await world.store.create_conversation(title="Kyoto", model="lab/small")
        await world.store.update_conversation(conversation.id, draft="and in five")
        await world.store.set_state("draft_of", str(conversation.id))

    async with run(prepare=earlier) as world:
        await world.until(lambda: world.composer.draft == "and in five")
        await world.sees("small", "and in five")


async def test_a_sent_prompt_leaves_no_draft(run):
    async with run() as world:
        await world.type("Kyoto")
        await world.until(lambda: world.composer.draft == "Kyoto")
        await world.session.drafts.flush()
        assert await world.store.get_state("new_draft") == "Kyoto"
        await world.pilot.press("enter")
        await world.sees("I am big.", "ready")
        await world.session.drafts.flush()
        assert await world.store.get_state("new_draft") == ""
        assert await world.store.get_state("draft_of") == ""


async def test_a_reply_goes_on_unseen_and_is_marked_until_it_is_read(run):
    async with run(size=(120, 40)) as world:
        more = asyncio.Event()
        world.script("The beginning", more, " and the end.", DONE)
        await world.say("Kyoto in four days")
        await world.sees("The beginning", "●")
        first = world.conversation.id
        await world.pilot.press("ctrl+n")
        await world.sees_no("The beginning")
        assert "●" in world.text  # still live in the sidebar
        more.set()
        await world.sees("•")
        await world.open(first)
        await world.sees("The beginning and the end.")
        await world.sees_no("•")


async def test_a_live_reply_is_whole_when_it_is_opened_half_way(run):
    async with run() as world:
        middle, end = asyncio.Event(), asyncio.Event()
        world.script("one ", middle, "two ", end, "three", DONE)
        await world.say("Count")
        await world.sees("one")
        first = world.current
        await world.pilot.press("ctrl+n")
        await world.sees_no("one")
        middle.set()
        await world.until(lambda: "two" in first.live.snapshot().text)
        await world.open(first.conversation.id)
        await world.sees("one two")
        end.set()
        await world.sees("one two three")
        [_, reply] = await world.path()
        assert reply.text == "one two three"


async def test_a_branch_is_a_conversation_of_its_own(run):
    async with run() as world:
        await world.say("One")
        await world.sees("I am big.", "ready")
        first = world.conversation.id
        await world.pilot.press("alt+up", "b")
        await world.until(lambda: world.conversation.id != first)
        await world.say("Only here")
        await world.sees("ready")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.provider.requests[-1][1] == ["One", "I am big.", "Only here"]
        kept = await world.store.load_conversation(first)
        assert len(kept.path()) == 2


async def test_a_deleted_message_comes_back_with_undo(run):
    async with run() as world:
        await world.say("One")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "d")
        await world.sees_no("I am big.")
        await world.pilot.press("ctrl+z")
        await world.sees("I am big.")
        assert [m.text for m in await world.path()] == ["One", "I am big."]


async def shown(world):
    return [message.text for message in await world.path()]


async def test_a_branch_is_deleted_as_a_whole_and_comes_back_as_it_was(run):
    async with run(size=(80, 40)) as world:
        for number in ("1", "2", "3"):
            world.script(f"Answer {number}.", DONE)
            await world.say(f"Question {number}")
            await world.sees(f"Answer {number}.", "ready")
        world.script("Answer 2 again.", DONE)
        await world.pilot.press(*["alt+up"] * 3, "r")  # of the second question, which has one that follows
        await world.sees("Answer 2 again.", "2/2", "ready")
        await world.pilot.press("alt+up", "left")
        await world.sees("Answer 3.", "1/2")
        before = await shown(world)
        await world.pilot.press("alt+up", "D")
        await world.sees("5 messages deleted.", "undo")
        await world.sees_no("Question 2")
        assert await shown(world) == ["Question 1", "Answer 1."]
        await world.pilot.press("escape", "ctrl+z")
        await world.sees("Answer 3.", "1/2")
        assert await shown(world) == before


async def test_each_deletion_is_taken_back_the_last_one_first(run):
    async with run() as world:
        await world.say("One")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "d")
        await world.sees_no("I am big.")
        await world.pilot.press("escape", "alt+up", "d")
        await world.until(lambda: not read(world).path())
        await world.pilot.press("escape", "ctrl+z")
        await world.until(lambda: len(read(world).path()) == 1)
        await world.pilot.press("ctrl+z")
        await world.sees("I am big.")
        assert await shown(world) == ["One", "I am big."]
        await world.pilot.press("ctrl+z")
        await world.sees("There is nothing to undo")


async def test_what_was_deleted_earlier_is_brought_back(run):
    async with run() as world:
        await world.say("One")
        await world.sees("I am big.", "ready")
        own = read(world).id
        await world.pilot.press("alt+up", "d")
        await world.sees_no("I am big.")
        await world.pilot.press("escape", "ctrl+n")
        await world.open(own)
        await world.say("/undelete")
        await world.sees("I am big.", "1 message is back")
        await world.say("/undelete")
        await world.sees("No message of this conversation was deleted")


async def test_what_a_reply_comes_below_is_not_deleted_with_it(run):
    async with run() as world:
        world.script("Half", asyncio.Event(), DONE)
        await world.say("Go")
        await world.sees("Half")
        await world.pilot.press("alt+up", "alt+up", "D")
        await world.sees("A reply is coming")
        assert len(read(world).path()) == 2


async def test_an_edited_prompt_is_a_version_and_the_draft_is_back(run):
    async with run() as world:
        await world.say("Frist")
        await world.sees("I am big.", "ready")
        await world.type("for later")
        await world.pilot.press("alt+up", "e")
        await world.until(lambda: world.composer.draft == "Frist")
        await world.sees("send as a new version")
        world.composer.put("First")
        await world.pilot.press("enter")
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.sees("▎ First", "ready")
        assert world.composer.draft == "for later"
        conversation = world.conversation
        assert len(conversation.versions(conversation.path()[0])) == 2


async def edited(world, before="", rewritten=" again"):
    """A prompt is rewritten, and not sent yet."""
    await world.say("Hello")
    await world.sees("I am big.", "ready")
    await world.type(before)
    await world.pilot.press("alt+up", "e")
    await world.until(lambda: world.composer.draft == "Hello")
    await world.type(rewritten)


@pytest.mark.parametrize("leave", ["new", "sidebar"])
async def test_a_rewritten_prompt_is_kept_when_another_conversation_comes(run, leave):
    async with run() as world:
        await two_conversations(world)
        other = world.conversation.id
        await world.open_new()
        await edited(world, "my other thought")
        left = world.conversation.id
        await (world.open_new() if leave == "new" else world.open(other))
        assert not world.composer.written
        await world.open(left)
        assert world.composer.draft == "Hello again\n\nmy other thought"


async def test_a_rewritten_prompt_outlives_the_program(run):
    async with run() as world:
        await edited(world, "my other thought")
        await drafts_of(world)  # as a kill leaves it
        stored = await world.store.load_conversation(world.conversation.id)
        assert stored.draft == "Hello again\n\nmy other thought"


async def test_a_prompt_that_is_only_looked_at_is_no_draft(run):
    async with run() as world:
        await edited(world, "my other thought", rewritten="")
        assert await drafts_of(world, world.conversation.id) == ["my other thought"]


async def test_a_rewritten_prompt_that_is_left_is_among_the_earlier_prompts(run):
    async with run() as world:
        await edited(world)
        await world.pilot.press("escape")
        assert not world.composer.draft
        await world.pilot.press("up")
        assert world.composer.draft == "Hello again"


async def test_an_edit_that_cannot_be_sent_is_still_an_edit(run):
    async with run() as world:
        await edited(world, "my other thought")
        add = world.store.add_message

        async def busy(*arguments, **fields):
            raise HistoryBusyError("Another program holds the history")

        world.store.add_message = busy
        await world.pilot.press("enter")
        await world.sees("Another program holds the history")
        assert world.composer.draft == "Hello again"
        assert world.features.writing.editing == world.conversation.path()[0]
        world.store.add_message = add
        await world.pilot.press("enter")
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.sees("ready")
        assert [message.text for message in await world.path()] == ["Hello again", "I am big."]
        assert world.composer.draft == "my other thought"


async def test_what_is_given_back_while_a_prompt_is_edited_does_not_go_into_it(run):
    async with run() as world:
        await edited(world, "my other thought")
        world.features.writing.give_back(Draft("a queued one"))
        assert world.composer.draft == "Hello again"
        await world.pilot.press("escape")
        assert world.composer.draft == "a queued one\n\nmy other thought"


async def test_escape_leaves_the_edited_prompt_as_it_was(run):
    async with run() as world:
        await world.say("First")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "alt+up", "e")
        await world.until(lambda: world.composer.draft == "First")
        await world.pilot.press("escape")
        await world.until(lambda: world.composer.draft == "")
        assert len(world.provider.requests) == 1


async def test_what_was_written_before_the_page_became_temporary_is_not_on_the_disk(run):
    async with run() as world:
        await world.type("a secret")
        await world.session.drafts.flush()
        assert await world.store.get_state("new_draft") == "a secret"
        world.screen.run_command("temporary")
        await world.sees("temporary")
        await world.until(lambda: world.composer.draft == "a secret")
        assert await world.store.get_state("new_draft") == ""
        await world.pilot.press("enter")
        await world.sees("I am big.", "ready", "temporary")
        await world.session.drafts.flush()
        assert await world.store.get_state("new_draft") == ""


async def test_a_temporary_conversation_leaves_nothing(run):
    async with run() as world:
        await world.type("/temporary")
        await world.pilot.press("enter")
        await world.sees("temporary")
        await world.say("A secret")
        await world.sees("I am big.", "ready", "temporary")
        assert await world.store.count_conversations() == 0
        await world.pilot.press("ctrl+n")
        await world.sees_no("A secret")


async def test_the_command_line_opens_continues_and_sends(run):
    async def earlier(world):
        conversation = await world.store.create_conversation(title="Kyoto", model="lab/small")
        prompt = await world.store.add_message(conversation.id, None, Role.USER, prompt_parts("Four days?"))
        reply = await world.store.add_message(
            conversation.id, prompt.id, Role.ASSISTANT, prompt_parts("Yes."), model="lab/big"
        )
        reply.status = Status.COMPLETE
        await world.store.finish_message(reply)

    async with run(prepare=earlier, start=StartOptions(continue_last=True)) as world:
        await world.sees("Kyoto", "Four days?", "Yes.", "small")
    async with run(prepare=earlier, start=StartOptions(open_id=99)) as world:
        await world.sees("New conversation", "99")
    async with run(start=StartOptions(prompt="At once", model="lab/small")) as world:
        await world.sees("At once", "I am small.")


async def test_a_model_on_the_command_line_begins_a_new_conversation_with_it(run):
    async def earlier(world):
        conversation = await world.store.create_conversation(title="Kyoto", model="lab/big")
        await world.store.update_conversation(conversation.id, draft="and in five")
        await world.store.set_state("draft_of", str(conversation.id))

    async with run(prepare=earlier, start=StartOptions(model="small")) as world:
        await world.until(lambda: world.status.model == "lab/small")
        await world.sees("New conversation")
        [kyoto] = await world.store.list_conversations()
        assert (await world.store.load_conversation(kyoto.id)).model == "lab/big"


async def test_a_model_on_the_command_line_that_is_none_opens_the_picker_and_keeps_the_prompt(run):
    async with run(start=StartOptions(model="zzz", prompt="At once"), ready=False) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "ModelPicker")
        await world.until(lambda: world.composer.draft == "At once")
        assert not world.provider.requests


async def test_slash_open_with_words_filters_the_list_by_them(run):
    async with run() as world:
        await two_conversations(world)
        await world.say("/open kyo")
        await world.sees("▎ kyo", "Kyoto in four days", "1 of 2")


async def test_what_is_sent_while_a_conversation_opens_is_sent_in_that_one(run, monkeypatch):
    async with run() as world:
        await world.say("In the first")
        await world.sees("I am big.", "ready")
        session, door = world.session, asyncio.Event()
        first, new = world.conversation, session.new

        async def slowly():
            await door.wait()
            return await new()

        monkeypatch.setattr(session, "new", slowly)
        await world.say("/new")
        await world.until(lambda: world.composer.draft == "")
        await world.say("In the second")
        await world.type("and a draft")
        door.set()
        await world.sees("▎ In the second", "I am big.", "ready")
        assert world.conversation.id != first.id
        assert [m.text for m in await world.path()] == ["In the second", "I am big."]
        assert world.composer.draft == "and a draft"
        assert len((await world.store.load_conversation(first.id)).nodes) == 2


async def two_with_drafts(world):
    """Two conversations with a draft in each; a new one is read."""
    await two_conversations(world)
    rilke = world.conversation.id
    kyoto = next(each.id for each in await world.store.list_conversations() if each.id != rilke)
    await world.open_new()
    for each, draft in ((kyoto, "temples"), (rilke, "panthers")):
        await world.store.update_conversation(each, draft=draft)
    return kyoto, rilke


async def drafts_of(world, *ids):
    await world.session.drafts.flush()
    return [(await world.store.load_conversation(each)).draft for each in ids]


async def test_two_that_are_opened_quickly_keep_their_drafts(run):
    async with run() as world:
        kyoto, rilke = await two_with_drafts(world)
        await asyncio.gather(world.open(kyoto), world.open(rilke))
        assert world.conversation.id == rilke
        assert world.composer.draft == "panthers"
        assert await drafts_of(world, kyoto, rilke) == ["temples", "panthers"]


async def test_what_is_written_while_two_are_opened_is_for_the_second(run):
    async with run() as world:
        kyoto, rilke = await two_with_drafts(world)
        find, go_on = world.session.find, asyncio.Event()

        async def slow(conversation_id):
            await go_on.wait()
            return await find(conversation_id)

        world.session.find = slow
        opening = asyncio.gather(world.open(kyoto), world.open(rilke))
        await world.until(lambda: not world.features.reading.shown)
        await world.type(" and lace")
        go_on.set()
        await opening
        assert world.composer.draft == "panthers and lace"
        assert await drafts_of(world, kyoto, rilke) == ["temples", "panthers and lace"]


async def test_a_draft_is_still_there_when_its_own_conversation_is_opened_again_at_once(run):
    async with run() as world:
        kyoto, _ = await two_with_drafts(world)
        await world.open(kyoto)
        await world.type(" and gardens")
        await world.open(kyoto)
        assert world.composer.draft == "temples and gardens"


async def test_one_that_cannot_be_opened_leaves_what_is_read_and_written(run):
    async with run() as world:
        kyoto, rilke = await two_with_drafts(world)
        await world.open(kyoto)
        load = world.store.load_conversation

        async def busy(conversation_id):
            raise HistoryBusyError("Another program holds the history")

        world.store.load_conversation = busy
        with pytest.raises(HistoryBusyError):
            await world.open(rilke)
        world.store.load_conversation = load
        assert world.conversation.id == kyoto
        assert world.composer.draft == "temples"
        await world.type("!")
        assert await drafts_of(world, kyoto, rilke) == ["temples!", "panthers"]


async def test_a_busy_history_does_not_take_the_conversation_away(run):
    async with run() as world:
        await two_conversations(world)
        service, load = world.current, world.store.load_conversation
        world.screen.run_command("open")
        await world.sees("Kyoto in four days")

        async def busy(conversation_id):
            raise HistoryBusyError("Another program holds the history")

        world.store.load_conversation = busy
        await world.pilot.press("escape")
        await world.sees("Another program holds the history")
        world.store.load_conversation = load
        assert world.current is service


@pytest.mark.parametrize("for_good", [False, True])
async def test_one_that_was_deleted_in_the_list_is_left_in_words(run, for_good):
    async with run() as world:
        await two_conversations(world)
        deleted = world.conversation.id
        await world.store.delete_conversation(deleted)
        if for_good:
            await world.store.empty_trash(datetime.now(UTC) + timedelta(days=1))
        await world.features.reading.follow_stored()
        assert not world.conversation.id
        await world.sees("this is a new one")


async def test_a_title_that_is_chosen_in_the_list_is_that_of_the_conversation_that_is_answered(run):
    async with run() as world:
        more = asyncio.Event()
        world.script("Four ", more, "days.", DONE)
        await world.say("How long for Kyoto?")
        await world.sees("Four")
        first = world.current
        await world.open_new()
        await world.session.change(first.conversation.id, title="Mine", titled=True)
        await world.open(first.conversation.id)
        assert world.conversation.title == "Mine"
        more.set()
        await world.sees("days.", "Mine")
