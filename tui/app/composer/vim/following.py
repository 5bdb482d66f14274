"""Which keys may follow those of a command that is not whole yet."""

from __future__ import annotations

from tui.app.composer.vim.grammar import OPERATORS, Command, Kind, NonsenseError, parse

_OPERATIONS = (("d", "delete"), ("c", "change"), ("y", "copy"), (">", "indent"), ("<", "indent less"))
_MOTIONS = (
    ("w", "word"),
    ("e", "end of word"),
    ("b", "word before"),
    ("$", "end of line"),
    ("0", "begin of line"),
    ("f", "up to a letter"),
    ("t", "before a letter"),
    ("i", "inside"),
    ("a", "around"),
    ("j", "line below"),
    ("k", "line above"),
    ("}", "next paragraph"),
    ("{", "paragraph before"),
    ("G", "last line"),
    ("g", "first line"),
)
_OBJECTS = (
    ("w", "word"),
    ("W", "word with its signs"),
    ('"', "quotation"),
    ("'", "single quotes"),
    ("`", "backticks"),
    ("(", "brackets"),
    ("[", "square brackets"),
    ("{", "curly brackets"),
    ("<", "angle brackets"),
)
_ANY = "§"
"""Stands for every letter: it is no command's."""


def following(pending: str, *, visual: bool = False) -> list[tuple[str, str]]:
    """Keys that make sense after ``pending``, and what each means; the usual ones, not all there are."""
    if not pending:
        return []
    if _command(pending + _ANY, visual) is not None:
        return [("…", "any letter")]
    rows: tuple[tuple[str, str], ...]
    operator = pending.rstrip("0123456789")[-1:]  # the number of a motion may follow it
    after = _command(pending + "w", visual)
    if after is not None and after.kind is Kind.OBJECT:
        rows = _OBJECTS
    elif operator and operator in OPERATORS and not visual:
        rows = ((operator, "the line"), *_MOTIONS)
    else:
        rows = (*_OPERATIONS, *_MOTIONS)
    return [(key, words) for key, words in rows if _goes_on(pending + key, visual)]


def _command(keys: str, visual: bool) -> Command | None:
    try:
        return parse(keys, visual)
    except NonsenseError:
        return None


def _goes_on(keys: str, visual: bool) -> bool:
    try:
        parse(keys, visual)
    except NonsenseError:
        return False
    return True
