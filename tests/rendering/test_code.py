"""Code: label, colours, tabs, long lines."""

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK, LIGHT

PYTHON = "```python\nclass Reply(Message):  # why\n    def run(self): return 'x' + 12\n```"


def test_a_label_the_lines_and_a_row_of_rest(rows):
    assert rows("```sh\nls\n```", 12) == ["          sh", "ls", ""]
    assert rows("```sh\nls\n```", 12, code_pad=0) == ["          sh", "ls"]


def test_the_tint_goes_from_rail_to_edge():
    document = Document("```\nx\n```", 12, DARK)
    backgrounds = {segment.style.bgcolor.name for row in range(3) for segment in document.line(row)}
    assert backgrounds == {DARK.deep}


@pytest.mark.parametrize(
    ("text", "role"),
    (
        ("class", "violet"),
        ("Reply", "sky"),
        ("Message", "ink"),
        ("# why", "dim"),
        ("run", "sky"),
        ("'x'", "leaf"),
        ("+", "dim"),
        ("12", "sky"),
    ),
)
@pytest.mark.parametrize("palette", (DARK, LIGHT), ids=("dark", "light"))
def test_colours_come_from_the_palette(text, role, palette, styles):
    assert styles(PYTHON, text, palette).color.name == getattr(palette, role)


def test_nothing_in_code_is_bold_and_only_comments_are_italic(styles):
    assert styles(PYTHON, "# why").italic
    assert not styles(PYTHON, "class").bold


def test_long_lines_hang_by_two_cells(rows):
    assert rows("```\nabcdefghijklmno\n```", 8)[1:-1] == ["abcdefgh", "  ijklmn", "  o"]


def test_tabs_are_stops_of_four(rows):
    assert rows("```\na\tb\n\tc\n```")[1:-1] == ["a   b", "    c"]


@pytest.mark.parametrize("info", ("", "nope", "python {.numberLines}", "{.python}", "Python3"))
def test_labels(info, rows):
    assert rows(f"```{info}\nx\n```")[0].strip() == {
        "python {.numberLines}": "python",
        "{.python}": "python",
    }.get(info, info)


def test_indented_code_and_open_fences(rows):
    assert rows("    a\n\n    b") == ["", "a", "", "b", ""]
    assert rows("~~~py\nnever closed")[1:] == ["never closed", ""]


def test_a_long_string_keeps_its_colour_while_it_streams():
    document = Document('```python\ntext = """\n', 40, DARK, live=True)
    for number in range(60):
        document.feed(f"def in_a_string_{number}(): pass\n")
        for row in range(document.height):
            document.line(row)
    segments = list(document.line(document.height - 2))
    assert {segment.style.color.name for segment in segments if segment.text.strip()} == {DARK.leaf}


@pytest.mark.parametrize("live", (False, True))
def test_the_end_of_long_code_does_not_wait_for_what_is_above(live, look):
    def colours(row):
        return {segment.style.color.name for segment in document.line(row)}

    source = "```python\n" + "x = 'text'\n" * 5_000 + "```"
    document = Document(source, 40, DARK, live=live)
    middle, last = document.height // 2, document.height - 2
    assert DARK.leaf in colours(last)
    assert colours(middle) == {DARK.ink}  # nobody has looked at it yet
    document.close()
    assert document.refine() <= middle
    assert not document.guessed
    assert DARK.leaf in colours(middle)
    assert look(document) == look(Document(source, 40, DARK))
