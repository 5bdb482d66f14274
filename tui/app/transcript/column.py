"""Heights of stacked items, known or guessed, and where each item begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Column:
    """Items under each other. Changing a late item costs little, asking where something is costs less."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = list(heights)
        self._tops = [0]

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def __setitem__(self, index: int, height: int) -> None:
        if self._heights[index] != height:
            self._heights[index] = height
            del self._tops[index + 1 :]

    def append(self, height: int) -> None:
        """Put an item at the end."""
        self._heights.append(height)

    def pop(self) -> None:
        """Take the last item away."""
        self._heights.pop()
        del self._tops[len(self._heights) + 1 :]

    @property
    def total(self) -> int:
        """The height of all items together."""
        return self.top(len(self._heights))

    def top(self, index: int) -> int:
        """The line where an item begins."""
        known = len(self._tops)
        if index >= known:
            more = accumulate(self._heights[known - 1 :], initial=self._tops[-1])
            next(more)
            self._tops.extend(more)
        return self._tops[index]

    def at(self, line: int) -> tuple[int, int]:
        """The item at a line, and the row in it. Lines beyond the end belong to the last item."""
        total = self.total
        index = bisect_right(self._tops, min(line, total - 1)) - 1
        return index, line - self._tops[index]
