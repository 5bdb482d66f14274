"""What a request took, as its server counted it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost as the server counted them. A later one replaces an earlier one."""

    input_tokens: int | None = None
    """Tokens of the whole prompt, cached ones included."""
    output_tokens: int | None = None
    """Tokens of the reply, reasoning included."""
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cost: float | None = None
    """US dollars, only where the server says it."""
    tokens_per_second: float | None = None
    """Only where the server measured it."""
