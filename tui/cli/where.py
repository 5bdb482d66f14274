"""Where this person's history is: by the environment, by the config, or in a file of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from tui.config import Config, names_server
from tui.credentials import printed_by
from tui.digest import new_name, sha256
from tui.errors import HistoryReadOnlyError, UsageError
from tui.history.place import File, Place, Server
from tui.paths import Paths, write_whole
from tui.secret import Secret, hold_secrets

VARIABLE = "SEGUE_HISTORY"


def history_place(paths: Paths, config: Config, environ: Mapping[str, str] = os.environ) -> Place:
    """Where the history is that this program uses.

    Raises:
        UsageError: ``SEGUE_HISTORY`` names no place.
    """
    if written := environ.get(VARIABLE):
        return with_journal(written_place(written, paths, config), paths)
    if config.history is not None:
        return with_journal(_server(config.history.reveal(), paths, config), paths)
    return File(paths.history_file)


def written_place(written: str, paths: Paths, config: Config) -> Place:
    """The place that a person named: the address of a server, or the path of a file.

    Raises:
        UsageError: It is neither.
    """
    if names_server(written):
        return _server(written, paths, config)
    if "://" in written or not written.strip() or "\x00" in written:
        raise UsageError(
            "This names no history",
            "It is the path of a file, postgresql://USER@HOST/DATABASE, or service=NAME.",
        )
    return File(Path(written).expanduser().absolute())


def _server(address: str, paths: Paths, config: Config) -> Server:
    hold_secrets(address)
    machine, password = machine_of(paths.data), _password(config.history_password_command)
    return Server(Secret(address), machine, password=password)


def with_journal(place: Place, paths: Paths) -> Place:
    """The same place; of one on a server, what is done there is first done in a file of this machine."""
    if not isinstance(place, Server):
        return place
    name = sha256(place.address.reveal().encode())[:16]
    return replace(place, journal=paths.data / "servers" / name / "history.db")


def _password(command: str | None) -> Callable[[], str] | None:
    if command is None:
        return None
    return lambda: printed_by("history_password_command", command).secret.reveal()


def machine_of(folder: Path) -> str:
    """The name of this machine, which no other has; made when it is first needed, and kept in ``folder``.

    Raises:
        HistoryReadOnlyError: It can't be kept.
    """
    file = folder / "machine"
    try:
        if not file.exists():
            write_whole(file, f"{new_name(8)}\n")
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise HistoryReadOnlyError(
            f"{file} can't be read or written", f"{error.strerror or error}."
        ) from error
