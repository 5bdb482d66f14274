"""In a chat a newline is a newline, with the indent behind it."""

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK

POEM = "Tyger Tyger, burning bright,\nIn the forests of the night;\n  What immortal hand or eye,\nCould frame"


@pytest.mark.parametrize(
    ("source", "drawn"),
    (
        (POEM, POEM.split("\n")),
        ("- one\n  two\n    three", ["• one", "  two", "    three"]),
        ("1. one\nlazy", ["1. one", "   lazy"]),
        ("> one\n> two\nlazy", ["│ one", "│ two", "│ lazy"]),
        ("  all are\n  further in", ["all are", "further in"]),
        ("**bold\nstill** `code\nstill` [a\nb](https://a.test)", ["bold", "still code", "still a", "b"]),
        ("Setext\nin two\n===", ["Setext", "in two"]),
        ("| a |\n|---|\n| one<br>two |", ["a", "───", "one", "two"]),
        ("a  \nb\\\n  c<br>d", ["a", "b", "  c", "d"]),
        ("[^1]: one\n    two", ["[1] one", "    two"]),
    ),
)
def test_lines_stay_lines(source, drawn, rows):
    assert rows(source, 60) == drawn


@pytest.mark.parametrize("size", (1, 3, 50))
def test_so_they_do_while_they_stream(size, rows):
    document = Document("", 60, DARK, live=True)
    for at in range(0, len(POEM), size):
        document.feed(POEM[at : at + size])
    assert rows(document) == POEM.split("\n")


def test_lines_are_copied_as_they_were_sent():
    document = Document(f"Before\n\n{POEM}\n\nAfter", 60, DARK)
    assert document.copy((2, 0), (5, 60)) == POEM
    assert document.copy((2, 6), (4, 6)) == "Tyger, burning bright,\nIn the forests of the night;\n  What"


def test_words_are_found_across_the_end_of_a_line():
    assert Document(POEM, 60, DARK).find("bright, in") == [(0, 21, 28), (1, 0, 2)]


def test_a_line_that_is_too_long_wraps_and_the_next_one_begins_anew(rows):
    assert rows("one two three\nfour", 9) == ["one two", "three", "four"]
