"""The lines of one message: who speaks, what was thought, what is said, how it ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.widgets.footer import footer_rows
from tui.app.widgets.look import CARET, Look, with_rail
from tui.app.widgets.name_line import model_name, name_line, state_words, thought_words
from tui.app.widgets.plain_text import PlainText
from tui.app.widgets.rows import Rows, Target
from tui.app.widgets.segue_line import Lead, segue_line
from tui.chat.message import Message, Role
from tui.text import clean

if TYPE_CHECKING:
    from tui.rendering.document import Document

LEAD, NAME, THOUGHT, BODY, FOOTER = range(5)


class Place(NamedTuple):
    """A row that can be found again after the lines above it have changed."""

    block: int
    row: int


@dataclass(frozen=True)
class Standing:
    """What a message's lines say of its place in the conversation."""

    hue: str = ""
    """The colour of the model's name."""
    version: int = 1
    versions: int = 1
    first: bool = False
    """Nothing stands above."""
    segue: tuple[str, str] | None = None
    """The models before and after, where this turn is the first of another model."""
    segue_hues: tuple[str, str] = ("", "")


class MessageView:
    """One message as lines of ``2 + width + 1`` cells. Knows no widget; rows count from its own top."""

    def __init__(self, message: Message, look: Look, standing: Standing) -> None:
        self.message = message
        self.look = look
        self.standing = standing
        self.prompt = message.role is not Role.ASSISTANT
        self.open = False
        self._note = ""
        self._thinking_since: float | None = None
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._name = self._footer = Rows()
        self._write(message)

    def _write(self, message: Message) -> None:
        """Make the blocks from the message's text and reasoning."""
        text = clean(message.text)
        self.body = self._plain(text.rstrip("\n")) if self.prompt else self._document(text)
        self.thought = self._thought(clean(message.reasoning).lstrip("\n"))
        self._seconds = message.reasoning_seconds
        self._surround()

    def _plain(self, text: str) -> PlainText | Document:
        palette = self.look.palette
        style = Style(color=palette.strong, bgcolor=palette.band, bold=palette.ansi or None)
        return PlainText(text, self.look.width, style)

    def _document(self, text: str) -> PlainText | Document:
        # Not at the top: the Markdown parser loads after the first paint.
        from tui.rendering.document import Document

        return Document(text, self.look.width, self.look.palette, live=self.message.live)

    def _thought(self, reasoning: str) -> PlainText:
        return PlainText(reasoning, self.look.width, self.look.dim + Style(italic=True))

    def _surround(self) -> None:
        """Make the rows round the text: what is above, name line, footer."""
        self._strips.clear()
        look, standing = self.look, self.standing
        segue = segue_line(standing.segue, standing.segue_hues, look) if standing.segue else None
        self._lead = Lead(look, first=standing.first, segue=segue)
        if self.prompt:
            return
        message, thought = self.message, self.thought.source
        begun = bool(self.body.source)
        self._name = name_line(
            look,
            model_name(message.model),
            standing.hue,
            state_words(message, begun=begun or bool(thought), note=self._note),
            thought_words(
                thought, thinking=message.live and not begun, is_open=self.open, seconds=self._seconds
            ),
            (standing.version, standing.versions),
        )
        self._footer = footer_rows(message, look, text=begun or message.live)

    # -- rows
    @property
    def blocks(self) -> tuple[Lead, Rows, PlainText | Rows, PlainText | Document, Rows]:
        """The blocks from top to bottom."""
        return (self._lead, self._name, self.thought if self.open else Rows(), self.body, self._footer)

    @property
    def height(self) -> int:
        """Rows of the whole message, with those that part it from the one above."""
        return sum(self._heights())

    def _heights(self) -> tuple[int, int, int, int, int]:
        lead, name, thought, body, footer = (block.height for block in self.blocks)
        return lead, name, thought + (thought > 0), max(body, 1 if self.message.live else 0), footer

    def place(self, row: int) -> Place:
        """Which block a row belongs to, and where in it."""
        heights = self._heights()
        for block, height in enumerate(heights):
            if row < height:
                return Place(block, row)
            row -= height
        return Place(FOOTER, heights[FOOTER] + row)

    def row(self, place: Place) -> int:
        """The row of a place; the nearest one if its block has shrunk."""
        heights = self._heights()
        return sum(heights[: place.block]) + min(place.row, max(0, heights[place.block] - 1))

    def line(self, row: int, *, selected: bool = False) -> Strip:
        """One row as it is drawn: the same object each time, until the row changes."""
        strip = self._strips.get((row, selected))
        if strip is None:
            strip = self._strips[row, selected] = self.look.on_page(self._railed(row, selected))
        return strip

    def _railed(self, row: int, selected: bool) -> Strip:
        strip, palette = self._line(row), self.look.palette
        if row < self._lead.height or not (selected or self.prompt):
            return strip
        return with_rail(strip, palette.accent if selected else palette.you)

    def _line(self, row: int) -> Strip:
        block, at = self.place(row)
        lines = self.blocks[block]
        strip = lines.line(at) if at < lines.height else self.look.line()
        if block == BODY and self.message.live and at == self._caret[0]:
            start = min(self._caret[1], self.look.width) + 2
            caret = Segment(CARET, Style(color=self.standing.hue))
            return Strip([*strip.crop(0, start), caret, *strip.crop(start + 1)], strip.cell_length)
        return strip

    @property
    def _caret(self) -> tuple[int, int]:
        """Row and cell of the body where the next text will come."""
        return self.body.locate(len(self.body.source)) if self.body.source else (0, 0)

    def target(self, row: int, cell: int) -> Target | None:
        """What a click on a cell of the text sets off."""
        block, at = self.place(row)
        lines = self.blocks[block]
        if at >= lines.height:
            return None
        if isinstance(lines, Rows):
            return lines.target(at, cell)
        if block == BODY and not self.prompt and (url := self.document.link_at(at, cell)):
            return Target("link", url)
        return None

    @property
    def document(self) -> Document:
        """The Markdown of a reply."""
        assert not self.prompt
        return self.body  # type: ignore[return-value]

    # -- what changes
    def feed(self, text: str, reasoning: str) -> int:
        """Add what came. Returns the first row that changed."""
        lead, name, thought, body, _ = self._heights()
        begun, thinking = bool(self.body.source), bool(self.thought.source)
        first = lead + name + thought + body
        if reasoning:
            self._thinking_since = self._thinking_since or time.monotonic()
            changed = self.thought.feed(clean(reasoning))
            first = lead + name + changed if self.open else first
        if text:
            if not begun and self._thinking_since is not None:
                self._seconds = time.monotonic() - self._thinking_since
            caret = self._caret[0]
            changed = self.body.feed(clean(text))
            first = min(first, lead + name + thought + min(changed, caret))
        if begun != bool(self.body.source) or thinking != bool(self.thought.source):
            self._note = ""
            self._surround()
            return 0
        for key in [key for key in self._strips if key[0] >= first]:
            del self._strips[key]
        return first

    def replace(self, message: Message, standing: Standing) -> None:
        """Show another state of the message: its end, or a change of its place."""
        ended = self.message.live and not message.live
        self.message, self.standing, self._note = message, standing, ""
        if ended and not self.prompt and clean(message.text) == self.body.source:
            self.document.close()
            self._seconds = message.reasoning_seconds or self._seconds
            self._surround()
        else:
            self._write(message)

    def say(self, note: str) -> None:
        """Words on the name line while nothing has come: a retry's countdown, a download."""
        self._note = note
        self._surround()

    def fold(self) -> None:
        """Open or close the reasoning."""
        self.open = not self.open
        self._surround()

    def stand(self, standing: Standing) -> None:
        """Say another place in the conversation."""
        self.standing = standing
        self._surround()

    def resize(self, look: Look, standing: Standing) -> None:
        """Draw for another width or palette."""
        self.look, self.standing = look, standing
        self.thought = self._thought(self.thought.source)
        if self.prompt:
            self.body = self._plain(self.body.source)
        else:
            self.document.resize(look.width, look.palette)
        self._surround()
