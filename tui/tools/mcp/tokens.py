"""What sign-ins gave: in the keyring where there is one, else in a file that only this user can read.

A record belongs to a server's address and to who issued it; it goes nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tui.checked import Fields, unpacked
from tui.paths import write_whole
from tui.secret import Secret

SERVICE = "segue-mcp"
"""The name under which they are in the keyring."""
_SECRETS = ("access_token", "refresh_token", "client_secret")

Record = dict[str, Any]


class Tokens:
    """The records by server. May block: the keyring is asked."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, server: str) -> Record:
        """What is known of a server; empty where nothing is."""
        record = unpacked(_from_keyring(server))
        if not isinstance(record, dict):
            record = dict(Fields(self._all()).mapping(server))
        _hide(record)
        return record

    def write(self, server: str, record: Mapping[str, Any]) -> None:
        """Keep what is known of a server.

        Raises:
            OSError: It can't be written.
        """
        _hide(record)
        kept = self._all()
        if _to_keyring(server, json.dumps(record)):
            if server in kept:
                self._replace({other: each for other, each in kept.items() if other != server})
            return
        self._replace({**kept, server: dict(record)})

    def forget(self, server: str) -> bool:
        """Remove what is known of a server; whether there was anything.

        Raises:
            OSError: It can't be written.
        """
        there = bool(self.read(server))
        _forget_in_keyring(server)
        if server in (kept := self._all()):
            self._replace({other: each for other, each in kept.items() if other != server})
        return there

    def _all(self) -> dict[str, Any]:
        try:
            found = unpacked(self._file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def _replace(self, records: Mapping[str, Any]) -> None:
        write_whole(self._file, json.dumps(records, indent=1))


def _hide(record: Mapping[str, Any]) -> None:
    """Let no message show what is secret in a record."""
    for part in record.values():
        for name in _SECRETS:
            if isinstance(part, dict) and isinstance(part.get(name), str):
                Secret(part[name])


def _from_keyring(server: str) -> str | None:
    if find_spec("keyring") is None:
        return None
    import keyring

    with suppress(Exception):  # each of its backends has errors of its own; the file is still there
        found = keyring.get_password(SERVICE, server)
        return found if isinstance(found, str) else None
    return None


def _to_keyring(server: str, text: str) -> bool:
    if find_spec("keyring") is None:
        return False
    import keyring

    try:
        keyring.set_password(SERVICE, server, text)
    except Exception:  # none is there, it is locked, or takes nothing so long
        return False
    return True


def _forget_in_keyring(server: str) -> None:
    if find_spec("keyring") is not None:
        import keyring

        with suppress(Exception):
            keyring.delete_password(SERVICE, server)
