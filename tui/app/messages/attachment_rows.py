"""What stands under a prompt: the files that it was sent with."""

from __future__ import annotations

from rich.style import Style

from tui.app.messages.look import Look
from tui.app.messages.rows import Rows
from tui.app.theme.ink import cut
from tui.chat.attachment import Attachment, size_words
from tui.chat.message import Message
from tui.rendering.spans import Span
from tui.text import one_line


def attachment_rows(message: Message, look: Look) -> Rows:
    """One row for each file: its name, kind and size."""
    return Rows(look, [_row(file, look) for file in message.attachments])


def _row(file: Attachment, look: Look) -> list[Span[Style]]:
    about = f"  {file.kind}  {size_words(file.size)}"
    [name] = cut([Span(one_line(file.name), look.ink.soft)], look.width - len(about) - 2)
    return [Span("▸ ", look.ink.dim), name, Span(about, look.ink.dim)]
