"""How many cells a block may take: prose keeps to the measure, what is not read line by line takes more."""

from __future__ import annotations

from typing import NamedTuple


class Room(NamedTuple):
    """The cells of one row."""

    measure: int
    """For what is read line by line: prose, headings, lists, quotes."""
    whole: int
    """For what its lines make: code, tables, formulas; never less than the measure."""

    @classmethod
    def of(cls, measure: int, whole: int = 0) -> Room:
        """The room of a text; without more of it, all has the measure."""
        return cls(measure, max(measure, whole))

    def behind(self, cells: int) -> Room:
        """What is left behind markers, bars and indents."""
        return Room(max(self.measure - cells, 1), max(self.whole - cells, 1))
