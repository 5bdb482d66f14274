"""Breaking lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment

from tui.cells import cells
from tui.rendering import wrap as wrapping
from tui.rendering.wrap import chop, wrap


def lines(text, width):
    return [text[first:end] for first, end in wrap(text, width)]


def test_lines_break_at_spaces_and_newlines():
    assert lines("one two  three\n\nfour", 8) == ["one two", "three", "", "four"]


def test_indents_stay_and_trailing_spaces_go():
    assert lines("  one two  ", 5) == ["  one", "two"]


def test_only_a_word_that_is_too_long_is_cut():
    assert lines("a supercalifragilistic b", 10) == ["a", "supercalif", "ragilistic", "b"]


def test_wide_text_breaks_between_characters():
    assert lines("漢字漢字 kanji漢字", 6) == ["漢字漢", "字", "kanji", "漢字"]


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    assert lines("漢字漢。字", 6) == ["漢字", "漢。字"]
    assert lines("漢字「漢」", 6) == ["漢字", "「漢」"]


TEXT = st.text(st.sampled_from("ab -\n") | st.sampled_from("é漢\u0301\u200d\ufe0f👩❤"), max_size=60)


@settings(max_examples=300)
@given(TEXT, st.integers(2, 20))
def test_no_line_is_too_wide_and_nothing_is_lost(text, width):
    found = wrap(text, width)
    assert all(cells(text[first:end]) <= width for first, end in found)
    assert "".join("".join(lines(text, width)).split()) == "".join(text.split())


@given(TEXT, st.integers(-5, 1))
def test_text_without_room_comes_to_an_end_and_is_kept(text, width):
    assert "".join("".join(lines(text, width)).split()) == "".join(text.split())


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab -\n"), max_size=60), st.integers(1, 20))
def test_both_ways_to_wrap_agree(text, width):
    narrow = wrap(text, width)
    try:
        wrapping._NARROW, kept = wrapping.re.compile("(?!)"), wrapping._NARROW
        assert wrap(text, width) == narrow
    finally:
        wrapping._NARROW = kept


@given(TEXT.filter(lambda text: "\n" not in text), st.integers(2, 20), st.integers(2, 20))
def test_chopping_keeps_every_character(text, width, rest):
    cuts = chop(text, width, rest)
    assert "".join(text[first:end] for first, end in cuts) == text
    assert all(
        cells(text[first:end]) <= (rest if index else width) for index, (first, end) in enumerate(cuts)
    )


@pytest.mark.parametrize(("text", "size"), [("ශ්‍රී", 2), ("a\u200db", 2), ("👩‍👧", 2), ("❤️‍🔥", 2), ("🇩🇪", 2)])
def test_a_joiner_makes_one_picture_and_takes_no_letter_its_width(text, size):
    assert cells(text) == size
    assert Segment(text).cell_length == size


@given(TEXT, st.integers(-5, 1), st.integers(-5, 1))
def test_where_there_is_no_room_lines_have_a_cell_and_come_to_an_end(text, width, rest):
    assert wrap(text, width) == wrap(text, 1)
    assert "".join("".join(lines(text, width)).split()) == "".join(text.split())
    text = text.replace("\n", "")
    assert chop(text, width, rest) == chop(text, 1, 1)
    assert "".join(text[first:end] for first, end in chop(text, width, rest)) == text


@pytest.mark.parametrize("text", ("plain words", "東京 x", "　 ", "👍🏽 a"))
@pytest.mark.parametrize("width", (-3, -1, 0))
def test_without_any_room_each_character_has_a_line(text, width):
    assert wrap(text, width) == wrap(text, 1)
    assert chop(text, width, width) == chop(text, 1, 1)
