"""What was seen of a history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    words: str
