"""The lines of one message: who speaks, what was thought, what is said, how it ended."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace
from rich.style import Style
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.messages.attachment_rows import AttachmentRows, attachment_rows
from tui.app.messages.blocks import BODY, FOOTER, NAME, THOUGHT, BlockRow, Standing
from tui.app.messages.footer import Reach, footer_rows
from tui.app.messages.interleaved import Interleaved
from tui.app.messages.look import CARET, Look, over, put
from tui.app.messages.name_line import (
    mark_spans,
    meta_words,
    model_name,
    name_line,
    speed_words,
    state_words,
    thought_words,
    time_words,
)
from tui.app.messages.picture_lines import PictureAct, PlacedPicture
from tui.app.messages.plain_text import MANY_ROWS, FoldedText, PlainText
from tui.app.messages.rows import Rows
from tui.app.messages.segue_line import Lead, segue_line
from tui.app.theme.ink import width_of
from tui.bidi import turns
from tui.chat.attachment import Attachment
from tui.chat.message import Message, Role
from tui.chat.parts import Gathered, Part, Reasoning, Text, interleaved
from tui.rendering.spans import PICTURE, Span, Target
from tui.text import clean

if TYPE_CHECKING:
    from tui.rendering.document import CodeBlock, Document
    from tui.rendering.turned import Area

_CACHED = 500
"""Drawn rows that are kept for the next time."""
_LEFT = 2
"""Cells of a line before its text: rail and gap."""


_NARROWEST = 4
"""Cells of a prompt beside its marks."""


class MessageView:
    """One message as lines across the whole page. Knows no widget; rows count from its own top."""

    def __init__(self, message: Message, look: Look, standing: Standing) -> None:
        self.message = message
        self.look = look
        self.standing = standing
        self.prompt = message.role is Role.USER
        self.open = False
        """Whether the reasoning is shown, or all of a long prompt."""
        self.turns = False
        """Whether anything in its text runs from right to left."""
        self._note = ""
        self._interleaved: Interleaved | None = None
        self._words: tuple[str, ...] = ()
        self._hits: dict[int, list[tuple[int, int]]] | None = None
        self._thinking_since: float | None = None
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._name = self._chosen_name = self._footer = self._chosen_footer = self._badge = Rows()
        self._write(message)

    # -- blocks
    def _write(self, message: Message) -> None:
        """Make the blocks from the message's parts."""
        self._came = Gathered(message.parts)
        parts = () if self.prompt else interleaved(self._with_loaded(message).parts)
        self._in_order = bool(parts)
        self.body: PlainText | Document | Interleaved = self._made(message, parts)
        reasoning = "" if self._in_order else clean(message.reasoning).lstrip("\n")
        self.thought = self._thought(reasoning)
        self._seconds = message.reasoning_seconds
        self.turns = turns(self.body.source) or turns(reasoning)
        self._surround()

    def _made(self, message: Message, parts: Sequence[Part]) -> PlainText | Document | Interleaved:
        """The body: the text, or all parts where their order has to be seen; what is open there stays so."""
        text = clean(message.text)
        if self.prompt:
            return self._plain(text)
        if not parts:
            return self._document(text)
        body = self._interleaved or Interleaved(self.look)
        body.show(parts, live=message.live)
        self._interleaved = body
        return body

    def _plain(self, text: str) -> PlainText | Document:
        """A prompt as it was typed; beside its marks, where it has any and both have room."""
        marks = self._marks()
        room = self.look.width - (width_of(marks) + 3 if marks else 0)
        if room < _NARROWEST:
            marks, room = [], self.look.width
        self._badge = Rows(self.look, [marks]) if marks else Rows()
        style = self.look.ink.strong + Style(bgcolor=self.look.palette.band)
        text = text.rstrip("\n")
        whole = PlainText(text, room, style)
        if self.open or whole.height < MANY_ROWS:
            return whole
        return FoldedText(text, room, style)

    def _document(self, text: str) -> PlainText | Document:
        # Not at the top: the Markdown parser loads after the first paint.
        from tui.rendering.document import Document

        look = self.look
        return Document(text, look.width, look.palette, live=self.message.live, whole=look.whole)

    def _thought(self, reasoning: str) -> PlainText:
        return PlainText(reasoning, self.look.width, self.look.ink.dim + Style(italic=True))

    @property
    def document(self) -> Document | Interleaved | None:
        """The Markdown of a reply."""
        return None if isinstance(self.body, PlainText) else self.body

    def _surround(self) -> None:
        """Make the rows round the text: what is above, name line, footer."""
        look, standing, message = self.look, self.standing, self.message
        segue = segue_line(standing.segue, standing.segue_hues, look) if standing.segue else None
        self._lead = Lead(look, first=standing.first, segue=segue)
        if self.prompt:
            self._footer = attachment_rows(message, look)
        else:
            begun = bool(self.body.source)
            self._name, self._chosen_name = self._name_line(), self._name_line(self._metas(message))
            text, limited = begun or message.live, self.limited
            self._footer = self._ending(text=text, limited=limited, reach=standing.reach)
            chosen = Reach.CHOSEN if standing.reach is Reach.WALK else standing.reach
            self._chosen_footer = self._ending(text=text, limited=limited, reach=chosen)
        self._forget(0)

    def _with_loaded(self, message: Message) -> Message:
        """A message with the pictures that are elsewhere and were loaded."""
        return self.look.gallery.loaded.shown(message)

    def _ending(self, *, text: bool, limited: bool, reach: Reach) -> Rows:
        return footer_rows(
            self._with_loaded(self.message), self.look, text=text, limited=limited, reach=reach
        )

    @staticmethod
    def _metas(message: Message) -> Sequence[str]:
        """What is said of a reply that is chosen: what it took, how it came, and when it began; or less."""
        took, began, how = meta_words(message), time_words(message.created_at), speed_words(message)
        fewer = (how[:count] for count in range(len(how), -1, -1))
        return ["   ".join(filter(None, (took, *said, began))) for said in fewer]

    def _name_line(self, metas: Sequence[str] = ()) -> Rows:
        message, thought, begun = self.message, self.thought.source, bool(self.body.source)
        thinking = message.live and not begun
        return name_line(
            self.look,
            Span(self.standing.name or model_name(message.model), self.look.ink.hues[self.standing.hue]),
            state_words(message, begun=begun or bool(thought), note=self._note),
            thought_words(thought, thinking=thinking, is_open=self.open, seconds=self._seconds),
            self._marks(),
            metas,
        )

    def _marks(self) -> list[Span[Style]]:
        standing = self.standing
        return mark_spans(standing.pinned, (standing.version, standing.versions), self.look.ink.dim)

    def _forget(self, first: int) -> None:
        """The rows from ``first`` on have changed."""
        self._hits = None
        for key in [key for key in self._strips if key[0] >= first]:
            del self._strips[key]

    @property
    def blocks(self) -> tuple[Lead, Rows, PlainText | Rows, PlainText | Document | Interleaved | Rows, Rows]:
        """The blocks from top to bottom."""
        return (self._lead, self._name, self.thought if self.open else Rows(), self.body, self._footer)

    # -- rows
    def heights(self) -> tuple[int, int, int, int, int]:
        """Rows of each block; open reasoning has a blank below, a live reply room for its caret."""
        lead, name, thought, body, footer = (block.height for block in self.blocks)
        return lead, name, thought + (thought > 0), max(body, 1 if self.message.live else 0), footer

    @property
    def height(self) -> int:
        """Rows of the whole message, with those that part it from the one above."""
        return sum(self.heights())

    def place(self, row: int) -> BlockRow:
        """Which block a row belongs to, and where in it."""
        heights = self.heights()
        for block, height in enumerate(heights):
            if row < height:
                return BlockRow(block, row)
            row -= height
        return BlockRow(FOOTER, heights[FOOTER] + row)

    def row(self, place: BlockRow) -> int:
        """The row of a place; the nearest one if its block has shrunk."""
        heights = self.heights()
        return sum(heights[: place.block]) + min(place.row, max(0, heights[place.block] - 1))

    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the text."""
        row, cell = self.body.locate(offset) if self.body.source else (0, 0)
        return sum(self.heights()[:BODY]) + row, cell

    def offset(self, row: int) -> int:
        """The first place in the text that is drawn on a row of the body."""
        low, high = 0, len(self.body.source)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.body.locate(middle)[0] < row else (low, middle)
        return low

    # -- pictures
    @property
    def pictures(self) -> list[PlacedPicture]:
        """The pictures from the top, by their rows."""
        body, footer = self.body, self._footer
        inside = body.pictures if isinstance(body, Interleaved) else []
        below = footer.pictures if isinstance(footer, AttachmentRows) else []
        if not inside and not below:
            return []
        tops = self.heights()
        return [
            *(PlacedPicture(sum(tops[:BODY]) + row, lines) for row, lines in inside),
            *(PlacedPicture(sum(tops[:FOOTER]) + row, lines) for row, lines in below),
        ]

    @property
    def files(self) -> list[tuple[range, Attachment]]:
        """The pictures whose content is kept, with the rows that stand for each."""
        tops, footer = self.heights(), self._footer
        body = self.body.pictures if isinstance(self.body, Interleaved) else []
        top = sum(tops[:BODY])
        found = [(range(top + row, top + row + lines.height), lines.file) for row, lines in body]
        if isinstance(footer, AttachmentRows):
            top = sum(tops[:FOOTER])
            found += [(range(top + row, top + row + 1), file) for row, file in footer.named]
        return found

    def look_again(self) -> None:
        """Draw what is known of pictures now."""
        if isinstance(self.body, Interleaved):
            self.body.look_again()
        self._surround()

    # -- drawing
    def line(self, row: int, *, selected: bool = False) -> Strip:
        """One row as it is drawn: the same object each time, until the row changes."""
        strip = self._strips.get((row, selected))
        if strip is None:
            if len(self._strips) > _CACHED:
                self._strips.clear()
            rail = None if row < self._lead.height else self._rail(selected)
            drawn = self._marked(row, selected)
            if selected and self.prompt and row == max(0, self._lead.height - 1):
                drawn = self._with_time(drawn)
            strip = self._strips[row, selected] = self.look.on_page(drawn, rail)
        return strip

    def _with_time(self, strip: Strip) -> Strip:
        """The time of a prompt, in the blank row above it; in its first row, if there is room for it."""
        words = time_words(self.message.created_at)
        start = _LEFT + self.look.width - len(words)
        if start <= _LEFT or strip.crop(start - 1, start + len(words)).text.strip():
            return strip
        ground = next((segment.style.bgcolor for segment in strip if segment.style), None)
        return put(strip, start, words, self.look.ink.dim + Style(bgcolor=ground))

    def _rail(self, selected: bool) -> Style | None:
        ink = self.look.ink
        return ink.accent if selected else ink.you if self.prompt else None

    def _marked(self, row: int, selected: bool) -> Strip:
        strip = self._plain_line(row, selected)
        for start, end in self.hits.get(row, ()):
            strip = over(strip, start + _LEFT, end + _LEFT, self.look.ink.mark)
        return strip

    def _plain_line(self, row: int, selected: bool) -> Strip:
        block, at = self.place(row)
        lines = self.blocks[block]
        if selected and not self.prompt:
            lines = {NAME: self._chosen_name, FOOTER: self._chosen_footer}.get(block, lines)
        strip = lines.line(at) if at < lines.height else self.look.line()
        if block == FOOTER and self.prompt:
            strip = strip.apply_style(Style(bgcolor=self.look.palette.band))
            return strip if self.body.source else self._with_badge(strip, at)
        if block != BODY:
            return strip
        if isinstance(lines, PlainText):
            return self._with_badge(strip.adjust_cell_length(self.look.width + 3, lines.style), at)
        caret_row, cell = self._caret if self.message.live else (-1, 0)
        if at != caret_row:
            return strip
        place = min(cell + _LEFT, strip.cell_length - 1)
        return put(strip, place, CARET, self.look.ink.hues[self.standing.hue])

    def _with_badge(self, strip: Strip, at: int) -> Strip:
        """The marks of a prompt stand at the right edge of its first row."""
        if at or not self._badge.height:
            return strip
        text = self._badge.text(0)
        ground = Style(bgcolor=self.look.palette.band)
        return put(strip, _LEFT + self.look.width - len(text), text, self.look.ink.dim + ground)

    @property
    def _caret(self) -> tuple[int, int]:
        """Row and cell of the body where the next text will come; none behind a call."""
        if isinstance(self.body, Interleaved) and not self.body.takes_text:
            return -1, 0
        return self.body.locate(len(self.body.source)) if self.body.source else (0, 0)

    # -- which way it runs
    def areas(self, row: int) -> Sequence[Area] | None:
        """The cells of a row's text that are turned together, where it runs from right to left.

        Returns:
            None where each text of the row is turned where it stands: names, what goes along.
        """
        block, at = self.place(row)
        lines = self.blocks[block]
        if block not in (THOUGHT, BODY) or isinstance(lines, Rows | Lead) or at >= lines.height:
            return None
        return lines.areas(at) if self.turns else ()

    # -- finding
    def mark(self, words: tuple[str, ...]) -> None:
        """Mark every hit of these words in the text."""
        if words != self._words:
            self._words = words
            self._forget(0)

    @property
    def hits(self) -> dict[int, list[tuple[int, int]]]:
        """The marked hits by row: first and end cell of each."""
        if self._hits is None:
            self._hits = {}
            top = sum(self.heights()[:BODY])
            for word in self._words:
                for row, start, end in self.body.find(word):
                    self._hits.setdefault(top + row, []).append((start, end))
        return self._hits

    # -- acting
    def target(self, row: int, cell: int) -> Target | None:
        """What a click on a cell of the text sets off."""
        block, at = self.place(row)
        lines = self.blocks[block]
        if at >= lines.height:
            return None
        if picture := next((file for rows, file in self.files if row in rows), None):
            return Target(PictureAct.SEE, picture.sha256)
        if isinstance(lines, Rows):
            return lines.target(at, cell)
        if block == BODY and at == 0 and self._badge.height:
            return self._badge.target(0, cell - self.look.width + len(self._badge.text(0)))
        if isinstance(lines, FoldedText) and lines.folds(at):
            return Target(Action.MESSAGE_FOLD)
        if block == BODY and self.document:
            target = self.document.target_at(at, cell)
            return _act_on(target) if target else self._code_target(row, cell)
        return None

    def _code_target(self, row: int, cell: int) -> Target | None:
        """A click on the language of a block of code copies it."""
        blocks = (block for block in self.code_blocks() if block.row == row)
        labelled = next((block for block in blocks if 0 < block.width - cell <= len(block.language)), None)
        return Target(Action.MESSAGE_CODE, labelled.text) if labelled else None

    def toggle(self, row: int) -> bool:
        """Open or close what folds at a row: a part of the text. Returns whether something did."""
        block, at = self.place(row)
        toggled = block == BODY and self.document is not None and self.document.toggle(at)
        if toggled:
            self._forget(0)
        return toggled

    def code_blocks(self) -> list[CodeBlock]:
        """The blocks of code, with rows that count from the message's top."""
        top = sum(self.heights()[:BODY])
        blocks = self.document.code_blocks() if self.document else []
        return [replace(block, row=block.row + top) for block in blocks]

    # -- what changes
    def feed(self, text: str, reasoning: str) -> int:
        """Add what came. Returns the first row that changed."""
        last = self._came.last
        goes_on = isinstance(last, Text) and not reasoning
        hidden = self._in_order and isinstance(last, Reasoning) and not text
        self.turns = self.turns or turns(text) or turns(reasoning)
        for piece in (Reasoning(reasoning), text):
            self._came.add(piece)
        if self._in_order or (reasoning and self.body.source):
            return self.height if hidden else self._feed_in_order(text if goes_on else "")
        lead, name, thought, body, _ = self.heights()
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
        self._forget(first)
        return first

    def _feed_in_order(self, text: str) -> int:
        """Go on with ``text`` where the order is seen; without it a part begins, drawn with all before it."""
        if not text:
            self._write(replace(self.message, parts=self._came.parts))
            return 0
        caret = self._caret[0]
        first = sum(self.heights()[:BODY]) + min(caret, self.body.feed(clean(text)))
        self._forget(first)
        return first

    def replace(self, message: Message, standing: Standing) -> None:
        """Show another state of the message: its end, or a change of its place."""
        ended = self.message.live and not message.live
        drawn = message.live and self._draws(message)
        self.message, self.standing, self._note = message, standing, ""
        document = self.document
        if self._in_order or interleaved(self._with_loaded(message).parts):
            self._write(message)
        elif ended and document and clean(message.text) == document.source:
            if not isinstance(document, Interleaved):
                document.close()
            self._seconds = message.reasoning_seconds or self._seconds
            self._surround()
        elif drawn:
            self._came = Gathered(message.parts)
            self._surround()
        else:
            self._write(message)

    def _draws(self, message: Message) -> bool:
        """Whether its body and its thought are drawn as they are already."""
        thought = clean(message.reasoning).lstrip("\n")
        return (clean(message.text), thought) == (self.body.source, self.thought.source)

    @property
    def guessed(self) -> bool:
        """Whether the colours of long code are still to be found anew."""
        return not self.message.live and self.document is not None and self.document.guessed

    def refine(self, seconds: float) -> int | None:
        """Find them, for so many seconds; returns the first row that changed, if one did."""
        row = self.document.refine(seconds) if self.document else None
        if row is None:
            return None
        first = sum(self.heights()[:BODY]) + row
        self._forget(first)
        return first

    def say_calls(self, progress: Mapping[str, Sequence[str]]) -> int:
        """Say how far the calls are that run, by their ids. Returns the first row that changed."""
        if self._interleaved is None or not self._in_order:
            return self.height
        self._interleaved.say(progress)
        first = sum(self.heights()[:BODY])
        self._forget(first)
        return first

    @property
    def folds(self) -> list[int]:
        """The rows of the text at which something opens or closes."""
        top = sum(self.heights()[:BODY])
        return [top + row for row in self.document.folds] if self.document else []

    @property
    def drawn(self) -> list[int]:
        """The first rows of fences that are drawn, or could be."""
        top = sum(self.heights()[:BODY])
        return [top + row for row in self.document.drawn] if self.document else []

    @property
    def awaited(self) -> list[str]:
        """The sources of diagrams of which a drawing is wanted."""
        return self.document.awaited if self.document else []

    def look_for_drawings(self) -> None:
        """Take those that are known now."""
        row = self.document.look() if self.document else None
        if row is not None:
            self._forget(sum(self.heights()[:BODY]) + row)

    def say(self, note: str) -> None:
        """Words on the name line while nothing has come: a retry's countdown, a download."""
        self._note = note
        self._surround()

    def unfold(self, offset: int) -> None:
        """Show a place in the text, where it is folded away."""
        if isinstance(self.body, FoldedText):
            self.fold()
        elif self.document and self.document.reveal(offset):
            self._forget(0)

    def fold(self) -> bool:
        """Open or close the reasoning, or a long prompt. Returns whether there is any."""
        if self.prompt and self.body.height:
            self.open = not self.open
            self.body = self._plain(self.body.source)
            self._forget(0)
            return isinstance(self.body, FoldedText) or self.body.height >= MANY_ROWS
        if self.thought.source:
            self.open = not self.open
            self._surround()
        return bool(self.thought.source)

    @property
    def limited(self) -> bool:
        """Whether some of the text is shown plain, for its length."""
        return not self.message.live and self.document is not None and self.document.limited

    def take(self, document: Document | Interleaved) -> None:
        """Show the text as this document, which has all of it read."""
        self.body = document
        self._fit()
        self._surround()

    def stand(self, standing: Standing) -> None:
        """Say another place in the conversation."""
        self.standing = standing
        if self.prompt:
            self.body = self._plain(self.body.source)
        self._surround()

    def resize(self, look: Look, standing: Standing) -> None:
        """Draw for another width or palette."""
        self.look, self.standing = look, standing
        self.thought = self._thought(self.thought.source)
        self._fit()
        self._surround()

    def _fit(self) -> None:
        """Draw the body for the width and palette that there are."""
        body = self.body
        if isinstance(body, PlainText):
            self.body = self._plain(body.source)
        elif isinstance(body, Interleaved):
            self._interleaved = body
            body.resize(self.look)
        else:
            body.resize(self.look.width, self.look.palette, whole=self.look.whole)


def _act_on(target: Target) -> Target:
    """What a click on a link or a picture of the text sets off."""
    is_picture = target.action == PICTURE
    return Target(PictureAct.LOAD if is_picture else Action.MESSAGE_LINK, target.value)
