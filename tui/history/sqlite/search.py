"""Full-text search over titles and messages, newest first; its filters are quick also in a large history."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from tui.chat.conversation import SearchHit
from tui.checked import number, string, words
from tui.history.facts import role_of
from tui.history.hits import excerpt, merged, oldest_title
from tui.history.query import TOKEN, Query, Term, parse, spaced
from tui.history.rows import from_stamp, to_stamp
from tui.history.sqlite.conversations import LISTED
from tui.history.sqlite.migrations.m004_ids_astray import ASTRAY, DISTANCE, NEAR
from tui.text import comparable, fold

_WINDOW = 20_000  # characters of a message that are looked through for the hit before the whole is
_CANDIDATES = 1000  # messages, and
_EFFORT = 1_000_000  # characters that are looked through for the beginning of a word
_INDEXED = 3  # letters: so much of each word's beginning has an index of its own


def search(connection: sqlite3.Connection, typed: str, limit: int, offset: int) -> list[SearchHit]:
    """The hits of ``typed``, newest first. Where a message matches, its title is not a hit of its own."""
    query = parse(typed)
    if query.empty or limit <= 0:
        return []
    wanted = offset + limit
    messages = _in_messages(connection, query, wanted)
    titles = _in_titles(connection, query, wanted, oldest_title(messages, wanted))
    return merged(messages, titles)[offset:wanted]


def match_of(query: Query) -> str:
    """The words in FTS5's language. Quoted, so that nothing in them is an operator; the index folds them."""
    return " AND ".join(
        f'"{spaced(term.text) or term.text}"' + ("*" if term.prefix else "") for term in query.words
    )


def _wider(query: Query) -> Query | None:
    """A query that finds all that this one finds, and is quick; None if this one is quick itself."""
    if not query.words:
        return None
    *others, last = query.words
    text = spaced(last.text) or last.text
    word = list(TOKEN.finditer(fold(text)))[-1]
    if not last.prefix or len(word[0]) <= _INDEXED:
        return None
    return replace(query, terms=[*others, Term(text[: word.start() + _INDEXED], prefix=True)])


def _in_messages(connection: sqlite3.Connection, query: Query, limit: int) -> list[SearchHit]:
    if query.titles_only or not query.words:
        return []
    scope = scope_of(connection, query)
    if scope.nothing:
        return []
    scope.require("m.hidden = 0")
    # Ids of messages stand in the order of their times, as well as they can: so the index gives the newest
    # first, and what lies between two dates is in a part of it.
    scope.between(query, "m.created_at")
    scope.within(connection, query)
    rows = None
    if wider := _wider(query):
        rows = _among(connection, query, _rows(connection, scope, wider, _CANDIDATES), limit)
    if rows is None:
        rows = _rows(connection, scope, query, limit).fetchall()
    marker = query.marker() if rows else None
    return [_message_hit(connection, row, marker) for row in rows]


def _rows(connection: sqlite3.Connection, scope: Scope, query: Query, limit: int) -> sqlite3.Cursor:
    return connection.execute(
        f"""
        SELECT m.id, m.conversation_id, m.role, m.model, m.created_at, c.title, c.updated_at,
               substr(m.text, 1, {_WINDOW}) AS text, length(m.text) > {_WINDOW} AS more
        FROM messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid
        CROSS JOIN conversations c ON c.id = m.conversation_id
        WHERE messages_fts MATCH ? AND {scope.where} ORDER BY messages_fts.rowid DESC LIMIT ?
        """,
        (f"text : ({match_of(query)}){scope.match}", *scope.values, limit),
    )


def _among(
    connection: sqlite3.Connection, query: Query, candidates: sqlite3.Cursor, wanted: int
) -> list[sqlite3.Row] | None:
    """The first rows of ``candidates`` that have the last word as it was typed.

    For the beginning of a word that it has no index for, FTS5 first collects every place of every word that
    begins so: too long where one of them stands in most messages. But then it also stands in most of the
    newest candidates.

    Returns:
        As many as are wanted, or all there are; None if looking for them takes too long.
    """
    pattern = re.compile(query.words[-1].pattern())
    rows: list[sqlite3.Row] = []
    looked_at = effort = 0
    for row in candidates:
        text = _whole(connection, row) if row["more"] else words(row["text"])
        if pattern.search(fold(text)):
            rows.append(row)
        looked_at += 1
        effort += len(text)
        if len(rows) == wanted:
            return rows
        if effort > _EFFORT:
            return None
    return rows if looked_at < _CANDIDATES else None


def _whole(connection: sqlite3.Connection, row: sqlite3.Row) -> str:
    (whole,) = connection.execute("SELECT text FROM messages WHERE id = ?", (row["id"],)).fetchone()
    return words(whole)


def _message_hit(
    connection: sqlite3.Connection, row: sqlite3.Row, marker: re.Pattern[str] | None
) -> SearchHit:
    text = words(row["text"])
    if marker and row["more"] and not marker.search(fold(text)):
        text = _whole(connection, row)
    snippet, marks = excerpt(text, marker)
    return SearchHit(
        conversation_id=row["conversation_id"],
        message_id=row["id"],
        title=words(row["title"]),
        snippet=snippet,
        marks=marks,
        role=role_of(row["role"]),
        model=string(row["model"]),
        updated_at=from_stamp(row["created_at"]),
    )


def _in_titles(
    connection: sqlite3.Connection, query: Query, limit: int, oldest: int | None
) -> list[SearchHit]:
    """Titles, those older than ``oldest`` left out."""
    scope = scope_of(connection, query)
    if scope.nothing:
        return []
    scope.require(LISTED)
    keys = [comparable(term.text) for term in query.terms]
    for part in keys:
        scope.require("instr(title_key, ?)", part)
    scope.between(query, "updated_at")
    if oldest is not None:
        scope.require("updated_at > ?", oldest)
    rows = connection.execute(
        f"""
        SELECT id, title, model, updated_at FROM conversations c
        WHERE {scope.where} ORDER BY updated_at DESC LIMIT ?
        """,
        (*scope.values, limit),
    )
    marker = re.compile("|".join(map(re.escape, keys))) if keys else None
    return [_title_hit(row, marker) for row in rows]


def _title_hit(row: sqlite3.Row, marker: re.Pattern[str] | None) -> SearchHit:
    title, updated = words(row["title"]), from_stamp(row["updated_at"])
    snippet, marks = excerpt(title, marker)
    return SearchHit(row["id"], None, title, snippet, marks, None, string(row["model"]), updated)


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


class Scope(Struct):
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
    for name in query.begun_by:
        scope.require("c.begun_by = ?", name)
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
