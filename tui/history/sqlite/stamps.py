"""Times as whole microseconds since 1970, UTC: what the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tui.checked import whole
from tui.dates import EARLIEST, EPOCH, LATEST

_STEP = timedelta(microseconds=1)


def to_stamp(moment: datetime) -> int:
    """The number for ``moment``; one without a zone is taken for UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // _STEP


_FIRST, _LAST = to_stamp(EARLIEST), to_stamp(LATEST)


def from_stamp(stamp: object) -> datetime:
    """The moment of a number, or the nearest that there is; 1970 for what is no number."""
    return EPOCH + max(_FIRST, min(whole(stamp) or 0, _LAST)) * _STEP


def now_stamp() -> int:
    """This moment's number."""
    return to_stamp(datetime.now(UTC))
