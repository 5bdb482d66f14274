"""A reply that streams: drawn without jumps, and in the end as one that was there from the start."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.rendering import highlight, incremental_parse, streaming_prose, table
from tui.rendering.document import Document
from tui.rendering.palette import DARK
from tui.text import clean

WIDTHS = st.sampled_from((1, 2, 5, 13, 30, 60, 88))
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=30)
PIECES = "- ```json\n" + "  plain words\n  [ref][one]\n  line  \nbreak\n" * 12
"""As this grows, rows far above are drawn as before, and in other pieces."""


def streamed(source, sizes, width, after_each=lambda document, first: None):
    document = Document("", width, DARK, live=True)
    at = turn = 0
    while at < len(source):
        size = sizes[turn % len(sizes)]
        size += source[: at + size].endswith("\r")  # the halves of a line's end come together
        first = document.feed(source[at : at + size])
        after_each(document, first)
        at, turn = at + size, turn + 1
    document.close()
    while document.guessed:
        document.refine(0)
    return document


@settings(max_examples=150)
@given(data=st.data(), sizes=SIZES, width=WIDTHS)
def test_after_the_end_it_equals_a_fresh_one(data, sizes, width, sources, look):
    source = data.draw(sources)
    assert look(streamed(source, sizes, width)) == look(Document(source, width, DARK))


@pytest.fixture
def impatient(monkeypatch):
    """Everything that is done for long blocks only is done for short ones."""
    for module, name, value in (
        (incremental_parse, "LONG", 2),
        (streaming_prose, "STEP", 10),
        (streaming_prose, "REACH", 60),
        (highlight, "BACK", 1),
        (table, "EXACT", 2),
        (table, "SETTLED", 3),
    ):
        monkeypatch.setattr(module, name, value)


def test_long_blocks_equal_fresh_ones_too(impatient, sources, look):
    @settings(max_examples=150)
    @given(source=sources, sizes=SIZES, width=WIDTHS)
    def check(source, sizes, width):
        assert look(streamed(source, sizes, width)) == look(Document(source, width, DARK))

    check()


@settings(max_examples=150)
@given(data=st.data(), sizes=SIZES, width=WIDTHS)
def test_what_is_hostile_stays_in_its_cells_however_it_comes(data, sizes, width, hostile, look):
    def check(document, first):
        for row in range(first, document.height):
            strip = document.line(row)
            assert clean(strip.text) == strip.text and not {"\n", "\t"} & set(strip.text)
            assert strip.cell_length == width + 3 == sum(cell_len(segment.text) for segment in strip)

    source = data.draw(hostile)
    streamed_one = streamed(source, sizes, width, check)
    check(streamed_one, 0)
    assert look(streamed_one) == look(Document(source, width, DARK))


def stays(source, sizes, look):
    """What is drawn above the first row that is said to change is drawn as before, whatever comes."""
    before = []

    def compare(document, first):
        now = look(document)
        assert 0 <= first <= document.height
        assert now[:first] == before[:first]
        before[:] = now

    streamed(source, sizes, 40, compare)


def test_rows_above_the_first_changed_one_stay(sources, look):
    @settings(max_examples=100)
    @given(source=sources, sizes=SIZES)
    @example(source=PIECES, sizes=[1])
    def check(source, sizes):
        stays(source, sizes, look)

    check()


@pytest.mark.parametrize(
    "source",
    (
        "word " * 3000,
        "漢字" * 3000,
        "```python\n" + "x = f(1)  # one\n" * 400,
        "- an item\n" * 400,
        "1. all in one\n" + "   - an item\n     - in an item\n" * 200,
        "> a line\n>\n" * 200,
        "| a | b |\n|---|--:|\n" + "| text | 1 |\n" * 400,
        "$$\n" + "x + y\n" * 100,
        "<div>\n" * 300,
        "line\n" * 500,
    ),
    ids=lambda source: source[:12],
)
def test_one_long_block(source, look):
    assert look(streamed(source, [997], 60)) == look(Document(source, 60, DARK))


def test_colours_that_were_guessed_are_found_a_little_at_a_time_after_the_end(look):
    document = Document("```python\n", 40, DARK, live=True)
    for number in range(50):
        document.feed(f"value = {number}  # counted\n")
        document.line(document.height - 2)
    document.close()
    turns = 0
    while document.guessed:
        document.refine(0)
        turns += 1
    assert turns > 40
    assert look(document) == look(Document(document.source, 40, DARK))


def live(source, width=40):
    return Document(source, width, DARK, live=True)


@pytest.mark.parametrize(
    ("source", "shown"),
    (
        ("Some **bold", ["Some bold"]),
        ("Some **bold*", ["Some bold"]),
        ("Some `code", ["Some code"]),
        ("A [link](https://exam", ["A link"]),
        ("*a **b", ["a b"]),
        ("2 * 3", ["2 * 3"]),
        ("escaped \\*star", ["escaped *star"]),
    ),
)
def test_what_is_open_is_drawn_as_if_it_were_closed(source, shown, rows):
    assert rows(live(source)) == shown


@pytest.mark.parametrize("start", ("-", "=", "#", "1.", "`", "``", "|", ">", "* "))
def test_a_line_that_may_become_anything_waits_for_its_next_character(start, rows):
    assert rows(live(f"Text\n{start}")) == ["Text"]


def test_a_table_is_one_before_its_dashes_come(rows):
    document = live("| name | wh")
    assert rows(document) == ["name    wh", "──────────"]
    document.feed("at |\n|--")
    assert rows(document) == ["name    what", "────────────"]
    document.feed("-|---|\n| a | b |")
    assert rows(document) == ["name    what", "────────────", "a       b"]


def test_pipes_that_begin_no_table_are_text_as_soon_as_that_is_clear(rows):
    document = live("| no | table\n")
    document.feed("at all")
    assert rows(document) == ["| no | table", "at all"]
    assert rows(live("```\n| in | code"))[1] == "| in | code"


def test_stars_that_were_none_show_when_their_paragraph_ends(rows):
    document = live("Some *args are")
    assert rows(document) == ["Some args are"]
    assert document.feed("\n\nNext") == 0
    assert rows(document) == ["Some *args are", "", "Next"]


def test_references_are_resolved_at_the_end(rows):
    document = live("See [the guide][g] and[^1].\n\n[g]: https://example.com\n[^1]: Note\n")
    assert rows(document)[0] == "See [the guide][g] and[^1]."
    document.close()
    assert rows(document)[0] == "See the guide and[1]."
    assert document.link_at(0, 5) == "https://example.com"


def test_a_stream_may_begin_with_text(rows):
    document = live("Begun ")
    document.feed("and gone on")
    assert rows(document) == ["Begun and gone on"]


@settings(max_examples=100)
@given(data=st.data(), before=WIDTHS, after=WIDTHS)
def test_another_width_equals_a_fresh_document(data, before, after, sources, look):
    source = data.draw(sources)
    document = Document(source, before, DARK)
    look(document)
    document.resize(after, DARK)
    assert look(document) == look(Document(source, after, DARK))


def test_a_live_document_can_be_resized(look):
    source = "Words that wrap, **some** bold.\n\n```python\nx = 1\n"
    document = live(source, 20)
    document.resize(50, DARK)
    document.feed("y = 2\n```\n\nMore words.")
    document.close()
    assert look(document) == look(Document(source + "y = 2\n```\n\nMore words.", 50, DARK))
