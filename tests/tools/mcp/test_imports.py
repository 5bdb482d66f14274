"""The configurations of five programs give the same servers; what can't be said is told."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tui.config import load_config
from tui.config_file import changed_text
from tui.errors import ImportFileError
from tui.tools.mcp.imports import Found, changes_of, read_servers

LOCAL = {"command": "uvx", "args": ["mcp-server-fetch", "--quiet"], "env": {"MODE": "${NOTES_MODE}"}}
FAR = {"type": "http", "url": "https://notes.example/mcp", "headers": {"X-Team": "blue"}}

CLAUDE = json.dumps(
    {"mcpServers": {"Fetch": LOCAL, "far notes": {k: v for k, v in FAR.items() if k != "type"}}}
)
DOT_MCP = json.dumps({"mcpServers": {"fetch": LOCAL, "far-notes": FAR}})
CODE = """{
  // one for all folders
  "inputs": [{"id": "mode", "type": "promptString"}],
  "servers": {
    "fetch": {"type": "stdio", "command": "uvx", "args": ["mcp-server-fetch", "--quiet"],
              "env": {"MODE": "${env:NOTES_MODE}"}, /* not here */ },
    "far-notes": {"type": "http", "url": "https://notes.example/mcp", "headers": {"X-Team": "blue"}},
  },
}"""
OPENCODE = json.dumps(
    {
        "mcp": {
            "fetch": {
                "type": "local",
                "command": ["uvx", "mcp-server-fetch", "--quiet"],
                "environment": {"MODE": "{env:NOTES_MODE}"},
            },
            "far-notes": {
                "type": "remote",
                "url": "https://notes.example/mcp",
                "headers": {"X-Team": "blue"},
            },
        }
    }
)
CRUSH = json.dumps(
    {
        "mcp": {
            "fetch": {"type": "stdio", **LOCAL, "env": {"MODE": "$NOTES_MODE"}},
            "far-notes": {"type": "http", "url": "https://notes.example/mcp", "headers": {"X-Team": "blue"}},
        }
    }
)


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "theirs.json"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def toml_of(*servers: Found) -> str:
    changes = {at: value for server in servers for at, value in changes_of(server).items()}
    return changed_text(Path("config.toml"), "", changes)


def read_back(tmp_path: Path, text: str):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    config = load_config(path)
    assert not config.problems
    return config.mcp


@pytest.mark.parametrize(
    "text", [CLAUDE, DOT_MCP, CODE, OPENCODE, CRUSH], ids=["claude", "dot", "code", "open", "crush"]
)
def test_five_programs_give_the_same_servers(file, tmp_path: Path, text: str):
    imported = read_servers(file(text))
    assert imported.left_out == ()
    servers = read_back(tmp_path, toml_of(*imported.servers))
    fetch, far = servers["fetch"], servers["far-notes"]
    assert (fetch.command, fetch.args) == ("uvx", ("mcp-server-fetch", "--quiet"))
    assert fetch.env == {"MODE": "${NOTES_MODE}"}
    assert (far.url, far.headers, far.enabled) == ("https://notes.example/mcp", {"X-Team": "blue"}, True)


def test_what_is_particular_to_one_program_is_taken_over_too(file):
    [slow] = read_servers(
        file(
            json.dumps({"mcp": {"a": {"type": "local", "command": ["x"], "timeout": 5000, "enabled": False}}})
        )
    ).servers
    assert slow.settings == {"command": "x", "enabled": False, "start_timeout": 5.0}
    settings = {"command": "x", "timeout": 120, "disabled": True, "disabled_tools": ["rm"]}
    [crush] = read_servers(file(json.dumps({"mcp": {"a": settings}}))).servers
    assert crush.settings == {"command": "x", "enabled": False, "timeout": 120.0, "without_tools": ["rm"]}
    asks = {"command": "x", "env": {"A_KEY": "${input:my-key}"}}
    [code] = read_servers(file(json.dumps({"servers": {"a": asks}}))).servers
    assert code.settings["env"] == {"A_KEY": "${MY_KEY}"}


def test_keys_in_plain_text_are_kept_apart(file):
    env = {"API_KEY": "abc-very-secret-123", "URL": "https://notes.example", "KEY_FILE": "/home/me/key"}
    headers = {"Authorization": "Bearer abc-very-secret-456"}
    found = read_servers(
        file(
            json.dumps(
                {
                    "mcpServers": {
                        "a": {"command": "x", "env": env},
                        "b": {"url": "https://b.example", "headers": headers},
                    }
                }
            )
        )
    ).servers
    assert found[0].settings["env"] == env | {"API_KEY": "${keyring:mcp.a.API_KEY}"}
    assert found[0].secrets == {"mcp.a.API_KEY": "abc-very-secret-123"}
    assert found[1].settings["headers"] == {"Authorization": "Bearer ${keyring:mcp.b.Authorization}"}
    assert found[1].secrets == {"mcp.b.Authorization": "abc-very-secret-456"}


@pytest.mark.parametrize(
    "server, words",
    [
        ({"command": "x", "args": ["$(cat key)"]}, "commands of a shell"),
        ({"command": "${workspaceFolder}/run"}, "folder of a project"),
        ({"args": ["x"]}, "neither a command nor an address"),
        ("nonsense", "neither a command nor an address"),
    ],
)
def test_what_can_t_be_said_is_left_out_and_told(file, server, words: str):
    imported = read_servers(file(json.dumps({"mcpServers": {"bad \x1b[31m": server, "good": LOCAL}})))
    assert [each.name for each in imported.servers] == ["good"]
    [told] = imported.left_out
    assert words in told and "\x1b" not in told


def test_names_become_ours_and_stay_apart(file):
    names = ["My Notes!", "my-notes", "MY_NOTES", "ü", "a" * 40]
    imported = read_servers(file(json.dumps({"mcpServers": {name: LOCAL for name in names}})))
    found = [each.name for each in imported.servers]
    assert found == ["my-notes", "my-notes-2", "my-notes-3", "server", "a" * 24]


def test_odd_texts_survive_the_way_into_the_config(file, tmp_path: Path):
    args = ['quo"te', "back\\slash", "new\nline", "tab\t", "del\x7f", "ünï", "''' \"\"\"", "\ud83d\ude00"]
    [found] = read_servers(
        file(json.dumps({"mcpServers": {"a": {"command": "x", "args": args, "env": {"A B": "c"}}}}))
    ).servers
    back = read_back(tmp_path, toml_of(found))["a"]
    assert list(back.args) == [*args[:-1], "😀"] and back.env == {"A B": "c"}
    assert tomllib.loads(toml_of(found))


@pytest.mark.parametrize(
    "text", ["", "[]", "{broken", '{"theme": "dark"}', '{"mcpServers": 7}', "[" * 100_000]
)
def test_a_file_that_has_no_servers_is_named(file, text: str):
    with pytest.raises(ImportFileError, match=r"theirs\.json: (is no JSON object|has no servers)"):
        read_servers(file(text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ImportFileError, match="cannot be read: no such file"):
        read_servers(tmp_path / "nothing.json")
