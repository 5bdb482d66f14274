"""Where one writes: lines, pastes, earlier prompts, slash commands, the editor."""

from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path

import pytest
from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from tui.app.commands import COMMANDS, completions, parse
from tui.app.lists.ask_line import AskLine
from tui.app.lists.writing_area import LARGE, Pastes
from tui.chat.chunks import Finish, FinishReason
from tui.chat.draft import Draft
from tui.errors import HistoryFullError, SegueError
from tui.system import editor

DONE = Finish(FinishReason.STOP)


async def paste(world, text):
    world.composer.post_message(events.Paste(text))
    await world.pilot.pause()


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+j"])
async def test_three_keys_begin_a_new_line(run, key):
    async with run() as world:
        await world.pilot.press("a", key, "b")
        assert world.composer.draft == "a\nb"
        assert world.provider.requests == []


async def test_the_composer_grows_to_a_third_of_the_screen(run):
    async with run(size=(80, 24)) as world:
        heights = []
        for _ in range(12):
            await world.pilot.press("x", "ctrl+j")
            heights.append(world.composer.size.height)
        assert heights[0] == 2
        assert max(heights) == 8


async def test_a_paste_of_lines_never_sends(run):
    async with run() as world:
        await paste(world, "one\r\ntwo\rthree\n")
        assert world.composer.draft == "one\ntwo\nthree\n"
        assert world.provider.requests == []


async def test_a_paste_cannot_steer_the_terminal(run):
    async with run() as world:
        await paste(world, "a\x1b]52;c;cHduZWQ=\x07b\x9bc")
        assert "\x1b" not in world.composer.text
        assert "\x9b" not in world.composer.text


async def test_a_long_paste_is_folded_and_sent_whole(run):
    async with run() as world:
        long = "line\n" * (LARGE // 5 + 10)
        await world.type("Read")
        await paste(world, long)
        assert "[pasted text 1: 20,011 lines, 100 kB]" in world.composer.text
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == [f"Read{long}"]


async def test_a_prompt_that_comes_back_shows_its_words_beside_the_paste(run):
    async with run() as world:
        long = "line\n" * (LARGE // 5 + 10)
        await paste(world, long)
        await world.type("summarize")
        await world.until(lambda: world.composer.draft.endswith("summarize"))
        shown, draft = world.composer.text, world.composer.draft
        assert shown.endswith("]summarize")
        world.composer.put("")
        world.composer.put(draft)
        assert (world.composer.text, world.composer.draft) == (shown, draft)


async def test_a_folded_paste_is_deleted_as_a_whole(run):
    async with run() as world:
        await paste(world, "x" * (LARGE + 1))
        await world.pilot.press("backspace")
        assert world.composer.text == ""


async def test_what_looks_like_a_folded_paste_is_text():
    pastes = Pastes()
    assert pastes.unfold("[pasted text 1: 2 lines, 3 kB]") == "[pasted text 1: 2 lines, 3 kB]"


async def test_a_paste_that_comes_as_keys_does_not_send(run):
    async with run() as world:
        for character in "one\rtwo\rthree":
            key = "enter" if character == "\r" else character
            world.composer.post_message(events.Key(key, character))
        await world.until(lambda: world.composer.draft == "one\ntwo\nthree")
        assert world.provider.requests == []


async def test_enter_at_the_end_of_a_burst_sends(run):
    async with run() as world:
        for key in (*"hello", "enter"):
            world.composer.post_message(events.Key(key, key if len(key) == 1 else "\r"))
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == ["hello"]


async def test_up_recalls_earlier_prompts_and_down_comes_back(run):
    async def earlier(world):
        await world.store.remember_prompt("older")
        await world.store.remember_prompt("newer")

    async with run(prepare=earlier) as world:
        await world.pilot.press("up")
        assert world.composer.draft == "newer"
        await world.pilot.press("up")
        assert world.composer.draft == "older"
        await world.pilot.press("up", "down")
        assert world.composer.draft == "newer"
        await world.pilot.press("down")
        assert world.composer.draft == ""


async def recalls(world, *prompts):
    """Have these at hand, newest first, in the place of those that were looked for at the start."""
    await world.until(lambda: world.features.reading.shown)
    looks = [worker for worker in world.app.workers if worker.group in ("recall", "open")]
    await world.until(lambda: all(worker.is_finished for worker in looks))
    world.composer.recall.prompts = [*map(Draft, prompts)]


async def test_up_in_a_draft_moves_the_caret(run):
    async with run() as world:
        await recalls(world, "earlier")
        await world.pilot.press("a", "ctrl+j", "b", "up", "x")
        assert world.composer.draft == "ax\nb"


async def test_a_recalled_prompt_can_be_changed(run):
    async with run() as world:
        await recalls(world, "newer", "older")
        await world.pilot.press("up", "x", "up")
        assert world.composer.draft == "newerx"


async def test_home_end_and_pages_scroll_the_conversation_while_nothing_is_written(run):
    async with run() as world:
        world.script("line\n\n" * 40, DONE)
        await world.say("Go")
        await world.sees("ready")
        transcript = world.transcript
        await world.until(lambda: transcript.scroll_y > 0)
        await world.pilot.press("home")
        await world.until(lambda: transcript.scroll_y == 0)
        await world.pilot.press("end")
        await world.until(lambda: transcript.is_vertical_scroll_end)
        await world.pilot.press("pageup")
        await world.until(lambda: not transcript.is_vertical_scroll_end)


async def test_the_newest_line_has_a_key_with_a_draft_too(run):
    async with run() as world:
        more = asyncio.Event()
        world.script("line\n\n" * 40, more, "More.\n\n" * 3, DONE)
        await world.say("Go")
        transcript = world.transcript
        await world.until(lambda: transcript.top > 20)
        await world.type("draft")
        await world.until(lambda: world.composer.draft == "draft")
        for keys in (["ctrl+end"], ["end"], ["home", "ctrl+end"], ["home", "end", "end"]):
            transcript.viewport.go(3)
            assert not transcript.following
            await world.pilot.press(*keys)
            await world.until(lambda: transcript.following)
        transcript.viewport.go(3)
        await world.pilot.press("home", "end")
        assert not transcript.following
        more.set()
        await world.sees("more below   ctrl+end")


# -- slash commands
def test_commands_and_messages_are_told_apart():
    assert parse("/model") is not None
    assert parse("/set temperature 0.2").argument == "temperature 0.2"
    for message in ("/etc/passwd", " /model", "/", "/ 2", "1/2", "/Model"):
        assert parse(message) is None, message


def test_completions_begin_with_what_is_typed():
    assert [c.name for c in completions("/mo")] == ["model"]
    assert len(completions("/")) == len(COMMANDS)
    assert completions("/model x") == []


async def test_a_command_without_what_it_needs_waits_for_it_and_at_the_next_enter_asks_for_it(run):
    async with run() as world:
        await world.say("/title")
        await world.until(lambda: world.composer.draft == "/title ")
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.screen, AskLine))
        await world.pilot.press(*"Kyoto", "enter")
        await world.until(lambda: world.conversation.title == "Kyoto")


