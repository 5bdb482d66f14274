"""A frame as the difference to what the terminal shows: what stays is not sent, what moves is scrolled.

A frame of Textual's begins with a place and comes whole: runs of text, each at its place, and the cursor's
place at the end. It has all colours again for each piece, and the whole text when that has gone up by a line.
Here it is laid over what stands there, and what differs is sent. What is not understood goes as it is.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from operator import ne
from typing import NamedTuple

from tui.cells import split

_PLACE = re.compile(r"\x1b\[(\d+);(\d+)H")
_TOKEN = re.compile(r"([^\x00-\x1f\x7f]+)|\x1b\[([\d;]*)m|\x1b\]8;([^\x00-\x1f\x7f]*)\x1b\\")
_SURE = (
    " -~\xa1-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u0482\u048a-\u052f\u13a0-\u13f5"
    "\u1400-\u169c\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u2070\u2071\u2074-\u208e\u2090-\u209c\u20a0-\u20bf\u2100-\u2138\u2140-\u218b\u2190-\u2193"
    "\u219a-\u21a8\u21ab-\u2319\u231c-\u2327\u2329-\u23ce\u23d0-\u23e8\u2400-\u2426\u2460-\u24c1\u24c3-\u25a9"
    "\u25ac-\u25b5\u25b7-\u25bf\u25c1-\u25fa\u2713\u2717\u2776-\u2794\u27c0-\u2933\u2936-\u2aff\ufffd"
)
_NARROW_ONLY = re.compile(f"[{_SURE}]+")
"""Characters to which all terminals give one cell."""
_WIDE = (
    *("\u2e80\u2e99", "\u2e9b\u2ef3", "\u2f00\u2fd5", "\u3000\u3029", "\u3031\u303c", "\u3041\u3096"),
    *("\u309b\u30ff", "\u3105\u312f", "\u3131\u318e", "\u3400\u4dbf", "\u4e00\u9fff", "\uac00\ud7a3"),
    *("\uf900\ufa6d", "\uff01\uff60", "\uffe0\uffe6"),
)
"""First and last of those to which all give two: so many would take 2 ms to be compiled as a pattern."""

_UNKNOWN, _REST = 0, 1
"""Cells of which nothing is known, and those that the character before them takes too."""
_FEWEST = 4
"""Rows that change before it is worth looking whether they have moved."""
_GAP = 6
"""Cells that stay and are sent all the same: a move would take as much."""
_WORTH_ERASING = 14
"""Blanks that are erased rather than written."""
_MOST_CHUNKS, _MOST_CELLS = 512, 1 << 16
_COST_OF_MOVE = 40
"""Characters that a move takes, more or less."""
_BITS = 32
"""Of a cell in an array."""
_UNSEEN_ON_BLANKS = {"1", "2", "3"}
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""What ends an attribute; the others end with all."""

_Style = tuple[frozenset[str], str, str, str]
"""Attributes, colour, background, and the address that a click opens."""
_PLAIN: _Style = (frozenset(), "", "", "")


def _is_sure(character: str) -> bool:
    """Whether all terminals give a character as many cells as Textual."""
    if len(character) > 1:
        return False
    return bool(_NARROW_ONLY.match(character)) or any(pair[0] <= character <= pair[1] for pair in _WIDE)


class _NotUnderstood(Exception):
    """Something in a frame is none of what Textual draws."""


