"""A printout: however the text comes, its rows are given once, in order, and as at once."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tui.rendering.printout import Printout

WHOLE = "\n\n".join(
    [
        "# A heading",
        "A paragraph of *some* words, which is\nlonger than a row is wide in this test, and goes on.",
        "- one\n- two\n  goes on\n\n  and has a second paragraph\n- three\n  1. inside\n  2. too",
        "> quoted\n>\n> and more",
        "```python\nprint('x')\n\nprint('y')\n```",
        "    indented code",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "<details><summary>More</summary>\n\nwhat is inside\n\n</details>",
        "$$\nx^2\n$$",
        "---",
        "The end.",
    ]
)


def texts(rows):
    return ["".join(span.text for span in row.spans).rstrip() for row in rows]


def printed(pieces, width=40):
    printout, rows = Printout(width, width), []
    for piece in pieces:
        printout.feed(piece)
        rows += printout.take()
        assert len(printout.open(6)) <= 6
    printout.end()
    return texts([*rows, *printout.take()])


@given(st.lists(st.integers(1, 60), min_size=1))
def test_rows_are_the_same_however_the_text_comes(sizes):
    pieces, place = [], 0
    while place < len(WHOLE):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(WHOLE[place : place + size])
        place += size
    assert printed(pieces) == printed([WHOLE])


def test_nothing_is_folded_and_code_has_its_language_at_its_left_edge():
    rows = printed([WHOLE])
    assert "what is inside" in rows and "python" in rows and "code" in rows


def test_what_is_over_is_given_at_once_and_the_rest_is_open():
    printout = Printout(40, 40)
    printout.feed("One.\n\nTwo")
    assert texts(printout.take()) == ["One."] and texts(printout.open(6)) == ["", "Two"]
    assert printout.take() == []


def test_of_a_long_block_the_last_rows_are_open():
    printout = Printout(40, 40)
    printout.feed("```\n" + "".join(f"line {number}\n" for number in range(50)))
    assert printout.take() == []
    assert texts(printout.open(3)) == ["line 47", "line 48", "line 49"]


def test_another_width_gives_nothing_twice():
    printout, words = Printout(40, 40), [f"word{number}" for number in range(60)]
    rows = []
    for number, width in enumerate([40, 20, 70, 33] * 15):
        printout.resize(width, width)
        printout.feed(words[number] + ("\n\n" if number % 7 == 6 else " "))
        rows += printout.take()
    printout.end()
    assert re.findall(r"word\d+", " ".join(texts([*rows, *printout.take()]))) == words


def test_links_that_are_defined_at_the_end_neither_lose_nor_double_a_row():
    rows = printed(["See [it][a].\n\n", "And [b].\n\n", "[a]: https://a.example\n[b]: https://b.example\n"])
    assert sum("See" in row for row in rows) == sum("And" in row for row in rows) == 1
