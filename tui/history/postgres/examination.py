"""A history on a server, as ``segue doctor`` and ``segue history place`` show it."""

from __future__ import annotations

from tui.errors import HistoryError
from tui.history.look import Look
from tui.history.place import Server
from tui.history.postgres.faults import translated
from tui.history.postgres.schema import form_of, quoted, schema_of
from tui.history.postgres.server import Connection, let_go, way_to
from tui.text import counted

_POOLED = Look("way", "note", "through a pooler: what others change is looked for every few seconds")


async def examine(server: Server) -> list[Look]:
    """Look at the history on ``server``."""
    try:
        way = way_to(server)
        with translated():
            connection, terms = await way.meet()
            try:
                looks = await _seen(connection, way.schema)
            finally:
                await let_go(connection)
            return [*looks, _POOLED] if terms.pooled else looks
    except HistoryError as error:
        return [Look("server", "wrong", str(error))]


async def _seen(connection: Connection, wanted: str) -> list[Look]:
    schema = await schema_of(connection, wanted)
    where = await connection.fetchrow(
        """
        SELECT current_database() AS database, current_user AS role, host(inet_server_addr()) AS address,
            current_setting('server_version') AS version
        """
    )
    host = where["address"] or "this machine"
    looks = [
        Look("server", "ok", f"PostgreSQL {where['version']} on {host}"),
        Look("place", "ok", f"schema {schema} of the database {where['database']}, as {where['role']}"),
    ]
    found = await form_of(connection, schema)
    if found is None:
        return [*looks, Look("history", "ok", "not there yet")]
    count, size = await connection.fetchrow(
        f"""
        SELECT (SELECT count(*) FROM {quoted(schema)}.conversations),
            (SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n
                ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r')
        """,
        schema,
    )
    readers = await connection.fetch(
        f"""
        SELECT rolname FROM pg_roles WHERE rolcanlogin
            AND has_schema_privilege(rolname, $1, 'USAGE')
            AND has_table_privilege(rolname, '{quoted(schema)}.messages'::regclass, 'SELECT')
        ORDER BY rolname
        """,
        schema,
    )
    others = [row["rolname"] for row in readers]
    words = found.words if found.too_new else f"whole, {counted(count, 'conversation')}, {size / 1e6:.1f} MB"
    return [
        *looks,
        Look("history", "wrong" if found.too_new else "ok", words),
        Look("readers", "note", f"{', '.join(others)}, and who runs the server"),
    ]
