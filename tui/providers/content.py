"""What a message holds, for dialects that say it in another shape."""

from __future__ import annotations

import re
from typing import Any

from tui.providers.base import Messages, text_of

_DATA_URL = re.compile(r"data:([^;,]*)(?:;[^;,]+)*?;base64,", re.IGNORECASE)


def split_data_url(url: str) -> tuple[str, str] | None:
    """Media type and base64 of a ``data:`` URL; None for any other."""
    match = _DATA_URL.match(url)
    return (match[1].lower(), url[match.end() :]) if match else None


def split_system(messages: Messages) -> tuple[str, list[Any]]:
    """The system prompts as one text, and the other messages."""
    system = [text_of(m["content"]) for m in messages if m["role"] == "system"]
    return "\n\n".join(system), [m for m in messages if m["role"] != "system"]


def parts_of(content: Any) -> list[Any]:
    """A message's content as a list of parts."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content or ())
