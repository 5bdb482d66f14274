"""A reply that is more than a thought and a text: its texts and calls in their order, one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace
from textual.strip import Strip

from tui.app.messages.call_lines import CallLines
from tui.app.messages.look import Look
from tui.app.messages.name_line import thought_words
from tui.app.messages.picture_lines import PictureLines, PlacedPicture
from tui.chat.attachment import Attachment
from tui.chat.export import about, escaped, folded
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
    address_line,
    picture_of,
)
from tui.rendering.spans import Target
from tui.text import clean

if TYPE_CHECKING:  # brings the Markdown parser, which loads after the first paint
    from tui.rendering.document import CodeBlock, Document
    from tui.rendering.turned import Area

_BETWEEN = "\n\n"


# -- what stands below one another
class Words(Struct, frozen=True):
    """Parts that are drawn as one Markdown text."""

    parts: tuple[Part, ...]


class Call(Struct, frozen=True):
    """A call and its result; a result whose call is not there stands alone."""

    call: ToolCall | None
    result: ToolResult | None = None


class Shown(Struct, frozen=True):
    """A picture whose content is at hand or in the history."""

    file: Attachment


Section = Words | Call | Shown
Drawn: TypeAlias = "Document | CallLines | PictureLines"
_NO_TEXT = (CallLines, PictureLines)


def sections(parts: Sequence[Part]) -> list[Section]:
    """The parts as they are drawn: a result belongs to its call, unless words stand between them."""
    found: list[Section] = []
    calls: list[Call] = []
    for part in parts:
        if picture := picture_of(part):
            found += [*calls, Shown(picture)]
            calls = []
            continue
        match part:
            case ToolCall():
                calls.append(Call(part))
            case ToolResult():
                _answer(calls, part)
            case Text() | Reasoning() | Image() | File():
                found += calls
                calls = []
                if found and isinstance(last := found[-1], Words):
                    found[-1] = Words((*last.parts, part))
                else:
                    found.append(Words((part,)))
            case Sources() | Notice():
                pass  # they stand below the reply
            case _:
                assert_never(part)
    return [*found, *calls]


def _answer(calls: list[Call], result: ToolResult) -> None:
    """Put a result to its call, or alone where that is not there."""
    for place, one in enumerate(calls):
        if one.call is not None and one.call.id == result.call and one.result is None:
            calls[place] = replace(one, result=result)
            return
    calls.append(Call(None, result))


def markdown_of(parts: Sequence[Part]) -> str:
    """Words in their order; what the model thought is folded away.

    Nothing that a part leaves open takes in those after it; the last one may go on.
    """
    from tui.markdown.closing import closed  # brings the parser

    blocks = [block for part in parts for block in _blocks(part)]
    return _BETWEEN.join((*map(closed, blocks[:-1]), *blocks[-1:]))


def _blocks(part: Part) -> Iterator[str]:
    match part:
        case Text(text):
            yield clean(text)
        case Reasoning(text, seconds):
            if thought := clean(text).strip():
                from tui.markdown.closing import closed

                words = thought_words(thought, thinking=False, is_open=False, seconds=seconds)
                yield folded(words.lstrip("▸ "), closed(thought))
        case Image(url, alt):
            yield f"![{escaped(alt)}](<{address_line(url)}>)"
        case File(file):
            yield f"**{escaped(file.name)}** ({about(file)})"
        case ToolCall() | ToolResult():
            pass  # they have lines of their own
        case Sources() | Notice():
            pass  # they stand below the reply
        case _:
            assert_never(part)


class _Placed(NamedTuple):
    """A section with its place."""

    drawn: Drawn
    top: int
    start: int
    """Where it begins in the source of all."""


class Interleaved:
    """Rows of such a reply; it can be fed, found in and copied as one text. Rows count from 0."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._live = False
        self._drawn: list[Drawn] = []
        self._placed: list[_Placed] = []
        self._progress: Mapping[str, Sequence[str]] = {}
        self.height = 0
        """How many rows there are."""
        self.source = ""
        """All of it as text, also what is folded away."""

    # -- what it shows
    def show(self, parts: Sequence[Part], *, live: bool) -> None:
        """Show these parts; what is drawn of them already stays as it is, with what is open."""
        wanted, self._live = sections(parts), live
        before, self._drawn = self._drawn, []
        for place, section in enumerate(wanted):
            old = before[place] if place < len(before) else None
            self._drawn.append(self._section(old, section, goes_on=live and place == len(wanted) - 1))
        self._stack()

    def _section(self, old: Drawn | None, section: Section, *, goes_on: bool) -> Drawn:
        match section:
            case Words(parts):
                return self._words(None if isinstance(old, _NO_TEXT) else old, markdown_of(parts), goes_on)
            case Shown(file):
                same = isinstance(old, PictureLines) and old.file == file
                return old if same and old is not None else PictureLines(self._look, file)
            case Call(call, result):
                if isinstance(old, CallLines) and old.same(call, result):
                    old.show(call, result, live=self._live)
                    return old
                return self._said(CallLines(self._look, call, result, live=self._live))
            case _:
                assert_never(section)

    def _words(self, old: Document | None, text: str, goes_on: bool) -> Document:
        if old is not None and old.source == text and (old.live or not goes_on):
            if old.live and not goes_on:
                old.close()
            return old
        from tui.rendering.document import Document

        look = self._look
        return Document(text, look.width, look.palette, live=goes_on, whole=look.whole)

    def _stack(self) -> None:
        """Put the sections in their places: one blank row between them, none between folded calls."""
        self._placed = []
        sources: list[str] = []
        row = start = 0
        before: Drawn | None = None
        for drawn in self._drawn:
            row += before is not None and not _close(before, drawn)
            self._placed.append(_Placed(drawn, row, start))
            row += drawn.height
            sources.append(drawn.source)
            start += len(drawn.source) + len(_BETWEEN)
            before = drawn
        self.height, self.source = row, _BETWEEN.join(sources)

    def feed(self, text: str) -> int:
        """Go on with the text at the end; returns the first row that changed."""
        place = self._placed[-1]
        assert not isinstance(place.drawn, _NO_TEXT)
        changed = place.top + place.drawn.feed(text)
        self._stack()
        return changed

    @property
    def takes_text(self) -> bool:
        """Whether a text stands at the end, which may go on."""
        return bool(self._drawn) and not isinstance(self._drawn[-1], _NO_TEXT)

    # -- pictures
    @property
    def pictures(self) -> list[PlacedPicture]:
        """The pictures from the top."""
        return [
            PlacedPicture(place.top, place.drawn)
            for place in self._placed
            if isinstance(place.drawn, PictureLines)
        ]

    def look_again(self) -> None:
        """Draw what is known of pictures now."""
        for picture in self.pictures:
            picture.lines.look_again()
        self._stack()

    # -- calls
    @property
    def calls(self) -> list[CallLines]:
        """The calls from the top."""
        return [drawn for drawn in self._drawn if isinstance(drawn, CallLines)]

    def say(self, progress: Mapping[str, Sequence[str]]) -> None:
        """Say how far calls are, by their ids."""
        self._progress = progress
        for call in self.calls:
            self._said(call)

    def _said(self, call: CallLines) -> CallLines:
        if call.call is not None:
            call.say(self._progress.get(call.call.id, ()))
        return call

    def toggle(self, row: int) -> bool:
        """Open or close what folds at a row."""
        place = self._at(row)
        toggled = place is not None and place.drawn.toggle(row - place.top)
        if toggled:
            self._stack()
        return toggled

    @property
    def folds(self) -> list[int]:
        """The rows at which something opens or closes."""
        return [place.top + row for place in self._placed for row in place.drawn.folds]

    @property
    def drawn(self) -> list[int]:
        """The first rows of fences that are drawn, or could be."""
        return [top + row for top, document in self._documents for row in document.drawn]

    def reveal(self, offset: int) -> bool:
        """Show the lines at a place in the source, if they are left out. Returns whether they were."""
        place = next((p for p in reversed(self._placed) if p.start <= offset), None)
        if place is None or isinstance(place.drawn, _NO_TEXT):
            return False
        revealed = place.drawn.reveal(offset - place.start)
        if revealed:
            self._stack()
        return revealed

    @property
    def awaited(self) -> list[str]:
        """The sources of diagrams of which a drawing is wanted, from the top."""
        return [source for _, document in self._documents for source in document.awaited]

    def look(self) -> int | None:
        """Take the drawings that are known now; returns the first row that changed, if one did."""
        rows = [(top, document.look()) for top, document in self._documents]
        self._stack()
        return next((top + row for top, row in rows if row is not None), None)

    # -- drawing
    def _at(self, row: int) -> _Placed | None:
        """The section that is drawn at a row; None where there is a blank one."""
        return next((p for p in self._placed if p.top <= row < p.top + p.drawn.height), None)

    def line(self, row: int) -> Strip:
        """A row: rail cell, gap cell, text, pad cell."""
        place = self._at(row)
        return place.drawn.line(row - place.top) if place else self._look.line()

    def areas(self, row: int) -> Sequence[Area] | None:
        """The cells of a row that are turned together; None where each text of it is turned for itself."""
        place = self._at(row)
        if place is None or isinstance(place.drawn, _NO_TEXT):
            return None
        return place.drawn.areas(row - place.top)

    def resize(self, look: Look) -> None:
        """Draw for another width or palette."""
        self._look = look
        for drawn in self._drawn:
            if isinstance(drawn, _NO_TEXT):
                drawn.resize(look)
            else:
                drawn.resize(look.width, look.palette, whole=look.whole)
        self._stack()

    # -- as one text
    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the source."""
        place = next((p for p in reversed(self._placed) if p.start <= offset), None)
        if place is None:
            return 0, 0
        row, cell = place.drawn.locate(min(offset - place.start, len(place.drawn.source)))
        return place.top + row, cell

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """Row, first cell and end cell of each hit."""
        return [
            (place.top + row, first, end)
            for place in self._placed
            for row, first, end in place.drawn.find(needle)
        ]

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """What stands between two places."""
        said = []
        for place in self._placed:
            bottom = place.top + place.drawn.height
            if start < (bottom, 0) and end > (place.top, 0):
                first = (start[0] - place.top, start[1]) if start[0] >= place.top else (0, 0)
                inside = end[0] < bottom
                last = (end[0] - place.top, end[1]) if inside else (place.drawn.height - 1, 1 << 24)
                said.append(place.drawn.copy(first, last).strip("\n"))
        return _BETWEEN.join(filter(None, said))

    def code_blocks(self) -> list[CodeBlock]:
        """The blocks of code, from the top."""
        return [
            replace(block, row=block.row + place.top)
            for place in self._placed
            if not isinstance(place.drawn, _NO_TEXT)
            for block in place.drawn.code_blocks()
        ]

    def target_at(self, row: int, cell: int) -> Target | None:
        """The link or picture that is drawn there."""
        place = self._at(row)
        if place is None or isinstance(place.drawn, _NO_TEXT):
            return None
        return place.drawn.target_at(row - place.top, cell)

    # -- long texts
    @property
    def _documents(self) -> list[tuple[int, Document]]:
        return [(place.top, place.drawn) for place in self._placed if not isinstance(place.drawn, _NO_TEXT)]

    @property
    def limited(self) -> bool:
        """Whether some of it is shown unread, because reading it would have frozen the screen."""
        return any(document.limited for _, document in self._documents)

    @property
    def guessed(self) -> bool:
        """Whether long code has the colours found while it came."""
        return any(document.guessed for _, document in self._documents)

    def refine(self, seconds: float) -> int | None:
        """Find the colours anew, for some seconds; returns the first row that changed, if one did."""
        top, document = next((top, one) for top, one in self._documents if one.guessed)
        row = document.refine(seconds)
        self._stack()
        return None if row is None else top + row

    def read_whole(self) -> Interleaved:
        """Another one of the same parts that shows all of its texts, for what is made in a thread."""
        whole = Interleaved(self._look)
        whole._live, whole._progress = self._live, self._progress
        whole._drawn = [one if isinstance(one, _NO_TEXT) else one.read_whole() for one in self._drawn]
        whole._stack()
        return whole


def _close(before: Drawn, after: Drawn) -> bool:
    """Whether no blank row parts two sections: lines of calls stand together."""
    return isinstance(before, CallLines) and isinstance(after, CallLines) and not before.open
