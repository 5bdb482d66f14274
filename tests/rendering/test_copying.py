"""Copying gives the source: lines joined, code exact, markup never torn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.rendering.document import CodeBlock, Document
from tui.rendering.palette import DARK

WORDS = "Words that are **strong** and `code` and long enough to be wrapped onto three rows of text."
TEXT = f"""\
# Title

{WORDS}

- one
- two *three*

```python
if x:
	return 1
```

| a | b |
|---|---|
| **c** | d e |

Last $x^2$ words.
"""


@pytest.fixture
def document():
    return Document(TEXT, 40, DARK)


def row_of(document, text):
    return next(row for row in range(document.height) if text in document.line(row).text)


@settings(max_examples=150)
@given(data=st.data(), width=st.sampled_from((1, 2, 8, 30, 88)))
def test_everything_is_the_source(data, width, hostile):
    document = Document(data.draw(hostile), width, DARK)
    if document.height:
        assert document.copy((0, 0), (document.height - 1, width + 9)) == document.source


@settings(max_examples=100)
@given(data=st.data(), width=st.sampled_from((3, 20, 60)))
def test_any_two_places_will_do(data, width, hostile):
    document = Document(data.draw(hostile), width, DARK)
    places = st.tuples(st.integers(-1, document.height + 1), st.integers(0, width + 2))
    start, end = data.draw(places), data.draw(places)
    assert document.copy(start, end) == document.copy(end, start)
    assert document.copy(start, start) == ""


@settings(max_examples=100)
@given(words=st.lists(st.text("abc漢é", min_size=1, max_size=9), min_size=1, max_size=30), data=st.data())
def test_plain_words_come_out_as_they_are_seen(words, data):
    source = " ".join(words)
    document = Document(source, 12, DARK)
    rows = [document.line(row).text[2:].rstrip() for row in range(document.height)]
    row = data.draw(st.integers(0, document.height - 1))
    assert document.copy((row, 0), (row, 12)).rstrip() in (rows[row], source)


def test_wrapped_lines_are_joined(document):
    row = row_of(document, "Words that")
    assert document.copy((row, 6), (row + 1, 6)) == "that are strong and code and long enough"


def test_a_whole_block_is_markdown(document):
    row = row_of(document, "Words that")
    assert document.copy((row, 0), (row + 2, 40)) == WORDS


def test_part_of_a_block_has_no_torn_markup(document):
    row = row_of(document, "strong")
    assert document.copy((row, 17), (row, 23)) == "rong a"


def test_several_blocks_keep_what_is_between_them(document):
    first, last = row_of(document, "Title"), row_of(document, "two three")
    assert document.copy((first, 2), (last, 5)) == f"tle\n\n{WORDS}\n\n- one\n- two"


def test_an_item_has_its_bullet_only_where_it_is_selected(document):
    row = row_of(document, "two three")
    assert document.copy((row, 0), (row, 40)) == "- two *three*"
    assert document.copy((row, 2), (row, 40)) == "two *three*"


def test_code_is_exact(document):
    row = row_of(document, "if x")
    assert document.copy((row, 0), (row + 1, 40)) == "if x:\n\treturn 1"
    assert document.copy((row + 1, 4), (row + 1, 10)) == "return"


def test_code_with_its_edges_is_a_fence(document):
    row = row_of(document, "python")
    assert document.copy((row, 0), (row + 3, 40)) == "```python\nif x:\n\treturn 1\n```"


def test_code_that_wraps_is_one_line():
    document = Document("```\n" + "x" * 30 + "\n```", 12, DARK)
    assert document.copy((1, 2), (3, 9)) == "x" * 27


def test_cells_of_a_table(document):
    row = row_of(document, "d e")
    assert document.copy((row, 0), (row, 1)) == "c"
    assert document.copy((row, 0), (row, 40)) == "c | d e"


def test_a_formula_is_copied_as_it_was_written(document):
    row = row_of(document, "Last")
    assert document.copy((row, 0), (row, 7)) == "Last $x^2$"


def test_an_entity_is_copied_as_it_is_seen():
    assert Document("AT&amp;T rocks", 40, DARK).copy((0, 0), (0, 4)) == "AT&T"


def test_hard_breaks_stay():
    assert Document("one  \ntwo three", 40, DARK).copy((0, 0), (1, 3)) == "one\ntwo"


def test_blocks_of_code_with_their_text(document):
    (block,) = document.code_blocks()
    assert block == CodeBlock(row_of(document, "python"), 4, "python", "if x:\n\treturn 1", 40)


def test_code_inside_a_list_and_a_quote():
    document = Document("> - a\n>\n>   ```sh\n>     make\n>\n>   all\n>   ```\n", 40, DARK)
    assert [block.text for block in document.code_blocks()] == ["  make\n\nall"]
    row = row_of(document, "make")
    assert document.copy((row, 0), (row + 2, 40)) == "  make\n\nall"
