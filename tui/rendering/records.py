"""Records with commas or tabs between their fields, as tables of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tui.rendering.flow import Flow
from tui.rendering.room import Room
from tui.rendering.spans import DIM, INK, QUOTED, Line, Span
from tui.rendering.table import Table

MOST_RECORDS = 200
MOST_FIELDS = 100
LONGEST = 50_000
"""Characters."""
_DELIMITERS = {"csv": ",;\t", "tsv": "\t"}
"""What may stand between fields, by the name of the language; the first that the head has does."""


class Field(NamedTuple):
    """A field: its text, and where it stands in the source, with its quotation marks."""

    text: str
    start: int
    end: int

    @property
    def quoted(self) -> bool:
        """Whether it is written in another way than it is read."""
        return self.end - self.start != len(self.text)


Record = list[Field]


@lru_cache(maxsize=16)
def records_of(content: str, language: str) -> list[Record] | None:
    """The records of a text, the head first; None if it is no table, or too large for one."""
    if len(content) > LONGEST or content.count("\n") > 2 * MOST_RECORDS:
        return None
    head = content.partition("\n")[0]
    delimiter = next((mark for mark in _DELIMITERS[language] if mark in head), _DELIMITERS[language][0])
    records = _read(content.rstrip("\n"), delimiter)
    most = max(map(len, records), default=0)
    if not 1 < len(records) <= MOST_RECORDS + 1 or len(records[0]) < most or not 1 < most <= MOST_FIELDS:
        return None
    return records


def _read(content: str, delimiter: str) -> list[Record]:
    # What begins with a quotation mark, but does not end with one, is a field as it stands.
    field = re.compile(
        rf'[ ]*+(?:"(?P<quoted>(?:[^"]|"")*+)"[ ]*+(?=[{delimiter}\n]|\Z)|(?P<plain>[^{delimiter}\n]*+))'
    )
    records: list[Record] = [[]]
    place = 0
    while match := field.match(content, place):
        if (quoted := match["quoted"]) is not None:
            start = match.start("quoted") - 1
            records[-1].append(Field(quoted.replace('""', '"'), start, match.end("quoted") + 1))
        else:
            plain = match["plain"].rstrip()
            records[-1].append(Field(plain, match.start("plain"), match.start("plain") + len(plain)))
        place = match.end() + 1
        if place > len(content):
            break
        if content[match.end()] == "\n":
            records.append([])
    return [record for record in records if len(record) > 1 or record[0].text]


class Records(Table):
    """Such a table at one width, below the name of its language."""

    def __init__(self, records: list[Record], content: str, language: str, room: Room) -> None:
        self._language = language
        self._measure_of_prose = room.measure
        # The table counts its rule as a row.
        self._fields = [records[0], [], *records[1:]]
        super().__init__(content, "," * (len(records[0]) - 1), room, {})

    def _take(self, content: str, offset: int) -> None:
        self._length = len(content)
        self._rows = [""] * len(self._fields)
        self._heads = self._cells(0)
        place = len(content)
        for record in reversed(self._fields):
            place = record[0].start if record else place
            self._starts.insert(0, place)
        for number, record in enumerate(self._fields):
            if record:
                self._measure(number)

    def _exact(self, number: int) -> bool:
        return True

    def _texts(self, number: int) -> list[str]:
        return [field.text for field in self._fields[number]]

    def _cells(self, number: int) -> list[tuple[int, str]]:
        return [(field.start, field.text) for field in self._fields[number]]

    def _record_height(self, number: int) -> int:
        return len(self._record(number))

    def _flow(self, number: int, column: int) -> Flow:
        """A field as it stands; one that is written in another way is copied as it is written."""
        record = self._fields[number]
        field = record[column] if column < len(record) else Field("", -1, -1)
        look = INK | QUOTED if field.quoted else INK
        text = field.text.replace("\t", " ")
        return Flow([Span(text, look, field.start, field.end)], INK if number else DIM)

    # -- the name above
    def resize(self, room: Room) -> None:
        """Lay out anew, in all the room there is."""
        self._measure_of_prose = room.measure
        super().resize(room)

    @property
    def height(self) -> int:
        """How many rows it has."""
        return 1 + super().height

    def line(self, row: int) -> Line:
        """One row."""
        if row:
            return self._line(row - 1)
        label = self._language[: self._measure_of_prose]
        return Line((Span(" " * (self._measure_of_prose - len(label)), INK), Span(label, DIM)), "")

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        row, cell = super().spot(offset)
        return row + 1, cell
