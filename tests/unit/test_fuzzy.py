"""The filter of the lists: what fits, what fits best, which letters are lit, and that it is quick."""

from __future__ import annotations

import time

import pytest

from tui.app.lists.fuzzy import Candidate, Filter


def score(query: str, name: str) -> float | None:
    return Filter(query).score(Candidate(name))


def best(query: str, *names: str) -> str:
    return max(names, key=lambda name: score(query, name) or 0)


def lit(query: str, name: str) -> str:
    places = Filter(query).places(Candidate(name))
    return "".join(letter.upper() if at in places else "." for at, letter in enumerate(name))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("gpto", "openai/gpt-6-sol"),
        ("GPT", "openai/gpt-4o"),
        ("sol openai", "openai/gpt-6-sol"),
        ("", "x"),
        (" ", "x"),
    ],
)
def test_letters_in_order_fit(query: str, name: str) -> None:
    assert score(query, name) is not None


@pytest.mark.parametrize(
    ("query", "name"), [("otpg", "openai/gpt"), ("gpt9", "gpt-4o"), ("mini sol", "gpt-6-sol"), ("x", "")]
)
def test_others_do_not(query: str, name: str) -> None:
    assert score(query, name) is None


def test_letters_are_lit_where_they_mean_most() -> None:
    assert lit("gpto", "openai/gpt-6-sol") == ".......GPT....O."
    assert lit("oss", "openai/gpt-oss-120b") == "...........OSS....."
    assert lit("g6", "ollama/gemma-gpt-6") in {".......G.........6", ".............G...6"}


@pytest.mark.parametrize(
    ("query", "wanted", "other"),
    [
        ("gpt-4o", "openai/gpt-4o", "openai/gpt-4o-mini"),
        ("openai/gpt-4o", "openai/gpt-4o", "openrouter/openai/gpt-4o"),
        ("opus", "anthropic/claude-opus-5", "openrouter/o-plus"),
        ("mini", "openai/gpt-6-sol-mini", "openrouter/mistral/nemo-instruct"),
        ("qw8", "ollama/qwen3:8b", "ollama/qwen3:0.8b"),
    ],
)
def test_the_better_fit_wins(query: str, wanted: str, other: str) -> None:
    assert best(query, other, wanted) == wanted


def test_an_odd_letter_moves_no_place() -> None:
    """The small form of İ is two letters long; what is lit stays right."""
    assert lit("b", "İb") == ".B"


def test_a_hostile_name_costs_no_more_than_its_length() -> None:
    candidate = Candidate("a" * 300)
    begun = time.process_time()
    assert Filter("a" * 40).score(candidate) is not None
    assert Filter("a" * 40 + "b").score(candidate) is None
    assert time.process_time() - begun < 0.5


def test_three_thousand_names_at_a_key() -> None:
    """Counted in CPU time and with room for a slow machine; a key may take 50 ms, drawing included."""
    candidates = [Candidate(f"provider{i % 40}/some-family-{i}-instruct-{i % 9}b") for i in range(3000)]
    for candidate in candidates:
        assert candidate.bonus
    begun = time.process_time()
    wanted = Filter("sii")
    found = sum(wanted.score(candidate) is not None for candidate in candidates)
    assert found == 3000
    assert time.process_time() - begun < 0.15
