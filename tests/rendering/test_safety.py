"""Nothing that a model sends gets out of its cells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.rendering.document import Document
from tui.rendering.palette import DARK
from tui.text import clean


@settings(max_examples=200, deadline=None)
@given(data=st.data(), width=st.sampled_from((1, 2, 3, 8, 30, 88)), live=st.booleans())
def test_every_row_is_as_wide_as_the_others(data, width, live, hostile):
    document = Document(data.draw(hostile), width, DARK, live=live)
    for row in range(document.height):
        strip = document.line(row)
        assert strip.cell_length == width + 3
        assert sum(cell_len(segment.text) for segment in strip) == width + 3


@settings(max_examples=200, deadline=None)
@given(data=st.data(), live=st.booleans())
def test_no_character_can_steer_a_terminal(data, live, hostile):
    document = Document(data.draw(hostile), 40, DARK, live=live)
    for row in range(document.height):
        text = document.line(row).text
        assert clean(text) == text
        assert "\n" not in text and "\t" not in text


@pytest.mark.parametrize(
    ("source", "shown"),
    (
        ("a &#x202e; b", "a <U+202E> b"),
        ("a &#27;[31m b", "a \N{REPLACEMENT CHARACTER}[31m b"),
        ("a \x1b[2J b", "a ␛[2J b"),
        ("a\u200db", "a\u200db"),
        ("a&zwj;b", "a&zwj;b"),
        ("<https://a.test/%E2%80%AEb>", "https://a.test/<U+202E>b"),
    ),
)
def test_what_could_deceive_is_shown(source, shown, rows):
    assert rows(source) == [shown]


def test_a_language_is_outside_text_too(rows):
    assert rows("```py\x1b[2J\nx\n```")[0].strip() == "py␛[2J"


@pytest.mark.parametrize("address", ("javascript:alert", "file:///etc/passwd", "data:text/html,hi"))
def test_addresses_that_run_things_are_no_links(address):
    document = Document(f"[x]({address}) ![x]({address}) <{address}>", 60, DARK)
    assert all(document.link_at(0, cell) is None for cell in range(60))


def test_wide_characters_at_the_edge(rows):
    assert rows("漢字漢字", 3) == ["漢", "字", "漢", "字"]
    assert rows("👩‍👩‍👧👩‍👩‍👧 é ⚠️", 4) == ["👩‍👩‍👧👩‍👩‍👧", "é ⚠️"]
