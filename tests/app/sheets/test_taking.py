"""What is written stays on its sheet until it is taken, and it is said each time why it is not."""

from __future__ import annotations

import pytest

from tui.app.lists.ask_line import AskLine
from tui.app.lists.ask_text import AskText
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
