"""The filters of a search as conditions, cheap also where few conversations of a large history pass."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any

from tui.history.query import Query
from tui.history.stamps import to_stamp

# Up to so many messages in the conversations that pass, it is quicker to ask the index for each of them than
# to go through everything that the words find.
_FEW = 1500

_MODELS = """
    WITH RECURSIVE names (model) AS (
        SELECT min(model) FROM messages WHERE model IS NOT NULL
        UNION ALL
        SELECT (SELECT min(model) FROM messages WHERE model > names.model) FROM names WHERE model IS NOT NULL
    ) SELECT model FROM names WHERE instr(lower(model), ?)
"""


@dataclass(slots=True)
class Scope:
    """Conditions on the conversation ``c``, with their values."""

    conditions: list[str] = field(default_factory=lambda: ["c.deleted_at IS NULL"])
    values: list[Any] = field(default_factory=list)
    few: bool = False
    """Whether the conversations that pass have few messages."""
    nothing: bool = False
    """Whether nothing can pass."""

    def require(self, condition: str, *values: Any) -> None:
        """Add a condition."""
        self.conditions.append(condition)
        self.values += values

    @property
    def where(self) -> str:
        """All conditions as one."""
        return " AND ".join(self.conditions)


def scope_of(connection: sqlite3.Connection, query: Query) -> Scope:
    """The scope of the filters ``model:`` (a model that answered there) and ``tag:``."""
    scope = Scope()
    for tag in query.tags:
        _limit_to_tag(connection, scope, f"\n{tag}\n")
    for name in query.models:
        _limit_to_model(connection, scope, name)
    return scope


def limit_to_times(query: Query, scope: Scope, column: str, unit: int) -> None:
    """Add ``before:`` and ``after:`` for ``column``, which counts in ``unit`` microseconds."""
    if query.before:
        scope.require(f"{column} < ?", to_stamp(query.before) // unit)
    if query.after:
        scope.require(f"{column} >= ?", to_stamp(query.after) // unit)


def _limit_to_tag(connection: sqlite3.Connection, scope: Scope, tag: str) -> None:
    (messages, found) = connection.execute(
        "SELECT total(message_count), count(*) FROM conversations WHERE tag_key <> '' AND instr(tag_key, ?)",
        (tag,),
    ).fetchone()
    scope.nothing |= found == 0
    scope.few |= messages <= _FEW
    scope.require("c.id IN (SELECT id FROM conversations WHERE tag_key <> '' AND instr(tag_key, ?))", tag)


def _limit_to_model(connection: sqlite3.Connection, scope: Scope, name: str) -> None:
    models = [model for (model,) in connection.execute(_MODELS, (name,))]
    if not models:
        scope.nothing = True
        return
    marks = ", ".join("?" * len(models))
    (messages,) = connection.execute(
        f"""
        SELECT total(message_count) FROM conversations WHERE id IN (
            SELECT conversation_id FROM messages WHERE model IN ({marks}) LIMIT {_FEW + 1}
        )
        """,
        models,
    ).fetchone()
    (replies,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM messages WHERE model IN ({marks}) LIMIT {_FEW + 1})", models
    ).fetchone()
    if replies <= _FEW and messages <= _FEW:
        scope.few = True
        scope.require(f"c.id IN (SELECT conversation_id FROM messages WHERE model IN ({marks}))", *models)
    else:
        scope.require(
            f"EXISTS (SELECT 1 FROM messages WHERE conversation_id = c.id AND model IN ({marks}))", *models
        )