class Thin:
    """Knows what a terminal shows, as far as frames have drawn it."""

    def __init__(self, *, fills: bool) -> None:
        """Begin with a screen of which nothing is known.

        Args:
            fills: Whether the terminal fills what is erased with the background that is drawn on.
        """
        self._rows: dict[int, _Row] = {}
        self._cursor = (0, 0)
        self._cells = _Cells()
        self._pen = _Pen(self._cells)
        self._pen.fills = fills

    def forget(self) -> None:
        """Nothing is known of the screen from now on: it is drawn whole."""
        self._rows = {}
        self._cursor = (0, 0)
        self._pen.lose()

    def frame(self, text: str) -> str:
        """What brings the terminal to the same screen as ``text`` would.

        Args:
            text: What goes to the terminal; what is no frame stays as it is.
        """
        if _PLACE.match(text) is None:
            return text
        try:
            return self._difference(text)
        except Exception:  # whatever it is costs bytes, and never what is seen
            self.forget()
        return self.put_down() + text

    def put_right(self, text: str) -> str:
        """What puts each character to its place, of a frame that the terminal has drawn as it was.

        Args:
            text: What went to the terminal; what is no frame shows nothing.
        """
        if _PLACE.match(text) is None:
            return ""
        try:
            wanted, cursor = self._wanted(text)
        except Exception:
            self.forget()
            return ""
        for y, row in wanted.items():
            if self._cells.sure(row.cells) == len(row.cells):
                self._rows[y] = row
            else:
                self._rows.pop(y, None)
                self._draw(self._pen, y, row)
        if self._pen.written:
            self._pen.end(*cursor)
        self._cursor = cursor
        return self._pen.take()

    def _wanted(self, text: str) -> tuple[dict[int, _Row], tuple[int, int]]:
        """The rows that a frame changes, as they are with it, and the place of the cursor."""
        before, *pieces = _PLACE.split(text)
        places = [(int(y), int(x) - 1) for y, x in zip(pieces[::3], pieces[1::3], strict=True)]
        bodies = pieces[2::3]
        if before or bodies[-1]:
            raise _NotUnderstood
        wanted: dict[int, _Row] = {}
        for (y, x), body in zip(places[:-1], bodies, strict=False):
            chunk = self._cells.chunk(body)
            if y not in wanted:
                shown = self._rows.get(y)
                wanted[y] = shown.copy() if shown else _Row()
            wanted[y].lay(x, chunk)
        return wanted, places[-1]

    def _difference(self, text: str) -> str:
        if self._cells.full:
            self._cells = _Cells()
            self.forget()
            self._pen.use(self._cells)
        wanted, (y, x) = self._wanted(text)
        pen = self._pen
        if (move := self._moved(wanted)) is not None:
            self._scroll(pen, wanted, move)
        for row in sorted(wanted):
            self._draw(pen, row, wanted[row])
        if pen.written or self._cursor != (y, x):
            pen.end(y, x)
        self._cursor = (y, x)
        return pen.take()

    def put_down(self) -> str:
        """What has to be sent before anybody else writes."""
        self._pen.put_down()
        return self._pen.take()

    # -- what has moved
    def _moved(self, wanted: dict[int, _Row]) -> _Move | None:
        """What went up or down as a whole, if it is less to move it than to write it anew."""
        rows = {y: row.cells for y, row in wanted.items() if y in self._rows}
        differing = {y: bits for y, cells in rows.items() if (bits := _differing(cells, self._rows[y].cells))}
        if len(differing) < _FEWEST:
            return None
        left = min(_first(bits) for bits in differing.values())
        right = max(_last(bits) for bits in differing.values())
        within = (1 << right * _BITS) - 1
        inner = max((_last(bits & within) for bits in differing.values() if bits & within), default=left)
        found = [self._match(rows, differing, left, end + 1) for end in (inner, right)]
        move = max((one for one in found if one), default=None)
        return move if move and self._pays(wanted, move) else None

    def _match(
        self, rows: dict[int, array[int]], differing: Iterable[int], left: int, right: int
    ) -> _Move | None:
        """The move on which most rows agree, in some columns: a bar beside them moves otherwise."""
        stood: dict[bytes, int] = {}
        for y in rows:
            cells = self._rows[y].cells[left:right]
            if cells and cells.count(cells[0]) < len(cells):  # empty rows are everywhere
                stood[cells.tobytes()] = y
        moved: dict[int, list[int]] = {}
        for y in differing:
            was = stood.get(rows[y][left:right].tobytes(), y)
            if was != y:
                moved.setdefault(was - y, []).append(y)
        if not moved:
            return None
        up = max(moved, key=lambda one: len(moved[one]))
        same = [  # also those that stand there more than once
            y
            for y in differing
            if y + up in rows and rows[y][left:right] == self._rows[y + up].cells[left:right]
        ]
        first, last = min(same), max(same)
        return _Move(len(same), min(first, first + up), max(last, last + up), up, left)

    def _pays(self, wanted: dict[int, _Row], move: _Move) -> bool:
        """Whether fewer cells differ after a move; of all rows in between something must be known."""
        places = range(move.top, move.bottom + 1)
        if not all(y in self._rows for y in places):
            return False
        stays = sum(self._differs(wanted, y, y) for y in places)
        moves = sum(self._differs(wanted, y, y + move.up if y + move.up in places else 0) for y in places)
        return moves + _COST_OF_MOVE < stays

    def _differs(self, wanted: dict[int, _Row], y: int, was: int) -> int:
        """How many cells of a row are others than those that stood in the row ``was``."""
        row = (wanted.get(y) or self._rows[y]).cells
        if was not in self._rows:
            return len(row)
        other = self._rows[was].cells
        return 0 if row == other else sum(map(ne, row, other)) + abs(len(row) - len(other))

    def _scroll(self, pen: _Pen, wanted: dict[int, _Row], move: _Move) -> None:
        """Let the terminal move rows; those that come in are unknown."""
        before = {y: self._rows[y] for y in range(move.top, move.bottom + 1)}
        for y, row in before.items():
            wanted.setdefault(y, row)
        pen.scroll(move, wanted[move.bottom if move.up > 0 else move.top].cells[move.left])
        for y in before:
            stood = before.get(y + move.up)
            self._rows[y] = stood.copy() if stood else _Row()

    # -- what differs
    def _draw(self, pen: _Pen, y: int, row: _Row) -> None:
        """Write what differs in a row."""
        shown = self._rows.get(y) or _Row()
        self._rows[y] = row
        if shown.cells == row.cells:
            return
        cells, other = row.cells, array("I", shown.cells)
        other.extend([_UNKNOWN] * (len(cells) - len(other)))
        sure = min(self._cells.sure(cells), self._cells.sure(shown.cells))
        while 0 < sure < len(cells) and cells[sure] == _REST:
            sure -= 1
        places = [x for x, (one, two) in enumerate(zip(cells, other, strict=False)) if one != two and one]
        if not places:
            return
        for begin, end in _runs(cells, places, sure):
            if begin < sure:
                pen.write(y, begin, cells[begin : min(end, sure)])
            if end > sure:
                self._draw_disputed(pen, y, row, max(begin, sure), end)

    def _draw_disputed(self, pen: _Pen, y: int, row: _Row, begin: int, end: int) -> None:
        """Write cells from the first character of a disputed width on.

        After those, and where runs begin, its place is told anew: so all else is where it belongs. A wide one
        is written on blanks, for it may leave some of its cells as they were.
        """
        cells = row.cells[:end]
        places = {begin, end, *(start for start in row.starts if begin < start < end)}
        for x, next_x in pairwise(sorted(places.union(self._cells.resumes(cells, begin)))):
            piece = cells[x:next_x]
            if self._cells.leaves_gaps(piece):
                pen.write(y, x, self._cells.blanks(piece))
                pen.lost()
            pen.write(y, x, piece)
            pen.lost()


