"""A text of lines on a sheet."""

from __future__ import annotations

import pytest
from textual import events

from tui.app.lists.ask_text import AskText, TextField

LINES = "You are brief.\n\n  Answer in French.\n\tNo lists."


async def test_looking_at_a_text_changes_nothing(host, text_of) -> None:
    app = host(lambda: AskText("System prompt", LINES))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for line in ("System prompt", "You are brief.", "  Answer in French.", "No lists."):
            assert line in text_of(app)
        assert "enter keep   shift+enter new line   ctrl+g editor   esc close" in text_of(app)
        await pilot.press("down", "end", "up", "enter")
        assert app.results == [None]


async def test_lines_are_written_and_kept(host) -> None:
    app = host(lambda: AskText("System prompt", "one"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+enter", *"two", "ctrl+j", *"three", "enter")
        assert app.results == ["one\ntwo\nthree"]


async def test_a_paste_keeps_all_its_lines_and_a_long_one_too(host) -> None:
    app = host(lambda: AskText("System prompt"))
    long = "\n".join(f"line {number}" for number in range(20_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        area = app.screen.query_one(TextField)
        area.post_message(events.Paste("/etc/hosts\r\nb\n"))
        await pilot.pause()
        assert area.draft == "/etc/hosts\nb\n"
        area.post_message(events.Paste(long))
        await pilot.pause()
        await pilot.press("enter")
        assert app.results == [f"/etc/hosts\nb\n{long}"]


async def test_undo_takes_back_typing_and_the_empty_text_is_an_answer(host) -> None:
    app = host(lambda: AskText("System prompt", "one"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"xy", "ctrl+z")
        assert app.screen.query_one(TextField).draft == "one"
        await pilot.press("ctrl+u", "enter")
        assert app.results == [""]


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_the_keys_are_in_sight_at_any_size(host, text_of, size) -> None:
    app = host(lambda: AskText("System prompt", "\n".join(map(str, range(200)))))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "enter keep" in text_of(app) and "esc close" in text_of(app)


async def test_closing_loses_what_was_written_only_when_it_is_asked_for_twice(host) -> None:
    app = host(lambda: AskText("System prompt", "one"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"xy", "escape")
        assert app.results == [] and app.screen.query_one(TextField).draft == "onexy"
        await pilot.press("z", "escape")
        assert app.results == [] and app.screen.query_one(TextField).draft == "onexyz"
        await pilot.press("escape")
        assert app.results == [None]


async def test_a_text_as_it_was_or_none_at_all_closes_at_once(host) -> None:
    for text, keys in (("one", ()), ("", ("space",)), ("one", ("x", "backspace"))):
        app = host(lambda text=text: AskText("System prompt", text))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*keys, "escape")
            assert app.results == [None]
