"""What is written stays on its sheet until it is taken, and it is said each time why it is not."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from tui.app.background import to_ask
from tui.app.lists.ask_line import AskLine
from tui.app.lists.ask_text import AskText
from tui.app.lists.field import LoneField
from tui.app.lists.values import WriteValue
from tui.errors import SegueError

SHEETS = {
    "a text": lambda take: AskText("System prompt", "", take),
    "a line": lambda take: AskLine("Title", take=take),
    "a value": lambda take: WriteValue("top_p", "", take),
}


class Disk:
    """Where there is no room, until some is made."""

    def __init__(self) -> None:
        self.full = True
        self.asked: list[str] = []

    async def take(self, text: str) -> None:
        self.asked.append(text)
        if self.full:
            raise SegueError("The disk is full", f"Make room. Asked {len(self.asked)} times.")


@pytest.mark.parametrize("sheet", SHEETS)
async def test_what_is_refused_stays_and_the_same_key_tries_again(host, text_of, sheet) -> None:
    disk = Disk()
    app = host(lambda: SHEETS[sheet](disk.take))
    async with app.run_test(size=(80, 24)) as pilot:
        for times in (1, 2, 3):
            await pilot.press(*("kept" if times == 1 else ""), "enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert f"× The disk is full. Make room. Asked {times} times." in text_of(app)
            assert "kept" in text_of(app) and app.results == []
        disk.full = False
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert len(app.results) == 1 and disk.asked == ["kept"] * 4


@pytest.mark.parametrize("size", [(60, 14), (80, 24), (200, 60)])
async def test_text_reason_and_keys_are_all_in_sight(host, text_of, size) -> None:
    disk = Disk()
    app = host(lambda: AskText("System prompt", "\n".join(map(str, range(200))), disk.take))
    async with app.run_test(size=size) as pilot:
        await pilot.press("x", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "The disk is full" in text_of(app) and "enter keep" in text_of(app)


class Slow:
    """A disk that takes its time, until it is let."""

    def __init__(self) -> None:
        self.lets, self.trouble = asyncio.Event(), ""
        self.asked = False
        self.kept: list[str] = []

    async def take(self, text: str) -> None:
        self.asked = True
        await self.lets.wait()
        if self.trouble:
            raise SegueError(self.trouble)
        self.kept.append(text)


async def test_escape_ends_nothing_that_is_being_kept(host, text_of) -> None:
    disk = Slow()
    app = host(lambda: AskLine("Title", take=disk.take))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"kept", "enter", "escape", "ctrl+c")
        await pilot.pause()
        assert app.results == []
        disk.lets.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert disk.kept == ["kept"] and app.results == ["kept"]


async def test_what_is_typed_behind_the_key_that_keeps_is_for_the_screen_below(run) -> None:
    async with run() as world:
        disk = Slow()
        await world.app.push_screen(AskLine("Title", take=disk.take), lambda _: None)
        await world.until(lambda: isinstance(world.app.focused, LoneField))
        await world.type("kept")
        world.app.post_message(events.Key("enter", None))
        world.app.post_message(events.Key("h", "h"))
        world.app.post_message(events.Key("i", "i"))
        await world.until(lambda: disk.asked)
        await world.pilot.pause()
        disk.lets.set()
        await world.until(lambda: world.composer.draft == "hi")
        assert disk.kept == ["kept"]


async def test_after_a_refusal_the_next_key_is_for_the_sheet_at_once(run, monkeypatch) -> None:
    monkeypatch.setattr("tui.app.app.PATIENCE", 1000.0)
    async with run() as world:
        disk = Slow()
        disk.trouble = "The disk is full"

        async def ask() -> None:
            await world.app.push_screen_wait(AskLine("Title", take=disk.take))

        to_ask(world.screen, "title", ask)
        await world.until(lambda: isinstance(world.app.focused, LoneField))
        await world.type("kept")
        world.app.post_message(events.Key("enter", None))
        world.app.post_message(events.Key("x", "x"))
        await world.until(lambda: disk.asked)
        await world.pilot.pause()
        disk.lets.set()
        await world.sees("The disk is full", "keptx")
