"""The forms that the tables have had, oldest first. Append only: a published one never changes.

All that a schema has not had yet are one transaction, and the number of the form is part of it. In a
statement, ``here.`` stands for the schema.

Forms::

    m001_start              conversations, messages, pieces, search, contents, sessions
    m002_when_set           small values know when they were set
"""

from __future__ import annotations

from tui.history.postgres.migrations import m001_start, m002_when_set

MIGRATIONS: tuple[tuple[str, ...], ...] = (m001_start.STATEMENTS, m002_when_set.STATEMENTS)


def newest() -> int:
    """The form that this program writes."""
    return len(MIGRATIONS)
