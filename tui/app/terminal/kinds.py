"""Which terminal it is, and what it takes besides text: notices, progress, what a program does.

A terminal that is not known is sent nothing but a bell: what it does not understand it might show as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from tui.app.terminal.replies import questions

_NAME = r"\s*([A-Za-z][A-Za-z0-9._-]*(?: [A-Za-z0-9._-]+)*?)[ (/]+v?([0-9][0-9.]*)"
_MULTIPLEXERS = ("tmux", "screen")
_MUTE = ("", "dumb", "linux")
"""Values of TERM of terminals that answer nothing and take nothing but text."""
_NAMED_IN_TERM = ("kitty", "ghostty", "foot", "alacritty", "mlterm")
"""Names that TERM has; all else in the environment may be of a terminal that this one was started from."""
_FIRST_VTE_WITH_STATUS = 8000
_LONGEST = 200
"""Characters of a name that are read."""
Version = tuple[int, ...]


class Notice(StrEnum):
    """How a terminal is told that the person should know something."""

    KITTY = "OSC 99"
    GROWL = "OSC 9"
    NOTIFY = "OSC 777"
    BELL = "a bell"


class Turner(StrEnum):
    """Who puts text into the order in which it is seen, where it runs from right to left."""

    PROGRAM = "Segue"
    ASKED = "Segue, which tells the terminal to leave text where it stands"
    """The terminal would do so, and leaves it to who asks; it joins Arabic letters by itself all the same."""
    WORDS = "Segue, which leaves the letters of each word to the terminal"
    """The terminal turns what stands together in one font and script, and no more."""
    PARTED = "Segue, which leaves the letters to the terminal, and parts the words for that"
    """The terminal turns its whole line as a paragraph that runs from left to right."""
    TERMINAL = "the terminal"


class Pixels(StrEnum):
    """By which protocol a terminal draws a picture where its cursor is."""

    KITTY = "kitty's protocol"
    ITERM2 = "iTerm2's protocol"
    SIXEL = "sixels"


class _Takes(NamedTuple):
    notice: Notice = Notice.BELL
    notice_since: Version = ()
    progress_since: Version | None = None
    """None: it takes no progress."""
    placeholders_since: Version | None = None
    """None: it has no cells of text that show pictures, whatever else it knows of kitty's protocol."""
    pixels: Pixels | None = None
    """None: none is known of it, other than that it may say of itself that it draws sixels."""
    pixels_since: Version = ()
    pieces_since: Version | None = None
    """None: iTerm2's protocol comes whole."""
    turner: Turner = Turner.PROGRAM
    turner_since: Version = ()


_TABLE: Mapping[str, _Takes] = {
    # Before 0.38 it shows progress as a notice.
    "kitty": _Takes(Notice.KITTY, (0, 36), (0, 39), (0, 28), Pixels.KITTY, turner=Turner.WORDS),
    "ghostty": _Takes(Notice.GROWL, (), (1, 2), (), Pixels.KITTY),
    # Of kitty's pictures it knows a part, and hands none of them on from another machine.
    "wezterm": _Takes(Notice.GROWL, (), (2025,), pixels=Pixels.ITERM2),
    # Before 3.6.6 it showed progress as a notice.
    "iterm2": _Takes(
        Notice.GROWL,
        (),
        (3, 6, 6),
        pixels=Pixels.ITERM2,
        pieces_since=(3, 5),
        turner=Turner.TERMINAL,
        turner_since=(3, 6),
    ),
    "foot": _Takes(Notice.NOTIFY),
    "vte": _Takes(Notice.NOTIFY, (), (0, 79), turner=Turner.ASKED, turner_since=(0, 58)),
    "mintty": _Takes(pixels=Pixels.ITERM2, pixels_since=(3,), turner=Turner.ASKED),
    "apple_terminal": _Takes(turner=Turner.TERMINAL),
    "konsole": _Takes(pixels=Pixels.KITTY, pixels_since=(22, 4), turner=Turner.PARTED),
    "mlterm": _Takes(turner=Turner.TERMINAL),
    "windows terminal": _Takes(Notice.BELL, (), ()),
    "conemu": _Takes(Notice.BELL, (), ()),
}
_UNKNOWN = _Takes()


