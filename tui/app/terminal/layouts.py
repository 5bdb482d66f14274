"""Which key is meant where a keyboard has no Latin letters: Ctrl+г is on the key of Ctrl+U."""

from __future__ import annotations

import os

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
