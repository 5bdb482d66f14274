"""The shipped facts: limits, prices and abilities of well-known models, as dated data."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tui.chat.model import ModelInfo

_FILE = Path(__file__).with_name("models.json.gz")
_NO_MORE: tuple[float | None, ...] = (None,) * 7


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(_FILE.read_bytes()))
    return document


def dated() -> str:
    """The day when the facts were collected, as ``2026-11-22``."""
    return str(_document()["date"])


def shipped(provider: str) -> Mapping[str, ModelInfo]:
    """What is known of a vendor's models, by their bare names; empty for an unknown vendor."""
    return _of(provider) if provider in _document()["providers"] else {}


@cache
def _of(provider: str) -> dict[str, ModelInfo]:
    rows: dict[str, list[Any]] = _document()["providers"][provider]
    return {name: _model(name, *row) for name, row in rows.items()}


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
