"""Fences that are drawn: records as tables, long data, terminal colours, diagrams; copied as written."""

from __future__ import annotations

import pytest

from tui.cells import cells
from tui.rendering import mermaid
from tui.rendering.document import Document
from tui.rendering.palette import DARK, LIGHT

PEOPLE = '```csv\nname,age,note\nAnn,12,"says ""hi"" to\nall"\nBob,7,a | b *c*\n```'
DATA = "```json\n[\n" + "".join(f'  "line {number}",\n' for number in range(60)) + "]\n```"
GRAPH = "```mermaid\ngraph TD\n A[One] --> B[Two]\n```"
SOURCE = "graph TD\n A[One] --> B[Two]\n"


@pytest.fixture(autouse=True)
def nothing_known():
    mermaid.forget()
    yield
    mermaid.forget()


# -- records
def test_records_are_a_table(rows):
    assert rows(PEOPLE) == [
        " " * 37 + "csv",
        "name    age    note",
        "─" * 27,
        'Ann      12    says "hi" to',
        "               all",
        "Bob       7    a | b *c*",
    ]


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("```tsv\na\tb\n1\t2\n```", "1    2"),
        ("```csv\na;b\n1;2,5\n```", "1    2,5"),
        ("```CSV title=x\na,b\n1,2\n```", "1    2"),
        ('```csv\na,b\n"x, y",2\n```', "x, y    2"),
        ('```csv\na,b\n"never closed,2\n```', '"never closed    2'),
        ("```csv\na,b\n1\n\n3,4\n```", "3    4"),
    ],
)
def test_records_are_read_as_programs_write_them(written, drawn, rows):
    assert drawn in rows(written)


@pytest.mark.parametrize(
    "written",
    [
        "```csv\na,b\n" + "1,2\n" * 201 + "```",
        "```csv\na,b\n1,2,3\n```",
        "```csv\nonly a head, of two\n```",
        "```csv\nno comma\nat all\n```",
        "```csv\n```",
        "```csv\na,b\n1,2",
    ],
    ids=["too many", "more than the head has", "a head", "words", "nothing", "still open"],
)
def test_what_is_no_table_stays_code(written):
    assert not Document(written, 40, DARK).drawn


def test_two_hundred_records_are_drawn():
    assert Document("```csv\na,b\n" + "1,2\n" * 200 + "```", 40, DARK).drawn


def test_records_are_copied_as_they_are_written():
    document = Document(f"Before\n\n{PEOPLE}", 40, DARK)
    top = document.drawn[0]
    assert document.copy((top + 3, 0), (top + 3, 3)) == "Ann"
    assert document.copy((top + 3, 0), (top + 4, 40)) == 'Ann,12,"says ""hi"" to\nall"'
    assert document.copy((top + 1, 0), (top + 5, 30)) == PEOPLE.split("\n", 1)[1].removesuffix("\n```")
    assert document.copy((0, 0), (99, 0)) == document.source
    assert [block.text for block in document.code_blocks()] == [
        PEOPLE.removeprefix("```csv\n").removesuffix("\n```")
    ]


def test_words_of_records_are_found_and_have_a_place():
    document = Document(PEOPLE, 40, DARK)
    assert document.find("says") == [(3, 15, 19)]
    assert document.locate(document.source.index("Bob")) == (5, 0)


def test_records_too_wide_for_their_room_are_listed(rows):
    assert "name: Ann" in rows(PEOPLE, 12)


# -- long data
def test_long_data_shows_its_first_lines_and_says_how_many_there_are(rows):
    drawn = rows(DATA)
    assert drawn[0] == "▸ 62 lines                          json"
    assert (drawn[1], drawn[11]) == ("[", "… 52 more lines")
    assert len(drawn) == 13


def test_it_opens_and_closes_at_both_ends(rows):
    document = Document(DATA, 40, DARK)
    assert document.folds == [0]
    assert document.toggle(11) and document.height == 64
    assert rows(document)[0].startswith("▾ 62 lines")
    assert not document.toggle(20)
    assert document.toggle(0) and document.height == 13


def test_what_is_found_below_the_first_lines_is_shown():
    document = Document(DATA, 40, DARK)
    place = document.source.index("line 55")
    assert not document.reveal(document.source.index("line 3"))
    assert document.reveal(place) and not document.reveal(place)
    assert document.find("line 55") == [(57, 3, 10)]


