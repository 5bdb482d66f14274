"""Values of others' JSON: read as what they should be, or as unknown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tui.checked import MOST, Fields, amount, count, number, numbered, text, unpacked, unquoted, whole, words
from tui.errors import UsageError
from tui.parameters import PARAMETERS, changed, known

NAN = float("nan")
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text() | some.binary(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "as_whole", "as_count", "as_number", "as_amount"),
    [
        (5, 5, 5, 5, 5),
        (5.0, 5, 5, 5.0, 5.0),
        (2.5, None, None, 2.5, 2.5),
        (-1, -1, None, -1, None),
        (0, 0, 0, 0, 0),
        (MOST, MOST, MOST, MOST, MOST),
        (2**63 - 1, 2**63 - 1, None, 2**63 - 1, None),
        (2**64 - 1, None, None, None, None),
        (1e300, None, None, 1e300, None),
        (10**400, None, None, None, None),
        (NAN, None, None, None, None),
        (float("inf"), None, None, None, None),
        (True, None, None, None, None),
        ("12", None, None, None, None),
        (None, None, None, None, None),
        ([1], None, None, None, None),
        ({}, None, None, None, None),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_a_number_is_one_or_unknown(value, as_whole, as_count, as_number, as_amount):
    assert (whole(value), count(value), number(value), amount(value)) == (
        as_whole,
        as_count,
        as_number,
        as_amount,
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("12", 12),
        (" 7 ", 7),
        ("5.0", 5.0),
        ("0.006", 0.006),
        ("1e3", 1000.0),
        ("200k", "200k"),
        ("n/a", "n/a"),
        ("", ""),
        ("-1", "-1"),
        ("٣", "٣"),
        ("1_0", "1_0"),
        ("0x10", "0x10"),
        ("nan", "nan"),
        ("9" * 5000, "9" * 5000),
        ("1e400", "1e400"),
        (5, 5),
        (None, None),
        ([1], [1]),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_a_number_in_quotes_is_that_number_and_all_else_is_as_it_was(value, read):
    assert unquoted(value) == read


def test_what_is_no_text_is_an_empty_one():
    assert (text("a"), text(5), text(None), text(["a"])) == ("a", "", "", "")


@pytest.mark.parametrize(
    ("written", "read"),
    [("7", 7), ("", None), ("0", None), ("x", None), ("-1", None), ("9" * 99, None), ("²", None)],
)
def test_a_number_that_was_written_down_is_one_above_0(written, read):
    assert numbered(written) == read


@given(anything)
@settings(max_examples=300)
def test_nothing_that_is_read_raises(value):
    assert isinstance(words(value), str)
    entry = Fields({"a": value})
    for read in (
        entry.text,
        entry.words,
        entry.count,
        entry.amount,
        entry.flag,
        entry.time,
        entry.optional_text,
    ):
        read("a")
    for read in (entry.items, entry.texts, entry.wholes):
        list(read("a"))
    inner = Fields(value).inner("a").optional("b")
    assert inner is None or inner.text("c") == inner.text("c")
    assert dict(entry.known_entries("a", known, "a parameter")).keys() <= PARAMETERS.keys()


@pytest.mark.parametrize(
    "stored", ["", "{", "[" * 100_000, "1" * 5000, None, 5, b"{}", "nul"], ids=lambda s: repr(s)[:9]
)
def test_what_is_no_json_is_nothing(stored):
    assert unpacked(stored) is None


def test_what_was_said_is_kept_whatever_it_is():
    assert words("a\n") == "a\n" and words(None) == "" and words(5) == "5"
    assert json.loads(words({"a": ["ü"]})) == {"a": ["ü"]} and words(b"\xff") == "\ufffd"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("temperature", 0.5, 0.5),
        ("temperature", 1, 1),
        ("temperature", "hot", None),
        ("temperature", NAN, None),
        ("max_tokens", 9.0, 9),
        ("max_tokens", 9.5, None),
        ("seed", True, None),
        ("stop", "x", "x"),
        ("stop", ["x"], None),
        ("reasoning_effort", 5, None),
        *(
            (name, "x", None)
            for name in ("ca_file", "timeouts", "proxy", "model", "allow_http_key", "headers")
        ),
        *((name, "x", None) for name in ("api_key", "wait", "messages", "", "Temperature")),
    ],
)
def test_parameters_are_a_closed_list(name, value, read):
    assert known(name, value) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ca_file", "x"),
        ("temperature", "nan"),
        ("temperature", "hot"),
        ("seed", "9" * 30),
        ("seed", "9" * 5000),
    ],
)
def test_what_a_person_sets_is_checked_too(name, value):
    with pytest.raises(UsageError, match=name):
        changed({}, name, value)