def _runs(cells: array[int], places: list[int], sure: int) -> Iterator[tuple[int, int]]:
    """From where to where is written: whole characters, and all from the first one of a disputed width on."""
    begin = end = -1
    for x in places:
        if x >= sure:
            break
        first = x
        while first and cells[first] == _REST:
            first -= 1
        last = x + 1
        while last < len(cells) and cells[last] == _REST:
            last += 1
        if begin >= 0 and first - end <= _GAP and _UNKNOWN not in cells[end:first]:
            end = max(end, last)
            continue
        if begin >= 0:
            yield begin, end
        begin, end = first, last
    if begin >= 0:
        yield begin, min(end, sure)
    if sure < len(cells):
        yield from _known(cells, sure)


def _known(cells: array[int], begin: int) -> Iterator[tuple[int, int]]:
    """The runs of known cells from a place on."""
    start = -1
    for x in range(begin, len(cells) + 1):
        known = x < len(cells) and cells[x] != _UNKNOWN
        if known and start < 0:
            start = x
        elif not known and start >= 0:
            yield start, x
            start = -1


class _Move(NamedTuple):
    """Rows that went up together, or down."""

    agree: int
    """How many say so."""
    top: int
    bottom: int
    up: int
    left: int
    """The first column of what moved."""


def _differing(one: array[int], other: array[int]) -> int:
    """A bit for each in which two rows differ."""
    return int.from_bytes(one.tobytes(), "little") ^ int.from_bytes(other.tobytes(), "little")


