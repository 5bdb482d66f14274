"""``segue keys``: kept for this user alone, tried at once, never shown."""

from __future__ import annotations

import json
import os
import stat
import sys

import pytest

KEY = "sk-lab-0123456789-wxyz"


@pytest.fixture
def closed_lab(home, model_server):
    """A provider that asks for a key."""
    home.configure(f'[providers.lab]\nurl = "{model_server.url}"\nkey_env = "LAB_SECRET"\n')
    return home


def test_a_key_is_kept_private_tried_and_listed_by_its_end(closed_lab, model_server):
    done = closed_lab.segue("keys", "set", "lab", given=KEY + "\n")
    assert "2 models" in done.stderr and KEY not in done.stdout + done.stderr
    file = closed_lab.config.parent / "keys.json"
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "wxyz" in closed_lab.segue("keys", "list").stdout
    assert json.loads(closed_lab.segue("keys", "list", "--json").stdout) == [
        {"provider": "lab", "source": "keys.json", "last4": "wxyz", "used": True}
    ]
    closed_lab.segue("ask", "-m", "lab/big", "Hi")
    assert model_server.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_a_key_can_be_forgotten(closed_lab):
    closed_lab.segue("keys", "set", "lab", given=KEY + "\n")
    closed_lab.segue("keys", "forget", "lab")
    assert closed_lab.segue("keys", "list").stdout == ""
    closed_lab.segue("keys", "forget", "lab", code=1)


def test_a_key_whose_address_was_moved_is_listed_and_can_be_forgotten(home, model_server, monkeypatch):
    kept = home.config.parent / "keys.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(0o600)
    kept.write_text(json.dumps({"openai": KEY}))
    monkeypatch.setenv("OPENAI_BASE_URL", model_server.url)
    listed = home.segue("keys", "list").stdout
    assert (
        listed.startswith("openai ") and "wxyz  keys.json, not used: no provider has this address" in listed
    )
    home.segue("keys", "set", "openai", given="sk-moved-0123456789-abcd\n")
    both = json.loads(home.segue("keys", "list", "--json").stdout)
    assert [(key["last4"], key["used"]) for key in both] == [("abcd", True), ("wxyz", False)]
    home.segue("keys", "forget", "openai")
    [left] = json.loads(home.segue("keys", "list", "--json").stdout)
    assert left["provider"].startswith("openai@") and left["last4"] == "abcd"
    home.segue("keys", "forget", "openai")
    assert home.segue("keys", "list").stdout == ""


def test_a_key_that_the_server_refuses_is_not_kept(closed_lab, model_server):
    model_server.list_status = 401
    done = closed_lab.segue("keys", "set", "lab", given=KEY + "\n", code=1)
    assert KEY not in done.stderr
    assert closed_lab.segue("keys", "list").stdout == ""


def test_a_refused_key_leaves_the_kept_one_and_takes_none_from_elsewhere(closed_lab, model_server):
    """A variable that happens to hold the refused key is not written to the file in its place."""
    closed_lab.segue("keys", "set", "lab", given=KEY + "\n")
    model_server.list_status = 401
    file = closed_lab.config.parent / "keys.json"
    kept = file.read_text()
    closed_lab.variables["LAB_SECRET"] = "sk-lab-refused-0000"
    closed_lab.segue("keys", "set", "lab", given="sk-lab-refused-0000\n", code=1)
    assert file.read_text() == kept


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal of this kind on Windows")
class TestInATerminal:
    ASKED = "Key for lab: "

    def test_what_is_typed_is_not_shown(self, lab, console, model_server):
        terminal = console("keys", "set", "lab")
        terminal.see(self.ASKED)
        terminal.type(KEY + "\r")
        terminal.see("lab takes the key and lists 2 models.")
        assert terminal.end() == 0
        assert KEY not in terminal.text
        assert "wxyz" in lab.segue("keys", "list").stdout

    @pytest.mark.parametrize(("key", "code", "words"), [("\x03", 130, ""), ("\x04", 2, "No key was given")])
    def test_ctrl_c_and_ctrl_d_leave_at_once(self, lab, console, key, code, words):
        terminal = console("keys", "set", "lab")
        terminal.see(self.ASKED)
        terminal.type(key)
        terminal.see(words)
        assert terminal.end() == code
        assert lab.segue("keys", "list").stdout == ""


def test_no_key_is_left_anywhere(closed_lab, model_server):
    """Not in what is written, not in what is kept: only the keys file has it."""
    closed_lab.segue("keys", "set", "lab", given=KEY + "\n")
    written = [closed_lab.segue("ask", "-m", "lab/big", "Hi")]
    model_server.status = model_server.list_status = 401
    written += [
        closed_lab.segue("ask", "-m", "lab/big", "Hi", code=1),
        closed_lab.segue("ask", "--json", "-m", "lab/big", "Hi", code=1),
        closed_lab.segue("models", "--refresh"),
        closed_lab.segue("doctor", "--json", "--live", code=1),
        closed_lab.segue("doctor", "--live", code=1),
        closed_lab.segue("config", "show"),
        closed_lab.segue("keys", "list", "--json"),
        closed_lab.segue("history", "export", "-o", str(closed_lab.path / "all.json")),
    ]
    assert all(header["Authorization"] == f"Bearer {KEY}" for header in model_server.headers)
    assert "wxyz" in written[1].stderr, "which key it was can still be told"
    assert not [done.args for done in written if KEY in done.stdout + done.stderr]
    holders = [
        path.name
        for path in closed_lab.path.rglob("*")
        if path.is_file() and KEY.encode() in path.read_bytes()
    ]
    assert holders == ["keys.json"]


def test_a_key_on_the_command_line_is_not_taken(closed_lab, model_server):
    """Others can read it there; it is not repeated either."""
    done = closed_lab.segue("keys", "set", "lab", KEY, code=2)
    assert "never taken from the command line" in done.stderr and KEY not in done.stderr
    assert "KEY" not in closed_lab.segue("keys", "set", "--help").stdout
    assert closed_lab.segue("keys", "list").stdout == ""


def test_a_damaged_file_is_complained_of_once(closed_lab):
    (closed_lab.config.parent / "keys.json").write_text("{")
    done = closed_lab.segue("keys", "list")
    assert done.stderr.count("keys.json: cannot be read: it is damaged") == 1


def test_no_key_and_no_provider_are_told(closed_lab):
    assert "No key" in closed_lab.segue("keys", "set", "lab", given="\n", code=2).stderr
    assert "nowhere" in closed_lab.segue("keys", "set", "nowhere", given=KEY, code=2).stderr
    assert "Did you mean groq?" in closed_lab.segue("keys", "forget", "grok", code=2).stderr
