"""Calls that a model wrote into its answer, where a server should have read them: told, and never guessed."""

from __future__ import annotations

import re
from collections.abc import Collection

_MARKS = (
    "<tool_call>",
    "[TOOL_CALLS]",
    "<|python_tag|>",
    "<function=",
    "<|tool_call|>",
    "<｜tool▁calls▁begin｜>",
)
"""What models write before a call."""
_NAMED = re.compile(r'"(?:name|function|tool)"\s{0,9}:\s{0,9}"([^"\n]{1,128})"')
"""What models write of a call that is JSON, or nearly."""


def has_written_call(said: str, names: Collection[str]) -> bool:
    """Whether an answer seems to have a call in it.

    Args:
        said: The answer.
        names: The tools that were declared.
    """
    if any(mark in said for mark in _MARKS):
        return True
    return any(named[1] in names for named in _NAMED.finditer(said))
