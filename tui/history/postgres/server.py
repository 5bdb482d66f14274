"""From the address of a server to a connection: passwords, TLS, what libpq alone knows."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
from msgspec import Struct

from tui.digest import new_name
from tui.errors import ConfigError, HistoryRefusedError
from tui.history.place import Server

Connection: TypeAlias = Any
"""One of asyncpg, which has no types."""
CONNECT_SECONDS = 5.0
HEARD = 1.0
"""Seconds within which a connection hears its own notice, unless a pooler stands between."""
_STATEMENTS = 200  # prepared ones that a connection keeps
_SILENCE = 15  # seconds after which an answer that does not come ends a connection
# In an address they are libpq's alone; asyncpg would send them to the server as settings, which it refuses.
_LIBPQ = re.compile(
    r"connect_timeout|keepalives\w*|channel_binding|gssencmode|tcp_user_timeout|application_name"
)
SETTINGS = {
    "application_name": "segue",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_custom_plan",  # a plan for any model is one that walks through all messages
    "work_mem": "32MB",
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "5s",
}
"""What each connection asks of the server, which a pooler may refuse."""
_NAME = re.compile(r"[^\x00\"]{1,63}")

# A file of passwords that others can read is not used, and who is refused is told where they are looked for.
warnings.filterwarnings("ignore", category=UserWarning, module="asyncpg")


class Terms(Struct):
    """What is known of the way to the server, for all connections to it."""

    pooled: bool = False
    """Whether a pooler gives each transaction another connection."""
    _ahead: int = 0
    """Microseconds from this machine's steady clock to the server's time."""

    def now(self) -> int:
        """This moment's number by the server's clock: that of this machine may go wrong."""
        return time.monotonic_ns() // 1000 + self._ahead

    async def set_clock(self, connection: Connection) -> None:
        """Ask the server what time it is."""
        said = await connection.fetchval("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        self._ahead = int(said) - time.monotonic_ns() // 1000


class Way(Struct, frozen=True):
    """How a server is reached. Nothing of it is shown: it may hold a password."""

    dsn: str
    schema: str = ""
    """Empty for the role's own."""
    tls: Callable[[], ssl.SSLContext] | None = None
    """Makes what a server must prove, where the address does not say."""
    password: Callable[[], str] | None = None
    seconds: float = CONNECT_SECONDS
    service: str | None = None

    def __repr__(self) -> str:
        return f"Way(schema={self.schema!r}, service={self.service!r})"

    async def meet(self) -> tuple[Connection, Terms]:
        """A first connection, and what is learnt by it. It leaves nothing behind: whose it is comes out now.

        Raises:
            HistoryRefusedError: The password is not told.
            OSError: It can't be reached.
            asyncpg.PostgresError: It refuses.
            TimeoutError: It does not answer.
        """
        try:
            connection = await self._connected(SETTINGS, statements=0)
        except asyncpg.PostgresError as error:
            if "startup parameter" not in str(error):
                raise
            # A pooler refuses the settings that the server takes.
            return await self._connected({}, statements=0), Terms(pooled=True)
        try:
            direct = await _is_told(connection) and await _hears_itself(connection)
            return connection, Terms(pooled=not direct)
        except BaseException:
            connection.terminate()
            raise

    async def connect(self, terms: Terms) -> Connection:
        """A new connection.

        Raises:
            HistoryRefusedError: The password is not told.
            OSError: It can't be reached.
            asyncpg.PostgresError: It refuses.
            TimeoutError: It does not answer.
        """
        if terms.pooled:
            return await self._connected({}, statements=0)
        return await self._connected(SETTINGS, statements=_STATEMENTS)

    async def _connected(self, settings: Mapping[str, str], *, statements: int) -> Connection:
        more: dict[str, Any] = {}
        if self.tls is not None:
            more["ssl"] = self.tls()
        if self.password is not None:
            more["password"] = await _told(self.password)
        if self.service is not None:
            more["service"] = self.service
        connection: Connection = await asyncpg.connect(
            self.dsn,
            timeout=self.seconds,
            statement_cache_size=statements,
            server_settings=dict(settings),
            **more,
        )
        _keep_alive(connection)
        return connection


