"""Values from outside, each taken only where it is what it should be: anything else is unknown."""

from __future__ import annotations

import math
import re
from typing import Any

LARGEST = 10**15
"""More of anything (tokens, dollars, tokens a second) is no count but a mistake."""
_WHOLE = re.compile(r"[0-9]{1,16}")
_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")


def whole(value: Any) -> int | None:
    """A count, 0 or more: a whole number, or a text that is one."""
    if value is None:
        return None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= LARGEST and value == int(value) else None


def number(value: Any) -> float | None:
    """An amount, 0 or more: a finite number, or a text that is one."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= LARGEST and math.isfinite(value) else None


def text(value: Any) -> str:
    """A text; empty for anything else."""
    return value if isinstance(value, str) else ""
