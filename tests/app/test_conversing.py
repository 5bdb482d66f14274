"""A conversation: a person sends, reads, stops, asks again, changes the model."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual import events

from tui.chat.chunks import MAKING_PICTURE, Finish, FinishReason, Progress, Reasoning, Usage, Work
from tui.chat.draft import Draft
from tui.chat.message import Role, Status
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, HistoryFullError, ProviderError

DONE = Finish(FinishReason.STOP)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_message_is_answered_and_kept(run, size):
    async with run(size=size) as world:
        world.script("Hello from ", "the lab.", DONE)
        await world.say("Who are you?")
        await world.sees("Who are you?", "big", "Hello from the lab.", "ready")
        prompt, reply = await world.path()
        assert (prompt.text, prompt.role) == ("Who are you?", Role.USER)
        assert (reply.text, reply.status, reply.model) == ("Hello from the lab.", Status.COMPLETE, "lab/big")
        assert world.composer.draft == ""


async def test_the_title_is_the_first_words_and_the_sidebar_has_it(run):
    async with run(size=(120, 40)) as world:
        await world.say("Kyoto in four days")
        await world.until(lambda: world.text.count("Kyoto in four days") == 3)  # title, sidebar, turn
        assert "Today" in world.text


async def test_a_reply_streams_and_escape_stops_it_and_keeps_its_text(run):
    async with run() as world:
        more = asyncio.Event()
        world.script("The first half", more, " and the second", DONE)
        await world.say("Go")
        await world.sees("The first half", "answering")
        await world.pilot.press("escape")
        await world.sees("stopped")
        _, reply = await world.path()
        assert (reply.text, reply.status) == ("The first half", Status.STOPPED)
        assert world.provider.closed == 1


async def test_a_reply_that_is_stopped_before_it_began_is_stored_as_stopped(run, monkeypatch):
    async with run() as world:
        session = world.session
        world.script(asyncio.Event(), "never seen", DONE)
        start = world.current.start

        async def start_and_stop(reply):
            live = await start(reply)
            session.stop()
            return live

        monkeypatch.setattr(world.current, "start", start_and_stop)
        session.submit(Draft("Go"))
        await world.sees("stopped")
        _, reply = await world.path()
        assert (reply.status, reply.text) == (Status.STOPPED, "")


async def test_thinking_and_waiting_have_their_words(run):
    async with run() as world:
        think, speak = asyncio.Event(), asyncio.Event()
        world.script(think, Reasoning("Let me see"), speak, "So.", DONE)
        await world.say("Why?")
        await world.sees("● waiting")
        think.set()
        await world.sees("● thinking")
        speak.set()
        await world.sees("So.", "ready")


async def test_two_providers_models_of_one_name_are_told_apart_where_there_is_little_room(run):
    async with run() as world:
        await world.say("Hi")
        await world.sees("I am big.", "ready")
        assert "lab/big" not in world.text.splitlines()[-2]
        world.catalogue.known.append(ModelInfo("den/small"))
        await world.say("/model lab/small")
        await world.until(lambda: "lab/small" in world.text.splitlines()[-2])


async def test_a_picture_that_is_made_is_drawn_and_a_prompt_that_is_read_is_read(run):
    async with run(size=(120, 40)) as world:
        drawn, read = asyncio.Event(), asyncio.Event()
        reading = Progress("Reading the conversation", 1, 4, Work.READING)
        world.script(reading, read, MAKING_PICTURE, drawn, "Here.", DONE)
        await world.say("A cat")
        await world.sees("● reading", "25 %")
        read.set()
        await world.sees("● drawing", "Making a picture")
        drawn.set()
        await world.sees("Here.")


async def test_progress_stands_in_the_status_line(run):
    async with run(size=(120, 40)) as world:
        loaded = asyncio.Event()
        world.script(Progress("Downloading Qwen", 30, 100), loaded, "Here.", DONE)
        await world.say("Hi")
        await world.sees("● loading", "30 % Downloading Qwen")
        loaded.set()
        await world.sees("Here.")


async def test_a_failure_keeps_the_text_and_offers_what_to_do(run):
    async with run() as world:
        world.script("Half of it", ProviderError("Connection closed", kind=ErrorKind.LOST))
        await world.say("Go on")
        await world.sees("Half of it", "Connection closed", "× failed")
        world.script("All of it.", DONE)
        await world.pilot.press("alt+up", "r")
        await world.sees("All of it.", "2/2")
        await world.pilot.press("alt+up", "left")
        await world.sees("Half of it", "1/2")


async def test_tokens_of_the_server_and_the_context_are_shown(run):
    async with run(size=(120, 40)) as world:
        world.script("Fine.", Usage(input_tokens=150, output_tokens=50), DONE)
        await world.say("How are you?")
        await world.sees("50 tok", "20% of 1k")


async def test_the_model_changes_and_what_is_written_stays(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.")
        await world.type("And you")
        await world.pilot.press("ctrl+l")
        await world.type("small")
        await world.pilot.press("enter")
        await world.until(lambda: world.status.model == "lab/small")
        assert world.composer.draft == "And you"
        await world.pilot.press("enter")
        await world.sees("I am small.", "big ──", "── small")
        assert [model for model, _ in world.provider.requests] == ["big", "small"]
        assert world.conversation.model == "lab/small"


async def test_a_model_that_is_chosen_while_another_one_answers_is_said_to_be_next(run):
    async with run() as world:
        go_on = asyncio.Event()
        world.script("It comes. ", go_on, DONE)
        await world.say("Go")
        await world.sees("It comes.")
        await world.use_model("lab/small")
        await world.sees("big", "then small")
        go_on.set()
        await world.sees("ready")
        await world.sees_no("then small")
        assert world.status.model == "lab/small"


async def test_while_a_reply_comes_no_key_is_named_that_has_to_wait_for_its_end(run):
    async with run(size=(120, 40)) as world:
        go_on = asyncio.Event()
        world.script("It comes. ", go_on, DONE)
        await world.say("Go")
        await world.sees("It comes.")
        await world.pilot.press("alt+up")
        await world.sees("y copy", "b branch")
        assert "r again" not in world.text and "m other model" not in world.text
        go_on.set()
        await world.sees("ready", "r again", "m other model")


async def test_keys_typed_in_one_go_choose_a_model_and_send(run):
    async with run() as world:
        await world.say("One")
        await world.sees("I am big.")
        await world.pilot.press(*"Two", "ctrl+l", *"small", "enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.pilot.press("enter")
        await world.sees("I am small.")
        assert world.provider.requests[-1] == ("small", ["One", "I am big.", "Two"])


async def test_another_model_answers_the_last_prompt_again(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        await world.pilot.press("ctrl+l", *"small", "alt+enter")
        await world.sees("I am small.", "2/2")
        assert world.conversation.model == "lab/big"


async def test_hues_differ_and_stay_with_the_conversation(run):
    async with run() as world:
        await world.say("One")
        await world.sees("I am big.", "ready")
        await world.use_model("lab/small")
        await world.say("Two")
        await world.sees("I am small.", "ready")
        conversation = world.conversation
        stored = await world.store.load_conversation(conversation.id)
        assert stored.hues == conversation.hues
        assert stored.hues["lab/big"] != stored.hues["lab/small"]


async def test_a_prompt_that_cannot_be_stored_is_back_in_the_composer(run):
    async with run() as world:

        async def full(*args, **kwargs):
            raise HistoryFullError("The disk is full", "Free some space.")

        world.store.add_message = full
        await world.say("Precious words")
        await world.sees("The disk is full")
        await world.until(lambda: world.composer.draft == "Precious words")
        assert world.provider.requests == []


async def test_without_a_model_the_prompt_waits_and_the_way_out_is_said(run):
    async with run(model=None) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "FirstRun")
        await world.pilot.press("escape", "ctrl+q")


@pytest.mark.parametrize("words", ["lab/small", "small", "SMALL", "sma"])
async def test_slash_model_takes_the_one_model_that_the_words_mean(run, words):
    async with run() as world:
        await world.say(f"/model {words}")
        await world.until(lambda: world.status.model == "lab/small")
        assert world.app.screen is world.screen


async def test_slash_model_takes_one_that_its_server_has_not_listed_yet(run, monkeypatch):
    async with run() as world:
        listed = ModelInfo("lab/brand-new")

        answers = asyncio.Event()

        async def refresh(names=None, patience=None):
            await answers.wait()
            world.catalogue.known.append(listed)

        monkeypatch.setattr(world.catalogue, "stale", lambda: ["lab"])
        monkeypatch.setattr(world.catalogue, "refresh", refresh)
        await world.say("/model brand")
        await world.sees_beside_toasts("Looking for models")
        answers.set()
        await world.until(lambda: world.status.model == "lab/brand-new")
        assert world.app.screen is world.screen


async def test_slash_model_with_words_that_mean_no_one_model_opens_the_picker_with_them(run):
    async with run() as world:
        await world.say("/model zzz")
        await world.until(lambda: type(world.app.screen).__name__ == "ModelPicker")
        await world.sees("zzz", "Nothing fits.")
        assert world.status.model == "lab/big"


async def test_slash_model_with_a_provider_takes_its_default(run):
    async with run(model="lab/small") as world:
        await world.say("/model lab")
        await world.until(lambda: world.status.model == "lab/big")


async def test_what_is_typed_after_e_goes_into_the_prompt_in_order(run):
    async with run() as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up")
        await world.until(lambda: world.transcript.has_focus)
        for key in "etyped3":
            world.app.post_message(events.Key(key, key))
        await world.until(lambda: world.composer.draft == "Hellotyped3")
        assert [m.text for m in await world.path()] == ["Hello", "I am big."]


async def test_letters_do_nothing_more_while_a_message_is_deleted(run):
    async with run() as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up")
        await world.until(lambda: world.transcript.has_focus)
        for key in "dbr":
            world.app.post_message(events.Key(key, key))
        await world.sees("Deleted.", "undo")
        assert [m.text for m in await world.path()] == ["Hello"]
        assert len(world.provider.requests) == 1


async def test_without_a_network_the_models_of_this_machine_are_offered(run):
    async with run() as world:
        world.entries.append(replace(world.entries[0], name="local", downloads=True))
        world.script(ProviderError("No network", kind=ErrorKind.OFFLINE))
        await world.say("Hi")
        await world.sees("not sent", "× No network; your message is kept   r retry   m model on this machine")
        await world.sees("◦ offline")
        await world.pilot.press("alt+up", "m")
        await world.until(lambda: type(world.app.screen).__name__ == "ModelPicker")
        assert world.app.screen.field.value == "local/"
        assert [m.text for m in await world.path()] == ["Hi", ""]


async def test_thinking_that_only_its_end_tells_is_folded_once_that_comes(run):
    async with run() as world:
        half, more = asyncio.Event(), asyncio.Event()
        world.script("A long plan", half, "\n</think>\n\nThe answer", more, " is four", DONE)
        await world.say("Why?")
        await world.sees("A long plan")
        half.set()
        await world.sees("The answer", "thought")
        assert "A long plan" not in world.text and "think>" not in world.text
        more.set()
        await world.sees("The answer is four", "ready")
        _, reply = await world.path()
        assert (reply.text, reply.reasoning) == ("The answer is four", "A long plan\n")
