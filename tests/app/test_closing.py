"""Screens that close while something of them is still on its way."""

from __future__ import annotations

import asyncio
import re
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from textual import events
from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

import tui.app
from tests.app.conftest import Entry
from tests.app.states import press, settled
from tui.app.background import in_background
from tui.app.composer.above import part_above
from tui.app.conversations.conversations import Conversations
from tui.app.help.help_screen import HelpScreen
from tui.app.help.palette import Palette
from tui.app.life import has_gone, lives, while_alive
from tui.app.lists.ask_line import AskLine
from tui.app.lists.field import LoneField
from tui.app.lists.sheet import Layer
from tui.app.models.connect import Connect
from tui.app.models.picker import ModelPicker
from tui.app.transcript.find_bar import FindBar
from tui.system.editor import edit


class Sheet(Layer[str]):
    """With one part, which goes when the screen goes."""

    def compose(self):
        yield Static("here")


class Stack(App[None]):
    """Keeps what its sheets end with."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[str | None] = []

    async def lay(self, *sheets: Screen) -> None:
        for sheet in sheets:
            await self.push_screen(sheet, self.results.append)


class Lending:
    """A terminal that can be lent, and what became of it."""

    def __init__(self, driver, monkeypatch) -> None:
        self.acts: list[str] = []
        monkeypatch.setattr(type(driver), "can_suspend", True)
        for name, word in (("suspend", "lent"), ("resume", "taken back")):
            act = partial(self.acts.append, word)
            monkeypatch.setattr(driver, f"{name}_application_mode", act, raising=False)


@pytest.mark.parametrize("fault", [asyncio.CancelledError, OSError, None])
async def test_a_lent_terminal_is_taken_back_once_however_the_work_ends(run, monkeypatch, fault):
    async with run() as world:
        terminal = Lending(world.app._driver, monkeypatch)
        with pytest.raises(fault) if fault else nullcontext(), world.app.suspend():
            assert terminal.acts == ["lent"]
            if fault:
                raise fault
        assert terminal.acts == ["lent", "taken back"]


@pytest.mark.parametrize("fault", [asyncio.CancelledError, None])
async def test_a_program_that_ends_takes_a_lent_terminal_back_no_more(run, monkeypatch, fault):
    async with run() as world:
        terminal = Lending(world.app._driver, monkeypatch)
        with pytest.raises(fault) if fault else nullcontext(), world.app.suspend():
            world.app.exit()
            if fault:
                raise fault
        assert terminal.acts == ["lent"]


async def test_an_editor_whose_wait_is_cut_short_is_ended_and_the_terminal_is_taken_back(
    run, monkeypatch, tmp_path
):
    editor = tmp_path / "vi"
    editor.write_text('#!/bin/sh\necho $$ > "$1.pid"\nexec sleep 1000\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with run() as world:
        terminal = Lending(world.app._driver, monkeypatch)
        work = asyncio.create_task(edit(world.app, "Hello"))
        await world.until(lambda: [*tmp_path.glob("segue-*/*.pid")])
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert terminal.acts == ["lent", "taken back"]
        await world.type("on")
        assert world.composer.draft == "on"


async def test_a_screen_that_is_asked_twice_ends_once_with_the_first_result():
    async with Stack().run_test() as pilot:
        one, other = Sheet(), Sheet()
        await pilot.app.lay(one, other)
        other.dismiss("first")
        other.dismiss("second")
        await pilot.pause()
        assert pilot.app.results == ["first"] and pilot.app.screen is one


async def test_a_screen_below_another_one_ends_when_it_is_seen_again():
    async with Stack().run_test() as pilot:
        below, above = Sheet(), Sheet()
        await pilot.app.lay(below, above)
        below.dismiss("below")
        await pilot.pause()
        assert pilot.app.results == [] and pilot.app.screen is above
        above.dismiss("above")
        await pilot.pause()
        assert pilot.app.results == ["above", "below"] and len(pilot.app.screen_stack) == 1


async def test_a_screen_that_is_covered_again_before_it_was_seen_takes_no_other_with_it():
    async with Stack().run_test() as pilot:
        below, above, again = Sheet(), Sheet(), Sheet()
        await pilot.app.lay(below, above)
        below.dismiss("below")
        above.dismiss("above")
        pilot.app.push_screen(again, pilot.app.results.append)
        await pilot.pause()
        assert pilot.app.results == ["above"] and pilot.app.screen is again
        again.dismiss("again")
        await pilot.pause()
        assert pilot.app.results == ["above", "again", "below"]


async def test_a_screen_that_ends_before_it_has_its_parts_ends_with_its_result():
    async with Stack().run_test() as pilot:
        sheet = Sheet()
        pilot.app.push_screen(sheet, pilot.app.results.append)
        sheet.dismiss("early")
        await pilot.pause()
        assert pilot.app.results == ["early"] and len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize(
    "last",
    [
        lambda sheet: sheet.query_one(Static),
        lambda sheet: Static().mount(Static()),
        lambda sheet: part_above(Static(), Static, "queue"),
        lambda sheet: sheet.app.app_resume_signal.subscribe(Static(), lambda _: None),
    ],
    ids=["looks for a part", "adds to a part", "adds above a part", "listens for a part"],
)
async def test_work_that_outlives_its_screen_is_no_fault(last):
    async with Stack().run_test() as pilot:
        sheet, waits, called = Sheet(), asyncio.Event(), []
        await pilot.app.lay(sheet)
        assert lives(sheet) and lives(pilot.app)

        async def work() -> None:
            try:
                await waits.wait()
            except asyncio.CancelledError:
                last(sheet)
            raise AssertionError("it came to what has gone")

        in_background(sheet, "test", work)
        later = while_alive(sheet, called.append)
        later("while it lives")
        sheet.dismiss("gone")
        await pilot.pause()
        later("afterwards")
        assert called == ["while it lives"] and has_gone(sheet)


async def test_all_has_gone_once_the_program_closes_its_screens(monkeypatch):
    async with Stack().run_test() as pilot:
        sheet = Sheet()
        await pilot.app.lay(sheet)
        with monkeypatch.context() as patched:
            patched.setattr(pilot.app, "_running", False)
            assert has_gone(sheet)
        assert lives(sheet)


async def test_what_is_missing_while_the_one_who_asks_lives_is_a_fault():
    app = Stack()
    with pytest.raises(Exception, match="No nodes match 'Input'"):
        async with app.run_test() as pilot:

            async def work() -> None:
                pilot.app.query_one("Input")

            in_background(app, "test", work)
            await pilot.pause()


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_the_list_of_conversations_may_be_closed_while_its_preview_opens(run, key):
    async with run(size=(110, 24)) as world:
        await world.say("Hi")
        await world.sees("I am big.", "ready")
        for _ in range(4):
            await press(world, "ctrl+r")
            await world.until(lambda: isinstance(world.app.screen, Conversations))
            world.app.post_message(events.Key(key, None))
            await world.until(lambda: world.app.screen is world.screen)
            await settled(world)
        await world.sees("I am big.")


@pytest.mark.parametrize(("key", "kind"), [("f1", HelpScreen), ("ctrl+p", Palette)])
async def test_the_same_key_pressed_twice_at_once_opens_and_closes(run, key, kind):
    async with run() as world:
        for count in (2, 3):
            for _ in range(count):
                world.app.post_message(events.Key(key, None))
            await settled(world)
            await world.until(lambda odd=count % 2: isinstance(world.app.screen, kind) == bool(odd))


async def test_the_find_bar_may_be_closed_while_it_opens(run):
    async with run() as world:
        for _ in range(3):
            for key in ("ctrl+f", "escape"):
                world.app.post_message(events.Key(key, None))
            await settled(world)
        await press(world, "escape")
        await world.until(lambda: not world.screen.query(FindBar))


async def test_enter_held_down_in_a_list_takes_one_row_and_closes_nothing_else(run):
    async with run() as world:
        await world.pilot.press("ctrl+l")
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        for _ in range(5):
            world.app.post_message(events.Key("enter", None))
        await world.until(lambda: world.app.screen is world.screen)
        await settled(world)
        assert world.app.screen is world.screen


async def test_a_provider_that_answers_while_the_help_lies_over_its_sheet_closes_the_sheet_after_it(run):
    async with run() as world:
        world.entries.append(Entry("far"))
        asked = asyncio.Event()

        async def refresh(names=None):
            await asked.wait()

        world.catalogue.refresh = refresh
        done: list[bool | None] = []
        workspace = world.session.workspace
        sheet = Connect("far", workspace.registry, workspace.credentials, workspace.catalogue)
        await world.app.push_screen(sheet, done.append)
        await press(world, "enter", "f1")
        await world.until(lambda: isinstance(world.app.screen, HelpScreen))
        asked.set()
        await settled(world)
        assert isinstance(world.app.screen, HelpScreen) and not done
        await press(world, "escape")
        await world.until(lambda: world.app.screen is world.screen)
        assert done == [True]


async def test_home_and_end_are_the_lines_own_where_there_is_no_list(run):
    async with run() as world:
        await world.app.push_screen(AskLine("Title", "a title"))
        await press(world, "home", *"My ", "up", "down", "pageup", "pagedown", "delete", "end", "!")
        assert world.app.screen.query_one(LoneField).value == "My  title!"


async def test_an_empty_conversation_can_be_scrolled(run):
    async with run() as world:
        await press(world, "home", "pageup", "pagedown", "end")
        world.screen.set_focus(world.transcript)
        await press(world, "home", "end", "up", "down", "alt+up")
        await world.say("Hi")
        await world.sees("I am big.")


class Counting(Sheet):
    """Says how much of it is there when its key is pressed, and when it begins."""

    BINDINGS: ClassVar = [("x", "count", "Count")]

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[int] = []

    def on_mount(self) -> None:
        self.counted.append(len(self.query(Static)))

    def action_count(self) -> None:
        self.counted.append(len(self.query(Static)))


async def test_a_key_that_meets_a_screen_without_its_parts_acts_as_soon_as_they_are_there(run):
    async with run() as world:
        sheet = Counting()
        opened = world.app.push_screen(sheet)
        left_over = events.Key("x", "x")
        left_over._sender = None  # it is the terminal's
        left_over._set_forwarded()  # the screen below had no use for it
        await world.app.on_event(left_over)
        assert sheet.counted == []
        await opened
        await world.pilot.pause()
        assert sheet.counted == [1, 1]


async def test_a_screen_that_is_closed_before_it_has_its_parts_never_begins():
    async with Stack().run_test() as pilot:
        sheet = Counting()
        await pilot.app.lay(sheet)
        begun = sheet.counted[:]
        await sheet.remove()
        await sheet.on_event(events.Mount())
        assert sheet.counted == begun
        assert sheet.check_action("count", ()) is False


async def test_a_screen_that_is_taken_away_while_its_parts_come_never_begins(run, monkeypatch):
    async def taken_away(self, widgets):
        mounted = self.mount_all(widgets)
        self.remove()
        await mounted

    monkeypatch.setattr(HelpScreen, "mount_composed_widgets", taken_away)
    async with run() as world:
        world.app.push_screen(HelpScreen({}))
        await world.pilot.pause()
        assert world.app._exception is None


async def test_what_is_typed_while_the_program_ends_reaches_no_screen(run, monkeypatch):
    async with run() as world:
        opened = []
        monkeypatch.setattr(world.app, "action_palette", lambda: opened.append("palette"))
        await press(world, "ctrl+p")
        world.app.exit()
        await world.app.on_event(events.Key("ctrl+p", None))
        assert opened == ["palette"]


async def test_the_history_may_change_once_the_page_has_gone(run):
    faults = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    async with run() as world:
        await world.screen.remove()
        await world.store.create_conversation(model="lab/big")
        assert faults == []


def test_there_is_one_way_to_begin_what_may_outlive_a_screen():
    strays = re.compile(r"@work\b|\.run_worker\(|call_after_refresh\((?!while_alive\()")
    own = Path(tui.app.__file__).parent
    found = [
        f"{path.relative_to(own)}:{number}"
        for path in own.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if strays.search(line) and path.name != "background.py"
    ]
    assert not found, f"use in_background or while_alive: {', '.join(found)}"


@pytest.mark.parametrize("opens", ["ctrl+l", "ctrl+r", "f1", "f10", "ctrl+t"])
async def test_what_lies_over_the_page_is_closed_by_an_interruption_with_nothing_selected(run, opens):
    async with run() as world:
        await world.pilot.press(opens)
        await world.until(lambda: world.app.screen is not world.screen and world.app.screen.is_mounted)
        await world.pilot.pause()
        await world.pilot.press("ctrl+c")
        await world.until(lambda: world.app.screen is world.screen)
        assert not world.app._notifications
