"""Moments of files: any value is read, and any moment is shown on any clock."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tui.app.conversations.conversation_rows import age, when
from tui.dates import EARLIEST, LATEST, day, day_group, local, minute, moment_of
from tui.history.rows import from_stamp, to_stamp

SPRING = datetime(2023, 5, 17, 5, 6, 40, 250_000, UTC)
ZONES = ["America/Los_Angeles", "UTC", "Pacific/Kiritimati"]


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1_684_300_000.25, SPRING),
        (1_684_300_000_250, SPRING),
        (1_684_300_000_250_000, SPRING),
        (1_684_300_000_250_000_000, SPRING),
        ("1684300000.25", SPRING),
        ("1684300000250", SPRING),
        ("2023-05-17T05:06:40.250Z", SPRING),
        ("2023-05-17T07:06:40.250+02:00", SPRING),
        ("2023-05-17 05:06:40.250000", SPRING),
        ("20230517", SPRING.replace(hour=0, minute=0, second=0, microsecond=0)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (-62_135_596_800, EARLIEST),
        (253_402_300_799, LATEST.replace(microsecond=0)),
        ("0001-01-01T00:00:00Z", EARLIEST),
        ("0001-01-01T00:00:00+14:00", EARLIEST),
        ("9999-12-31T23:59:59.999999Z", LATEST),
        ("9999-12-31T23:59:59-12:00", LATEST),
    ],
    ids=repr,
)
def test_a_moment_is_read_in_every_unit_and_zone(value, moment):
    assert moment_of(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "9" * 5000,
        "2026-13-01",
        1e300,
        -1e300,
        10**400,
        float("nan"),
        float("inf"),
        True,
        [],
        {},
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_moment_is_unknown(value):
    assert moment_of(value) is None


@given(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text() | some.datetimes().map(str)
)
@settings(max_examples=300)
def test_any_value_is_a_moment_or_none(value):
    moment = moment_of(value)
    assert moment is None or moment.tzinfo is UTC


@given(some.datetimes(timezones=some.just(UTC)))
@settings(max_examples=200)
def test_a_stored_moment_is_the_same(moment):
    assert from_stamp(to_stamp(moment)) == moment


@given(some.none() | some.integers() | some.floats() | some.text() | some.binary())
@settings(max_examples=200)
def test_any_stored_value_is_some_moment(value):
    assert EARLIEST <= from_stamp(value) <= LATEST


@pytest.fixture(params=ZONES)
def zone(request, monkeypatch):
    if sys.platform == "win32":
        pytest.skip("Windows keeps its zone")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_any_moment_is_shown_on_any_clock(zone):
    assert os.environ["TZ"] == zone
    today = date(2026, 11, 29)
    for moment in (
        EARLIEST,
        LATEST,
        SPRING,
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, tzinfo=UTC),
    ):
        assert local(moment) == moment
        words = [
            day_group(moment, today),
            age(moment, today),
            when(moment, today),
            day(moment),
            minute(moment),
        ]
        assert all(words)
    assert day_group(EARLIEST, today).startswith(("January", "December"))
    assert day_group(LATEST, today) == "December 9999"
    assert (day(EARLIEST), minute(SPRING)) == ("0001-01-01", "2023-05-17 05:06")
