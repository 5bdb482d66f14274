"""Closed fences that are more than code: which are drawn, and how. What a kind needs is imported then."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from tui.rendering.flat_blocks import Block, language_of
from tui.rendering.room import Room

if TYPE_CHECKING:
    from tui.rendering.block_renderers import Drawing


class Form(Enum):
    """How a fence is drawn in place of its source."""

    RECORDS = auto()
    FOLDED = auto()
    DIAGRAM = auto()
    TERMINAL = auto()


_FORMS = {
    **dict.fromkeys(("csv", "tsv"), Form.RECORDS),
    **dict.fromkeys(("json", "jsonc", "json5", "geojson"), Form.FOLDED),
    "mermaid": Form.DIAGRAM,
    "ansi": Form.TERMINAL,
}


def form_of(block: Block) -> Form | None:
    """How a block is drawn, if not as what it is. One that is open is code: it may become anything."""
    if block.kind != "fence" or not block.closed:
        return None
    language = language_of(block.info).lower()
    form = _FORMS.get(language)
    if form is Form.FOLDED:
        from tui.rendering.folded_code import LONG

        return form if block.content.count("\n") > LONG else None
    if form is Form.RECORDS:
        from tui.rendering.records import records_of

        return form if records_of(block.content, language) else None
    return form if block.content.strip() else None


def draw_fence(form: Form, block: Block, room: Room, code_pad: int) -> Drawing:
    """The drawing of a fence that has a form."""
    match form:
        case Form.RECORDS:
            from tui.rendering.records import Records, records_of

            language = language_of(block.info)
            records = records_of(block.content, language.lower())
            assert records
            return Records(records, block.content, language, room)
        case Form.FOLDED:
            from tui.rendering.folded_code import FoldedCode

            return FoldedCode(block.content, block.info, room, code_pad)
        case Form.DIAGRAM:
            from tui.rendering.diagram import Diagram

            return Diagram(block.content, block.info, room, code_pad)
        case Form.TERMINAL:
            from tui.rendering.terminal_colours import TerminalText

            return TerminalText(block.content, block.info, room, code_pad)


def draw_source(form: Form, block: Block, room: Room, code_pad: int) -> Drawing:
    """The source of such a fence, as code."""
    if form is Form.FOLDED:
        from tui.rendering.folded_code import UnfoldedCode

        return UnfoldedCode(block.content, block.info, room, code_pad)
    from tui.rendering.code import Code

    return Code(block.content, block.info, room, code_pad)
