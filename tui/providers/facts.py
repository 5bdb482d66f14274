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
    rows: dict[str, tuple[int | None, int | None, float | None, float | None, str]]
    rows = _document()["providers"][provider]
    return {
        name: ModelInfo(
            id=name,
            context=context,
            max_output=output,
            input_price=price_in,
            output_price=price_out,
            vision=True if "v" in flags else None,
            reasoning=True if "r" in flags else None,
        )
        for name, (context, output, price_in, price_out, flags) in rows.items()
    }
