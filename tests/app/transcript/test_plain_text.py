"""Typed text: wrapped, copied as it was, growing at its end."""

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tui.app.messages.plain_text import PlainText
from tui.cells import cells

TEXT = st.text(st.sampled_from("ab  \n\t世é́👩‍💻-."), max_size=80)


def plain(source, width=10):
    return PlainText(source, width, Style())


def drawn(text):
    return [text.text(row) for row in range(text.height)]


def test_lines_wrap_at_spaces_and_keep_their_newlines():
    assert drawn(plain("one two three\n\n  four")) == ["one two", "three", "", "  four"]


def test_an_indented_line_goes_on_under_its_text():
    assert drawn(plain("  one two three")) == ["  one two", "  three"]


def test_tabs_are_stops():
    assert drawn(plain("a\tb")) == ["a   b"]


def test_a_cut_over_wrapped_rows_is_joined():
    assert plain("one two three four").copy((0, 4), (1, 5)) == "two three"


def test_a_cut_keeps_tabs():
    assert plain("\tif x:\n\t\ty", 20).copy((0, 0), (1, 9)) == "\tif x:\n\t\ty"


def test_a_hit_over_two_rows_is_two_pieces():
    assert plain("one two three").find("TWO three") == [(0, 4, 7), (1, 0, 5)]


@given(st.lists(TEXT, max_size=6), st.integers(4, 20))
def test_growing_equals_drawing_anew(pieces, width):
    grown = plain("", width)
    for piece in pieces:
        grown.feed(piece)
    assert drawn(grown) == drawn(plain("".join(pieces), width))


@given(TEXT, st.integers(4, 20))
def test_no_row_is_wider_than_the_width(source, width):
    text = plain(source, width)
    assert all(cells(row) <= width for row in drawn(text))
    assert all(text.line(row).cell_length == width + 3 for row in range(text.height))


@given(TEXT, st.integers(4, 20))
def test_copying_everything_gives_the_source(source, width):
    text = plain(source, width)
    if text.height:
        assert text.copy((0, 0), (text.height - 1, 99)).strip() == source.strip()
