"""What the terminal sends, as keys, pastes and replies: a paste presses no key, no reply types a letter.

Textual's parser ends with the first sequence that it can't read, types replies, and reads escape sequences
in a paste as keys. This one takes any bytes: what is cut or unknown is dropped, and what is typed after it
is not. A reply whose rest comes so late that its beginning was given up is no text either.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator

from textual import constants, events, messages
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._time import get_time
from textual._xterm_parser import IS_ITERM, XTermParser
from textual.keys import Keys
from textual.message import Message

from tui.app.terminal.key_sequences import key_at_its_place, key_of, named, number
from tui.app.terminal.replies import Replied, reply_of
from tui.text import typed

HANDFUL = 64
"""Characters that come at once and are no hand's: a paste in a terminal that does not mark pastes."""
PATIENCE = 2.0
"""Seconds in which the rest of a sequence comes that no hand has begun."""
REMEMBERED = 30.0
"""Seconds in which the rest of one that was given up is still known for what it is."""
PASTE_PATIENCE = 2.0
"""Seconds of silence after which a paste is over, though the terminal did not say so."""
_LARGEST = 2000
"""Columns or rows beyond which no terminal is: its report of its size is damaged."""

_CHARACTER = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_TEXT = re.compile(rf"(?<!{_CHARACTER})({_CHARACTER}{{{HANDFUL},}}(?<![\r\n]))")
"""A run of text; the line breaks at its end stay keys, so that Enter after it is Enter."""
_PASTE_END = "\x1b[201~"
_PARAMETERS = r"[\d;:-]"
_STRING = r"\x1b(?:\]\d[!-~]{0,4096}|(?:P[\d>!]|_G)[ -~]{0,4096})"
"""Replies of terminals begin so and are no longer; other strings are Alt and a key."""
_BEGUN = re.compile(
    rf"\x1b(?:[O\]P_]|\[(?:\[|M[^\x00-\x1f\x7f]{{0,2}}|[<=>?]?{_PARAMETERS}{{0,64}}\$?)?)?\Z|{_STRING}\x1b?\Z"
)
"""What may go on."""
_CONTROL = re.compile(
    rf"\x1b\[(?:M[^\x00-\x1f\x7f]{{3}}|\[[A-E]|(?!M)(?:{_PARAMETERS}*[@-Z\\-~$]|[<=>?]{_PARAMETERS}*\$?[@-~]))"
    r"|\x1bO[ -~]"
)
_REPORT = re.compile(rf"{_STRING}(?:\x07|\x1b\\)")
_CUT = re.compile(rf"\x1b\[(?:[<=>?]{_PARAMETERS}*|{_PARAMETERS}+)\$?|{_STRING}")
_SENT = re.compile(
    r"\x1b\[(?:[\d;:-]*[A-HPQRSZu~IO]|M...|[\d;]+M|<[\d;-]*[Mm]"  # keys, focus, the mouse
    r"|[03]n|[4689];\d+;\d+t|48;[\d;:]+t|\?[\d;]*(?:\$y|[cnuRS])|[>=][\d;]*[cmu])"  # answers
)
"""The shapes of what terminals send; a sequence with another end was cut, and its end was typed."""
_TOLD = re.compile(
    rf"{_STRING}(?:\x07|\x1b\\)|\x1b\[(?:[03]n|[4689];\d+;\d+t|48;[\d;:]+t|\?[\d;]*(?:\$y|[cnuRS])|>[\d;]*[cmu]"
    r"|<\d+;-?\d+;-?\d+[Mm]|\d+;\d+R|[IO])"
)
"""What no key sends."""
_MOUSE = re.compile(r"\x1b\[<(\d+);(\d+);(\d+)[Mm]")
_CURSOR = re.compile(r"\x1b\[(\d+);(\d+)R")
_MODE = re.compile(r"\x1b\[\?(\d+);(\d)\$y")
_SIZE = re.compile(r"\x1b\[48;" + ";".join([r"(\d+)(?::[\d:]*)?"] * 4) + "t")
_C1 = re.compile("[\x80-\x9f]")


