"""What a monkey does at a terminal, by chance and yet the same from the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tui.app.commands import COMMANDS

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ENTER, ESCAPE, TAB, BACKSPACE, DELETE = "\r", "\x1b", "\t", "\x7f", "\x1b[3~"
HOME, END, PAGE_UP, PAGE_DOWN = "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~"
F1, F2, F3, F4, F5, F6 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~"
ALT_UP, ALT_DOWN, ALT_ENTER = "\x1b[1;3A", "\x1b[1;3B", "\x1b\r"
CTRL_C, CTRL_Q = "\x03", "\x11"

MOVES = (UP, DOWN, UP, DOWN, LEFT, RIGHT, HOME, END, PAGE_UP, PAGE_DOWN, "\x1b[1;5H", "\x1b[1;5F")
EDITS = (
    BACKSPACE,
    DELETE,
    "\x1b[1;5C",
    "\x1b[1;5D",
    "\x1b[1;2C",
    "\x1b[1;2A",
    "\x01",
    "\x05",
    "\x17",
    "\x15",
)
DECISIONS = (ENTER, ENTER, ESCAPE, ESCAPE, TAB, "\x1b[Z", ALT_ENTER, " ", "y", "n")
SHEETS = (
    *("\x0c", "\x0e", "\x12", "\x06", "\x14", "\x10", "\x02", F1),  # Ctrl with L, N, R, F, T, P, B
    *("\x1a", "\x07", "\x13", "\x04", "\x16", "\x19"),  # and with Z, G, S, D, V, Y
)
IN_LISTS = (F2, F3, F4, F5, F6, DELETE, "\x04", "\x13", TAB, *MOVES)
OF_MESSAGES = "ycoergm+bpsdDvnNjk \r"
VIM = "hjklwbeggGiaAoOxddyypPuvV0$^%cwdiwftT/nN.~rJ:"
WORDS = (
    *(
        "plain words",
        "**bold** and `code`",
        "$x^2$",
        "```python",
        "@tests/",
        "/mod",
        "$",
        "^",
        "[",
        "(",
        "\\",
    ),
    *("東京", "née", "👩\u200d👩\u200d👧", "\u200fשלום"),
)
PASTES = ("two\nlines", "long " * 9000, "/tmp", "\x1b[31mred\x1b[0m", "a\tb\r\nc", "{" * 200, "")
QUITS = frozenset(("quit",))
_ARGUMENTS = (
    "",
    "",
    "",
    "-",
    "work -idea",
    "lab/small",
    "temperature 0.5",
    "bell",
    "2026",
    "light",
    "/tmp/x",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys, a paste or the mouse, as the terminal sends them."""

    text: str