def _first(bits: int) -> int:
    """The first cell that differs."""
    return ((bits & -bits).bit_length() - 1) // _BITS


def _last(bits: int) -> int:
    return (bits.bit_length() - 1) // _BITS


class _Row:
    """A row of the screen: its cells, and where the runs begin of which it was made."""

    __slots__ = ("cells", "starts")

    def __init__(self, cells: array[int] | None = None, starts: frozenset[int] = frozenset()) -> None:
        self.cells = array("I") if cells is None else cells
        self.starts = starts

    def copy(self) -> _Row:
        """Another one with the same cells."""
        return _Row(self.cells[:], self.starts)

    def lay(self, x: int, chunk: array[int]) -> None:
        """Lay a run over the cells from ``x`` on; what is left of a character that it cuts is unknown."""
        if not chunk:
            return
        cells, end = self.cells, x + len(chunk)
        if len(cells) < end:
            cells.extend([_UNKNOWN] * (end - len(cells)))
        left = x
        while left and cells[left] == _REST:
            left -= 1
        if left < x:
            cells[left:x] = array("I", [_UNKNOWN] * (x - left))
        right = end
        while right < len(cells) and cells[right] == _REST:
            cells[right] = _UNKNOWN
            right += 1
        cells[x:end] = chunk
        self.starts = frozenset(s for s in self.starts if s < x or s >= end) | {x, end}


class _Known(dict[str, int]):
    """The numbers of characters in one style."""

    def __init__(self, style: int, cells: list[tuple[str, int]]) -> None:
        super().__init__()
        self._style, self._cells = style, cells
        self.ground = style
        """The style of a blank that looks the same: of that one sees the background alone."""

    def __missing__(self, character: str) -> int:
        number = self[character] = len(self._cells)
        self._cells.append((character, self._style))
        return number


