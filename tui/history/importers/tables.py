"""The database of another program, opened for reading only."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.dates import moment_of
from tui.digest import sha256
from tui.errors import ImportFileError
from tui.history.importers.checked import Checked, Notes
from tui.history.uris import uri


class Tables:
    """What its tables hold, row by row."""

    def __init__(self, path: Path, connection: sqlite3.Connection, notes: Notes) -> None:
        self._path = path
        self._notes = notes
        self._connection = connection
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        self.changed = moment_of(path.stat().st_mtime)
        """When the file was last written."""
        self.columns = {
            name: {
                column["name"] for column in connection.execute("SELECT * FROM pragma_table_info(?)", (name,))
            }
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        """The names of each table's columns."""

    @property
    def names(self) -> set[str]:
        """The names of the tables."""
        return set(self.columns)

    def have(self, wanted: dict[str, set[str]]) -> bool:
        """Whether all these columns are there."""
        return all(columns <= self.columns.get(table, set()) for table, columns in wanted.items())

    def rows(self, query: str, table: str, *values: Any) -> Iterator[Checked]:
        """The rows of ``query``; errors name ``table`` and the row's place."""
        for number, row in enumerate(self._connection.execute(query, values), 1):
            yield Checked(dict(row), f"{self._path.name}: table {table}, row {number}", self._notes)

    @staticmethod
    def digest(text: str) -> str:
        """A short name for ``text``."""
        return sha256(text.encode("utf-8", "replace"))[:16]


@contextlib.contextmanager
def tables_of(path: Path, notes: Notes) -> Iterator[Tables]:
    """Open the database ``path``.

    Raises:
        ImportFileError: It can't be read, or breaks off in the middle.
    """
    try:
        with contextlib.closing(_connect(path)) as connection:
            yield Tables(path, connection, notes)
    except sqlite3.Error as error:
        raise ImportFileError(f"{path.name}: expected a whole database: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(uri(path, "mode=ro"), uri=True)
    try:
        connection.execute("SELECT name FROM sqlite_master LIMIT 1")
    except sqlite3.Error as error:
        connection.close()
        if not isinstance(error, sqlite3.OperationalError):
            raise
        connection = sqlite3.connect(uri(path, "immutable=1"), uri=True)  # its folder may not be written
    return connection
