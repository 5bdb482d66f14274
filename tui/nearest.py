"""The known names that a mistyped one may be meant to be."""

from __future__ import annotations

from collections.abc import Iterable

LIKE = 0.6
"""How alike two names are at least, from 0 to 1."""
LONGEST = 80
"""Characters of what may be a mistyped name: what was pasted may have more, and takes ever longer."""


def nearest(name: str, known: Iterable[str], *, most: int = 1, like: float = LIKE) -> list[str]:
    """At most so many of the known names that are like ``name``, the nearest first; case does not count."""
    if len(name) > LONGEST:
        return []
    from difflib import get_close_matches  # only where something was mistyped

    spelled = {other.lower(): other for other in known}
    return [spelled[other] for other in get_close_matches(name.lower(), spelled, most, like)]


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """``Did you mean …?`` with the nearest of the known names, or ``otherwise`` where none is near."""
    near = nearest(name, known)
    return f"Did you mean {near[0]}?" if near else otherwise
