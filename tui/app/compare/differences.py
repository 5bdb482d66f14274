"""What two replies have in common, and what only one of them says: word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum, auto
from functools import partial
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background, in_thread
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.app.theme.ink import Ink
from tui.chat.message import Message
from tui.text import clean

_LINE = r"[^\n]*\n(?:[^\S\n]*\n)*|[^\n]+"
"""With the blank lines below it: alone they would be alike everywhere."""
_WORD = r"\s*\S+|\s+"
_MOST = 4_000_000
"""Pairs that are compared at most, which takes about a second; larger pieces differ as a whole."""


_Parting = Callable[[str, str], Iterator["Run"]]
"""What becomes of two pieces that differ."""


class Side(Enum):
    """Who says something."""

    BOTH = auto()
    FIRST = auto()
    SECOND = auto()


class Run(NamedTuple):
    """Words that stand together."""

    side: Side
    text: str


def word_differences(first: str, second: str) -> list[Run]:
    """Both texts as one: what they share, and where they part what the first and what the second says.

    The runs of ``BOTH`` and ``FIRST`` are the first text, those of ``BOTH`` and ``SECOND`` the second, to the
    letter. Lines are compared before words, so that long texts take no long time.
    """
    runs: list[Run] = []
    for run in _compared(re.findall(_LINE, first), re.findall(_LINE, second), _words_of):
        if runs and runs[-1].side is run.side:
            runs[-1] = Run(run.side, runs[-1].text + run.text)
        elif run.text:
            runs.append(run)
    return runs


def _compared(first: Sequence[str], second: Sequence[str], where_they_part: _Parting) -> Iterator[Run]:
    if _alike(first, second) > _MOST:
        yield from where_they_part("".join(first), "".join(second))
        return
    for tag, i, j, k, m in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        before, after = "".join(first[i:j]), "".join(second[k:m])
        if tag == "equal":
            yield Run(Side.BOTH, before)
        else:
            yield from where_they_part(before, after)


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    """How many pairs of equal pieces there are: each of them is looked at."""
    often = Counter(second)
    return sum(count * often[piece] for piece, count in Counter(first).items())


def _words_of(first: str, second: str) -> Iterator[Run]:
    before, after = re.findall(_WORD, first), re.findall(_WORD, second)
    if len(before) * len(after) > _MOST:
        return _apart(first, second)
    return _compared(before, after, _apart)


def _apart(first: str, second: str) -> Iterator[Run]:
    yield Run(Side.FIRST, first)
    yield Run(Side.SECOND, second)


def apart_for_the_eye(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs as they are shown: where two texts part at a word, their words don't become one."""
    before = Run(Side.BOTH, "")
    for run in runs:
        meet = Side.BOTH not in (before.side, run.side)
        if meet and not before.text[-1:].isspace() and not run.text[:1].isspace():
            yield Run(Side.BOTH, " ")
        yield run
        before = run


class Differences(Sheet[None]):
    """Shows how one reply differs from another, and from the next one at a key."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.OTHER_PREVIOUS, "other(-1)"),
        bind(Action.OTHER_NEXT, "other(1)"),
    ]
    DEFAULT_CSS = """
    Differences {
        & > .sheet { width: 100; }
        VerticalScroll {
            height: auto;
            max-height: 1fr;
            padding: 0 1 0 4;
            scrollbar-size: 0 1;
            scrollbar-background: $band;
            scrollbar-background-hover: $band;
            scrollbar-background-active: $band;
        }
        #runs { height: auto; color: $soft; }
        #sides { margin: 0 4 1 4; }
    }
    """

    def __init__(self, chosen: Message, others: Sequence[Message], names: Sequence[str]) -> None:
        """Prepare the sheet.

        Args:
            chosen: The reply that the others are compared with.
            others: The others, at least one.
            names: What they are called, the chosen one first.
        """
        super().__init__()
        self._chosen = chosen
        self._others = others
        self._names = names
        self._place = 0

    def compose_sheet(self) -> ComposeResult:
        """Who stands for what, and the words."""
        yield Static(id="sides", markup=False)
        with VerticalScroll():
            yield Static(id="runs", markup=False)
        yield Hints(*(["other-previous"] if len(self._others) > 1 else []), "list-close")

    def on_mount(self) -> None:
        """Compare with the first."""
        self._compare_soon()

    def action_other(self, step: int) -> None:
        """Compare with another reply."""
        self._place = (self._place + step) % len(self._others)
        self._compare_soon()

    def _compare_soon(self) -> None:
        in_background(self, "compare", self._compare, exclusive=True)

    async def _compare(self) -> None:
        texts = clean(self._others[self._place].text), clean(self._chosen.text)
        runs = await in_thread(partial(word_differences, *texts))
        ink = Ink.from_theme(self.app.theme_variables)
        looks = {
            Side.BOTH: ink.soft,
            Side.FIRST: ink.dim + Style(strike=True),
            Side.SECOND: ink.accent + Style(underline=True),
        }
        shown = Text.assemble(*((run.text, looks[run.side]) for run in apart_for_the_eye(runs)))
        self.query_one("#runs", Static).update(shown)
        sides = Text.assemble(
            (f"only {self._names[self._place + 1]}", looks[Side.FIRST]),
            "   ",
            (f"only {self._names[0]}", looks[Side.SECOND]),
        )
        if all(run.side is Side.BOTH for run in runs):
            sides = Text(f"{self._names[self._place + 1]} and {self._names[0]} say the same", ink.dim)
        self.query_one("#sides", Static).update(sides)
        self.query_one(VerticalScroll).scroll_home(animate=False)
