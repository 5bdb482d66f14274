"""What a person prefers, as small values of a history: it goes along into others; the newest counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

RECENTS = 12
"""Models that are remembered as used lately."""


class Preference(StrEnum):
    """What each is called. Histories have these names: they stay.

    What tools may do without asking is none of them: that is asked anew in another history.
    """

    LAST_MODEL = "last_model"
    RECENT_MODELS = "recent_models"
    FAVOURITE_MODELS = "favourite_models"
    THEME = "theme"
    THEME_OF_FEW_COLOURS = "theme of few colours"


class Kept(Struct, frozen=True):
    """A small value."""

    value: str
    set_at: datetime


def to_take(theirs: Mapping[str, Kept], mine: Mapping[str, Kept]) -> dict[str, Kept]:
    """What a history that has ``mine`` has to change to know ``theirs`` too."""
    merged = {
        name: _merged(name, mine[name], kept) if name in mine else kept for name, kept in theirs.items()
    }
    return {name: kept for name, kept in merged.items() if name not in mine or kept.value != mine[name].value}


def _merged(name: str, mine: Kept, other: Kept) -> Kept:
    older, newer = (mine, other) if other.set_at > mine.set_at else (other, mine)
    if name != Preference.RECENT_MODELS:
        return newer
    models = dict.fromkeys([*newer.value.split(), *older.value.split()])
    return Kept("\n".join(list(models)[:RECENTS]), newer.set_at)
