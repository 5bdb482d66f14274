"""A question to the person in words: who wants to do what, with what. All of it is safe to show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tui.text import clean, one_line
from tui.tools.approval import Question

SHOWN = 2_000
"""Characters of each argument, before all are asked for."""
_NAME = 60


def title_of(question: Question) -> str:
    """Who wants to do what: ``fs wants to use write_file``."""
    who = one_line(question.spec.server, _NAME) or "The model"
    what = one_line(question.spec.name, _NAME) or "a tool"
    where = f" on {one_line(question.scope, 2 * _NAME)}" if question.scope else ""
    return f"{who} wants to use {what}{where}"


def about(question: Question) -> str:
    """Where the tool comes from, and what it says of itself, which nobody has checked."""
    spec = question.spec
    if spec.read_only:
        does = "it says that it only reads" if spec.server else "it only reads"
    else:
        does = "it may overwrite or delete" if spec.destructive else "it changes something"
    origin = one_line(question.origin, 3 * _NAME)
    return f"{origin}   {does}" if origin else f"{does[:1].upper()}{does[1:]}"


def argument_texts(arguments: Mapping[str, Any], most: int | None = SHOWN) -> Iterator[tuple[str, str, int]]:
    """The name of each argument, its text, and how many characters of it are left out."""
    for name, value in arguments.items():
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        text = clean(said)
        left_out = max(0, len(text) - most) if most is not None else 0
        yield one_line(str(name), _NAME), text[: len(text) - left_out], left_out
