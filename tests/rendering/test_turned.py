"""Drawn lines as they are seen where text runs from right to left, and the cells that are read there."""

from __future__ import annotations

import re

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.bidi import MIRRORED, any_turns, order
from tui.rendering.document import Document
from tui.rendering.palette import DARK
from tui.rendering.turned import Area, fields, turn, words_as_read, words_parted

RED, BLUE = Style(color="red"), Style(color="blue")
WIDTH = 40


def strip(*texts: str) -> Strip:
    return Strip([Segment(text, style) for text, style in zip(texts, (RED, BLUE) * len(texts), strict=False)])


def seen(text: str, *, to_left: bool = False, width: int = 0) -> str:
    line = strip(text)
    line = line.adjust_cell_length(width or line.cell_length)
    return turn(line, [Area(0, line.cell_length, to_left)]).strip.text


def rows(markdown: str, width: int = WIDTH) -> list[str]:
    """A document's rows as they are seen, without the cells before the text."""
    document = Document(markdown, width, DARK)
    found = []
    for row in range(document.height):
        line = document.line(row)
        areas = document.areas(row)
        areas = fields(line) if areas is None else [area.moved(2) for area in areas]
        found.append(turn(line, areas).strip.text[2:].rstrip() if areas else line.text[2:].rstrip())
    return found


LINES = (
    "זוהי פסקה (כאן), מספרים 12,345.67 ו-50%, כמו Python 3.12.",
    "هذه فقرة (هنا)، وأرقام 12,345.67 و٥٠٪، «نعم»!",
    "English with שלום (a) 12 and سلام [b].",
    "نسبة ٥٠ - ١٢ بين ٣.٤",
    'שָׁלוֹם עֲלֵיכֶם: "כן"',
)


def shown_by_kitty(text: str) -> str:
    """What a terminal shows that turns all that stands together in one script."""
    letters = "[\u0590-\u05ff]+|[\u0600-\u06ff]+"
    marked = "[\u0591-\u05c7\u064b-\u065f]"

    def turned(match: re.Match[str]) -> str:
        if not re.search("[^\u060c\u061b\u061f\u0660-\u0669]", match[0]):
            return match[0]
        return "".join(reversed(re.findall(f".{marked}*", match[0])))

    return re.sub(letters, turned, text)


def shown_by_konsole(text: str) -> str:
    """What a terminal shows that turns its lines by UAX #9, as paragraphs from left to right."""
    characters = re.findall("\u200e|[^\u200e][\u0591-\u05c7\u064b-\u065f]*", text)
    places = order(tuple(characters), right=False)
    found = [MIRRORED.get(characters[at], characters[at]) if back else characters[at] for at, back in places]
    return "".join(found).replace("\u200e", "")


# -- a line
@pytest.mark.parametrize("text", LINES)
@pytest.mark.parametrize("to_left", [True, False])
def test_what_a_terminal_makes_of_words_as_they_are_read_is_the_line_as_it_is_seen(text, to_left):
    line = turn(strip(text), [Area(0, len(text), to_left)]).strip
    assert shown_by_kitty(words_as_read(line).text) == line.text
    assert shown_by_konsole(words_parted(line).text) == line.text
    assert words_parted(line).cell_length == words_as_read(line).cell_length == line.cell_length


def test_letters_go_back_alone_or_with_their_looks_as_the_terminal_turns_them():
    line = turn(strip("אב", "ג abc"), [Area(0, 8, to_left=True)]).strip
    assert [(s.text, s.style) for s in words_as_read(line)] == [("abc א", BLUE), ("בג", RED)]
    parted = [(s.text, s.style) for s in words_parted(line)]
    assert parted == [("abc \u200e", BLUE), ("אב", RED), ("ג\u200e", BLUE)]


def test_a_word_in_two_slants_is_two_words_for_who_turns_what_has_one_font():
    line = Strip([Segment("גב", Style(italic=True)), Segment("א", Style())])
    assert words_as_read(line).text == "בגא"


def test_a_line_from_right_to_left_ends_at_the_left_and_begins_at_the_right():
    assert seen("שלום (a) 12", to_left=True, width=14) == "   12 (a) םולש"


def test_marks_stay_behind_their_letters_and_brackets_face_what_they_hold():
    assert seen("שָׁלוֹם (כן)", to_left=True) == "(ןכ) םוֹלשָׁ"