async def test_the_menu_shows_what_the_slash_may_become(run):
    async with run() as world:
        await world.type("/")
        await world.sees("/model", "/new")
        await world.type("ti")
        await world.sees("/title")
        await world.sees_no("/model")
        await world.pilot.press("tab")
        assert world.composer.draft == "/title "
        await world.type("Kyoto")
        await world.pilot.press("enter")
        await world.until(lambda: world.conversation.title == "Kyoto")
        assert world.composer.draft == ""


async def test_arrows_choose_in_the_menu_and_escape_closes_it(run):
    async with run() as world:
        await world.type("/")
        await world.sees("/model")
        await world.pilot.press("escape")
        await world.sees_no("/model")
        assert world.composer.draft == "/"
        await world.pilot.press("t")
        await world.sees("/title", "/temporary")
        place = [command.name for command in completions("/t")].index("temporary")
        await world.pilot.press(*["down"] * place, "enter")
        await world.sees("temporary")
        assert world.conversation.temporary


async def test_an_unknown_command_is_said_and_stays(run):
    async with run() as world:
        await world.type("/nonsense")
        await world.pilot.press("enter")
        await world.sees("There is no command /nonsense")
        assert world.composer.draft == "/nonsense"
        await world.pilot.press("ctrl+u")
        await world.type("/tags")
        await world.pilot.press("enter")
        await world.sees("There is no command /tags. Did you mean /tag?")


async def test_a_path_is_a_message(run):
    async with run() as world:
        await world.say("/etc/passwd")
        await world.sees("I am big.")


async def test_system_prompt_and_parameters_go_with_the_request(run):
    async with run() as world:
        for command in ("/system Be brief", "/set temperature 0.2"):
            await world.type(command)
            await world.pilot.press("enter")
            await world.until(lambda: world.composer.draft == "")
        await world.until(lambda: world.conversation.parameters)
        await world.say("Hi")
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == ["Be brief", "Hi"]
        stored = await world.store.load_conversation(world.conversation.id)
        assert (stored.system, stored.parameters) == ("Be brief", {"temperature": 0.2})


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/set nonsense 1", "There is no parameter nonsense"),
        ("/set temperature warm", "must be a number"),
        ("/set temperature 5", "temperature is 0 to 2 here, not 5"),
        ("/set top_p 3", "top_p must be 0 to 1, not 3"),
        ("/set top_p 3", "top_p must be 0 to 1, not 3"),
        ("/theme nonsense", "There is no theme nonsense"),
        ("/retry", "There is no reply yet"),
        ("/copy", "There is no reply yet"),
    ],
)
async def test_a_command_that_makes_no_sense_says_why(run, command, words):
    async with run() as world:
        await world.type(command)
        await world.pilot.press("enter")
        await world.sees(words)
        assert world.composer.draft == (command if " " in command else "")


