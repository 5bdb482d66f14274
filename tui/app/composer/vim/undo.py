"""What a text was before each change. Writing counts as one, from its first letter to Escape."""

from __future__ import annotations

from dataclasses import dataclass

_MOST = 200


@dataclass(frozen=True, slots=True)
class State:
    """A text, and where the caret was."""

    text: str
    caret: int


class Undo:
    """States to go back to, and those that were left by going back."""

    def __init__(self) -> None:
        self._before: list[State] = []
        self._after: list[State] = []

    def note(self, state: State) -> None:
        """A change begins; what was left by going back is no more."""
        self._after.clear()
        if not self._before or self._before[-1].text != state.text:
            self._before = [*self._before[1 - _MOST :], state]

    def back(self, now: State) -> State | None:
        """The state before the last change; None if there is none."""
        return self._step(self._before, self._after, now)

    def forth(self, now: State) -> State | None:
        """The state that was left last; None if the text was changed since."""
        return self._step(self._after, self._before, now)

    @staticmethod
    def _step(source: list[State], other: list[State], now: State) -> State | None:
        while source:
            state = source.pop()
            if state.text != now.text:
                other.append(now)
                return state
        return None
