"""Pieces of a streaming reply, and the rows that hold them until it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from tui.chat.message import Message
from tui.chat.parts import (
    File,
    Gathered,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    going_on,
)
from tui.checked import words
from tui.history.part_columns import Row, unpack_part
from tui.text import normalise


def piece_rows(pieces: Iterable[str | Part]) -> Iterator[tuple[str, str, Part | None]]:
    """Pieces as rows, each read in this order: what was thought, what was said, then another part."""
    for reasoning, text, part in _in_rows(pieces):
        yield normalise(reasoning), normalise(text), part


def _in_rows(pieces: Iterable[str | Part]) -> Iterator[tuple[str, str, Part | None]]:
    """Pieces as rows, each read in this order: what was thought, what was said, then another part."""
    reasoning: list[str] = []
    text: list[str] = []
    for piece in pieces:
        match piece:
            case str() | Text(native=None):
                text.append(piece if isinstance(piece, str) else piece.text)
            case Reasoning(native=None, seconds=None):
                if text:
                    yield "".join(reasoning), "".join(text), None
                    reasoning, text = [], []
                reasoning.append(piece.text)
            case Text() | Reasoning() | Image() | File() | ToolCall() | ToolResult() | Sources() | Notice():
                yield "".join(reasoning), "".join(text), piece
                reasoning, text = [], []
            case _:
                assert_never(piece)
    if reasoning or text:
        yield "".join(reasoning), "".join(text), None


def pieces_in(rows: Iterable[Row]) -> Iterator[str | Part]:
    """The pieces that rows hold, in their order."""
    for row in rows:
        if reasoning := words(row["reasoning"]):
            yield Reasoning(reasoning)
        if text := words(row["text"]):
            yield text
        if (part := unpack_part(row["part"])) is not None:
            yield part


def with_pieces(message: Message, rows: Iterable[Row]) -> Message:
    """A streaming message with what its pieces have brought so far."""
    gathered = Gathered()
    for piece in pieces_in(rows):
        gathered.add(piece)
    message.parts = going_on(message.parts, gathered.parts)
    return message
