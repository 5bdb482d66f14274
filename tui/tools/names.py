"""What a tool is called on the wire: ``server__tool``, in the signs and the length that every vendor takes.

Found again by a table (``toolbox``), never by taking the name apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.digest import sha256
from tui.nearest import nearest

BETWEEN = "__"
"""What stands between the server and the tool."""
LONGEST = 64
"""Characters that every vendor takes."""

_OTHER = re.compile(r"[^A-Za-z0-9_-]")
_LETTER = re.compile(r"[A-Za-z]")
_DIGEST = 6
_FEW = 3


def wire_name(server: str, name: str) -> str:
    """The name that models call a tool by. It depends on nothing but the tool, so it stays the same.

    One that had to be changed ends in a digest of what it was: two tools never become one.
    """
    raw = f"{server}{BETWEEN}{name}" if server else name
    fit = _OTHER.sub("_", raw)
    if not _LETTER.match(fit):
        fit = f"t{fit}"
    like_a_servers = not server and BETWEEN in name
    if fit == raw and len(fit) <= LONGEST and not like_a_servers:
        return fit
    digest = sha256(f"{server}\0{name}".encode("utf-8", "surrogatepass"))[:_DIGEST]
    return f"{fit[: LONGEST - 1 - _DIGEST]}_{digest}"


def nearest_names(name: str, known: Iterable[str]) -> list[str]:
    """A few of the known names that a wrong one may be meant to be, with its server or without."""
    names = list(known)
    alone: dict[str, list[str]] = {}
    for other in names:
        alone.setdefault(other.rpartition(BETWEEN)[2], []).append(other)
    by_tool = [
        other for tool in nearest(name.rpartition(BETWEEN)[2], alone, most=_FEW) for other in alone[tool]
    ]
    return list(dict.fromkeys((*nearest(name, names, most=_FEW), *by_tool)))[:_FEW]
