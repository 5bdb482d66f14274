"""Keys as people have them: in quotes, behind ``Bearer``, as a line of a shell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from tui.checked import unpacked

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]"
)
_LINES = re.compile(r"\r\n|\r|\n")
_PIECE = re.compile(r"[A-Za-z0-9._~+/=-]{8,}")
_PAIRS = ('""', "''", "``", "“”", "‘’", "«»", "„“", "<>")
_OPENING = "\"'`“‘«„”’"
_SCHEME = re.compile(r"(?i)(bearer|basic|token)\s+(?=\S)")
_COMMANDS = re.compile(r"(?i)(export|set|setx|declare -x|set -gx|env)\s+|\$env:")
_TELLING = r"[A-Za-z0-9_.-]{0,40}(?:key|token|secret|auth|authorization|password|api|pat)[A-Za-z0-9_.-]{0,40}"
_NAMED = re.compile(rf"(?i)[\"']?({_TELLING})[\"']?\s*(?:=\s*|:\s+|:(?=[\"'])|\s+(?=[\"'“]))(?=\S)")
_ANY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}\s*(=|\s)\s*(?=\S)")
_REMARK = re.compile(r"(?<=\s)#.*$")
_MOST_COVERS = 8
_IN_JSON = ("secret", "password", "key", "api_key", "apikey", "token", "access_token", "value")


class Key(NamedTuple):
    """A key without what is no part of it."""

    value: str
    left_out: tuple[str, ...] = ()
    """What was taken off it, for the person."""

    @property
    def said(self) -> str:
        """``without its quotes and “Bearer”``; empty where nothing was taken off."""
        *first, last = self.left_out or ("",)
        words = f"{', '.join(first)} and {last}" if first else last
        return f"without {words}" if words else ""


def key_in(written: str) -> Key:
    """The key in what a person pasted, or keeps in a variable or a file."""
    text, left_out = written, []
    visible = _INVISIBLE.sub("", text).replace("\u00a0", " ").strip()
    if len(visible) < len(text.strip()):
        left_out.append("invisible characters")
    lines = [line.strip() for line in _LINES.split(visible)]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) > 1:
        broken = all(map(_PIECE.fullmatch, lines))
        left_out.append("the line break in it" if broken else "the other lines")
        lines = ["".join(lines)] if broken else [next(filter(_NAMED.search, lines), lines[0])]
    key = lines[0] if lines else ""
    for _ in range(_MOST_COVERS):
        if (peeled := _peeled(key)) is None:
            break
        key, what = peeled
        left_out.append(what)
    return Key(key, tuple(dict.fromkeys(left_out)))


def key_printed(output: str) -> Key:
    """The key in what a program printed: its first line, or the field of an object that holds one."""
    fields = unpacked(output)
    if isinstance(fields, dict):
        named = {str(name).lower().replace("-", "_"): value for name, value in fields.items()}
        found = (named.get(name) for name in _IN_JSON)
        output = next(
            (value for value in found if isinstance(value, str) and value.strip()), json.dumps(fields)
        )
    first = next(filter(str.strip, _LINES.split(output)), "")
    return key_in(first)


def _peeled(key: str) -> tuple[str, str] | None:
    """``key`` without its outermost cover, and the words for that; None where it has none."""
    return next(_covers(key), None)


def _covers(key: str) -> Iterator[tuple[str, str]]:
    if command := _COMMANDS.match(key):
        rest = key[command.end() :]
        if name := _ANY_NAME.match(rest):
            yield rest[name.end() :].strip(), "the command before it"
    if name := _NAMED.match(key):
        yield key[name.end() :].strip(), "its name"
    if scheme := _SCHEME.match(key):
        yield key[scheme.end() :].strip(), f"“{scheme[1].capitalize()}”"
    if (remark := _REMARK.search(key)) and key[: remark.start()].strip():
        yield key[: remark.start()].strip(), "the remark behind it"
    if len(key) > 1 and key[-1] in ",;":
        yield key[:-1].strip(), f"the “{key[-1]}” behind it"
    if key and (key[0] + key[-1] in _PAIRS or key[0] in _OPENING or key[-1] in _OPENING):
        begin = 1 if key[0] in _OPENING + "<" else 0
        end = -1 if len(key) > 1 and key[-1] in _OPENING + "»>" else None
        yield key[begin:end].strip(), "its quotes"
