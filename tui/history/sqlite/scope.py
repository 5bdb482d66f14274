"""The filters of a search as conditions, quick also where few conversations of a large history pass."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tui.checked import number
from tui.history.query import Query
from tui.history.sqlite.migrations.m004_ids_astray import ASTRAY, DISTANCE, NEAR
from tui.history.sqlite.rows import to_stamp

# Up to so many conversations are looked for in the index itself, beside the words.
_FEW = 1000
_LARGEST = 2**63 - 2

# Each model once, by steps through the index, and not by a walk through all messages.
_MODELS = """
    WITH RECURSIVE names (model) AS (
        SELECT min(model) FROM messages WHERE model IS NOT NULL
        UNION ALL
        SELECT (SELECT min(model) FROM messages WHERE model > names.model) FROM names WHERE model IS NOT NULL
    ) SELECT model FROM names WHERE instr(lower(model), ?)
"""


# How far the ids of messages stand from their times at the most, both ways.
_ASTRAY = f"""
    SELECT (SELECT min({DISTANCE}) FROM messages WHERE {ASTRAY}),
        (SELECT max({DISTANCE}) FROM messages WHERE {ASTRAY})
"""


@dataclass(slots=True)
class Scope:
    """Conditions on the conversation ``c``, with their values."""

    conditions: list[str] = field(default_factory=lambda: ["c.deleted_at IS NULL"])
    values: list[Any] = field(default_factory=list)
    few: set[int] | None = None
    """The conversations that pass, where they are few."""

    def require(self, condition: str, *values: Any) -> None:
        """Add a condition."""
        self.conditions.append(condition)
        self.values += values

    def between(self, query: Query, column: str) -> None:
        """Add ``before:`` and ``after:`` for ``column``."""
        if query.before:
            self.require(f"{column} < ?", to_stamp(query.before))
        if query.after:
            self.require(f"{column} >= ?", to_stamp(query.after))

    def within(self, connection: sqlite3.Connection, query: Query) -> None:
        """Add the part of the index that has all messages of these dates."""
        if not (query.before or query.after):
            return
        behind, ahead = connection.execute(_ASTRAY).fetchone()
        if query.before:
            self.require("messages_fts.rowid <= ?", _id_at(query.before, max(NEAR, number(ahead) or 0) + 1))
        if query.after:
            self.require("messages_fts.rowid >= ?", _id_at(query.after, min(0, number(behind) or 0) - 1))

    def limit(self, rows: list[sqlite3.Row]) -> bool:
        """Let only these conversations pass, if they are few."""
        if len(rows) > _FEW:
            return False
        ids = {row["id"] for row in rows}
        self.few = ids if self.few is None else self.few & ids
        return True

    @property
    def where(self) -> str:
        """All conditions as one."""
        return " AND ".join(self.conditions)

    @property
    def match(self) -> str:
        """The few conversations in FTS5's language."""
        words = " OR ".join(f'"\ue000{number}"' for number in sorted(self.few or ()))
        return f" AND conversation : ({words})" if words else ""

    @property
    def nothing(self) -> bool:
        """Whether no conversation passes."""
        return self.few is not None and not self.few


def scope_of(connection: sqlite3.Connection, query: Query) -> Scope:
    """The scope of the filters ``model:`` (a model that answered there) and ``tag:``."""
    scope = Scope()
    for tag in query.tags:
        _limit_to_tag(connection, scope, f"\n{tag}\n")
    for name in query.models:
        _limit_to_model(connection, scope, name)
    if scope.few is not None:
        scope.require(f"c.id IN ({', '.join(map(str, scope.few))})")
    return scope


def _limit_to_tag(connection: sqlite3.Connection, scope: Scope, tag: str) -> None:
    tagged = "SELECT id FROM conversations WHERE tag_key <> '' AND instr(tag_key, ?)"
    if not scope.limit(connection.execute(f"{tagged} LIMIT {_FEW + 1}", (tag,)).fetchall()):
        scope.require(f"c.id IN ({tagged})", tag)


def _limit_to_model(connection: sqlite3.Connection, scope: Scope, name: str) -> None:
    models = [model for (model,) in connection.execute(_MODELS, (name,))]
    marks = ", ".join("?" * len(models))
    answered = f"SELECT DISTINCT conversation_id AS id FROM messages WHERE model IN ({marks})"
    if not scope.limit(connection.execute(f"{answered} LIMIT {_FEW + 1}", models).fetchall()):
        scope.require(
            f"EXISTS (SELECT 1 FROM messages WHERE conversation_id = c.id AND model IN ({marks}))", *models
        )


def _id_at(moment: datetime, astray: float) -> int:
    """The id that a message of ``moment`` has, if it stands as far ``astray`` as that."""
    return max(-_LARGEST, min(to_stamp(moment) // 1000 + int(astray), _LARGEST))