class TerminalKind(NamedTuple):
    """A terminal, as far as it is known."""

    name: str = ""
    version: Version = ()
    """Empty where it is not known; then nothing counts that only newer ones have."""
    inside: str = ""
    """The multiplexer that the program runs in, which keeps to itself what it does not know."""
    passes: bool = False
    """Whether that one hands on what is wrapped, as long as the program is seen."""
    passes_always: bool = False
    """Whether it does so also when the program is not seen."""
    mute: bool = False

    @classmethod
    def of(cls, env: Mapping[str, str]) -> TerminalKind:
        """The one that an environment tells of."""
        term = env.get("TERM", "")
        if inside := _multiplexer(env, term):
            return cls(inside=inside)  # what else is told may be of the terminal that started it
        name, version = _told(env, term)
        return cls(name, version, mute=term in _MUTE and not name)

    def named(self, words: str) -> TerminalKind:
        """The one that answered to the question for its name, as ``kitty(0.36.4)``."""
        name, version = _read(words)
        if name in _MULTIPLEXERS:
            return self if self.inside else TerminalKind(inside=name)
        return self if self.inside or not name else self._replace(name=name, version=version, mute=False)

    def behind(
        self, words: str, env: Mapping[str, str], *, passes: bool, always: bool = False
    ) -> TerminalKind:
        """The same, with what is known of the terminal outside.

        Args:
            words: What it has answered to the multiplexer.
            env: What the terminal has told who attached to that, for one that answers nothing.
            passes: Whether the multiplexer hands on what is wrapped.
            always: Whether it does so also when the program is not seen.
        """
        name, version = _read(words)
        if not name:
            name, version = _told(env, env.get("TERM", ""))
        if name in _MULTIPLEXERS:
            name, version = "", ()
        return self._replace(name=name, version=version, passes=passes, passes_always=always)

    @property
    def notice(self) -> Notice:
        """How it is told of something."""
        takes = self._takes
        return takes.notice if self.version >= takes.notice_since else Notice.BELL

    @property
    def progress(self) -> bool:
        """Whether it shows that something goes on, and surely gets to know when that ends."""
        if self.inside and not self.passes_always:
            return False
        since = self._takes.progress_since
        return since is not None and self.version >= since

    @property
    def placeholders(self) -> bool:
        """Whether it has cells of text that show pictures."""
        since = self._takes.placeholders_since
        return since is not None and self.version >= since

    @property
    def pixels(self) -> Pixels | None:
        """How it draws a picture where its cursor is; None where that is not known of its name."""
        return self._takes.pixels if self.version >= self._takes.pixels_since else None

    @property
    def takes_pieces(self) -> bool:
        """Whether a picture by iTerm2's protocol may come in pieces."""
        since = self._takes.pieces_since
        return since is not None and self.version >= since

    @property
    def turner(self) -> Turner:
        """Who turns text that runs from right to left; a multiplexer hands on no word on that."""
        takes = _TABLE.get(self.name, _UNKNOWN)
        if self.version < takes.turner_since:
            return Turner.PROGRAM
        return Turner.PARTED if self.inside and takes.turner is Turner.ASKED else takes.turner

    @property
    def titled(self) -> bool:
        """Whether its window has a title."""
        return not self.mute

    @property
    def questions(self) -> str:
        """What it may be asked at the start."""
        if self.mute:
            return ""
        plain = self.name == "apple_terminal"
        old = self.name == "vte" and self.version < (0, _FIRST_VTE_WITH_STATUS // 100)
        return questions(name=not plain, status=not (plain or old or self.inside))

    def sent(self, sequence: str) -> str:
        """A sequence as it reaches the terminal."""
        if not self.inside or not self.passes:
            return sequence
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"

    @property
    def _takes(self) -> _Takes:
        if self.inside and not self.passes:
            return _UNKNOWN
        return _TABLE.get(self.name, _UNKNOWN)


def _multiplexer(env: Mapping[str, str], term: str) -> str:
    if env.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    return "screen" if env.get("STY") or term.startswith("screen") else ""


def _told(env: Mapping[str, str], term: str) -> tuple[str, Version]:
    """Name and version in the words of the environment."""
    if env.get("WT_SESSION"):
        return "windows terminal", ()
    if env.get("ConEmuPID") or env.get("ConEmuANSI"):
        return "conemu", ()
    own = next((name for name in _NAMED_IN_TERM if name in term), "")
    for program in ("TERM_PROGRAM", "LC_TERMINAL"):
        name = env.get(program, "").lower()
        name = {"iterm.app": "iterm2"}.get(name, name)
        if name and own in ("", name):
            return name, _numbers(env.get(f"{program}_VERSION", ""))
    if own:
        return own, ()
    if env.get("KITTY_WINDOW_ID"):
        return "kitty", ()
    if vte := env.get("VTE_VERSION", ""):
        return "vte", _packed(vte)
    if konsole := env.get("KONSOLE_VERSION", ""):
        return "konsole", _packed(konsole)
    return ("mlterm", _numbers(env["MLTERM"])) if env.get("MLTERM") else ("", ())


def _read(words: str) -> tuple[str, Version]:
    match = re.match(_NAME, words[:_LONGEST])
    if match is None:
        return "", ()
    name = match[1].strip().lower()
    return name, _packed(match[2]) if name == "vte" else _numbers(match[2])


def _packed(digits: str) -> Version:
    """VTE's 7903 is 0.79.3, and Konsole's 221203 is 22.12.3."""
    number = int(digits) if digits.isdecimal() and len(digits) < 7 else 0
    return (number // 10000, number // 100 % 100, number % 100)


def _numbers(words: str) -> Version:
    found = re.findall(r"\d{1,8}", words.split("-")[0])
    year = len(found) == 1 and len(found[0]) == 8  # WezTerm has dates for versions
    return (int(found[0][:4]),) if year else tuple(map(int, found))
