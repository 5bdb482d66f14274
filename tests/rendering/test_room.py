"""Prose keeps to the measure; code, tables and formulas take the room there is."""

from __future__ import annotations

from tui.cells import cells
from tui.rendering.document import LEAD, PAD, Document
from tui.rendering.palette import DARK

PROSE = "word " * 40
LONG = "x = " + "1 + " * 20 + "1"
TABLE = "| a | b |\n|---|---|\n| " + "one " * 12 + "| " + "two " * 12 + "|"


def drawn(source: str, whole: int = 120, width: int = 40) -> list[str]:
    document = Document(source, width, DARK, whole=whole)
    return [document.line(row).text for row in range(document.height)]


def test_prose_breaks_at_the_measure_however_much_room_there_is():
    assert drawn(PROSE) == drawn(PROSE, whole=0)
    assert drawn(f"- {PROSE}\n\n> {PROSE}\n\n# {PROSE}") == drawn(
        f"- {PROSE}\n\n> {PROSE}\n\n# {PROSE}", whole=0
    )


def test_a_line_of_code_that_is_longer_than_the_measure_stays_whole():
    assert any(LONG in row for row in drawn(f"```py\n{LONG}\n```"))
    assert not any(LONG in row for row in drawn(f"```py\n{LONG}\n```", whole=0))


def test_the_tint_of_code_is_as_wide_as_the_measure_or_as_the_room():
    short = Document("```py\nx\n```", 40, DARK, whole=120)
    long = Document(f"```py\nx\n{LONG}\n```", 40, DARK, whole=120)
    assert {short.line(row).cell_length for row in range(short.height)} == {LEAD + 40 + PAD}
    assert {long.line(row).cell_length for row in range(long.height)} == {LEAD + 120 + PAD}
    assert [block.width for document in (short, long) for block in document.code_blocks()] == [40, 120]
    assert short.line(0).text.rstrip().endswith("py") and long.line(0).text.rstrip().endswith("py")


def test_code_in_a_list_ends_where_other_code_does():
    document = Document(f"- item\n\n  ```py\n  {LONG}\n  ```", 40, DARK, whole=120)
    assert document.code_blocks()[0].width == 120
    assert {document.line(row).cell_length for row in range(2, document.height)} == {LEAD + 120 + PAD}


def test_a_table_stays_a_table_where_there_is_room():
    rows = drawn(TABLE)
    assert len(rows) == 3 and cells(rows[2].rstrip()) > 90
    assert len(drawn(TABLE, whole=0)) > 3


def test_less_room_than_the_measure_is_the_measure():
    assert drawn(f"```\n{LONG}\n```", whole=20) == drawn(f"```\n{LONG}\n```", whole=0)


def test_nothing_that_stands_moves_while_code_and_tables_come():
    source = f"{PROSE}\n\n```py\nshort\n{LONG}\nshort\n```\n\n{TABLE}\n\n{PROSE}"
    live = Document("", 40, DARK, live=True, whole=120)
    tops: list[int] = []
    tints: list[int] = []
    for letter in source:
        live.feed(letter)
        if blocks := live.code_blocks():
            tops.append(blocks[0].row)
            tints.append(blocks[0].width)
    assert set(tops) == {tops[0]}
    assert tints == sorted(tints) and set(tints) == {40, 120}
    live.close()
    assert [live.line(row).text for row in range(live.height)] == drawn(source)


def test_another_room_draws_anew():
    document = Document(f"{PROSE}\n\n```py\n{LONG}\n```\n\n{TABLE}", 40, DARK, whole=120)
    before = [document.line(row).text for row in range(document.height)]
    document.resize(40, DARK)
    assert document.height > len(before)
    document.resize(40, DARK, whole=120)
    assert [document.line(row).text for row in range(document.height)] == before


def test_all_of_a_long_text_is_read_for_the_same_room():
    document = Document(f"```py\n{LONG}\n```", 40, DARK, whole=120)
    assert document.read_whole().code_blocks() == document.code_blocks()
