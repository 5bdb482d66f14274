"""Calls that a model wrote into its answer, where a server should have read them: told, and never guessed."""

from __future__ import annotations

import re
from collections.abc import Collection

from tui.checked import unpacked

_MARKS = (
    "<tool_call>",
    "[TOOL_CALLS]",
    "<|python_tag|>",
    "<function=",
    "<|tool_call|>",
    "<｜tool▁calls▁begin｜>",
)
"""What models write before a call."""
_BLOCK = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)
_LONGEST = 100_000


def has_written_call(said: str, names: Collection[str]) -> bool:
    """Whether an answer seems to have a call in it.

    Args:
        said: The answer.
        names: The tools that were declared.
    """
    if any(mark in said for mark in _MARKS):
        return True
    blocks = [said.strip(), *(block.strip() for block in _BLOCK.findall(said))]
    return any(_is_call(block, names) for block in blocks)


def _is_call(block: str, names: Collection[str]) -> bool:
    if len(block) > _LONGEST or not block.startswith(("{", "[")):
        return False
    read = unpacked(block)
    for one in read if isinstance(read, list) else [read]:
        called = one.get("function", one) if isinstance(one, dict) else None
        name = called.get("name") if isinstance(called, dict) else called
        if isinstance(name, str) and name in names:
            return True
    return False
