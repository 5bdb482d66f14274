"""Files that go along: typed, completed, dropped, taken away, sent, edited, kept with the draft."""

from __future__ import annotations

import asyncio
import threading

import pytest
from msgspec.structs import replace
from textual import events

from tui.app.composer import candidates
from tui.app.composer.attached_lines import AttachedLines
from tui.chat.attachment import attachment_of
from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Role
from tui.chat.model import ModelInfo
from tui.chat.parts import prompt_parts
from tui.engine import mentioning
from tui.engine.start_options import StartOptions
from tui.errors import HistoryFullError

DONE = Finish(FinishReason.STOP)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)
PICTURE = attachment_of("chart.png", PNG)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The folder that the program is started in."""
    work = tmp_path / "work"
    (work / "my docs").mkdir(parents=True)
    (work / "chart.png").write_bytes(PNG)
    (work / "notes.txt").write_text("Buy milk")
    (work / "program.bin").write_bytes(b"\x00\x01")
    (work / "my docs" / "plan.md").write_text("# Plan")
    monkeypatch.chdir(work)
    return work


def attached(world):
    return [file.name for file in world.composer.attachments]


async def attach(world, path):
    """Attach by the command, which is what is tested elsewhere."""
    before = len(world.composer.attachments)
    world.composer.put(f"/attach {path}")
    await world.pilot.press("enter")
    await world.until(lambda: len(world.composer.attachments) == before + 1)


async def answered(world, words="I am big."):
    """Wait for the whole reply, so that the conversation is free for what comes next."""
    await world.sees(words)
    await world.until(lambda: not world.current.busy)


async def drop(world, text):
    world.composer.post_message(events.Paste(text))
    await world.pilot.pause()


# -- the command
async def test_a_file_is_attached_shown_and_sent(run, files):
    async with run() as world:
        await world.type("/attach notes.txt")
        await world.pilot.press("enter")
        await world.sees("notes.txt  text  8 bytes", "backspace removes")
        assert world.composer.draft == ""
        await world.say("Read it")
        await world.sees("▸ notes.txt  text  8 bytes", "I am big.")
        assert attached(world) == []
        [content] = world.provider.requests[0][1]
        assert "data:text/plain;base64,QnV5IG1pbGs=" in content and "Read it" in content
        [prompt, _] = await world.path()
        assert [file.name for file in prompt.attachments] == ["notes.txt"]


async def test_what_can_not_be_attached_is_said_and_the_path_stays(run, files):
    async with run() as world:
        world.composer.put("/attach program.bin")
        await world.pilot.press("enter")
        await world.sees("program.bin can't be attached")
        await world.until(lambda: world.composer.draft == "/attach program.bin")
        assert attached(world) == []


async def test_of_several_files_all_go_along_or_none(run, files):
    async with run() as world:
        world.composer.put('/attach chart.png "my docs/plan.md"')
        await world.pilot.press("enter")
        await world.until(lambda: attached(world) == ["chart.png", "plan.md"])
        world.composer.put("/attach notes.txt program.bin")
        await world.pilot.press("enter")
        await world.sees("it is no image")
        assert attached(world) == ["chart.png", "plan.md"]


async def test_the_palettes_command_begins_the_path(run, files):
    async with run() as world:
        world.screen.run_command("attach")
        await world.until(lambda: world.composer.text == "/attach ")
        await world.sees("chart.png", f"{2.0:.0f} kB")


async def test_of_many_files_the_first_ones_are_shown_and_the_page_stays_readable(run, files):
    many = [attachment_of(f"{n}.txt", f"text {n}".encode()) for n in range(9)]
    async with run(size=(80, 24)) as world:
        world.composer.attach(many)
        await world.sees("3.txt", "and 5 more")
        assert "4.txt" not in world.text


# -- completion
async def test_a_path_is_completed_while_it_is_typed(run, files):
    async with run() as world:
        await world.type("/attach my")
        await world.sees("my docs/")
        await world.pilot.press("tab")
        await world.sees("plan.md")
        assert world.composer.text == '/attach "my docs/'
        await world.pilot.press("tab")
        assert world.composer.text == '/attach "my docs/plan.md"'
        await world.pilot.press("enter")
        await world.until(lambda: attached(world) == ["plan.md"])
        assert world.composer.text == ""


async def test_the_best_match_is_taken_however_quickly_enter_comes(run, files):
    async with run() as world:
        await world.type("/attach ch")
        await world.pilot.press("enter")
        await world.until(lambda: attached(world) == ["chart.png"])


async def test_the_arrows_choose_another_file_and_escape_closes_the_menu(run, files):
    async with run() as world:
        await world.type("/attach ")
        await world.until(lambda: world.composer.open_menu is not None)
        await world.pilot.press("down", "down", "enter")
        await world.until(lambda: attached(world) == ["notes.txt"])
        await world.type("see @n")
        await world.until(lambda: world.composer.open_menu is not None)
        await world.pilot.press("escape", "enter")
        await world.sees("I am big.")
        assert "see @n" in world.provider.requests[0][1][0]


@pytest.fixture
def slow_folder(monkeypatch):
    """Folders are looked through once this is set."""
    look, ready = candidates.path_candidates, threading.Event()

    def late(typed):
        ready.wait(20)
        return look(typed)

    monkeypatch.setattr(candidates, "path_candidates", late)
    yield ready
    ready.set()


async def test_escape_does_without_paths_that_are_still_looked_for_and_enter_sends(run, files, slow_folder):
    async with run() as world:
        world.composer.put("What is on @chart.png")
        await world.pilot.press("escape")
        slow_folder.set()
        await world.pilot.press("enter")
        await world.sees("I am big.")
        [prompt, _] = await world.path()
        assert prompt.text == "What is on @chart.png"
        assert world.composer.open_menu is None


async def test_escape_closes_the_paths_that_are_still_looked_for_before_it_stops_a_reply(
    run, files, slow_folder
):
    async with run() as world:
        world.provider.scripts = [["One", asyncio.Event()]]
        await world.say("First")
        await world.sees("One")
        world.composer.put("see @n")
        await world.pilot.press("escape")
        assert world.current.busy
        slow_folder.set()
        await world.pilot.press("escape")
        await world.until(lambda: not world.current.busy)
        assert world.composer.draft == "see @n" and world.composer.open_menu is None


async def test_where_no_path_was_found_escape_stops_the_reply_at_once(run, files):
    async with run() as world:
        world.provider.scripts = [["One", asyncio.Event()]]
        await world.say("First")
        await world.sees("One")
        world.composer.put("ask @someone")
        await world.until(lambda: not world.composer.completion.may_offer)
        await world.pilot.press("escape")
        await world.until(lambda: not world.current.busy)


@pytest.mark.parametrize("text", ["see @n", "/ti", "/attach ch", "/model bi"])
async def test_escape_closes_the_menu_however_quickly_it_comes(run, files, text):
    async with run() as world:
        world.composer.put(text[:-1])
        await world.until(lambda: not world.composer.completion.may_offer or world.composer.open_menu)
        for key, character in ((text[-1], text[-1]), ("escape", None)):
            world.composer.post_message(events.Key(key, character))
        await world.until(lambda: world.composer.draft == text)
        await world.pilot.pause()
        await world.until(lambda: world.composer.open_menu is None)
        assert not world.composer.completion.may_offer


async def test_a_file_can_be_named_in_the_sentence(run, files):
    async with run() as world:
        await world.type("explain @no")
        await world.sees("notes.txt")
        await world.pilot.press("tab")
        await world.until(lambda: attached(world) == ["notes.txt"])
        await world.type(" please")
        assert world.composer.draft == "explain notes.txt please"


async def test_an_at_that_names_nothing_is_only_text(run, files):
    async with run() as world:
        await world.say("ping @someone")
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == ["ping @someone"]


# -- drops
async def test_a_dropped_image_goes_along_and_undo_makes_it_text(run, files):
    async with run() as world:
        await world.type("What is this? ")
        path = f"'{files / 'chart.png'}' "
        await drop(world, path)
        assert attached(world) == ["chart.png"]
        assert world.composer.draft == "What is this? "
        await world.pilot.press("ctrl+z")
        assert attached(world) == []
        assert world.composer.draft == f"What is this? {path}"


async def test_a_dropped_text_is_offered(run, files):
    async with run() as world:
        await world.type("Sum up ")
        await drop(world, str(files / "notes.txt"))
        await world.sees("tab attaches notes.txt")
        assert attached(world) == []
        await world.pilot.press("tab")
        assert attached(world) == ["notes.txt"]
        assert world.composer.draft == "Sum up "
        await world.sees_no("tab attaches")


async def test_an_offer_ends_with_the_next_key(run, files):
    async with run() as world:
        await drop(world, str(files / "notes.txt"))
        await world.sees("tab attaches notes.txt")
        await world.type("x")
        await world.sees_no("tab attaches")
        assert world.composer.draft == f"{files / 'notes.txt'}x"


@pytest.mark.parametrize("text", ["{0}/program.bin", "{0}/none.png", "see {0}/chart.png", "chart.png", "{0}"])
async def test_any_other_paste_is_text(run, files, text):
    async with run() as world:
        await drop(world, text.format(files))
        assert world.composer.draft == text.format(files)
        assert attached(world) == [] and world.composer.offered == ()


async def test_a_path_dropped_into_a_command_is_its_argument(run, files):
    async with run() as world:
        await world.type("/attach ")
        await drop(world, f"'{files / 'chart.png'}'")
        assert world.composer.text == f"/attach '{files / 'chart.png'}'"
        await world.pilot.press("enter")
        await world.until(lambda: attached(world) == ["chart.png"])


# -- taken away
async def test_backspace_without_a_text_removes_the_last_file_and_undo_brings_it_back(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await attach(world, "notes.txt")
        await world.type("x")
        await world.pilot.press("backspace")
        assert attached(world) == ["chart.png", "notes.txt"]
        await world.pilot.press("backspace")
        assert attached(world) == ["chart.png"]
        await world.pilot.press("ctrl+z")
        assert attached(world) == ["chart.png", "notes.txt"]


async def test_a_click_removes_any_of_them(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await attach(world, "notes.txt")
        lines = world.screen.query_one(AttachedLines)
        await world.sees("chart.png", "notes.txt")
        await world.pilot.click(lines, offset=(lines.outer_size.width - 3, 0))
        await world.until(lambda: attached(world) == ["notes.txt"])


async def test_the_same_file_goes_along_once(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        world.composer.put("/attach chart.png")
        await world.pilot.press("enter")
        await world.until(lambda: world.composer.text == "")
        assert attached(world) == ["chart.png"]


async def test_ctrl_c_clears_the_files_too_and_up_brings_all_back(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await world.pilot.press("ctrl+c")
        assert attached(world) == []
        await world.pilot.press("up")
        assert attached(world) == ["chart.png"]


# -- sent, and not sent
async def test_files_alone_are_a_prompt(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await world.pilot.press("enter")
        await world.sees("▸ chart.png  image  2 kB", "I am big.")
        assert world.conversation.title == "chart.png"


async def test_a_model_that_takes_no_images_says_so_before_and_keeps_the_draft(run, files):
    async with run() as world:
        world.catalogue.known = [ModelInfo("lab/big", vision=False), ModelInfo("lab/small", vision=True)]
        await attach(world, "chart.png")
        await world.sees("× big takes no images")
        await world.say("Look")
        await world.until(lambda: world.composer.draft == "Look")
        assert attached(world) == ["chart.png"] and world.provider.requests == []
        await world.use_model("lab/small")
        await world.sees_no("× big takes no images")
        await world.pilot.press("enter")
        await world.sees("I am small.")
        assert len(world.provider.requests) == 1


async def test_a_file_that_is_longer_than_the_models_context_is_told(run, files):
    (files / "long.txt").write_text("word " * 5000)
    async with run() as world:
        await attach(world, "long.txt")
        await world.sees("× about 5k tokens; big takes 1k")


async def test_the_context_bar_counts_files(run, files):
    async with run() as world:
        before = await world.current.tokens()
        await attach(world, "chart.png")
        await world.say("Look")
        await world.sees("I am big.")
        assert await world.current.tokens() > before + PICTURE.tokens


async def test_a_prompt_that_could_not_be_stored_comes_back_with_its_files(run, files, monkeypatch):
    async with run() as world:
        await attach(world, "chart.png")

        async def full(*args, **kwargs):
            raise HistoryFullError("The disk is full")

        monkeypatch.setattr(world.store, "add_message", full)
        await world.say("Look")
        await world.sees("The disk is full")
        assert world.composer.draft == "Look" and attached(world) == ["chart.png"]


async def test_a_queued_prompt_keeps_its_files_and_can_be_taken_back(run, files):
    gate = asyncio.Event()
    async with run() as world:
        world.provider.scripts = [["One", gate, DONE], ["Two", DONE]]
        await world.say("First")
        await world.sees("One")
        await attach(world, "chart.png")
        await world.pilot.press("enter")
        await world.sees("chart.png", "queued")
        await world.pilot.press("up")
        assert attached(world) == ["chart.png"]
        await world.pilot.press("enter")
        gate.set()
        await world.sees("Two")
        assert "data:image/png" in world.provider.requests[1][1][-1]


# -- later
async def test_an_edit_keeps_the_files_and_can_take_them_away(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await attach(world, "notes.txt")
        await world.say("Look")
        await answered(world)
        await world.pilot.press("alt+up", "e")
        await world.until(lambda: world.composer.draft == "Look")
        assert attached(world) == ["chart.png", "notes.txt"]
        world.composer.detach(0)
        await world.say(" again")
        await world.until(lambda: len(world.provider.requests) == 2)
        [content] = world.provider.requests[1][1]
        assert "data:text/plain" in content and "data:image" not in content and "Look again" in content


async def test_an_edit_that_is_left_gives_back_what_was_written_before(run, files):
    async with run() as world:
        await world.say("Look")
        await answered(world)
        await attach(world, "chart.png")
        await world.type("half")
        await world.pilot.press("alt+up", "e")
        await world.until(lambda: world.composer.draft == "Look")
        assert attached(world) == []
        await world.pilot.press("escape")
        await world.until(lambda: world.composer.draft == "half")
        assert attached(world) == ["chart.png"]


async def test_an_answer_by_another_model_and_a_copy_have_them(run, files):
    async with run() as world:
        world.catalogue.known = [ModelInfo("lab/big"), ModelInfo("lab/small")]
        await attach(world, "chart.png")
        await world.say("Look")
        await answered(world)
        (files / "chart.png").unlink()
        await world.use_model("lab/small")
        world.screen.run_command("retry")
        await answered(world, "I am small.")
        original = world.conversation.id
        world.screen.run_command("duplicate")
        await world.until(lambda: world.conversation.id != original)
        await world.sees("▸ chart.png", "I am small.")
        await world.say("And now?")
        await world.until(lambda: len(world.provider.requests) == 3)
        assert all("data:image/png" in messages[0] for _, messages in world.provider.requests)


async def test_each_conversation_keeps_the_files_of_its_draft(run, files):
    async with run() as world:
        await world.say("First")
        await answered(world)
        first = world.conversation.id
        await attach(world, "chart.png")
        await world.type("See")
        await world.pilot.press("ctrl+n")
        await world.until(lambda: attached(world) == [] and world.composer.draft == "")
        await attach(world, "notes.txt")
        await world.open(first)
        assert (world.composer.draft, attached(world)) == ("See", ["chart.png"])
        await world.pilot.press("ctrl+n")
        await world.until(lambda: attached(world) == ["notes.txt"])


async def test_a_draft_and_its_files_are_on_disk_a_moment_later_and_come_back_at_the_start(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await world.session.drafts.flush()
        [file] = (await world.store.new_draft()).attachments
        assert file == PICTURE
        (files / "chart.png").unlink()
        await world.open_new()
        assert attached(world) == ["chart.png"]
        await world.say("Look")
        await answered(world)
        await world.session.drafts.flush()
        assert not await world.store.new_draft()
        assert "data:image/png" in world.provider.requests[0][1][0]


async def test_a_start_returns_to_the_files_of_an_unsent_draft(run, files):
    async def prepare(world):
        conversation = await world.store.create_conversation(model="lab/big")
        await world.store.add_message(conversation.id, None, Role.USER, prompt_parts("Hi"))
        await world.store.update_conversation(conversation.id, attachments=(PICTURE,))
        await world.store.set_state("draft_of", str(conversation.id))

    async with run(prepare=prepare) as world:
        await world.sees("chart.png  image  2 kB")
        await world.pilot.press("enter")
        await answered(world)
        assert "data:image/png" in world.provider.requests[0][1][-1]


async def test_a_temporary_conversation_leaves_nothing_in_the_history(run, files):
    async with run() as world:
        world.screen.run_command("temporary")
        await world.sees("temporary")
        await attach(world, "chart.png")
        await world.say("Look")
        await answered(world)
        await world.session.drafts.flush()
        [kept] = await world.store.with_contents([replace(PICTURE, data=None)])
        assert kept.data is None


async def test_the_command_line_attaches_to_its_prompt(run, files):
    async with run(start=StartOptions(prompt="Look", attachments=(PICTURE,))) as world:
        await world.sees("▸ chart.png", "I am big.")
        assert attached(world) == []


async def test_the_command_lines_files_wait_without_a_prompt(run, files):
    async with run(start=StartOptions(attachments=(PICTURE,))) as world:
        await world.sees("chart.png  image  2 kB")


async def test_the_list_of_prompts_names_files(run, files):
    async with run() as world:
        await attach(world, "chart.png")
        await world.pilot.press("enter")
        await answered(world)
        await world.pilot.press("ctrl+t")
        await world.until(lambda: world.app.screen is not world.screen)
        await world.sees("chart.png", "▸ 1")


async def test_a_file_named_after_at_goes_along_though_it_was_never_chosen(run, files):
    async with run() as world:
        world.composer.put("What is on @chart.png and in @missing.txt?")
        await world.pilot.press("escape")
        await world.pilot.press("enter")
        await world.sees("There is no file missing.txt", "I am big.")
        [prompt, _] = await world.path()
        assert [file.name for file in prompt.attachments] == ["chart.png"]
        assert prompt.text == "What is on @chart.png and in @missing.txt?"


@pytest.fixture
def slow_disk(monkeypatch):
    """The files after @ are read once this is set."""
    read, ready = mentioning.read_mentioned, asyncio.Event()

    async def late(*given):
        await ready.wait()
        return await read(*given)

    monkeypatch.setattr(mentioning, "read_mentioned", late)
    return ready


async def test_what_is_sent_while_files_are_read_comes_after_them(run, files, slow_disk):
    async with run() as world:
        for text in ("What is on @chart.png", "And then?"):
            world.composer.put(text)
            await world.pilot.press("escape", "enter")
            await world.until(lambda: not world.composer.draft)
        assert not world.provider.requests
        slow_disk.set()
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.until(lambda: not world.current.busy)
        prompts = [message for message in await world.path() if message.role is Role.USER]
        assert [prompt.text for prompt in prompts] == ["What is on @chart.png", "And then?"]
        assert [len(prompt.attachments) for prompt in prompts] == [1, 0]


async def test_a_conversation_that_is_left_while_files_are_read_keeps_the_prompt_as_its_draft(
    run, files, slow_disk
):
    async with run() as world:
        world.composer.put("Hello")
        await world.pilot.press("enter")
        await answered(world)
        first = world.current
        world.composer.put("What is on @chart.png")
        await world.pilot.press("escape", "enter")
        await world.until(lambda: not world.composer.draft)
        await world.open_new()
        slow_disk.set()
        assert world.composer.draft == ""
        await world.open(first.conversation.id)
        await world.until(lambda: world.composer.draft == "What is on @chart.png")
        assert len(world.provider.requests) == 1
