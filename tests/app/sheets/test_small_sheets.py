"""One question, and one line."""

from __future__ import annotations

import pytest

from tui.app.lists.ask_line import AskLine
from tui.app.lists.confirm import Confirm


@pytest.mark.parametrize(("key", "answer"), [("enter", True), ("y", True), ("n", False), ("escape", False)])
async def test_a_question_is_answered(host, text_of, key, answer) -> None:
    app = host(lambda: Confirm("Delete “[/x]\x1b[2J”?", "delete"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Delete “[/x]␛[2J”?" in text_of(app)
        assert "enter delete   esc no" in text_of(app)
        await pilot.press(key)
        assert app.results == [answer]


async def test_a_line_begins_with_what_was_there(host, text_of) -> None:
    app = host(lambda: AskLine("Title", "Old [/b]\nname"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Title" in text_of(app) and "Old [/b] name" in text_of(app)
        await pilot.press(*" two", "enter")
        assert app.results == ["Old [/b] name two"]


async def test_the_empty_line_is_an_answer_and_escape_is_none(host) -> None:
    app = host(lambda: AskLine("System prompt", "old"))
    async with app.run_test() as pilot:
        await pilot.press("ctrl+u", "enter")
        await pilot.press("ctrl+l", "escape")
        assert app.results == ["", None]


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_any_size(host, text_of, size) -> None:
    app = host(lambda: Confirm("A long question that needs several lines. " * 4))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "esc no" in text_of(app)
