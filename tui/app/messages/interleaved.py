"""A reply that is more than a thought and a text, as Markdown in which everything stands in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from tui.app.messages.name_line import thought_words
from tui.chat.export import about, call_ending, escaped, folded
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    arguments_line,
    tool_name,
)
from tui.markdown.closing import closed
from tui.text import clean, fenced, one_line

_ARGUMENTS = 60
"""Characters that are shown of what a tool was called with."""


def markdown_of(parts: Sequence[Part]) -> str:
    """The parts in their order; what the model thought and what tools gave back is folded away.

    Nothing that a part leaves open takes in those after it; the last one may go on.
    """
    blocks = [block for part in parts for block in _blocks(part)]
    return "\n\n".join((*map(closed, blocks[:-1]), *blocks[-1:]))


def _blocks(part: Part) -> Iterator[str]:
    match part:
        case Text(text):
            yield clean(text)
        case Reasoning(text, seconds):
            if thought := clean(text).strip():
                words = thought_words(thought, thinking=False, is_open=False, seconds=seconds)
                yield folded(words.lstrip("▸ "), closed(thought))
        case Image(url, alt):
            yield f"[image {escaped(alt)}](<{one_line(url)}>)"
        case File(file):
            yield f"**{escaped(file.name)}** ({about(file)})"
        case ToolCall():
            said = one_line(arguments_line(part), _ARGUMENTS)
            yield f"▸ **{escaped(tool_name(part))}** {escaped(said)}{call_ending(part)}"
        case ToolResult():
            words = "error" if part.is_error else "result"
            yield folded(words, fenced(clean(part.text).rstrip()))
            yield from (f"**{escaped(file.name)}** ({about(file)})" for file in part.files)
        case Sources() | Notice():
            pass  # they stand below the reply
        case _:
            assert_never(part)