def test_wide_characters_keep_their_cells():
    line = strip("אב汉ג")
    turned = turn(line, [Area(0, 5, to_left=True)])
    assert (turned.strip.text, turned.strip.cell_length) == ("ג汉בא", 5)
    assert list(turned.read) == [4, 2, 3, 1, 0]
    assert [turned.seen_at(turned.read_at(cell)) for cell in range(5)] == list(range(5))
    assert (turned.read_at(9), turned.read_at(-1), turned.seen_at(9)) == (9, -1, 9)


def test_styles_go_with_their_characters():
    turned = turn(strip("אב", "ג abc"), [Area(0, 8, to_left=True)])
    assert [(s.text, s.style) for s in turned.strip] == [("abc ג", BLUE), ("בא", RED)]


def test_only_the_area_is_turned():
    turned = turn(strip("▎ אב גד"), [Area(2, 4, to_left=False)])
    assert turned.strip.text == "▎ בא גד"


def test_letters_are_formed_only_if_no_cell_changes_by_it():
    area = [Area(0, 3, to_left=True)]
    assert turn(strip("بتث"), area, str.upper).strip.text == "ثتب"
    assert turn(strip("بتث"), area, lambda text: text.replace("ب", "ﺑ")).strip.text == "ثتﺑ"
    assert turn(strip("بتث"), area, lambda text: text.replace("ب", "")).strip.text == "ثتب"
    assert turn(strip("بتث"), area, lambda text: text.replace("ب", "汉")).strip.text == "ثتب"


# -- lines that are no paragraph
@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("שלום (a)   12 · עוד", "(a) םולש   12 · דוע"),
        ("│ ● אב ג", "│ ● ג בא"),
        ("▸ חדש   gpt", "▸ שדח   gpt"),
        ("- אב", "- בא"),
        ("(אב) ג  x", "ג (בא)  x"),
        ("Renamed to אב 12", "Renamed to 12 בא"),
    ],
)
def test_each_text_of_a_line_is_turned_where_it_stands(line, turned):
    assert turn(strip(line), fields(strip(line))).strip.text == turned


def test_a_line_without_such_letters_has_no_areas():
    assert not any_turns(["plain", "▎ 汉字"]) and not fields(strip("▎ plain"))


# -- blocks
def test_a_paragraph_runs_as_its_first_letter_says_on_all_its_rows():
    first, second = rows("שלום and this is mostly English but begins so")
    assert first == "and this is mostly English but םולש".rjust(WIDTH)
    assert second == "begins so".rjust(WIDTH)
    assert rows("Hello שלום עולם") == ["Hello םלוע םולש"]


def test_digits_at_the_begin_of_a_row_stand_as_the_row_before_says():
    assert rows("Hi אבגד אבג 12 אב", width=12) == ["Hi גבא דגבא", "בא 12"]


def test_a_list_has_its_signs_where_its_items_begin():
    assert rows("- אב\n- cd אב") == ["בא •".rjust(WIDTH), "• cd בא"]
    assert rows("1. אב") == ["בא .1".rjust(WIDTH)]


def test_the_bar_of_a_quote_stays():
    assert rows("> אב.") == ["│" + ".בא".rjust(WIDTH - 1)]


def test_code_runs_from_left_to_right_and_each_of_its_words_for_itself():
    first, second, *_ = rows('```python\nx = "אב"  # גד (1)\n```')
    line = next(row for row in (first, second) if "x" in row)
    assert line.strip().removesuffix("python").rstrip() == 'x = "בא"  # (1) דג'.strip()


def test_code_in_a_sentence_keeps_its_brackets_whatever_stands_beside_it():
    assert rows("קרא ל `f(x)` עם `a[0].b()`.", 30) == [".a[0].b() םע f(x) ל ארק".rjust(30)]
    assert rows("הסוגר `(` כאן", 30) == ["ןאכ ( רגוסה".rjust(30)]
    assert rows("`git push` שולח", 30) == ["חלוש git push".rjust(30)]
    assert rows("See `שם(א)` there.") == ["See (א)םש there."]


def test_a_table_is_turned_cell_by_cell():
    head, _, row = rows("| אב | cd |\n|---|---|\n| אב (1) | הו ז |")
    assert head.split() == ["בא", "cd"]
    assert row == "(1) בא    ז וה"


def test_a_paragraph_that_has_not_said_its_direction_follows_as_soon_as_it_does():
    document = Document("?! ", WIDTH, DARK, live=True)
    assert not document.areas(0)[0].to_left
    document.feed("אב")
    assert document.areas(0)[0].to_left