@dataclass(frozen=True, slots=True)
class Sized:
    """The terminal has another size."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Rested:
    """Nothing is done for a moment."""

    seconds: float


Act = Typed | Sized | Rested


class Hand:
    """Opens what can be opened and presses what can be pressed there; it never means to quit."""

    def __init__(self, seed: int, columns: int, rows: int) -> None:
        self._chance = Random(seed)
        self._columns, self._rows = columns, rows

    def acts(self) -> Iterator[Act]:
        """Acts without end; most come in bursts, as fast as a program can be asked for them."""
        habits: Sequence[tuple[int, Callable[[], Iterator[Act]]]] = (
            (8, self._open),
            (6, self._wander),
            (3, self._say),
            (4, self._command),
            (5, self._walk),
            (3, self._find),
            (2, self._vim),
            (4, self._point),
            (1, self._paste),
            (1, self._size),
            (1, self._stray),
            (2, self._rest),
        )
        weights = [weight for weight, _ in habits]
        while True:
            [(_, habit)] = self._chance.choices(habits, weights)
            yield from habit()
            if self._chance.random() < 0.5:
                yield Rested(self._chance.choice((0.0, 0.01, 0.05)))

    # -- habits
    def _keys(self, keys: Sequence[str], most: int) -> Iterator[Act]:
        for _ in range(self._chance.randint(1, most)):
            yield Typed(self._chance.choice(keys))
            if self._chance.random() < 0.2:
                yield Rested(self._chance.choice((0.0, 0.005, 0.03)))

    def _open(self) -> Iterator[Act]:
        yield Typed(self._chance.choice(SHEETS))
        if self._chance.random() < 0.7:
            yield Rested(self._chance.choice((0.0, 0.02, 0.1)))
        yield from self._keys((*IN_LISTS, *"abels0"), 6)
        yield from self._keys(DECISIONS, 2)

    def _wander(self) -> Iterator[Act]:
        yield from self._keys((*MOVES, *EDITS, *DECISIONS, *IN_LISTS, *SHEETS), 8)

    def _say(self) -> Iterator[Act]:
        for word in self._chance.choices(WORDS, k=self._chance.randint(1, 4)):
            yield Typed(f"{word} ")
        yield Rested(0.06)
        yield Typed(ENTER)
        yield Rested(self._chance.choice((0.0, 0.05, 0.2)))

    def _command(self) -> Iterator[Act]:
        name = self._chance.choice([command.name for command in COMMANDS if command.name not in QUITS])
        yield from (Typed(ESCAPE), Typed(ESCAPE), Rested(0.02), Typed("\x15"))
        yield Typed(f"/{name} {self._chance.choice(_ARGUMENTS)}".rstrip())
        yield Rested(0.06)
        yield Typed(ENTER)
        yield from self._keys((*DECISIONS, *MOVES), 2)

    def _walk(self) -> Iterator[Act]:
        yield from self._keys((ALT_UP, ALT_UP, ALT_DOWN), 4)
        yield from self._keys((*OF_MESSAGES, *MOVES, *"123"), 6)

    def _find(self) -> Iterator[Act]:
        yield Typed("\x06")
        yield from self._keys(("e", "th", "I am", "`", "zz", ENTER, UP, DOWN, ESCAPE, BACKSPACE), 5)

    def _vim(self) -> Iterator[Act]:
        yield Typed(ESCAPE)
        yield from self._keys(VIM, 12)

    def _point(self) -> Iterator[Act]:
        x, y = self._chance.randint(1, self._columns), self._chance.randint(1, self._rows)
        match self._chance.randint(0, 3):
            case 0:
                for _ in range(self._chance.randint(1, 6)):
                    yield Typed(f"\x1b[<{self._chance.choice((64, 65))};{x};{y}M")
            case 1:
                yield Typed(f"\x1b[<0;{x};{y}M")
                x, y = self._chance.randint(1, self._columns), self._chance.randint(1, self._rows)
                yield Typed(f"\x1b[<32;{x};{y}M")
                yield Typed(f"\x1b[<0;{x};{y}m")
            case 2:
                yield Typed(f"\x1b[<35;{x};{y}M")
            case _:
                button = self._chance.choice((0, 0, 0, 1, 2))
                for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
                    yield Typed(f"\x1b[<{button};{x};{y}M\x1b[<{button};{x};{y}m")

    def _paste(self) -> Iterator[Act]:
        yield Typed(f"\x1b[200~{self._chance.choice(PASTES)}\x1b[201~")

    def _size(self) -> Iterator[Act]:
        for _ in range(self._chance.choice((1, 1, 4))):
            sizes = ((80, 24), (120, 40), (60, 16), (200, 60), (40, 10), (20, 5), (1, 1), (100, 32))
            self._columns, self._rows = self._chance.choice(sizes)
            yield Sized(self._columns, self._rows)

    def _stray(self) -> Iterator[Act]:
        """What hardly anyone presses; no Ctrl+Q, and Ctrl+C only before a letter."""
        code = self._chance.choice([code for code in range(32) if chr(code) not in (CTRL_C, CTRL_Q)])
        strays = (chr(code), "\x1b[I", "\x1b[O", "\x1b[2~", "\x1b[18~", "\x1b[1;4D", f"{CTRL_C}x", "\x1b[5n")
        yield Typed(self._chance.choice(strays))

    def _rest(self) -> Iterator[Act]:
        yield Rested(self._chance.choice((0.1, 0.3)))
