"""The two statements that any table takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any


def insert(connection: sqlite3.Connection, table: str, columns: Mapping[str, Any]) -> int:
    """Insert one row, and return its id."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
    return cursor.lastrowid or 0


def update(connection: sqlite3.Connection, table: str, row_id: int, columns: Mapping[str, Any]) -> bool:
    """Change one row, and return whether there is one."""
    pairs = ", ".join(f"{name} = ?" for name in columns)
    cursor = connection.execute(f"UPDATE {table} SET {pairs} WHERE id = ?", (*columns.values(), row_id))
    return cursor.rowcount > 0
