"""Full-text search over titles and messages, newest first.

The newest messages are looked through as they are; behind them the index is asked, one stretch of time after
the other, each twice as long, so that the search ends as soon as there is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct, field

from tui.chat.conversation import SearchHit
from tui.checked import string, words
from tui.history.facts import role_of
from tui.history.hits import excerpt
from tui.history.postgres.conversations import LISTED
from tui.history.postgres.lexemes import asked, bucket, pattern
from tui.history.postgres.link import Record, Tables
from tui.history.query import Query
from tui.history.rows import from_stamp, to_stamp
from tui.text import comparable, fold

_WINDOW = 20_000  # characters of a message that are looked through for the hit before the whole is
_NEWEST = 1000  # messages that are looked through without the index
_STRETCHES = (2, 4, 8, 16, 32)  # months
_MONTH = 1 << 31  # milliseconds, as the index counts months
# Up to so many conversations are looked for in the index itself, beside the words.
_FEW = 1000
# Among so many messages those of more conversations are mostly found: nearly all may be of one model.
_BEGUN = 20_000

# Each model once, by steps through the index, and not by a walk through all messages.
_MODELS = """
    WITH RECURSIVE names (model) AS (
        (SELECT min(left(model, 200)) FROM here.messages WHERE model IS NOT NULL)
        UNION ALL
        SELECT (SELECT min(left(model, 200)) FROM here.messages WHERE left(model, 200) > names.model)
        FROM names WHERE names.model IS NOT NULL
    ) SELECT model FROM names WHERE model IS NOT NULL
