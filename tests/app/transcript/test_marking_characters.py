"""What is marked with the mouse is what is copied, whatever the characters are made of."""

from __future__ import annotations

import pytest

from tui.app.transcript.transcript import Transcript
from tui.cells import cells

EDGE = 3
"""Cells before the text of a message."""


async def dragged(reader, start, end, row=0):
    await reader.pilot.mouse_down(Transcript, offset=(EDGE + start, row))
    await reader.pilot.hover(Transcript, offset=(EDGE + end, row))
    await reader.pilot.mouse_up(Transcript, offset=(EDGE + end, row))
    await reader.pilot.pause()
    return reader.app.screen.get_selected_text()


@pytest.mark.parametrize(
    ("text", "start", "end", "copied"),
    [
        ("⚠️ ✔️ ❤️ ℹ️ alpha beta", 12, 16, "alpha"),
        ("汉字 x", 0, 1, "汉"),
        ("汉字 x", 1, 2, "汉字"),
        ("汉字 x", 2, 3, "字"),
        ("👩‍👩‍👧🇩🇪 ab", 0, 1, "👩‍👩‍👧"),
        ("👩‍👩‍👧🇩🇪 ab", 2, 3, "🇩🇪"),
        ("👩‍👩‍👧🇩🇪 ab", 5, 6, "ab"),
        ("e\u0301a\u0308x yz", 1, 2, "a\u0308x"),
        ("ශ්‍රී ab", 3, 4, "ab"),
    ],
)
async def test_whole_characters_are_marked_and_copied(book, reading, text, start, end, copied):
    book.prompt(text)
    async with reading(book) as reader:
        assert await dragged(reader, start, end) == copied
        assert await dragged(reader, end, start) == copied


async def test_in_a_reply_too(book, reading):
    book.prompt("x")
    book.reply("**⚠️ ✔️** ❤️ ℹ️ alpha beta")
    async with reading(book) as reader:
        assert await dragged(reader, 12, 16, reader.row_of("alpha")) == "alpha"


async def test_two_clicks_take_a_word_with_its_marks(book, reading):
    book.prompt("नीला पानी x")
    async with reading(book) as reader:
        await reader.pilot.click(Transcript, offset=(EDGE + cells("नीला प"), 0), times=2)
        assert reader.app.screen.get_selected_text() == "पानी"
