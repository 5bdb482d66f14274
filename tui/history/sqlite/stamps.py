"""Times as whole microseconds since 1970, UTC: what the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(microseconds=1)


def to_stamp(moment: datetime) -> int:
    """The number for ``moment``; one without a zone is taken for UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _STEP


def from_stamp(stamp: int) -> datetime:
    """The moment of a number."""
    return _EPOCH + stamp * _STEP


def now_stamp() -> int:
    """This moment's number."""
    return to_stamp(datetime.now(UTC))