async def _is_told(connection: Connection) -> bool:
    """Whether the server has the settings of a connection: a pooler may keep them to itself."""
    told = await connection.fetchval("SELECT current_setting('lock_timeout')")
    return bool(told == SETTINGS["lock_timeout"])


async def _hears_itself(connection: Connection) -> bool:
    """Whether a connection hears its own notice: not through a pooler, which may say nothing of that."""
    heard = asyncio.Event()
    channel = f"segue_{new_name(8)}"
    try:
        await connection.add_listener(channel, lambda *_: heard.set())
        await connection.execute(f"NOTIFY {channel}")
    except asyncpg.ReadOnlySQLTransactionError:  # of a copy of another server, which tells nothing
        return True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HEARD):
            await heard.wait()
    return heard.is_set()


async def _told(password: Callable[[], str]) -> str:
    """The password, which may take a program its time to tell."""
    try:
        return await asyncio.to_thread(password)
    except ConfigError as error:
        raise HistoryRefusedError(error.message, error.hint) from error


def way_to(server: Server, environ: Mapping[str, str] = os.environ) -> Way:
    """How ``server`` is reached.

    Raises:
        HistoryRefusedError: The address makes no sense.
    """
    written = server.address.reveal()
    service = environ.get("PGSERVICE")
    if written.startswith("service="):
        service, _, rest = written.removeprefix("service=").partition("?")
        written = f"postgresql://?{rest}"
    try:
        parts = urlsplit(written)
        host, query = parts.hostname or "", dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise HistoryRefusedError(f"The address of the history makes no sense: {error}", _FORM) from None
    schema = query.pop("schema", "")
    if schema and not _NAME.fullmatch(schema):
        raise HistoryRefusedError("The schema of the history has a name that can't be one", _FORM)
    seconds = _seconds(query.get("connect_timeout"))
    kept = {name: value for name, value in query.items() if not _LIBPQ.fullmatch(name)}
    host = kept.get("host", host) or environ.get("PGHOST", "")
    tls = _context if _must_prove(host, kept, service, environ) else None
    if tls is not None:
        kept.pop("sslmode", None)
    path = parts.path.rstrip("/")  # a database without a name would be taken for one
    dsn = f"postgresql://{parts.netloc}{path}?{urlencode(kept)}".rstrip("?")
    return Way(dsn, schema, tls, server.password, seconds, service)


_FORM = "It is written as postgresql://USER@HOST/DATABASE or service=NAME, with ?schema=NAME behind it."


def _must_prove(host: str, query: Mapping[str, str], service: str | None, environ: Mapping[str, str]) -> bool:
    """Whether the server must prove by the system's certificates that it is ``host``.

    That is so for every other machine unless the address says otherwise; the driver's own default would take
    whatever answers.
    """
    mode = query.get("sslmode") or environ.get("PGSSLMODE")
    if "sslrootcert" in query or environ.get("PGSSLROOTCERT"):
        return False
    if mode is not None:
        return mode in ("verify-full", "verify-ca")
    return service is None and not _of_this_machine(host)


def _of_this_machine(host: str) -> bool:
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _context() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _seconds(written: str | None) -> float:
    return min(float(written), 60.0) if written and written.isdecimal() and int(written) else CONNECT_SECONDS


async def let_go(connection: Connection) -> None:
    """End a connection, in good order if it is not lost."""
    try:
        await connection.close(timeout=1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()


def _keep_alive(connection: Connection) -> None:
    """Let the system notice that the other end is gone: neither end says so where a cable is pulled."""
    transport = getattr(connection, "_transport", None)
    opened = transport.get_extra_info("socket") if transport is not None else None
    if opened is None or opened.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE * 1000)