async def test_what_was_typed_meanwhile_is_not_mixed_with_a_command_that_was_refused(run, monkeypatch):
    async with run() as world:
        refused = asyncio.Event()

        async def full(*arguments, **changes):
            await refused.wait()
            raise HistoryFullError("The disk is full", "Make room.")

        await world.say("Hello")
        await world.sees("I am big.", "ready")
        monkeypatch.setattr(world.store, "update_conversation", full)
        world.screen.run_command("title", "A long title")
        await world.type("and more")
        refused.set()
        await world.sees("The disk is full")
        assert world.composer.draft == "and more"


async def test_a_theme_is_remembered(run):
    async with run() as world:
        await world.type("/theme light")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.theme == "segue-light")
        assert await world.store.get_state("theme") == "segue-light"


# -- the editor
@pytest.fixture(autouse=True)
def lend_the_terminal(monkeypatch):
    """There is no terminal in these tests; it is lent all the same."""
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)


@pytest.fixture
def scribe(tmp_path: Path, monkeypatch) -> Path:
    """An editor that writes into its file, and keeps what it was given."""
    script = tmp_path / "scribe.py"
    script.write_text(
        "import os, stat, sys\n"
        "path = sys.argv[1]\n"
        "given = open(path).read()\n"
        f"open({str(tmp_path / 'given')!r}, 'w').write(given + oct(os.stat(os.path.dirname(path)).st_mode))\n"
        "open(path, 'w').write(given + ' and more\\n')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    return tmp_path / "given"


async def test_the_draft_is_edited_outside(run, scribe):
    async with run() as world:
        await world.type("something")
        await world.pilot.press("ctrl+g")
        await world.until(lambda: world.composer.draft == "something and more")
        assert scribe.read_text() == f"something{oct(stat.S_IFDIR | 0o700)}"


async def test_a_reply_goes_on_while_the_editor_is_open(run, tmp_path, monkeypatch):
    gate = tmp_path / "gate"
    script = tmp_path / "slow.py"
    script.write_text(f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.01)\n")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    async with run() as world:
        more = asyncio.Event()
        world.script("one ", more, "two", DONE)
        await world.say("Go")
        await world.sees("one")
        await world.pilot.press("ctrl+g")
        more.set()
        await world.until(lambda: not world.current.busy)
        gate.touch()
        await world.app.workers.wait_for_complete([w for w in world.app.workers if w.group == "acts"])
        await world.sees("one two")


async def test_an_editor_that_fails_leaves_the_draft(run, monkeypatch):
    monkeypatch.setenv("VISUAL", "/nonexistent/editor")
    async with run() as world:
        await world.type("precious")
        await world.pilot.press("ctrl+g")
        await world.sees("/nonexistent/editor")
        assert world.composer.draft == "precious"


def test_an_editor_variable_that_is_no_command(monkeypatch):
    monkeypatch.setenv("VISUAL", "'unclosed")
    with pytest.raises(SegueError, match="is no command"):
        editor.editor_command()


@pytest.mark.parametrize("size", [(40, 12), (60, 14), (80, 24)])
async def test_the_slash_menu_leaves_composer_and_keys_on_the_screen(run, size):
    async with run(size=size) as world:
        world.screen.note("Something one should know")
        await world.sees("Something")
        await world.type("/")
        await world.until(lambda: world.composer.open_menu and world.composer.menu.region.height)
        await world.pilot.press("up", "down", "down")
        for part in ("#title", "#menu", "#draft", "#status", "#keys"):
            region = world.screen.query_one(part).region
            assert region.height and world.app.size.region.contains_region(region), part


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_a_toast_covers_neither_the_menu_nor_the_draft(run, size):
    async with run(size=size) as world:
        await world.type("/")
        await world.until(lambda: world.composer.open_menu and world.composer.menu.region.height)
        world.app.notify("The clipboard was not reached; the text is in a file")
        await world.sees("clipboard")
        toast = world.screen.query_one("Toast").region
        for part in ("#menu", "#draft"):
            assert not toast.overlaps(world.screen.query_one(part).region)
