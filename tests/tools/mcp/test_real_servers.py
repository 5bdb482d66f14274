"""Servers that others have written, really started: each says what it has and does what it is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tools.mcp.conftest import Start, call, listening
from tui.config import McpConfig
from tui.paths import Paths
from tui.tools.mcp.network import Network
from tui.tools.mcp.server import McpServer, State
from tui.tools.mcp.servers import McpServers

NODE = os.environ.get("SEGUE_NODE_SERVERS", "")
"""A folder in which ``npm install`` has put the servers that are written for Node."""
needs_node = pytest.mark.skipif(
    not NODE, reason="SEGUE_NODE_SERVERS names no folder with the servers for Node"
)

OLDER = os.environ.get("SEGUE_OLDER_SERVERS", "")
"""A virtual environment with ``mcp-server-sqlite`` and the ``mcp<2`` that it was written for."""
needs_older = pytest.mark.skipif(
    not OLDER, reason="SEGUE_OLDER_SERVERS names no environment with servers of the older SDK"
)


def module(name: str, *args: str) -> McpConfig:
    return McpConfig(command=sys.executable, args=("-m", name, *args))


def node(package: str, *args: str, **more: object) -> McpConfig:
    script = Path(NODE) / "node_modules" / "@modelcontextprotocol" / package / "dist" / "index.js"
    return McpConfig(command="node", args=(str(script), *args), **more)


async def names(server: McpServer) -> set[str]:
    return {tool.spec.name for tool in await server.tools()}


async def test_the_time_server_tells_the_time(start: Start):
    server = start(module("mcp_server_time"))
    assert await names(server) == {"get_current_time", "convert_time"}
    outcome = await call(server, "get_current_time", timezone="Europe/Paris")
    assert not outcome.is_error and '"timezone": "Europe/Paris"' in outcome.text
    wrong = await call(server, "get_current_time", timezone="Nowhere/At-all")
    assert wrong.is_error and "Nowhere" in wrong.text
    assert server.status.state is State.READY and server.status.garbage == 0


async def test_the_fetch_server_says_why_it_fetches_nothing_here(start: Start):
    server = start(module("mcp_server_fetch", "--ignore-robots-txt"))
    [fetch] = await server.tools()
    assert fetch.spec.name == "fetch" and "url" in fetch.spec.schema["properties"]
    outcome = await fetch.call({"url": "http://127.0.0.1:9/"}, lambda step: None)
    assert outcome.is_error and outcome.text
    [prompt] = await server.prompts()
    assert [argument.name for argument in prompt.arguments] == ["url"]


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
async def test_the_git_server_tells_what_changed(start: Start, tmp_path: Path):
    repository = tmp_path / "repository"
    repository.mkdir()
    git = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-C", str(repository)]
    (repository / "note.txt").write_text("hello")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "A first note"]):
        subprocess.run([*git, *words], check=True)  # noqa: ASYNC221 (nothing else runs yet)
    server = start(module("mcp_server_git", "--repository", str(repository)))
    specs = {tool.spec.name: tool.spec for tool in await server.tools()}
    assert {"git_log", "git_commit"} <= set(specs)
    outcome = await call(server, "git_log", repo_path=str(repository), max_count=5)
    assert "A first note" in outcome.text


@needs_older
async def test_the_sqlite_server_of_an_older_sdk_keeps_what_it_is_given(start: Start, tmp_path: Path):
    folder = next(Path(OLDER, name) for name in ("bin", "Scripts") if Path(OLDER, name).is_dir())
    file = tmp_path / "notes.db"
    server = start(McpConfig(command=str(folder / "mcp-server-sqlite"), args=("--db-path", str(file))))
    assert {"read_query", "write_query", "create_table"} <= await names(server)
    for tool, query in (
        ("create_table", "create table notes (what text)"),
        ("write_query", "insert into notes values ('buy bread')"),
    ):
        assert not (await call(server, tool, query=query)).is_error
    assert "buy bread" in (await call(server, "read_query", query="select what from notes")).text
    wrong = await call(server, "read_query", query="drop table notes")
    assert "SELECT" in wrong.text
    assert await server.resources() and await server.prompts()
    assert server.status.state is State.READY and server.status.garbage == 0


async def test_one_tool_name_on_two_servers_is_two_tools(paths: Paths, network: Network):
    both = McpServers(
        {
            "here": module("mcp_server_time"),
            "there": module("mcp_server_time", "--local-timezone", "Asia/Tokyo"),
        },
        paths,
        network,
        lambda name: None,
    )
    try:
        for name, server in both.servers.items():
            tools = {tool.spec.name: tool for tool in await server.tools()}
            assert tools["get_current_time"].spec.server == name
            outcome = await tools["get_current_time"].call({"timezone": "Asia/Tokyo"}, lambda step: None)
            assert "Asia/Tokyo" in outcome.text
    finally:
        await both.close()


@needs_node
async def test_the_everything_server_does_everything(start: Start):
    server = start(node("server-everything"))
    assert {"echo", "get-env", "get-tiny-image"} <= await names(server)
    assert (await call(server, "echo", message="hallo")).text == "Echo: hallo"
    image = await call(server, "get-tiny-image")
    assert [file.media_type for file in image.files] == ["image/png"]
    assert await server.resources() and await server.prompts() and await server.templates()


@needs_node
async def test_the_everything_server_sees_no_key_of_ours(start: Start, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you-123456")
    assert "not-for-you" not in (await call(start(node("server-everything")), "get-env")).text


@needs_node
async def test_the_filesystem_server_reads_a_file_and_no_other_folder(start: Start, tmp_path: Path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "todo.md").write_text("buy bread")
    server = start(node("server-filesystem", str(folder)))
    assert "bread" in (await call(server, "read_text_file", path=str(folder / "todo.md"))).text
    assert (await call(server, "read_text_file", path="/etc/hostname")).is_error


@needs_node
async def test_the_memory_server_remembers(start: Start, tmp_path: Path):
    server = start(node("server-memory", env={"MEMORY_FILE_PATH": str(tmp_path / "memory.json")}))
    entity = {"name": "Ann", "entityType": "person", "observations": ["likes bread"]}
    assert not (await call(server, "create_entities", entities=[entity])).is_error
    assert "likes bread" in (await call(server, "read_graph")).text


@pytest.fixture
async def everything_over_http() -> AsyncIterator[str]:
    """The address of the everything server, spoken to over HTTP."""
    settings = node("server-everything", "streamableHttp")
    async with listening(settings.command or "", *settings.args) as port:
        yield f"http://127.0.0.1:{port}/mcp"


@needs_node
async def test_the_everything_server_is_used_over_http(start: Start, everything_over_http: str):
    server = start(McpConfig(url=everything_over_http))
    assert (await call(server, "echo", message="hallo")).text == "Echo: hallo"