class InputParser(XTermParser):
    """Reads characters as they come, in whatever pieces. It never raises, and never waits for ever."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._held = ""
        """What has begun and may go on."""
        self._pasted: str | None = None
        self._since = 0.0
        """When that began; of a paste, when something came last."""
        self._given_up = ""
        """What was held last and went on too late, and when that was."""
        self._given_up_at = 0.0

    @property
    def waits(self) -> bool:
        """Whether something has begun that may be over when nothing more comes."""
        return bool(self._held) or self._pasted is not None

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what was read.

        Args:
            data: Characters as they came; none at the end of all input.

        Yields:
            Keys, pastes, and what else a terminal tells.
        """
        if not data:
            yield from self._give_up()
        elif len(data) >= HANDFUL and not self.waits and "\x1b" not in data:
            for place, piece in enumerate(_TEXT.split(data)):
                yield from [_paste(piece)] if place % 2 else self._read(piece)
        else:
            yield from self._read(data)

    def tick(self) -> Iterable[Message]:
        """Read what has begun as it is, if its time is over; called from time to time."""
        if self.waits and get_time() >= self._since + self._patience:
            yield from self._give_up()

    @property
    def _patience(self) -> float:
        if self._pasted is not None:
            return PASTE_PATIENCE
        return PATIENCE if self._by_no_hand else constants.ESCAPE_DELAY

    @property
    def _by_no_hand(self) -> bool:
        return _CUT.match(self._held) is not None or self._held.startswith(("\x1b[M", "\x1b[["))

    def _give_up(self) -> Iterator[Message]:
        by_hand, held, pasted = not self._by_no_hand, self._held, self._pasted
        self._held, self._pasted = "", None
        self._given_up, self._given_up_at = held, get_time()
        if pasted is not None:
            yield _paste(pasted)
        elif len(held) > 1 and held in ANSI_SEQUENCES_KEYS:
            yield from key_of(held)
        elif by_hand and len(held) > 1:
            yield from _alt(held[1])
            yield from self._read(held[2:])
        elif held.endswith("\x1b"):
            yield events.Key("escape", "\x1b")

    # -- in pieces
    def _read(self, data: str) -> Iterator[Message]:
        if not self._held or self._pasted is not None:
            self._since = get_time()
        data, self._held = self._held + data, ""
        if data and self._given_up:
            data = yield from self._read_rest(data)
        while data:
            if self._pasted is not None:
                data = yield from self._read_paste(data)
            elif data[0] != "\x1b":
                yield from self._typed(data[0])
                data = data[1:]
            elif _BEGUN.match(data):
                self._held, data = data, ""
            else:
                data = yield from self._read_sequence(data)

    def _read_rest(self, data: str) -> Generator[Message, None, str]:
        """Read the rest of what was given up, if ``data`` begins with it. Returns what comes after it."""
        begun, self._given_up = self._given_up, ""
        told = _TOLD.match(begun + data)
        after = told.end() - len(begun) if told else 0
        one_letter = after == 1 and not _REPORT.match(begun + data)  # which a hand may have typed
        if told is None or one_letter or get_time() > self._given_up_at + REMEMBERED:
            return data
        yield from self._told(told[0])
        return data[after:]

    def _read_paste(self, data: str) -> Generator[Message, None, str]:
        assert self._pasted is not None
        searched = max(0, len(self._pasted) - len(_PASTE_END))
        self._pasted += data
        end = self._pasted.find(_PASTE_END, searched)
        if end < 0:
            return ""
        text, rest = self._pasted[:end], self._pasted[end + len(_PASTE_END) :]
        self._pasted = None
        yield _paste(text)
        return rest

    def _read_sequence(self, data: str) -> Generator[Message, None, str]:
        """Read the sequence that ``data`` begins with. Returns what comes after it."""
        if report := _REPORT.match(data):
            yield from self._told(report[0])
            return data[report.end() :]
        if control := _CONTROL.match(data):
            sequence = control[0]
            if sequence in ANSI_SEQUENCES_KEYS or _SENT.fullmatch(sequence):
                yield from self._told(sequence)
                return data[control.end() :]
        if cut := _CUT.match(data):
            return data[cut.end() :]
        if data[1] == "\x1b":
            yield events.Key("escape", "\x1b")
            return data[1:]
        yield from _alt(data[1])
        return data[2:]

    # -- one by one
    def _typed(self, character: str) -> Iterator[Message]:
        if not _C1.match(character):
            yield from self._sequence_to_key_events(character)

    def _told(self, sequence: str) -> Iterator[Message]:
        """What a whole sequence says; nothing if it is none of ours."""
        if sequence == "\x1b[200~":
            self._pasted, self._since = "", get_time()
        elif sequence == "\x1b[I":
            yield events.AppFocus()
        elif sequence == "\x1b[O":
            yield events.AppBlur()
        elif match := _CURSOR.fullmatch(sequence):
            row, column = number(match[1]), number(match[2])
            if row is not None and column is not None:
                yield events.CursorPosition(column - 1, row - 1)
        elif (reply := reply_of(sequence)) is not None:
            yield Replied(reply)
        elif match := _MODE.fullmatch(sequence):
            yield from _mode(match[1], int(match[2]))
        elif match := _SIZE.fullmatch(sequence):
            yield from self._resized(*map(number, match.groups()))
        elif match := _MOUSE.fullmatch(sequence):
            event = self.parse_mouse_code(sequence) if None not in map(number, match.groups()) else None
            if event is not None:
                yield event
        else:
            yield from key_of(sequence)

    def _resized(
        self, rows: int | None, columns: int | None, height: int | None, width: int | None
    ) -> Iterator[Message]:
        if not rows or not columns or rows > _LARGEST or columns > _LARGEST:
            return
        resize = events.Resize.from_dimensions((columns, rows), (width or 0, height or 0))
        self.terminal_size, self.terminal_pixel_size = resize.size, resize.pixel_size
        self.mouse_pixels = bool(width and height)
        yield resize


def _paste(text: str) -> events.Paste:
    return events.Paste(typed(text.replace("\r\n", "\n").replace("\r", "\n")))


def _alt(character: str) -> Iterator[Message]:
    """Alt and a key, which comes as Esc and its character."""
    keys = ANSI_SEQUENCES_KEYS.get(f"\x1b{character}")
    if isinstance(keys, tuple):
        yield from (events.Key(key.value, None) for key in keys)
        return
    plain = ANSI_SEQUENCES_KEYS.get(character)
    if isinstance(plain, tuple):
        yield from (events.Key(f"alt+{key.value}", None) for key in plain if key != Keys.Ignore)
    elif not _C1.match(character):
        shift = "shift+" if character.isupper() else ""
        name = named(key_at_its_place(character.lower() if shift else character))
        yield events.Key(f"alt+{shift}{name}", None)


def _mode(mode: str, setting: int) -> Iterator[Message]:
    """What the terminal can do, as far as Textual asks."""
    if mode == "2026" and setting > 0:
        yield messages.TerminalSupportsSynchronizedOutput()
    elif mode == "2048" and constants.SMOOTH_SCROLL and not IS_ITERM:
        yield messages.InBandWindowResize.from_setting_parameter(setting)
