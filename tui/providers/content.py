"""What a message holds, for wire formats that say it in another shape."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any

from tui.providers.base import ChatMessage, ContentPart, ImagePart, Messages, TextPart, text_of
from tui.text import fenced

_TEXT_TYPES = frozenset({"", "application/json", "application/toml", "application/xml", "application/yaml"})
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


def spelled_out(content: Any) -> list[Any]:
    """``parts_of``, with each file that is text as text: most servers take no files, or only PDF."""
    return [_as_text(part) or part for part in parts_of(content)]


def text_alone(messages: Messages) -> tuple[list[ChatMessage], list[str]]:
    """The messages for a service that takes only text, and what is left out of them."""
    texts, left_out = [], []
    for message in messages:
        parts = spelled_out(message["content"])
        texts.append(ChatMessage(role=message["role"], content=text_of(parts)))
        left_out += [_name(part) for part in parts if part["type"] != "text"]
    return texts, left_out


def pictures_handed_on(
    messages: Messages, stays: Callable[[Any, Sequence[Any]], bool] = lambda picture, reply: False
) -> list[Any]:
    """The messages, with pictures of replies in the person's next turn: few servers take them from a model.

    Args:
        messages: The conversation.
        stays: Whether a picture stays among the parts of its reply.
    """
    turns: list[Any] = []
    waiting: list[ContentPart] = []
    count = 0
    for message in messages:
        role, content = message["role"], message["content"]
        if role == "assistant" and not isinstance(content, str):
            kept: list[ContentPart] = []
            for part in content:
                if part["type"] != "image_url" or stays(part, content):
                    kept.append(part)
                    continue
                count += 1
                kept.append(TextPart(type="text", text=f"[picture {count} follows]"))
                waiting.append(TextPart(type="text", text=f"[picture {count}]"))
                waiting.append(ImagePart(type="image_url", image_url=part["image_url"]))
            turns.append(ChatMessage(role=role, content=kept))
        elif role == "user" and waiting:
            turns.append(ChatMessage(role=role, content=[*waiting, *parts_of(content)]))
            waiting = []
        else:
            turns.append(message)
    return [*turns, ChatMessage(role="user", content=waiting)] if waiting else turns


def _name(part: Any) -> str:
    return str(part["file"]["filename"]) if part["type"] == "file" else "an image"


def file_text(data_url: str) -> str | None:
    """The text of a file given as a ``data:`` URL; None if it is no text."""
    data = split_data_url(data_url)
    if data is None or not (data[0].startswith("text/") or data[0] in _TEXT_TYPES):
        return None
    try:
        return base64.b64decode(data[1]).decode()
    except ValueError:
        return None


def _as_text(part: Any) -> dict[str, str] | None:
    text = file_text(part["file"]["file_data"]) if part["type"] == "file" else None
    if text is None:
        return None
    return {"type": "text", "text": f"{part['file']['filename']}:\n{fenced(text)}"}
