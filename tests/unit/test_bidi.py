"""Lines that run from right to left: the order in which their characters are seen, after UAX #9."""

from __future__ import annotations

import random

import pytest

from tui.bidi import MIRRORED, Around, first_strong, last_strong, order, turns


def seen(text: str, *, right: bool = False, around: Around = Around()) -> str:  # noqa: B008 - it never changes
    """What is drawn from left to right."""
    placed = order(tuple(text), right=right, around=around)
    return "".join(MIRRORED.get(text[at], text[at]) if mirrored else text[at] for at, mirrored in placed)


# Hebrew letters are written א ב ג, Arabic ones ا ب ت: each example says what stands at the left first.
@pytest.mark.parametrize(
    ("text", "left_to_right", "right_to_left"),
    [
        ("abc", "abc", "abc"),
        ("אבג", "גבא", "גבא"),
        ("a אבג b", "a גבא b", "b גבא a"),
        ("אב (a) 12", "בא (a) 12", "12 (a) בא"),
        ("אב 12.5% גד", "דג 12.5% בא", "דג 12.5% בא"),
        ("a 1-2", "a 1-2", "a 1-2"),
        ("א 1-2", "1-2 א", "1-2 א"),  # Hebrew keeps digits with a minus together
        ("ا 1-2", "2-1 ا", "2-1 ا"),  # behind Arabic letters they are two numbers
        ("ا 1,2", "1,2 ا", "1,2 ا"),
        ("ا ١٢٣", "١٢٣ ا", "١٢٣ ا"),
        ("אב $5", "$5 בא", "$5 בא"),
        ("a (אב) c", "a (בא) c", "c (בא) a"),
        ("אב (cd) הו", "בא (cd) וה", "וה (cd) בא"),
        ("a (אב c) ד", "a (בא c) ד", "ד (c בא) a"),
        ("אב [a] (ג)", "בא [a] (ג)", "(ג) [a] בא"),
        ("א<b>ג", "א<b>ג", "ג<b>א"),
        ("אב!", "בא!", "!בא"),
        ("a, אב. ", "a, בא. ", " .בא ,a"),
        ("אב   ", "בא   ", "   בא"),  # blanks at the end stand at the end of the paragraph
        ("3 אב", "3 בא", "בא 3"),
        ("", "", ""),
    ],
)
def test_examples(text, left_to_right, right_to_left):
    assert seen(text) == left_to_right
    assert seen(text, right=True) == right_to_left


def test_what_stands_before_and_after_a_line_counts_as_if_it_were_in_it():
    assert seen("12 אב") == "12 בא"
    assert seen("12 אב", around=Around("R", None)) == "בא 12"
    assert seen("1-2", right=True, around=Around("R", None)) == "1-2"
    assert seen("1-2", right=True, around=Around("AL", None)) == "2-1"
    assert seen("אב,", around=Around(None, "L")) == "בא,"
    assert seen("אב,", around=Around(None, "R")) == ",בא"


def test_the_first_and_the_last_letter_are_found_behind_what_has_no_direction():
    assert first_strong(["12 — ", "אב abc"]) == "R"
    assert first_strong(["(a) אב"]) == "L"
    assert first_strong(["12."]) is None
    assert last_strong(["12", "א ب"]) == "AL"
    assert last_strong([]) is None


@pytest.mark.parametrize("text", ["plain", "Grüße — «né» 汉字 👩‍👩‍👧 ▎ │", "Привет, γειά"])
def test_most_lines_have_nothing_to_turn(text):
    assert not turns(text)


@pytest.mark.parametrize("text", ["א", "ب", "x \u200f", "١", "ﷺ", "ﺎ", "\U0001e900"])
def test_these_have(text):
    assert turns(text)


def test_every_character_is_seen_once_and_text_of_one_direction_stays_together():
    chance = random.Random(9)
    pools = [
        "אבגדה",
        "ابتثج",
        "abcde",
        "0123",
        "١٢٣",
        "+-",
        "$%",
        ",.:",
        "!?*",
        "  ",
        "()[]<>",
        "\u200e\u200f",
    ]
    for _ in range(1500):
        text = "".join(chance.choice(chance.choice(pools)) for _ in range(chance.randrange(1, 24)))
        for right in (False, True):
            placed = order(tuple(text), right=right)
            assert sorted(at for at, _ in placed) == list(range(len(text))), text
            drawn = [text[at] for at, _ in placed]
            for word in ("abcde", "אבגדה"):
                runs = [at for at, _ in placed if text[at] in word]
                inner = "".join(text).strip(word) == ""
                assert not inner or runs == sorted(runs, reverse=word == "אבגדה"), text
            if not turns(text) and not right:
                assert "".join(drawn) == text


def test_the_cost_of_a_line_grows_with_its_length_even_if_it_is_all_brackets():
    deep = tuple("(" * 200 + "א" + ")" * 200)
    assert len(order(deep, right=True)) == len(deep)
