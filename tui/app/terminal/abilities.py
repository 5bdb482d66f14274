"""What the terminal can show, as far as the environment tells: colours, glyphs, and whether lines move."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

TRUE, MANY, FEW = "truecolor", "256", "standard"
"""Colours in the words of Rich and Textual: all, 256, 16."""

_ABLE = ("alacritty", "contour", "foot", "ghostty", "iterm2", "kitty", "rio", "wezterm")
"""Names in TERM of terminals that have all colours; over SSH that name is all that comes of them."""


_FILLING = ("konsole", "linux", "mintty", "rxvt", "tmux", "vte", "xterm")


@runtime_checkable
class Differing(Protocol):
    """A terminal that can be sent differences."""

    def send_differences(self, *, fills: bool) -> None:
        """Send of a frame only what differs from what the terminal shows."""
        ...

    def send_all(self) -> None:
        """Send frames as they are."""
        ...

    def forget_screen(self) -> None:
        """What the terminal shows is not known any more."""
        ...


class Abilities(Struct, frozen=True):
    """Of a terminal that can show everything, unless told otherwise."""

    colours: str = TRUE
    ascii: bool = False
    """Whether nothing but ASCII can be relied on."""
    scrolls: bool = True
    """Whether it moves a part of its lines, as all since the VT100 do."""
    fills: bool = True
    """Whether what it erases gets the background that is drawn on."""

    @classmethod
    def of(cls, env: Mapping[str, str], platform: str = sys.platform) -> Abilities:
        """Read them from the environment of a terminal on this platform."""
        if platform == "win32":
            return cls(_colours(env, platform))
        term = env.get("TERM", "").lower()
        return cls(
            _colours(env, platform), _ascii(env), term not in ("", "dumb", "unknown"), _fills(env, term)
        )


def _colours(env: Mapping[str, str], platform: str) -> str:
    """As Rich would, which draws; but it takes the terminals that it does not know for ones of 16 colours."""
    asked = env.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if asked != "auto":
        return asked
    term = env.get("TERM", "").lower()
    true = env.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct")
    if true or platform == "win32" or any(name in term for name in _ABLE):
        return TRUE
    return MANY if term.endswith("256color") else FEW


def _fills(env: Mapping[str, str], term: str) -> bool:
    """GNU Screen does not, nor what nobody has told of; tmux does, whatever it calls itself."""
    return "TMUX" in env or any(name in term for name in (*_ABLE, *_FILLING))


def _ascii(env: Mapping[str, str]) -> bool:
    """The fonts of a Linux console have few glyphs; other terminals show what their locale can write."""
    if env.get("TERM") == "linux":
        return True
    kind, language = env.get("LC_CTYPE", ""), env.get("LANG", "")
    if kind.upper() == "C.UTF-8" and language in ("C", "POSIX"):
        kind = ""  # Python itself sets this where the locale is C
    locale = env.get("LC_ALL") or kind or language
    return bool(locale) and "utf" not in locale.lower()
