"""The forms that the database has had, oldest first. Append only: a published one never changes.

All that a file has not had yet are one transaction, and the number in ``user_version`` is part of it.
Only ``sqlite`` knows them.

Forms::

    m001_start              conversations, messages, pieces, search
    m002_attachments        files of prompts and drafts
    m003_hidden_since       since when a message is hidden
    m004_ids_astray         ids that stand far from their times
    m005_parts              a message is a list of parts
    m006_tools              which tools are on in a conversation
    m007_spending           what replies took, apart from them
    m008_labels             what the person calls some messages
    m009_where_begun        by what a conversation was begun, and in which project
    m010_when_set           small values know when they were set
    m011_shape              an index that has the shape of each tree
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from importlib import import_module

Migration = Callable[[sqlite3.Connection], None]


def _step(name: str) -> Migration:
    """One of them; it is loaded for a database that has not had it."""

    def migrate(connection: sqlite3.Connection) -> None:
        import_module(f"{__name__}.{name}").migrate(connection)

    return migrate


MIGRATIONS: tuple[Migration, ...] = (
    _step("m001_start"),
    _step("m002_attachments"),
    _step("m003_hidden_since"),
    _step("m004_ids_astray"),
    _step("m005_parts"),
    _step("m006_tools"),
    _step("m007_spending"),
    _step("m008_labels"),
    _step("m009_where_begun"),
    _step("m010_when_set"),
    _step("m011_shape"),
)
APPLICATION_ID = 0x53454755  # "SEGU"


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations a database has had."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def newest() -> int:
    """The form that this program writes."""
    return len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to its newest form; whatever form it has, it happens whole or not at all."""
    if version_of(connection) >= newest():
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        version = version_of(connection)  # again, now that no other program can be at it
        for step in MIGRATIONS[version:]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {max(version, newest())}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