def test_folded_data_is_copied_whole():
    document = Document(f"Before\n\n{DATA}", 40, DARK)
    assert document.copy((3, 0), (14, 0)) == DATA.removeprefix("```json\n").removesuffix("\n```")
    assert document.copy((3, 0), (4, 9)) == '[\n  "line 0'


def test_forty_lines_are_not_folded():
    assert not Document("```json\n" + "1\n" * 40 + "```", 40, DARK).drawn


# -- terminal colours
def ansi(text):
    return Document(f"```ansi\n{text}\n```", 60, DARK)


@pytest.mark.parametrize(
    ("sequence", "role"),
    [
        ("\x1b[31m", "error"),
        ("\\e[32m", "success"),
        ("\\x1b[0;33m", "warning"),
        ("\\033[94m", "sky"),
        ("\\u001b[35m", "violet"),
        ("^[[36m", "teal"),
        ("\x1b[38;5;196m", "error"),
        ("\x1b[38;2;0;200;0m", "success"),
        ("\x1b[38:2:0:0:255m", "sky"),
        ("\x1b[31;39m", "ink"),
        ("\x1b[44m", "ink"),
        ("\x1b[31m\x1b[m", "ink"),
        ("\x1b[38;5m", "ink"),
        ("\x1b[999;;m", "ink"),
    ],
)
@pytest.mark.parametrize("palette", (DARK, LIGHT), ids=("dark", "light"))
def test_colours_of_a_terminal_are_those_of_the_palette(sequence, role, palette, styles, rows):
    source = f"```ansi\na {sequence}word\n```"
    assert styles(source, "word", palette).color.name == getattr(palette, role)
    assert rows(source)[1] == "a word"


def test_bold_and_the_like_begin_and_end(styles):
    source = "```ansi\n\x1b[1;3;4mall\x1b[22;23;24mnone\n```"
    both = [styles(source, word) for word in ("all", "none")]
    assert [(style.bold, style.italic, style.underline) for style in both] == [
        (True, True, True),
        (None, None, None),
    ]


def test_no_other_sequence_is_read(rows):
    hostile = "\x1b[2J\x1b]52;c;aGk=\x07\x1b[31;1Hx\x1b[?25lm"
    assert rows(ansi(hostile))[1] == "␛[2J␛]52;c;aGk=␇␛[31;1Hx␛[?25lm"


def test_colours_are_copied_as_they_are_written():
    document = ansi("one \\e[31mred\\e[0m\tend\nnext\nlast")
    assert document.copy((1, 0), (2, 9)) == "one \\e[31mred\\e[0m\tend\nnext"
    assert document.locate(document.source.index("red")) == (1, 4)
    assert document.locate(document.source.index("next")) == (2, 0)
    assert document.find("red") == [(1, 4, 7)]


# -- diagrams
def boxes(wide, narrow):
    return mermaid.drawn_from(["\n   " + "─" * wide, "│" * narrow + "\nTwo"])


def test_a_diagram_is_its_source_until_it_is_drawn(rows):
    document = Document(GRAPH, 40, DARK)
    assert document.awaited == [SOURCE]
    assert rows(document)[1] == "graph TD"
    assert document.look() is None
    mermaid.keep(SOURCE, boxes(30, 4))
    assert document.look() == 0
    assert rows(document) == [" " * 33 + "mermaid", "─" * 30, ""]
    assert not document.awaited


def test_each_width_has_the_widest_drawing_that_fits(rows):
    mermaid.keep(SOURCE, boxes(30, 4))
    document = Document(GRAPH, 40, DARK)
    document.resize(20, DARK)
    assert rows(document)[1:3] == ["││││", "Two"]
    document.resize(3, DARK)
    assert rows(document)[1] == "gra"
    document.resize(30, DARK)
    assert (
        rows(document)[:2] == ["too wide to draw here  mermaid"[:30], "─" * 30]
        or rows(document)[1] == "─" * 30
    )


def test_what_is_too_wide_says_so(rows):
    mermaid.keep(SOURCE, mermaid.drawn_from(["─" * 41]))
    assert rows(GRAPH, 40)[:2] == ["too wide to draw here            mermaid", "graph TD"]
    assert rows(GRAPH, 40, whole=50)[1] == "─" * 41


