"""How a run of the monkey ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.monkey.hand import Act, Rested, Sized

_LAST = 60
"""Acts that are told of."""


@dataclass(slots=True)
class Report:
    """What was done in one start of the program."""

    seed: int
    acts: int = 0
    quits: int = 0
    """1 if the monkey found a way to quit."""


class EndedError(AssertionError):
    """The program ended, or answers no more, though nothing that quits was pressed."""

    def __init__(self, seed: int, acts: Sequence[Act], why: str) -> None:
        last = "\n".join(f"  {_shown(act)}" for act in acts[-_LAST:])
        super().__init__(f"seed {seed}, after {len(acts)} acts: {why}\nThe last of them:\n{last}")


def _shown(act: Act) -> str:
    match act:
        case Sized(columns, rows):
            return f"size {columns} × {rows}"
        case Rested(seconds):
            return f"rest {seconds}"
        case _:
            return repr(act.text if len(act.text) <= 200 else f"{act.text[:80]} … {len(act.text)} characters")
