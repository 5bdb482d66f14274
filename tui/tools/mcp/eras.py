"""Which servers are of the older kind: asking one in the newer way may cost ten seconds at each start."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

from tui.checked import amount, unpacked
from tui.digest import sha256
from tui.paths import private_dir

_KEPT = 7 * 86_400.0
"""Seconds that it is believed: servers are renewed."""


class Eras:
    """What is known, in a file that may be deleted at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def is_old(self, origin: str) -> bool:
        """Whether the server of this command or address is known to be of the older kind."""
        when = amount(self._read().get(_key(origin)))
        return when is not None and 0 <= time.time() - when < _KEPT

    def keep(self, origin: str, *, old: bool) -> None:
        """Remember how a server was found."""
        if old == self.is_old(origin):
            return
        known = {key: when for key, when in self._read().items() if key != _key(origin)}
        if old:
            known[_key(origin)] = time.time()
        with suppress(OSError):
            private_dir(self._file.parent)
            self._file.write_text(json.dumps(known), encoding="utf-8")

    def _read(self) -> dict[str, object]:
        try:
            found = unpacked(self._file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(origin: str) -> str:
    return sha256(origin.encode("utf-8", "replace"))[:24]
