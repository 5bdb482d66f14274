"""Words are found where they are drawn, and places in the source too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.rendering.document import Document
from tui.rendering.palette import DARK


def test_hits_whatever_the_case():
    assert Document("One two\n\n- ONE", 40, DARK).find("one") == [(0, 0, 3), (2, 2, 5)]


def test_a_hit_that_wraps_is_two_pieces():
    assert Document("one two three", 8, DARK).find("two three") == [(0, 4, 7), (1, 0, 5)]


def test_a_hit_through_markup():
    assert Document("half**way** there", 40, DARK).find("halfway") == [(0, 0, 7)]


def test_hits_in_wide_text_are_counted_in_cells():
    assert Document("漢字 kanji 漢字", 40, DARK).find("kanji") == [(0, 5, 10)]


def test_letters_that_grow_in_lower_case_do_not_move_hits():
    assert Document("İİİ word", 40, DARK).find("WORD") == [(0, 4, 8)]


@pytest.mark.parametrize("needle", ("", "nowhere"))
def test_nothing_to_find(needle):
    assert Document("some text", 40, DARK).find(needle) == []


def test_a_place_in_the_source_is_located_where_it_is_drawn():
    source = "# Title\n\nThe **strong** word\n\n```py\n\tx = 1\n```\n\n> - quoted words"
    document = Document(source, 30, DARK)
    for word in ("Title", "strong", "word", "x =", "quoted"):
        (row, cell, _end), *_ = document.find(word)
        assert document.locate(source.index(word)) == (row, cell)


def test_the_end_of_the_source_is_the_end_of_the_text():
    assert Document("one two\n", 40, DARK).locate(8) == (0, 7)
    assert Document("```\ncode\n", 40, DARK, live=True).locate(9) == (1, 4)


def test_what_is_folded_away_is_at_its_summary():
    source = "One\n\n<details>\n<summary>More</summary>\n\nHidden\n\n</details>\n"
    document = Document(source, 40, DARK)
    assert document.locate(source.index("Hidden"))[0] == 2
    assert document.locate(len(source))[0] == 2


def test_the_first_place_of_a_row():
    source = "one two three\n\n- four"
    document = Document(source, 8, DARK)
    assert [document.offset(row) for row in range(document.height)] == [0, 8, 17, 17]


@settings(max_examples=100)
@given(data=st.data(), width=st.sampled_from((2, 12, 60)))
def test_every_place_is_somewhere(data, width, hostile):
    document = Document(data.draw(hostile), width, DARK)
    row, cell = document.locate(data.draw(st.integers(0, len(document.source))))
    assert 0 <= row <= max(document.height - 1, 0)
    assert cell >= 0
    assert 0 <= document.offset(row) <= len(document.source)


def test_links_by_place():
    document = Document("A [link](https://a.test/x) and www.b.test, me@c.test", 60, DARK)
    assert document.link_at(0, 0) is None
    assert document.link_at(0, 3) == "https://a.test/x"
    assert document.link_at(0, 12) == "http://www.b.test"
    assert document.link_at(0, 25) == "mailto:me@c.test"
    assert document.link_at(9, 9) is None
