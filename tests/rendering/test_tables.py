"""Tables always fit: columns shrink, cells wrap, and what is too wide becomes records."""

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK
from tui.rendering.table import fit

SMALL = "| a | number |\n|---|---|\n| **x** | 1.5 |\n| long | -10 |\n"


def test_a_head_a_hairline_and_four_spaces(rows):
    assert rows(SMALL) == ["a       number", "──────────────", "x          1.5", "long       -10"]


def test_looks(styles):
    assert styles(SMALL, "number").color.name == DARK.dim
    assert styles(SMALL, "──").color.name == DARK.line
    assert styles("| `c` |\n|---|\n| d |", "c").bgcolor is None


@pytest.mark.parametrize("value", ("1", "-2.5", "$10.00", "12%", "1,000", "3.2 ms", "–", "~7", "1e-9", "4×"))
def test_columns_of_numbers_stand_right(value, rows):
    assert rows(f"| heading |\n|---|\n| 1 |\n| {value} |")[3] == value.rjust(7)


@pytest.mark.parametrize("value", ("one", "3 apples", "v1.2.3", "2024-01-02"))
def test_other_columns_stand_left(value, rows):
    assert rows(f"| heading too long |\n|---|\n| 1 |\n| {value} |")[3] == value


def test_alignment_of_the_source_wins(rows):
    assert rows("| left | centre | right |\n|:-|:-:|-:|\n| 1 | x | y |")[2] == "1         x           y"


def test_escaped_pipes_empty_and_missing_cells(rows):
    assert rows("| a | b |\n|---|---|\n| x \\| y | |\n| z |\n| 1 | 2 | 3 |")[2:] == [
        "x | y",
        "z",
        "1        2 | 3",
    ]


def test_cells_wrap_when_columns_shrink(rows):
    source = "| name | what it does |\n|---|---|\n| first | a rather long explanation of it |"
    assert rows(source, 24) == [
        "name   what it does",
        "────────────────────────",
        "first  a rather long",
        "       explanation of it",
    ]


def test_breaks_inside_cells(rows):
    assert rows("| a | b |\n|---|---|\n| x<br>y | z |")[2:] == ["x    z", "y"]


def test_wide_text_in_cells_keeps_the_columns(rows):
    assert rows("| a | b |\n|---|---|\n| 漢字 | x |\n| y | z |")[2:] == ["漢字    x", "y       z"]


def test_too_wide_a_table_becomes_records(rows):
    source = (
        "| one | two | three | four |\n|---|---|---|---|\n| alpha | beta | gamma | delta |\n| 1 | 2 | 3 | 4 |"
    )
    assert rows(source, 16) == [
        "one: alpha",
        "two: beta",
        "three: gamma",
        "four: delta",
        "",
        "one: 1",
        "two: 2",
        "three: 3",
        "four: 4",
    ]


def test_the_widest_columns_give_way_first():
    assert fit([5, 40, 60], [5, 8, 8], 60) == ([5, 26, 25], 2)
    assert fit([5, 10], [5, 8], 60) == ([5, 10], 4)
    assert fit([30] * 20, [8] * 20, 80) is None


def test_words_stay_whole_if_there_is_any_way():
    sizes, _gap = fit([50, 20], [10, 18], 40)
    assert sizes[1] >= 18


def test_tables_end_where_their_rows_end(rows):
    assert rows("| a |\n|---|\n| b |\n- item")[3:] == ["", "• item"]


def test_a_row_that_comes_later_can_widen_the_columns(rows):
    document = Document("| a | b |\n|---|---|\n| x | y |\n", 40, DARK, live=True)
    assert document.feed("| wider | z |\n") == 0
    assert rows(document)[2:] == ["x        y", "wider    z"]


def test_bars_in_code_part_no_cells_in_a_row_of_too_many(rows):
    assert rows("| a | b |\n|---|---|\n| `ls | wc` | ``x|y`` |\n| `open | 1 |")[2:] == [
        "ls | wc    x|y",
        "`open      1",
    ]
