"""The shipped facts: limits, prices and abilities of well-known models, as dated data."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tui.chat.model import ModelInfo

_FILE = Path(__file__).with_name("models.json.gz")
_GZIP = 16 + zlib.MAX_WBITS
"""The form of the file, as zlib calls it: what else the module of that form has takes a start 0.5 ms."""
_NO_MORE: tuple[float | None, ...] = (None,) * 7


def dated() -> str:
    """The day when the facts were collected, as ``2026-11-22``."""
    return str(json.loads(_lines()[0])["date"])


@cache
def shipped(provider: str) -> Mapping[str, ModelInfo]:
    """What is known of a vendor's models, by their bare names; empty for an unknown vendor."""
    begin = f"[{json.dumps(provider)},"
    line = next((line for line in _lines()[1:] if line.startswith(begin)), None)
    return {} if line is None else {name: _model(name, *row) for name, row in json.loads(line)[1].items()}


@cache
def _lines() -> list[str]:
    """The date, and a line of JSON for each vendor: only those that are asked for are read as such."""
    return zlib.decompress(_FILE.read_bytes(), _GZIP).decode().split("\n")


def _model(
    name: str,
    context: int | None,
    output: int | None,
    price_in: float | None,
    price_out: float | None,
    flags: str,
    *more: float | None,
) -> ModelInfo:
    """A row of the file; its end is left out where nothing of it is known."""
    padded: tuple[float | None, ...] = more + _NO_MORE[len(more) :]
    cached, written, long_from, long_in, long_out, long_cached, long_written = padded
    return ModelInfo(
        id=name,
        context=context,
        max_output=output,
        input_price=price_in,
        output_price=price_out,
        cached_price=cached,
        written_price=written,
        long_from=int(long_from or 0),
        long_input_price=long_in,
        long_output_price=long_out,
        long_cached_price=long_cached,
        long_written_price=long_written,
        vision=True if "v" in flags else None,
        reasoning=True if "r" in flags else None,
    )
