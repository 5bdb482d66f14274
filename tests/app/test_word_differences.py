"""Two texts as one: what they share, and what only one of them says."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as some

from tui.app.compare.differences import Run, Side, apart_for_the_eye, word_differences

BOTH, FIRST, SECOND = Side.BOTH, Side.FIRST, Side.SECOND
texts = some.text(some.sampled_from(["a", "b", " ", "\n", "é", "汉", "\u2028", "\r"]), max_size=60)


def test_words_that_only_one_says_stand_apart():
    assert word_differences("To Kyoto by train.\nFour days.", "To Nara by train.\nFour days.") == [
        Run(BOTH, "To"),
        Run(FIRST, " Kyoto"),
        Run(SECOND, " Nara"),
        Run(BOTH, " by train.\nFour days."),
    ]


def test_a_line_that_only_one_has_is_its_own():
    assert word_differences("a\nb\n", "a\nx\nb\n") == [Run(BOTH, "a\n"), Run(SECOND, "x\n"), Run(BOTH, "b\n")]


def test_equal_texts_are_one_run_and_empty_ones_none():
    assert word_differences("same", "same") == [Run(BOTH, "same")]
    assert word_differences("", "") == []


@given(first=texts, second=texts)
def test_each_text_is_there_to_the_letter(first, second):
    runs = word_differences(first, second)
    assert "".join(run.text for run in runs if run.side is not SECOND) == first
    assert "".join(run.text for run in runs if run.side is not FIRST) == second


def test_two_long_paragraphs_differ_as_a_whole():
    first, second = "a " * 5000, "b " * 5000
    assert [run.side for run in word_differences(first, second)] == [FIRST, SECOND]


def test_blank_lines_in_a_long_text_cost_nothing():
    paragraphs = [f"paragraph {number}\n\n" for number in range(4000)]
    begun = time.perf_counter()
    runs = word_differences("".join(["before\n\n", *paragraphs]), "".join([*paragraphs, "after\n"]))
    assert [run.side for run in runs] == [FIRST, BOTH, SECOND]
    assert time.perf_counter() - begun < 10


def test_a_line_that_stands_there_a_thousand_times_is_not_looked_for_a_million_times():
    same = "}\n" * 3000
    begun = time.perf_counter()
    runs = word_differences(f"a\n{same}b\n{same}", f"x\n{same}y\n{same}")
    assert time.perf_counter() - begun < 10
    assert {run.side for run in runs} >= {FIRST, SECOND}


def test_words_in_which_texts_part_at_the_begin_are_not_shown_as_one():
    shown = apart_for_the_eye(word_differences("The fox.\n\nIt runs.", "A dog.\n\nIt runs."))
    assert "".join(run.text for run in shown) == "The fox. A dog.\n\nIt runs."
    shown = apart_for_the_eye(word_differences("a b c", "a x c"))
    assert "".join(run.text for run in shown) == "a b x c"