"""


class Selection(NamedTuple):
    """Conversations by a value: how they are listed, and what is so of each."""

    listed: str
    holds: str


_TAGGED = Selection(
    "id FROM here.conversations WHERE tag_key <> '' AND strpos(tag_key, $1) > 0", "strpos(c.tag_key, {}) > 0"
)
# By "OFFSET 0" it is asked of those conversations alone that pass so far.
_ANSWERED = Selection(
    "conversation_id AS id FROM here.messages WHERE left(model, 200) = ANY($1::text[])",
    """EXISTS (
        SELECT FROM here.messages said
        WHERE said.conversation_id = c.id AND left(said.model, 200) = ANY({}::text[]) OFFSET 0
    )""",
)


class Scope(Struct):
    """Conditions with their values, and the few conversations that pass, where they are few."""

    conditions: list[str] = field(default_factory=lambda: ["c.deleted_at IS NULL"])
    values: list[Any] = field(default_factory=list)
    few: frozenset[int] | None = None

    def require(self, condition: str, *values: Any) -> None:
        """Add a condition; each ``{}`` in it is a value."""
        marks = [f"${len(self.values) + place}" for place in range(1, len(values) + 1)]
        self.values += values
        self.conditions.append(condition.format(*marks))

    def limit(self, ids: frozenset[int]) -> None:
        """Let only these conversations pass."""
        self.few = ids if self.few is None else self.few & ids

    @property
    def where(self) -> str:
        """All conditions as one."""
        return " AND ".join(self.conditions)


async def scope_of(db: Tables, query: Query, column: str) -> Scope | None:
    """The scope of the filters ``model:`` (a model that answered there), ``tag:`` and of the dates.

    Returns:
        None if no conversation passes.
    """
    scope = Scope()
    for tag in query.tags:
        await _limit(db, scope, _TAGGED, f"\n{tag}\n")
    for name in query.begun_by:
        scope.require("c.begun_by = {}", name)
    for name in query.models:
        known = [row["model"] for row in await db.rows(_MODELS)]
        models = [model for model in known if name in model.lower()]
        await _limit(db, scope, _ANSWERED, models)
    if scope.few is not None:
        if not scope.few:
            return None
        scope.require("c.id = ANY({}::bigint[])", list(scope.few))
    if query.before:
        scope.require(f"{column} < {{}}", to_stamp(query.before))
    if query.after:
        scope.require(f"{column} >= {{}}", to_stamp(query.after))
    return scope


async def _limit(db: Tables, scope: Scope, selection: Selection, value: Any) -> None:
    """Let only the conversations pass that are selected."""
    begun = f"SELECT {selection.listed} LIMIT {_BEGUN}"
    rows = await db.rows(f"SELECT id, count(*) FROM ({begun}) AS begun GROUP BY id LIMIT {_FEW + 1}", value)
    if len(rows) <= _FEW and sum(row["count"] for row in rows) == _BEGUN:  # there may be more
        rows = await db.rows(f"SELECT DISTINCT {selection.listed} LIMIT {_FEW + 1}", value)
    if len(rows) <= _FEW:
        scope.limit(frozenset(row["id"] for row in rows))
    else:
        scope.require(selection.holds, value)


async def in_messages(db: Tables, query: Query, limit: int) -> list[SearchHit]:
    """Hits in what was said."""
    if query.titles_only or not query.words:
        return []
    scope = await scope_of(db, query, "m.created_at")
    if scope is None:
        return []
    rows = await _rows(db, scope, query, limit)
    marker = query.marker() if rows else None
    return [await _message_hit(db, row, marker) for row in rows]


async def _rows(db: Tables, scope: Scope, query: Query, limit: int) -> list[Record]:
    edges = await db.row(
        f"""
        SELECT (SELECT max(id) FROM here.search) AS newest,
            (SELECT id FROM here.search ORDER BY id DESC OFFSET {_NEWEST} LIMIT 1) AS edge
        """
    )
    if edges is None or edges["newest"] is None:
        return []
    scope.require("m.hidden = 0")
    scope.require("s.said LIKE ALL({}::text[])", [pattern(term) for term in query.words])
    slices = list(_slices(scope, query, edges["newest"], edges["edge"]))
    arms = " UNION ALL ".join(
        f"""
        (SELECT s.id FROM here.search s JOIN here.messages m ON m.id = s.id
            JOIN here.conversations c ON c.id = m.conversation_id
        WHERE {condition} AND {scope.where} ORDER BY {order} DESC LIMIT {limit})
        """
        for condition, order in slices
    )
    rows = await db.rows(
        f"""
        SELECT m.id, m.conversation_id, m.role, m.model, m.created_at, c.title, c.updated_at,
            left(m.text, {_WINDOW}) AS text, length(m.text) > {_WINDOW} AS more
        FROM (SELECT id FROM ({arms}) AS arms LIMIT {limit}) AS found
            JOIN here.messages m USING (id) JOIN here.conversations c ON c.id = m.conversation_id
        """,
        *scope.values,
    )
    return sorted(rows, key=lambda row: -int(row["id"]))


def _slices(scope: Scope, query: Query, newest: int, edge: int | None) -> Iterator[tuple[str, str]]:
    """Stretches of the row of ids, the newest first, each with the order to read it in.

    Behind the newest the order is by no index: the planner would walk through all of it.
    """
    if edge is None:
        yield "true", "s.id"
        return
    if scope.few is not None:  # by their own index
        yield "true", "s.id + 0"
        return
    if query.before and (last := to_stamp(query.before) // 1000 + _MONTH) < edge:
        edge = last  # an id is its message's time, or a little more
    else:
        yield f"s.id > {edge}", "s.id"
    lexemes = "here.lexemes(s.id, s.conversation_id, s.said)"
    wanted = asked(query.words)
    upper = bucket(edge)
    for length in _STRETCHES:
        lower = upper - length
        months = " | ".join(f"'@{month}'" for month in range(upper, lower, -1))
        upper = lower
        scope.values.append(f"{wanted} & ({months})")
        yield f"s.id <= {edge} AND {lexemes} @@ ${len(scope.values)}::text::tsquery", "s.id + 0"
    scope.values.append(wanted)
    rest = min(edge, ((upper + 1) << 31) - 1)
    yield f"s.id <= {rest} AND {lexemes} @@ ${len(scope.values)}::text::tsquery", "s.id + 0"


async def _message_hit(db: Tables, row: Record, marker: re.Pattern[str] | None) -> SearchHit:
    text = words(row["text"])
    if marker and row["more"] and not marker.search(fold(text)):
        text = words(await db.value("SELECT text FROM here.messages WHERE id = $1", row["id"]))
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


async def in_titles(db: Tables, query: Query, limit: int) -> list[SearchHit]:
    """Hits in titles."""
    scope = await scope_of(db, query, "updated_at")
    if scope is None:
        return []
    scope.require(f"({LISTED})")
    keys = [comparable(term.text) for term in query.terms]
    for part in keys:
        scope.require("strpos(title_key, {}) > 0", part)
    rows = await db.rows(
        f"""
        SELECT id, title, model, updated_at FROM here.conversations c
        WHERE {scope.where} ORDER BY updated_at DESC, id DESC LIMIT {limit}
        """,
        *scope.values,
    )
    marker = re.compile("|".join(map(re.escape, keys))) if keys else None
    return [_title_hit(row, marker) for row in rows]


def _title_hit(row: Record, marker: re.Pattern[str] | None) -> SearchHit:
    title, updated = words(row["title"]), from_stamp(row["updated_at"])
    snippet, marks = excerpt(title, marker)
    return SearchHit(row["id"], None, title, snippet, marks, None, string(row["model"]), updated)
