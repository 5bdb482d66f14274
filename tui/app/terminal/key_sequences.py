"""Keys as terminals report them in sequences: the Kitty keyboard protocol, xterm's, and older ones.

Where a keyboard has no Latin letters, the key at the same place is meant: Ctrl+г is on the key of Ctrl+U.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual.keys import Keys, _character_to_key

from tui.text import is_text

MODIFIERS = frozenset({*MODIFIER_FUNCTIONAL_KEYS, "caps_lock", "num_lock", "scroll_lock"})
"""Keys that are none by themselves: they only change others."""

_KEY = re.compile(r"\x1b\[([\d:]*)(?:;([\d:]*))?(?:;([\d:]*))?([u~A-HPQRS])")
_SHIFT, _CTRL, _CAPS = 1, 4, 64
_RELEASED = 3
_HELD = {2: "alt", 4: "ctrl", 8: "super", 16: "hyper", 32: "meta"}
_WITH_KEYS = sum(_HELD)
_CHARACTERS = {"backspace": "\x7f", "enter": "\r", "tab": "\t"}
_FUNCTIONAL = range(0xE000, 0xF900)
"""Code points of keys that write nothing."""
_SHIFT_ENTER = "\x1bOM"
"""Konsole's; elsewhere it is Enter of a keypad, where a program has asked for such keys, as this does not."""
_DIGITS = 7
"""Longer numbers stand for nothing that there is."""


def key_of(sequence: str) -> Iterator[events.Key]:
    """The keys that a sequence reports; none if it is a release, a modifier, or not known."""
    match = None if constants.DISABLE_KITTY_KEY else _KEY.fullmatch(sequence)
    if match is not None and (keys := _reported(*match.groups(default=""))) is not None:
        yield from keys
        return
    if sequence == _SHIFT_ENTER:
        yield events.Key("shift+enter", None)
        return
    known = ANSI_SEQUENCES_KEYS.get(sequence)
    if isinstance(known, str):
        yield events.Key(named(known), known)
    elif isinstance(known, tuple):
        yield from (events.Key(key.value, None) for key in known if key != Keys.Ignore)


def named(character: str) -> str:
    """Textual's name of a character's key."""
    return _character_to_key(character)


def number(digits: str) -> int | None:
    """A number that a terminal wrote; None if it can't be meant."""
    return int(digits) if digits.isdecimal() and len(digits) <= _DIGITS else None


def _reported(codes: str, modifiers: str, text: str, end: str) -> list[events.Key] | None:
    """The keys of one report; None if it is not one of this protocol."""
    code, _, alternates = codes.partition(":")
    state, _, kind = modifiers.partition(":")
    held = max(0, (number(state) or 1) - 1)
    if end == "~" and code == "27" and text:  # xterm's modifyOtherKeys
        code, text, end = text, "", "u"
    name = FUNCTIONAL_KEYS.get(f"{code or 1}{end}")
    if name is None and end != "u":
        return None
    if number(kind) == _RELEASED or name in MODIFIERS:
        return []
    if name is not None:
        return _functional(name, held, _texts(text))
    shifted, _, base = alternates.partition(":")
    return _writing(_character(code), _character(shifted), _character(base), held, _texts(text))


def _functional(name: str, held: int, texts: list[str]) -> list[events.Key]:
    if texts and not held & _WITH_KEYS:  # of the keypad
        return [events.Key(named(text), text) for text in texts]
    shift = ["shift"] if held & _SHIFT else []
    return [events.Key(_with(held, shift, name), None if held else _CHARACTERS.get(name))]


def _writing(character: str, shifted: str, base: str, held: int, texts: list[str]) -> list[events.Key]:
    if not texts and character and not held & _WITH_KEYS:  # a terminal that reports no texts
        upper = bool(held & _SHIFT) != bool(held & _CAPS and character.isalpha())
        texts = [(shifted if held & _SHIFT else "") or (character.upper() if upper else character)]
    if texts:
        letters = "".join(texts)
        return [
            events.Key(
                _with(held & ~2, ["shift"] if held & _SHIFT and letter.isspace() else [], named(letter)),
                letter,
            )
            for letter in letters
        ]
    character = key_at_its_place(character, base)
    if not character:
        return []
    if character == "[" and held == _CTRL:
        return [events.Key("escape", "\x1b")]
    return [events.Key(_with(held, ["shift"] if held & _SHIFT else [], named(character)), None)]


def _with(held: int, shift: list[str], name: str) -> str:
    return "+".join([*sorted([*shift, *(word for bit, word in _HELD.items() if held & bit)]), name])


def _texts(codes: str) -> list[str]:
    return [text for text in map(_character, codes.split(":")) if text]


def _character(code: str) -> str:
    """The character of a code point; none if that is none to be written."""
    point = number(code)
    if point is None or point > 0x10FFFF or point in _FUNCTIONAL or not is_text(chr(point)):
        return ""
    return chr(point)


_OTHER_CYRILLIC = ("sr", "mk", "bg")
"""Languages whose Cyrillic letters stand elsewhere."""
_PLACES = {
    "йцукенгшщзхъфывапролджэячсмитьбюё": "qwertyuiop[]asdfghjkl;'zxcvbnm,.`",
    "ςερτυθιοπασδφγηξκλζχψωβνμ": "wertyuiopasdfghjklzxcvbnm",
    "קראטוןםפשדגכעיחלךזסבהנמצ": "ertyuiopasdfghjklzxcvbnm",
}
"""Letters as they stand on the keys, and what those write in the United States."""
_KEYS = {letter: key for letters, keys in _PLACES.items() for letter, key in zip(letters, keys, strict=True)}


def key_at_its_place(character: str, base: str = "") -> str:
    """The key that is held with Ctrl or Alt.

    Args:
        character: What it writes.
        base: What it would write in the standard layout, where the terminal says so.
    """
    if character.isascii():
        return character
    if base.isascii() and base:
        return base
    if "\u0400" <= character <= "\u04ff" and _locale().startswith(_OTHER_CYRILLIC):
        return character
    return _KEYS.get(character.lower(), character)


def _locale() -> str:
    return os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