class _Cells:
    """Numbers for all cells that were drawn: a character in a style is one."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, int]] = [("", 0), ("", 0)]
        self.styles: list[_Style] = [_PLAIN]
        self.known = [_Known(0, self.drawn)]
        self._numbers: dict[_Style, int] = {_PLAIN: 0}
        self._parameters: dict[str, tuple[frozenset[str], str, str]] = {}
        self._chunks: dict[str, array[int]] = {}
        self._disputed: set[int] = set()

    @property
    def full(self) -> bool:
        """Whether so many were drawn that it is time to begin anew."""
        return len(self.drawn) > _MOST_CELLS

    def sure(self, cells: array[int]) -> int:
        """How many cells come before the first of which terminals think differently."""
        disputed = self._disputed
        if not disputed or disputed.isdisjoint(cells):
            return len(cells)
        return next(x for x, cell in enumerate(cells) if cell in disputed)

    def resumes(self, cells: array[int], begin: int) -> Iterator[int]:
        """Where, from ``begin`` on, a character comes that is sure after one that is not."""
        disputed = False
        for x in range(begin, len(cells)):
            if cells[x] != _REST:
                before, disputed = disputed, cells[x] in self._disputed
                if before and not disputed:
                    yield x

    def leaves_gaps(self, cells: array[int]) -> bool:
        """Whether a character may take fewer cells than it has."""
        return any(cell in self._disputed and rest == _REST for cell, rest in pairwise(cells))

    def blanks(self, cells: array[int]) -> array[int]:
        """As many blanks, on the ground of the first."""
        blank = self.known[self.drawn[cells[0]][1]][" "]
        return array("I", [blank] * len(cells))

    def chunk(self, body: str) -> array[int]:
        """The cells of a run."""
        if (cells := self._chunks.get(body)) is None:
            if len(self._chunks) >= _MOST_CHUNKS:
                self._chunks.clear()
            cells = self._chunks[body] = self._read(body.removesuffix("\n"))
        return cells

    def _read(self, body: str) -> array[int]:
        cells = array("I")
        sgr: tuple[frozenset[str], str, str] = _PLAIN[:3]
        place, link = 0, ""
        while place < len(body):
            token = _TOKEN.match(body, place)
            if token is None:
                raise _NotUnderstood
            place = token.end()
            text, parameters, address = token.groups()
            if text is not None:
                self._add(cells, text, (*sgr, link))
            elif parameters is not None:
                sgr = self._drawn_with(parameters, sgr)
            else:
                link = "" if address == ";" else address
        return cells

    def _add(self, cells: array[int], text: str, style: _Style) -> None:
        known = self._known_in(style)
        if _NARROW_ONLY.fullmatch(text):
            cells.extend(map(known.__getitem__, text))
            return
        for begin, end, size in split(text)[0]:
            character = text[begin:end]
            if not size:  # it belongs to the one before
                if not cells or cells[-1] == _REST:
                    raise _NotUnderstood
                character, size = self.drawn[cells.pop()][0] + character, 1
            cell = known[character]
            cells.append(cell)
            cells.extend([_REST] * (size - 1))
            if not _is_sure(character):
                self._disputed.add(cell)

    def _known_in(self, style: _Style) -> _Known:
        number = self._numbers.get(style)
        if number is not None:
            return self.known[number]
        number = self._numbers[style] = len(self.styles)
        self.styles.append(style)
        known = _Known(number, self.drawn)
        self.known.append(known)
        attributes, colour, background, address = style
        if (attributes or colour) and not address and attributes <= _UNSEEN_ON_BLANKS:
            ground = self._known_in((frozenset(), "", background, ""))
            known.ground, known[" "] = ground.ground, ground[" "]
        return known

    def _drawn_with(
        self, parameters: str, before: tuple[frozenset[str], str, str]
    ) -> tuple[frozenset[str], str, str]:
        """What is drawn with after a sequence; Textual begins none without an end of the one before."""
        if parameters in ("", "0"):
            return _PLAIN[:3]
        if before != _PLAIN[:3]:
            raise _NotUnderstood
        if (found := self._parameters.get(parameters)) is None:
            found = self._parameters[parameters] = _parsed(parameters.split(";"))
        return found


_LENGTHS = {"5": 3, "2": 5}
"""Parameters of a colour: one of 256, and one of all."""


def _parsed(parameters: list[str]) -> tuple[frozenset[str], str, str]:
    attributes, colours, place = set(), {"3": "", "4": ""}, 0
    while place < len(parameters):
        code, size = parameters[place], 1
        if code in ("38", "48"):
            size = _LENGTHS[parameters[place + 1]]
            colours[code[0]] = ";".join(parameters[place : place + size])
        elif code in ("39", "49"):
            colours[code[0]] = ""
        elif len(code) == 1 or code in ("21", "51", "52", "53"):
            attributes.add(code)
        elif 30 <= int(code) < 50:
            colours[code[0]] = code
        elif 90 <= int(code) < 108:
            colours["3" if code[0] == "9" else "4"] = code
        else:
            raise _NotUnderstood
        place += size
    return frozenset(attributes), colours["3"], colours["4"]


class _Pen:
    """Writes cells at places, and no more than has to be said of them; its colours stay over frames."""

    def __init__(self, cells: _Cells) -> None:
        self.written: list[str] = []
        self._cells = cells
        self.fills = False
        self._y = self._x = 0
        self._number = self._ground = -1
        self._style: _Style | None = None
        """What the terminal draws with; None before it was ever said."""

    def use(self, cells: _Cells) -> None:
        """Write other cells from now on."""
        self._cells = cells

    def lose(self) -> None:
        """What was not sent yet never is, and nobody knows what is drawn with."""
        self.written.clear()
        self._number, self._ground, self._style = -1, -1, None
        self.lost()

    def take(self) -> str:
        """What is written, to be sent."""
        text = "".join(self.written)
        self.written.clear()
        return text

    def write(self, y: int, x: int, cells: array[int]) -> None:
        """Write cells of the row ``y`` from the column ``x`` on, from 0."""
        if not cells:
            return
        self._move(y, x)
        write, drawn, end = self.written.append, self._cells.drawn, x + len(cells)
        for cell, same in groupby(cells):
            count = sum(1 for _ in same)
            x += count
            if cell == _REST:
                continue
            character, number = drawn[cell]
            if number != self._number and (character != " " or number != self._ground):
                self._dip(number)
            if count < _WORTH_ERASING or character != " " or not self._erases(number):
                write(character * count)
            elif x < end:
                write(f"\x1b[{count}X\x1b[{count}C")
            else:
                write(f"\x1b[{count}X")
                end -= count
        self._x = end

    def _erases(self, number: int) -> bool:
        """Whether what is erased looks like blanks of a style."""
        attributes, colour, _, address = self._cells.styles[number]
        return self.fills and not (attributes or colour or address)

    def lost(self) -> None:
        """It is not sure where the terminal stands: the next place is told whole."""
        self._y = 0

    def scroll(self, move: _Move, blank: int) -> None:
        """Move rows, and let in others with the background of a cell."""
        self._dip(self._cells.known[self._cells.drawn[blank][1]].ground)
        top, bottom, up = move.top, move.bottom, move.up
        moving = f"\x1b[{bottom};1H" + "\n" * up if up > 0 else f"\x1b[{top};1H" + "\x1bM" * -up
        self.written.append(f"\x1b[{top};{bottom}r{moving}\x1b[r")
        self.lost()

    def end(self, y: int, x: int) -> None:
        """Put the cursor at its place, from 0. No address stays open."""
        if self._style is not None and self._style[3]:
            self._dip(0)
        self.written.append(f"\x1b[{y};{x + 1}H")
        self.lost()

    def put_down(self) -> None:
        """Draw with no colours, as those expect who write next."""
        if self._style != _PLAIN:
            self._dip(0)

    def _move(self, y: int, x: int) -> None:
        if self._y != y:
            self.written.append(f"\x1b[{y};{x + 1}H")
        elif self._x != x:
            self.written.append(f"\x1b[{x + 1}G")
        self._y, self._x = y, x

    def _dip(self, number: int) -> None:
        """Draw in another style from now on."""
        before, style = self._style, self._cells.styles[number]
        self._number, self._ground, self._style = number, self._cells.known[number].ground, style
        if before is None:
            self.written.append("\x1b[m")
            before = _PLAIN
        if before[3] != style[3]:
            self.written.append(f"\x1b]8;{style[3] or ';'}\x1b\\")
        if before[:3] == style[:3]:
            return
        if style[:3] == _PLAIN[:3]:
            self.written.append("\x1b[m")
            return
        codes: list[str] = []
        gone = before[0] - style[0]
        if not gone <= _OFF.keys():
            codes, before = ["0"], _PLAIN
        elif gone:
            codes = sorted({_OFF[one] for one in gone})
            if "22" in codes:  # ends both of them
                before = (before[0] - {"1", "2"}, *before[1:])
        codes += sorted(style[0] - before[0])
        for now, then, none in ((style[1], before[1], "39"), (style[2], before[2], "49")):
            if now != then:
                codes.append(now or none)
        self.written.append(f"\x1b[{';'.join(codes)}m")