def test_a_diagram_is_copied_as_its_source_wherever_it_is_selected():
    mermaid.keep(SOURCE, boxes(30, 4))
    document = Document(f"Before\n\n{GRAPH}\n\nAfter", 40, DARK)
    document.resize(20, DARK)
    top = document.drawn[0]
    assert document.copy((top + 1, 1), (top + 1, 3)) == SOURCE
    assert document.copy((top + 1, 0), (top + 2, 20)) == SOURCE.removesuffix("\n")
    assert document.copy((0, 0), (99, 0)) == document.source
    assert document.code_blocks()[0].text == SOURCE.removesuffix("\n")


def test_it_turns_into_its_source_and_back(rows):
    mermaid.keep(SOURCE, boxes(30, 4))
    document = Document(GRAPH, 40, DARK)
    assert document.drawn == [0]
    assert document.toggle(0) and rows(document)[1] == "graph TD"
    assert document.drawn == [0] and not document.awaited
    document.resize(38, DARK)
    assert rows(document)[1] == "graph TD"
    assert document.toggle(0) and rows(document)[1] == "─" * 30


def test_outside_text_in_a_drawing_can_do_nothing(rows):
    mermaid.keep(SOURCE, mermaid.drawn_from(["a\x1b[2J\u2028b\tc"]))
    assert rows(GRAPH)[1] == "a␛[2J b c"


CHAIN = "graph TD\n" + "\n".join(f" N{number} --> N{number + 1}" for number in range(31))


@pytest.mark.parametrize(
    "source",
    [
        "graph TD\n" + " A[word] --> B\n" * 300,
        CHAIN,
        "graph LR\n A & B & C & D & E & F --> G & H & I & J & K & L",
        "graph LR\n " + " --> ".join("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh"),
        "xychart-beta\n y-axis 0 --> 1e300\n bar [1, 2]",
        "pie\n a : 99999999999",
        "pie\n a : " + "9" * 2000,
    ],
    ids=["long", "many", "fan", "chain", "range", "number", "digits"],
)
def test_what_would_take_too_much_is_not_even_tried(source, rows):
    document = Document(f"```mermaid\n{source}\n```", 60, DARK)
    assert not document.awaited
    assert rows(document)[0] == "too tangled to draw" + " " * 34 + "mermaid"


@pytest.mark.parametrize(
    "source",
    [
        CHAIN.rsplit("\n", 1)[0],
        "graph LR\n" + "\n".join(f" A{n} -- words of-it --> B{n}" for n in range(30)),
        'graph LR\n A["x & y & z & a & b & c & d"] --> B["p & q & r & s & t & u"]',
        "sequenceDiagram\n" + " A-->>B: word\n" * 60,
        "gantt\n section S\n a :a1, 2014-01-01, 30d",
    ],
    ids=["thirty", "words", "labels", "sequence", "dates"],
)
def test_what_models_write_is_tried(source):
    assert Document(f"```mermaid\n{source}\n```", 60, DARK).awaited


# -- while it streams
@pytest.mark.parametrize("fence", ["```", "````", "~~~~~"])
@pytest.mark.parametrize("source", [PEOPLE, DATA, GRAPH], ids=["records", "data", "graph"])
def test_a_fence_is_drawn_when_it_is_closed_and_stays_so(source, fence):
    mermaid.keep(SOURCE, boxes(30, 4))
    text = source.replace("```", fence) + "\nwords"
    document = Document("", 40, DARK, live=True)
    drawn = []
    for character in text:
        document.feed(character)
        drawn.append(bool(document.drawn))
    assert drawn == sorted(drawn) and drawn[-1] and not drawn[len(text) - len("words") - 2]
    assert document.close() is not None and document.drawn


def test_the_last_mark_of_a_reply_closes_it_at_the_end():
    document = Document("", 40, DARK, live=True)
    document.feed(PEOPLE)
    assert not document.drawn
    document.close()
    assert document.drawn == [0]


def test_a_difference_has_its_colours(styles):
    source = "```diff\n- was\n+ is\n```"
    assert styles(source, "- was").color.name == DARK.error
    assert styles(source, "+ is").color.name == DARK.success


@pytest.mark.parametrize("width", [1, 4, 20])
@pytest.mark.parametrize("source", [PEOPLE, DATA, GRAPH, "```ansi\n\x1b[31mwords of it\n```"])
def test_no_row_is_wider_than_there_is_room(source, width):
    mermaid.keep(SOURCE, boxes(30, 4))
    document = Document(source, width, DARK)
    assert all(cells(document.line(row).text) == width + 3 for row in range(document.height))
