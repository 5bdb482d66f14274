"""What servers were learnt to refuse, so that each is asked rightly the next time. Kept for a month.

Where nothing was at an address is kept for a day: a gateway says so while its server starts, and a newer
version of the server has more addresses.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tui.errors import Refusal, Refuser
from tui.paths import Stamp, stamp
from tui.providers.address import ELSEWHERE

_DAY = 86_400.0
_KEPT = 30 * _DAY
"""Seconds: servers change, and what they take then is worth a try."""


class Lessons:
    """Refused fields by server, and by model where it is the model that refuses."""

    def __init__(self, path: Path | None = None) -> None:
        """Begin with what is in the file; without one, nothing outlives this."""
        self._path = path
        self._known: dict[str, dict[str, float]] = {}
        self._seen: Stamp | None = None
        """The file as it was read last: other programs learn, too."""

    def of(self, url: str, model: str) -> frozenset[str]:
        """The fields that a model of a server refuses."""
        known = self._read()
        now = time.time()
        places = (_place(url), f"{_place(url)} {model}")
        learnt = (lesson for place in places for lesson in known.get(place, {}).items())
        return frozenset(name for name, when in learnt if now - when < _kept(name))

    def learn(self, url: str, model: str, refusal: Refusal) -> None:
        """Keep what was refused, if it will be refused again."""
        if refusal.by is None:
            return
        place = _place(url) if refusal.by is Refuser.SERVER else f"{_place(url)} {model}"
        known = self._stored() or self._read()  # another program may have learnt something since
        here = {**known.get(place, {}), **dict.fromkeys(refusal.fields, time.time())}
        self._known = {**known, place: here}  # made anew: another thread may be reading the one before
        self._write()

    def _read(self) -> dict[str, dict[str, float]]:
        if self._path is not None and (now := stamp(self._path)) != self._seen:
            self._known, self._seen = self._stored(), now
        return self._known

    def _stored(self) -> dict[str, dict[str, float]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
        except (OSError, ValueError, RecursionError):
            found = {}
        tables = found.items() if isinstance(found, dict) else ()
        return {place: names for place, names in tables if _is_whole(names)}

    def _write(self) -> None:
        if self._path is None:
            return
        with contextlib.suppress(OSError):  # it is learnt anew then
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(self._known, indent=1), encoding="utf-8")
            draft.replace(self._path)


def _place(url: str) -> str:
    """The address of a server without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _kept(name: str) -> float:
    """Seconds for which a lesson counts."""
    return _DAY if name.startswith(ELSEWHERE) else _KEPT


def _is_whole(names: Any) -> bool:
    return isinstance(names, dict) and all(isinstance(when, int | float) for when in names.values())
