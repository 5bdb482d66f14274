"""``segue mcp``: what is configured, whether it works, and what another program has."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Home

FAULTS = Path(__file__).parents[1] / "tools" / "mcp" / "fault_server.py"


@pytest.fixture
def notes(home: Home, tmp_path: Path) -> Home:
    """A home with a server that works, one that ends at once, and one that is off."""

    def table(name: str, *flags: str, more: str = "") -> str:
        args = json.dumps([str(FAULTS), str(tmp_path / "received.log"), *flags])
        return f"[mcp.{name}]\ncommand = {json.dumps(sys.executable)}\nargs = {args}\n{more}\n"

    home.configure(table("notes") + table("bad", "exits") + table("off", more="enabled = false"))
    return home


def test_the_servers_of_the_config_are_listed_and_none_is_started(notes: Home, tmp_path: Path):
    lines = notes.segue("mcp", "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["notes", "stdio"], ["bad", "stdio"], ["off", "stdio"]]
    assert lines[2].endswith("off")
    listed = json.loads(notes.segue("mcp", "list", "--json").stdout)
    assert [(each["name"], each["type"], each["enabled"]) for each in listed] == [
        ("notes", "stdio", True),
        ("bad", "stdio", True),
        ("off", "stdio", False),
    ]
    assert not (tmp_path / "received.log").exists()


def test_a_server_is_tried(notes: Home):
    told = notes.segue("mcp", "test", "notes").stdout
    assert "notes: faults␛[31m 1, protocol 2025-06-18" in told
    assert "\n  echo" in told and "\n  reads  reads" in told and "\x1b" not in told
    document = json.loads(notes.segue("mcp", "test", "notes", "--json").stdout)
    assert document["ok"] and "echo" in [tool["name"] for tool in document["tools"]]
    assert document["prompts"] == ["greet"] and document["resources"] == 1


def test_a_server_that_does_not_work_is_told_with_its_words(notes: Home):
    done = notes.segue("mcp", "test", "bad", code=1)
    assert done.stdout == "" and "bad ended: I need ␛[31ma token" in done.stderr
    document = json.loads(notes.segue("mcp", "test", "bad", "--json", code=1).stdout)
    assert not document["ok"] and "I need" in document["error"] and document["stderr"]


@pytest.mark.parametrize("name, words", [("note", "Did you mean notes?"), ("off", "enabled = false")])
def test_a_server_that_can_t_be_meant_is_named(notes: Home, name: str, words: str):
    assert words in notes.segue("mcp", "test", name, code=2).stderr


def test_a_program_has_no_sign_in(notes: Home):
    assert "nothing to sign in to" in notes.segue("mcp", "login", "notes", code=1).stderr


def test_servers_are_taken_over_after_the_change_was_shown(home: Home, tmp_path: Path):
    home.configure('# my settings\ntheme = "segue-light"\n')
    theirs = tmp_path / "theirs.json"
    env = {"API_KEY": "abc-very-secret-123"}
    theirs.write_text(json.dumps({"mcpServers": {"notes": {"command": "uvx", "args": ["x"], "env": env}}}))
    before = home.config.read_text()
    refused = home.segue("mcp", "import", str(theirs), code=2)
    assert "+[mcp.notes]" in refused.stdout and "--yes" in refused.stderr
    assert home.config.read_text() == before
    done = home.segue("mcp", "import", str(theirs), "--yes")
    assert '+command = "uvx"' in done.stdout and "abc-very-secret" not in done.stdout + done.stderr
    assert home.config.read_text().startswith(before)
    assert "abc-very-secret" not in home.config.read_text()
    assert json.loads((home.config.parent / "keys.json").read_text()) == {
        "mcp.notes.API_KEY": "abc-very-secret-123"
    }
    assert home.segue("config", "check").stdout == ""
    again = home.segue("mcp", "import", str(theirs), "--yes")
    assert "is in the config already" in again.stderr and again.stdout == ""


def test_what_is_in_the_config_stays_where_it_is_and_what_can_t_be_used_is_left_out(
    home: Home, tmp_path: Path
):
    mine = b'theme = "segue-light"  # mine\r\n\r\n[keys]\r\n# none yet\r\n'
    home.configure("")
    home.config.write_bytes(mine)
    theirs = tmp_path / "theirs.json"
    servers = {"far": {"url": "notes"}, "near": {"command": "x", "env": {"MODE": "a"}}}
    theirs.write_text(json.dumps({"mcpServers": servers}))
    done = home.segue("mcp", "import", str(theirs), "--yes")
    assert "left out: far" in done.stderr and "must be an address" in done.stderr
    written = home.config.read_bytes()
    assert written.startswith(mine) and b"[mcp.near]\r\n" in written and b"far" not in written
    assert home.segue("config", "check").stdout == ""


def test_a_config_that_is_broken_gets_no_servers(home: Home, tmp_path: Path):
    home.configure("theme = \n")
    theirs = tmp_path / "theirs.json"
    theirs.write_text(json.dumps({"mcpServers": {"near": {"command": "x"}}}))
    assert "Mend it first" in home.segue("mcp", "import", str(theirs), "--yes", code=1).stderr
    assert home.config.read_text() == "theme = \n"


def test_a_key_is_kept_for_the_config_to_name(home: Home):
    home.segue("mcp", "key", "mcp.notes.TOKEN", given="abc-very-secret-123\n")
    assert json.loads((home.config.parent / "keys.json").read_text()) == {
        "mcp.notes.TOKEN": "abc-very-secret-123"
    }
    assert "not used" not in home.segue("keys", "list").stdout


def test_without_a_file_those_that_are_there_are_named(home: Home):
    known = home.path / ".config" / "opencode" / "opencode.json"
    known.parent.mkdir(parents=True)
    known.write_text("{}")
    assert str(known) in home.segue("mcp", "import").stdout


def test_values_that_may_be_secret_are_not_shown(home: Home):
    home.configure(
        '[mcp.notes]\nurl = "https://notes.example"\n'
        'headers = { X-Key = "abc", Authorization = "Bearer ${TOKEN}" }\n'
        '[mcp.more]\ncommand = "x"\nenv = { A = "abc", B = "${B}" }\n'
    )
    shown = json.loads(home.segue("config", "show").stdout)["mcp"]
    assert shown["more"]["env"] == {"A": "•••", "B": "${B}"}
    assert shown["notes"]["headers"]["X-Key"] == "•••" and "abc" not in json.dumps(shown)


@pytest.mark.parametrize(
    "text, words",
    [
        ("[mcp.Notes]\ncommand = 'x'", "small letters"),
        ("[mcp.notes]\nargs = ['x']", "needs a command or a url"),
        ("[mcp.notes]\ncommand = 'x'\nurl = 'https://a.example'", "not both"),
        ("[mcp.notes]\ncommand = 'x'\ntype = 'http'", "mcp.notes.type: must be stdio"),
        ("[mcp.notes]\nurl = 'notes'", "must be an address"),
        ("[mcp.notes]\ncommand = 'x'\ntimeout = 0", "seconds"),
        ("[mcp.notes]\ncommand = 'x'\ncomand = 'y'", "did you mean command?"),
        ("[mcp.notes]\ncommand = 'x'\nenv = { A = 7 }", "mcp.notes.env.A: must be a text"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(home: Home, text: str, words: str):
    home.configure(text)
    told = home.segue("config", "check", code=1).stderr
    assert words in told and "config.toml:" in told
