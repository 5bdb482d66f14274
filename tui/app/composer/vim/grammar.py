"""What a row of keys says: ``3dw`` is a count, an operator and a motion."""

from __future__ import annotations

import re
from enum import Enum, auto

from msgspec import Struct

from tui.app.composer.vim import objects
from tui.app.composer.vim.motions import MOTIONS

OPERATORS = "dcy<>"
_ACTS = frozenset("iaIAoOvVpPJ~uU.")
_VISUAL_ACTS = frozenset("dcyxsp<>J~vVo")
_SHORT = {"x": "dl", "X": "dh", "D": "d$", "C": "c$", "s": "cl", "S": "cc", "Y": "yy"}
_FORM = re.compile(r"([1-9]\d*)?([dcy<>]?)([1-9]\d*)?(.*)", re.DOTALL)
_VISUAL_FORM = re.compile(r"([1-9]\d*)?()()(.*)", re.DOTALL)


class Kind(Enum):
    """What the last keys of a command name."""

    MOTION = auto()
    OBJECT = auto()
    LINES = auto()
    ACT = auto()


class Command(Struct, frozen=True):
    """Keys that make sense together."""

    kind: Kind
    key: str
    count: int | None = None
    operator: str = ""
    character: str = ""
    """What follows ``f``, ``t``, ``r``, ``i`` or ``a``."""


class NonsenseError(ValueError):
    """No command begins with these keys."""


def parse(keys: str, visual: bool = False) -> Command | None:
    """The command that the keys are; None as long as more must follow.

    Args:
        keys: The characters typed so far.
        visual: Something is selected, so that operators need no motion.

    Raises:
        NonsenseError: No key that follows would make them one.
    """
    form = (_VISUAL_FORM if visual else _FORM).fullmatch(keys)
    assert form is not None  # either form takes every text
    first, operator, second, rest = form.groups()
    if not rest:
        return None
    counts = [int(count) for count in (first, second) if count]
    count = counts[0] * (counts[1:] or [1])[0] if counts else None
    if not visual and not operator and rest in _SHORT:
        return parse((first or "") + _SHORT[rest])
    return _command(rest, count, operator, visual)


def _command(rest: str, count: int | None, operator: str, visual: bool) -> Command | None:
    key, character = rest[0], rest[1:]
    if operator and rest == operator:
        return Command(Kind.LINES, key, count, operator)
    if key in "ia" and (operator or visual):
        return _of_two(Kind.OBJECT, key, character, count, operator, objects.KEYS)
    if key in "fFtT" or (key == "r" and not operator):
        return _of_two(Kind.ACT if key == "r" else Kind.MOTION, key, character, count, operator)
    if key == "g":
        return _of_two(Kind.MOTION, key, character, count, operator, frozenset("g"))
    if key in MOTIONS or key in "G;,":
        return Command(Kind.MOTION, key, count, operator)
    if not operator and key in (_VISUAL_ACTS if visual else _ACTS):
        return Command(Kind.ACT, key, count)
    raise NonsenseError(rest)


def _of_two(
    kind: Kind,
    key: str,
    character: str,
    count: int | None,
    operator: str,
    known: frozenset[str] | None = None,
) -> Command | None:
    """A command of two keys, once the second is there."""
    if not character:
        return None
    if known is not None and character not in known:
        raise NonsenseError(key + character)
    return Command(kind, key, count, operator, character)
