"""The time that a call may take, with the real durations and a time of the test's own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from tui.tools.mcp.clock import Clock
from tui.tools.mcp.durations import Durations


class Limit:
    """A timeout that is moved, and ends a call when the time is past it."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._when: float | None = None

    def reschedule(self, when: float | None) -> None:
        self._when = when

    def when(self) -> float | None:
        return self._when

    def expired(self) -> bool:
        return self._when is not None and self.now >= self._when

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    limit = Limit()
    loop = SimpleNamespace(time=lambda: limit.now)
    monkeypatch.setattr("tui.tools.mcp.clock.asyncio", SimpleNamespace(get_running_loop=lambda: loop))
    return limit


def clock_of(limit: Limit) -> Clock:
    return Clock(cast(asyncio.Timeout, limit), Durations().idle, Durations().whole)


def test_a_minute_of_silence_ends_a_call(limit: Limit):
    clock = clock_of(limit)
    limit.pass_by(59)
    assert not limit.expired()
    limit.pass_by(1)
    assert limit.expired() and clock.idled


def test_progress_for_five_minutes_ends_nothing(limit: Limit):
    clock = clock_of(limit)
    for _ in range(10):
        limit.pass_by(30)
        assert not limit.expired()
        clock.alive()


def test_ten_minutes_are_the_end_whatever_is_told(limit: Limit):
    clock = clock_of(limit)
    for _ in range(20):
        limit.pass_by(30)
        clock.alive()
    assert limit.expired() and not clock.idled


def test_a_dialog_that_is_open_for_ten_minutes_ends_nothing(limit: Limit):
    clock = clock_of(limit)
    limit.pass_by(50)
    clock.stop()
    limit.pass_by(600)
    assert not limit.expired()
    clock.alive()  # a server may tell how far it is meanwhile
    assert not limit.expired()
    clock.go_on()
    limit.pass_by(59)
    assert not limit.expired()
    limit.pass_by(1)
    assert limit.expired() and clock.idled


def test_the_time_of_two_dialogs_is_counted_once(limit: Limit):
    clock = clock_of(limit)
    clock.stop()
    limit.pass_by(100)
    clock.stop()
    limit.pass_by(100)
    clock.go_on()
    limit.pass_by(1_000)
    assert not limit.expired()
    clock.go_on()
    for _ in range(20):
        limit.pass_by(30)
        clock.alive()
    assert limit.expired() and not clock.idled
