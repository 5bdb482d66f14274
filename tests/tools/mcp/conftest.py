"""Servers that are really started, each with the settings of a test and short durations."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tui.config import McpConfig
from tui.paths import Paths
from tui.secret import Secret
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.elicitation import Action, Answer, Form, Visit
from tui.tools.mcp.network import Network
from tui.tools.mcp.server import McpServer
from tui.tools.mcp.servers import McpServers
from tui.tools.tool import Outcome, Step

FAULTS = Path(__file__).with_name("fault_server.py")
PATIENCE = 90.0
SHORT = Durations(start=90.0, after_stdin=0.3, after_term=0.3)
"""What a test that waits for a limit of its own does not set."""


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, certificate or keyring of the machine plays a part."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr("tui.tools.mcp.tokens.find_spec", lambda name: None)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")


@pytest.fixture
def network() -> Network:
    return Network(lambda url: None, ssl.create_default_context, lambda url: True)


@dataclass
class Teller:
    """A person who answers as the test says."""

    answer: Answer | None = None
    questions: list[Form | Visit] = field(default_factory=list)

    async def fill(self, form: Form) -> Answer:
        self.questions.append(form)
        return self.answer or Answer(Action.CANCEL)

    async def visit(self, visit: Visit) -> Answer:
        self.questions.append(visit)
        return self.answer or Answer(Action.CANCEL)


Start = Callable[..., McpServer]


@pytest.fixture
async def start(paths: Paths, network: Network) -> AsyncIterator[Start]:
    """A server by its settings, and all servers of the test ended after it."""
    begun: list[McpServers] = []

    def configure(
        settings: McpConfig,
        *,
        name: str = "notes",
        person: Teller | None = None,
        durations: Durations = SHORT,
        keys: dict[str, str] | None = None,
        changed: Callable[[McpServer], None] = lambda server: None,
    ) -> McpServer:
        kept = {each: Secret(value) for each, value in (keys or {}).items()}
        servers = McpServers(
            {name: settings}, paths, network, kept.get, person=person, durations=durations, changed=changed
        )
        begun.append(servers)
        return servers.servers[name]

    yield configure
    for servers in begun:
        await servers.close()


@dataclass
class Faults:
    """The server that goes wrong, and what it has written down."""

    start: Start
    log: Path

    def __call__(self, *flags: str, settings: McpConfig | None = None, **options: object) -> McpServer:
        given = settings or McpConfig()
        return self.start(
            McpConfig(
                command=sys.executable,
                args=(str(FAULTS), str(self.log), *flags),
                env=given.env,
                env_command=given.env_command,
                tools=given.tools,
                without_tools=given.without_tools,
                timeout=given.timeout,
                start_timeout=given.start_timeout,
                instructions=given.instructions,
            ),
            **options,
        )

    @property
    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    @property
    def pids(self) -> list[int]:
        return [int(line.split()[1]) for line in self.lines if line.startswith("started ")]


@pytest.fixture
def faults_of(start: Start, tmp_path: Path) -> Faults:
    return Faults(start, tmp_path / "received.log")


async def call(server: McpServer, tool: str, **arguments: object) -> Outcome:
    return await server.call(tool, arguments, lambda step: None)


@asynccontextmanager
async def listening(command: str, *args: str, **env: str) -> AsyncIterator[int]:
    """A program that listens at a port, which is its last argument and in its environment as PORT."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        command, *args, str(port), env={**os.environ, **env, "PORT": str(port)}, stdout=quiet, stderr=quiet
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while not await _answers(port):  # noqa: ASYNC110 (a process: nothing that tells)
                await asyncio.sleep(0.05)
        yield port
    finally:
        process.kill()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def is_running(pid: int) -> bool:
    """Whether there is such a process that is not only waiting to be forgotten."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def ignore(step: Step) -> None:
    """Nobody wants to know how far it is."""
