"""What was seen of a history."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["ok", "note", "wrong"]


class Look(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    words: str
