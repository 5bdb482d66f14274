"""One prompt, several models: their replies come side by side, and none is lost."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from tui.app.compare.compare import Compare
from tui.app.compare.differences import Differences
from tui.app.models.picker import ModelPicker
from tui.chat.attachment import attachment_of
from tui.chat.chunks import Finish, FinishReason, Reasoning, Usage
from tui.chat.message import Role, Status
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, HistoryFullError, ProviderError

DONE = Finish(FinishReason.STOP)
WIDE = (100, 20)
PROMPT = "Why?"


async def answered(world) -> None:
    await world.say(PROMPT)
    await world.sees("I am big.", "ready")


@pytest.fixture
def comparing(run):
    """``async with comparing() as world``: the reply of big beside the one of small, both whole."""

    @asynccontextmanager
    async def begun(size=WIDE, **options):
        async with run(size=size, **options) as world:
            await answered(world)
            world.screen.run_command("compare", "small")
            await world.sees("Compare", "I am big.")
            await world.until(lambda: [c.message.status for c in columns(world)] == [Status.COMPLETE] * 2)
            yield world

    return begun


async def stored(world):
    """All replies of the conversation, as they are on the disk."""
    conversation = await world.store.load_conversation(world.conversation.id)
    ids = [i for i, node in conversation.nodes.items() if node.role is Role.ASSISTANT]
    return await world.store.messages(sorted(ids))


async def shows(world, words: str) -> None:
    """Wait until the conversation shows this reply, also on the disk: a choice is stored a moment later."""
    async with asyncio.timeout(20):
        while (await world.path())[-1].text != words:
            await world.pilot.pause(0.01)


def columns(world) -> list:
    screen = world.app.screen
    assert isinstance(screen, Compare)
    return screen.columns


def models(world) -> list[str]:
    return [column.message.model for column in columns(world)]


# -- beginning
async def test_the_last_prompt_is_answered_by_another_model_beside_the_reply_it_has(run):
    async with run(size=(120, 40)) as world:
        await answered(world)
        hold = asyncio.Event()
        world.script_of("small", "The short answer", hold, " is chlorophyll.", DONE)
        await world.say("/compare small")
        await world.sees("The short answer", "small  ● answering", "big done")
        lines = world.text.splitlines()
        assert "Compare" in lines[1] and lines[1].endswith("kept in Why?")
        assert lines[3].startswith("     ▎ Why?")
        assert lines[5].startswith("     ▎ big") and lines[5].find("small") == 64
        assert lines[7].find("I am big.") == 7 and lines[7].find("The short answer") == 64
        hold.set()
        await world.sees("The short answer is chlorophyll.", "small done")
        assert world.provider.requests[-1] == ("small", [PROMPT])


async def test_models_are_marked_in_the_picker_and_what_is_written_goes_to_all(run):
    async with run(size=WIDE) as world:
        await world.type("Why?")
        await world.pilot.press("ctrl+l")
        await world.pilot.press(*"big", "tab", *"small", "tab")
        await world.sees("enter send to 2 models")
        await world.pilot.press("enter")
        await world.sees("Compare", "I am big.", "I am small.")
        assert world.composer.draft == ""
        assert models(world) == ["lab/big", "lab/small"]
        conversation = await world.store.load_conversation(world.conversation.id)
        prompts = [i for i, node in conversation.nodes.items() if node.role is Role.USER]
        assert len(prompts) == 1
        assert {node.parent for node in conversation.nodes.values() if node.model} == set(prompts)


async def test_one_marked_model_answers_what_is_written_beside_the_one_that_is_in_use(run):
    async with run(size=WIDE) as world:
        await world.type("Why?")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("I am big.", "I am small.")
        assert models(world) == ["lab/big", "lab/small"]


async def test_names_that_are_not_listed_yet_are_asked_for_all_at_once(run, monkeypatch):
    asked = []
    async with run(size=WIDE) as world:

        async def refresh(names=None, patience=None):
            asked.append(names)
            world.catalogue.known += [ModelInfo("lab/brand-new"), ModelInfo("lab/brand-old")]

        monkeypatch.setattr(world.catalogue, "stale", lambda: [] if asked else ["lab"])
        monkeypatch.setattr(world.catalogue, "refresh", refresh)
        await answered(world)
        await world.say("/compare brand-new brand-old")
        await world.until(lambda: len(world.provider.requests) == 3)
        assert asked == [["lab"]]
        assert {model for model, *_ in world.provider.requests[1:]} == {"brand-new", "brand-old"}


async def test_files_go_along_to_all(run):
    async with run(size=WIDE) as world:
        await world.type("What is this?")
        world.composer.attach([attachment_of("notes.txt", b"chlorophyll")])
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("I am big.", "I am small.", "notes.txt")
        [_, first], [_, second] = world.provider.requests
        assert first == second and "'filename': 'notes.txt'" in first[0]
        assert not world.composer.written


async def test_both_replies_stream_at_the_same_time(run):
    async with run(size=WIDE) as world:
        first, second = asyncio.Event(), asyncio.Event()
        world.script_of("big", "One", first, " more", DONE)
        world.script_of("small", Reasoning("Hm"), "Two", second, " more", DONE)
        await world.type("Go")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("big  ● answering", "small  ● answering", "thought for 1 s   1 tokens so far")
        second.set()
        await world.sees("Two more", "small done", "big  ● answering")
        first.set()
        await world.sees("One more", "big done")
        assert [m.text for m in await stored(world)] == ["One more", "Two more"]


async def test_a_chosen_message_is_compared_with_a_model_of_the_picker(run):
    async with run(size=WIDE) as world:
        await answered(world)
        await world.say("And?")
        await world.until(lambda: world.text.count("I am big.") == 2 and "ready" in world.text)
        await world.pilot.press("alt+up", "alt+up", "alt+up", "plus")
        await world.sees("Type to find a model to compare with")
        await world.pilot.press(*"small", "enter")
        await world.sees("Compare", "I am small.")
        assert world.provider.requests[-1] == ("small", [PROMPT])


async def test_a_reply_that_is_still_coming_can_be_compared(run):
    async with run(size=WIDE) as world:
        hold = asyncio.Event()
        world.script_of("big", "Slowly", hold, " it comes.", DONE)
        await world.say("Go")
        await world.sees("Slowly")
        world.screen.run_command("compare", "small")
        await world.sees("Compare", "Slowly", "I am small.", "big  ● answering")
        hold.set()
        await world.sees("Slowly it comes.", "big done")


async def test_a_name_that_may_be_several_opens_the_picker_with_the_others_marked(run):
    async with run(size=WIDE) as world:
        world.catalogue.known.append(ModelInfo("lab/smaller"))
        await answered(world)
        world.screen.run_command("compare", "small, s")
        await world.sees("▎ s", "✓ small", "enter compare 1 model")
        await world.pilot.press("enter")
        await world.sees("Compare", "I am small.")


async def test_an_edited_prompt_can_go_to_several(run):
    async with run(size=WIDE) as world:
        await answered(world)
        await world.pilot.press("alt+up", "e")
        await world.until(lambda: world.composer.draft == PROMPT)
        await world.type(" Briefly.")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("I am big.", "I am small.")
        conversation = world.conversation
        prompt = conversation.path()[0]
        assert len(conversation.versions(prompt)) == 2


async def test_without_a_prompt_it_is_said_how_to_begin(run):
    async with run(size=WIDE) as world:
        world.screen.run_command("compare", "small")
        await world.sees("There is no prompt yet")
        assert not world.provider.requests


async def test_while_a_prompt_is_queued_nothing_is_compared(run):
    async with run(size=WIDE) as world:
        world.script("One", asyncio.Event(), DONE)
        await world.say("first")
        await world.sees("One")
        await world.say("second")
        await world.sees("queued")
        world.screen.run_command("compare", "small")
        await world.sees("A prompt waits for its reply")


# -- choosing
async def test_the_chosen_reply_is_the_one_that_the_conversation_shows(comparing):
    async with comparing() as world:
        await shows(world, "I am big.")
        await world.pilot.press("right", "right")
        await world.until(lambda: "▎ small" in world.text)
        await shows(world, "I am small.")
        await world.pilot.press("left")
        await world.until(lambda: "▎ big" in world.text)
        await shows(world, "I am big.")


async def test_a_click_chooses(comparing):
    async with comparing() as world:
        await world.pilot.click(offset=(70, 6))
        await world.until(lambda: "▎ small" in world.text)


async def test_enter_goes_on_with_the_chosen_reply_and_its_model(comparing):
    async with comparing() as world:
        await world.pilot.press("right", "enter")
        await world.sees("I am small.", "‹ 2/2 ›", "7% of 200")
        assert world.app.screen is world.screen and world.composer.has_focus
        await world.say("And?")
        await world.until(lambda: len(world.provider.requests) == 3 and "ready" in world.text)
        assert world.provider.requests[-1] == (
            "small",
            [PROMPT, "I am small.", "And?"],
        )


async def test_enter_stops_what_still_comes_and_keeps_its_text(run):
    async with run(size=WIDE) as world:
        await answered(world)
        world.script_of("small", "Half of", asyncio.Event(), " it", DONE)
        world.screen.run_command("compare", "small")
        await world.sees("Half of")
        await world.pilot.press("enter")
        await world.sees("I am big.", "‹ 1/2 ›", "ready")
        await world.until(lambda: world.provider.closed == 2)
        _, half = await stored(world)
        assert (half.text, half.status) == ("Half of", Status.STOPPED)


async def test_k_keeps_both_and_lets_the_other_come(run):
    async with run(size=WIDE) as world:
        await answered(world)
        hold = asyncio.Event()
        world.script_of("small", "Half of", hold, " it", DONE)
        world.screen.run_command("compare", "small")
        await world.sees("Half of")
        await world.pilot.press("k")
        await world.sees("I am big.", "‹ 1/2 ›", "Both are kept: alt+↑, then ← →", "ready")
        assert world.conversation.model == "lab/big"
        await world.say("Meanwhile?")
        await world.until(lambda: world.text.count("I am big.") == 2)
        hold.set()
        await world.sees("small has answered too")
        assert [m.text for m in await stored(world)] == ["I am big.", "Half of it", "I am big."]


async def test_escape_closes_and_shows_what_was_shown_before(run):
    async with run(size=WIDE) as world:
        await answered(world)
        await world.say("And?")
        await world.until(lambda: world.text.count("I am big.") == 2 and "ready" in world.text)
        await world.pilot.press("alt+up", "alt+up", "alt+up", "plus", *"small", "enter")
        await world.sees("Compare", "I am small.")
        await world.pilot.press("right", "escape")
        await world.sees("And?", "‹ 1/2 ›")
        assert [m.text for m in await world.path()] == [
            PROMPT,
            "I am big.",
            "And?",
            "I am big.",
        ]


async def test_escape_stops_the_chosen_reply_first_and_no_other(run):
    async with run(size=WIDE) as world:
        hold = asyncio.Event()
        world.script_of("big", "One", asyncio.Event(), DONE)
        world.script_of("small", "Two", hold, " more", DONE)
        await world.type("Go")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("One", "Two", "esc stop")
        await world.pilot.press("escape")
        await world.sees("big stopped", "small  ● answering", "esc close")
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        hold.set()
        await world.sees("small has answered too")
        assert [(m.text, m.status) for m in await stored(world)] == [
            ("One", Status.STOPPED),
            ("Two more", Status.COMPLETE),
        ]


async def test_a_reply_that_came_beside_the_path_can_be_flipped_to_while_it_comes(run):
    async with run(size=WIDE) as world:
        await answered(world)
        hold = asyncio.Event()
        world.script_of("small", "Half of", hold, " it", DONE)
        world.screen.run_command("compare", "small")
        await world.sees("Half of")
        await world.pilot.press("k")
        await world.sees("‹ 1/2 ›")
        await world.pilot.press("alt+up", "right")
        await world.sees("Half of", "‹ 2/2 ›", "● answering")
        hold.set()
        await world.sees("Half of it", "ready")


async def test_one_flips_between_replies_while_both_come(run):
    async with run(size=WIDE) as world:
        first, second = asyncio.Event(), asyncio.Event()
        world.script_of("big", "One", first, " more", DONE)
        world.script_of("small", "Two", second, " more", DONE)
        await world.type("Go")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("One", "Two")
        await world.pilot.press("k")
        await world.sees("One", "‹ 1/2 ›")
        await world.pilot.press("alt+up", "right")
        await world.sees("Two", "‹ 2/2 ›", "● answering")
        first.set()
        await world.sees("big has answered too")
        await world.pilot.press("left")
        await world.sees("One more", "‹ 1/2 ›", "ready")
        await world.pilot.press("right")
        second.set()
        await world.sees("Two more", "‹ 2/2 ›", "ready")


# -- more models, copying, reading
async def test_plus_adds_a_model_which_is_chosen_and_in_view(comparing):
    async with comparing() as world:
        world.catalogue.known.append(ModelInfo("lab/third"))
        await world.pilot.press("plus")
        await world.sees("Type to find a model to compare with")
        await world.pilot.press(*"third", "enter")
        await world.sees("Compare   2–3 of 3", "I am small.", "I am third.", "k keep all")
        assert models(world) == ["lab/big", "lab/small", "lab/third"]
        await world.pilot.press("left", "left")
        await world.sees("Compare   1–2 of 3", "I am big.")


async def test_a_model_twice_has_a_number(comparing):
    async with comparing() as world:
        await world.pilot.press("plus", *"small", "enter")
        await world.sees("small 2")


async def test_y_copies_the_chosen_reply(comparing):
    async with comparing() as world:
        await world.pilot.press("right", "y")
        await world.until(lambda: world.app.clipboard == "I am small.")


async def test_space_shows_the_thinking(run):
    async with run(size=WIDE) as world:
        await answered(world)
        world.script_of("small", Reasoning("Let me see."), "So.", DONE)
        world.screen.run_command("compare", "small")
        await world.sees("So.", "thought for 1 s")
        await world.pilot.press("right", "space")
        await world.sees("Let me see.")
        await world.pilot.press("space")
        await world.sees_no("Let me see.")


async def test_keys_scroll_the_chosen_reply_alone(run):
    long = "".join(f"Line {number}.\n\n" for number in range(60))
    async with run(size=WIDE) as world:
        world.script_of("big", long, DONE)
        world.script_of("small", long, DONE)
        await world.say("Count")
        await world.sees("Line 59.", "ready")
        world.screen.run_command("compare", "small")
        await world.sees("small done")
        big, small = (column.text for column in columns(world))
        place = small.top
        await world.pilot.press("home", "pagedown", "down")
        await world.until(lambda: 10 < big.top < big.max_scroll_y)
        await world.pilot.press("end")
        await world.until(lambda: big.top == big.max_scroll_y)
        await world.pilot.press("home")
        await world.until(lambda: big.top == 0)
        assert small.top == place


# -- failure
async def test_a_failure_in_one_column_leaves_the_other_and_r_tries_again_in_its_place(run):
    async with run(size=WIDE) as world:
        hold = asyncio.Event()
        world.script_of("big", "One", hold, " more", DONE)
        world.script_of("small", "Half", ProviderError("Connection closed", kind=ErrorKind.LOST))
        await world.type("Go")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("Half", "Connection closed", "r retry", "small × failed", "big  ● answering")
        await world.pilot.press("right", "r")
        await world.sees("I am small.", "small done", "big  ● answering")
        assert models(world) == ["lab/big", "lab/small"]
        hold.set()
        await world.sees("One more")
        assert [(m.text, m.status) for m in await stored(world)] == [
            ("One more", Status.COMPLETE),
            ("Half", Status.INTERRUPTED),
            ("I am small.", Status.COMPLETE),
        ]


async def test_a_reply_that_could_not_be_stored_does_not_come_and_the_others_do(run, monkeypatch):
    async with run(size=WIDE) as world:
        await answered(world)
        add = world.store.add_message

        async def full(*arguments, **options):
            if options.get("model") == "lab/third":
                raise HistoryFullError("The disk is full", "Make room.")
            return await add(*arguments, **options)

        monkeypatch.setattr(world.store, "add_message", full)
        world.screen.run_command("compare", "lab/third lab/small")
        await world.sees("Compare", "I am small.", "The disk is full")
        assert models(world) == ["lab/big", "lab/small"]
        await world.pilot.press("k")
        await world.sees("! The disk is full")


async def test_a_hue_that_could_not_be_stored_stops_no_reply(run, monkeypatch):
    async with run(size=WIDE) as world:
        await answered(world)
        change = world.store.update_conversation

        async def full(conversation_id, **changes):
            if "hues" in changes:
                raise HistoryFullError("The disk is full", "Make room.")
            await change(conversation_id, **changes)

        monkeypatch.setattr(world.store, "update_conversation", full)
        world.screen.run_command("compare", "small")
        await world.sees("Compare", "I am small.", "small done")
        assert [m.status for m in await stored(world)] == [Status.COMPLETE] * 2


async def test_a_prompt_that_could_not_be_stored_is_back_in_the_composer(run, monkeypatch):
    async with run(size=WIDE) as world:

        async def full(*arguments, **options):
            raise HistoryFullError("The disk is full", "Make room.")

        monkeypatch.setattr(world.store, "add_message", full)
        await world.type("Why?")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("The disk is full")
        await world.until(lambda: world.composer.draft == "Why?")
        assert world.app.screen is world.screen and not world.provider.requests


# -- sizes
async def test_a_narrow_screen_has_the_names_as_tabs(comparing):
    async with comparing(size=(80, 24)) as world:
        lines = world.text.splitlines()
        assert lines[4] == "   big   small" and lines[5] == "   ───"
        assert "I am big." in world.text and "I am small." not in world.text
        await world.pilot.press("right")
        await world.until(lambda: world.text.splitlines()[5] == "         ─────")
        assert "I am small." in world.text and "I am big." not in world.text
        await world.pilot.click(offset=(4, 4))
        await world.sees("I am big.")


async def test_all_keys_have_room_on_a_narrow_screen(run):
    async with run(size=(80, 24)) as world:
        await answered(world)
        world.script(ProviderError("Wrong key", kind=ErrorKind.AUTH))
        world.screen.run_command("compare", "small")
        await world.sees("small ×")
        await world.pilot.press("right")
        await world.sees("r retry   k keep both   + add   esc close")


async def test_what_is_seen_follows_the_size(comparing):
    async with comparing() as world:
        for size, both in [((80, 24), False), ((100, 30), True), ((180, 50), True), ((40, 10), False)]:
            await world.pilot.resize_terminal(10, 3)
            await world.pilot.resize_terminal(*size)
            await world.sees("I am big.")
            await world.until(lambda both=both: ("I am small." in world.text) is both)


# -- prices
async def test_what_it_costs_is_said_only_where_it_is_known(run):
    async with run(size=WIDE) as world:
        world.catalogue.known = [
            ModelInfo("lab/big", input_price=2.0, output_price=10.0),
            ModelInfo("lab/small"),
        ]
        usage = Usage(input_tokens=500, output_tokens=400)
        world.script_of("big", "One.", usage, DONE)
        world.script_of("small", "Two.", usage, DONE)
        world.script_of("small", "Three.", replace(usage, cost=0.25), DONE)
        await world.say("Go")
        await world.sees("One.", "ready")
        world.screen.run_command("compare", "small")
        await world.sees("Two.", "small done", "$0.005")
        assert world.text.count("$") == 1
        await world.pilot.press("right", "r")
        await world.sees("Three.", "$0.250")


# -- nothing is lost
async def test_quitting_stores_all_that_came(run):
    async with run(size=WIDE) as world:
        world.script_of("big", "One", asyncio.Event(), DONE)
        world.script_of("small", "Two", asyncio.Event(), DONE)
        await world.type("Go")
        await world.pilot.press("ctrl+l", *"small", "tab", "enter")
        await world.sees("One", "Two")
        await world.pilot.press("ctrl+q")
        await world.until(lambda: not world.app.is_running)
        assert [(m.text, m.status) for m in await stored(world)] == [
            ("One", Status.STOPPED),
            ("Two", Status.STOPPED),
        ]


async def test_another_conversation_closes_it_and_its_replies_go_on(run):
    async with run(size=WIDE) as world:
        await answered(world)
        hold = asyncio.Event()
        world.script_of("small", "Half of", hold, " it", DONE)
        world.screen.run_command("compare", "small")
        await world.sees("Half of")
        first = world.current
        world.screen.run_command("new")
        await world.until(lambda: world.app.screen is world.screen and world.current is not first)
        hold.set()
        await world.until(lambda: first.coming(first.conversation.versions(first.last_reply)[-1]) is None)
        texts = await world.store.messages(first.conversation.versions(first.last_reply))
        assert [m.text for m in texts] == ["I am big.", "Half of it"]


async def test_a_temporary_conversation_is_compared_and_kept_nowhere(run):
    async with run(size=WIDE) as world:
        world.screen.run_command("temporary")
        await world.sees("temporary")
        await answered(world)
        world.screen.run_command("compare", "small")
        await world.sees("Compare", "I am small.", "temporary")
        assert not await world.store.list_conversations()


async def test_a_new_prompt_of_a_temporary_conversation_is_compared(run):
    async with run(size=WIDE) as world:
        world.screen.run_command("temporary")
        await world.sees("temporary")
        await world.type("Which is better?")
        world.screen.run_command("compare", "big small")
        await world.sees("Compare", "I am big.", "I am small.")
        assert [column.message.model for column in columns(world)] == ["lab/big", "lab/small"]
        assert {column.message.parent for column in columns(world)} == {world.conversation.path()[0]}


async def test_thinking_that_only_its_end_tells_is_folded_in_its_column(run):
    async with run(size=WIDE) as world:
        await answered(world)
        half, more = asyncio.Event(), asyncio.Event()
        world.script_of("small", "A long plan", half, "</think>The answer", more, DONE)
        world.screen.run_command("compare", "small")
        await world.sees("Compare", "A long plan")
        half.set()
        await world.sees("The answer")
        assert "A long plan" not in world.text
        more.set()
        await world.until(lambda: [c.message.status for c in columns(world)] == [Status.COMPLETE] * 2)


# -- how they differ, and one from all
async def test_differences_are_shown_word_by_word(comparing):
    async with comparing() as world:
        await world.pilot.press("d")
        await world.until(lambda: isinstance(world.app.screen, Differences))
        await world.sees("only big", "only small", "I am")
        await world.pilot.press("escape")
        await world.until(lambda: isinstance(world.app.screen, Compare))


async def test_one_reply_is_written_from_all_by_a_model_of_choice(comparing):
    async with comparing(size=(140, 30)) as world:
        world.script_of("big", "Both are models [big] [small].", DONE)
        await world.pilot.press("j")
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        await world.pilot.press(*"big", "enter")
        await world.sees("Both are models [big] [small].")
        model, said = world.provider.requests[-1]
        assert model == "big" and "I am big." in said[-1] and "I am small." in said[-1]
        assert "[small]" in said[-1] and PROMPT in "".join(said)
        assert len(columns(world)) == 3
        assert len(await stored(world)) == 3
        await world.pilot.press("enter")
        await shows(world, "Both are models [big] [small].")


async def test_what_is_still_coming_is_not_joined(run):
    async with run(size=WIDE) as world:
        await answered(world)
        hold = asyncio.Event()
        world.script_of("small", "The short answer", hold, DONE)
        await world.say("/compare small")
        await world.sees("The short answer")
        await world.pilot.press("j")
        await world.sees("A reply is coming")
        hold.set()
