"""Moments: read from what a file says, and shown, also as days of a list. There is an answer for everything.

A file may say anything, and the first and the last days that Python knows have no name in every time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)

_UNITS = (10**6, 10**3, 1)  # microseconds in a second, a millisecond, a microsecond
_FIRST, _LAST = ((moment - EPOCH) // timedelta(microseconds=1) for moment in (EARLIEST, LATEST))
_NUMBER = re.compile(r"[+-]?\d{9,}(\.\d+)?")  # shorter ones are dates: 20260102


def moment_of(value: object) -> datetime | None:
    """The moment that ``value`` means, in UTC; None where it means none.

    A number counts from 1970 in the largest unit in which it is a moment at all: seconds, milliseconds,
    microseconds or nanoseconds. A text is such a number, or ISO 8601, UTC where it names no zone.
    """
    if isinstance(value, str):
        text = value.strip()
        return _counted(float(text)) if _NUMBER.fullmatch(text) else _written(text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(value)
    return None


def local(moment: datetime) -> datetime:
    """``moment`` on the reader's clock; as it is where that clock has no such time."""
    try:
        return moment.astimezone()
    except (OverflowError, OSError, ValueError):  # OSError: Windows, before 1970
        return moment


def day(moment: datetime) -> str:
    """``2026-01-02``."""
    return moment.date().isoformat()


def minute(moment: datetime) -> str:
    """``2026-01-02 03:04``."""
    return moment.replace(tzinfo=None).isoformat(" ", "minutes")


def day_group(moment: datetime, today: date) -> str:
    """The group of a list to which ``moment`` belongs, on the reader's calendar."""
    day = local(moment).date()
    age = (today - day).days
    if age < -1:
        return f"{day:%B} {day.year:04}"
    if age <= 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    monday = today - timedelta(days=today.weekday())
    if day >= monday:
        return "This week"
    if day >= monday - timedelta(days=7):
        return "Last week"
    return f"{day:%B}" if day.year == today.year else f"{day:%B} {day.year:04}"


def _counted(number: float) -> datetime | None:
    for unit in _UNITS:
        if _FIRST <= number * unit <= _LAST:
            return EPOCH + timedelta(microseconds=round(number * unit))
    nanoseconds = _FIRST * 1000 <= number <= _LAST * 1000
    return EPOCH + timedelta(microseconds=number // 1000) if nanoseconds else None


def _written(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return EARLIEST if moment.year == 1 else LATEST
