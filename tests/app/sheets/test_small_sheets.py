"""One line is asked for."""

from __future__ import annotations

import pytest

from tui.app.lists.ask_line import AskLine


async def test_what_is_asked_is_shown_as_it_stands(host, text_of) -> None:
    app = host(lambda: AskLine("Title of “[/x]\x1b[2J”"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Title of “[/x]␛[2J”" in text_of(app)
        assert "enter keep   esc close" in text_of(app)


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
    app = host(lambda: AskLine("Tags of this conversation", "one two"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "esc close" in text_of(app)
