"""``segue doctor`` and ``segue config``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tui.app.terminal.kinds import TerminalKind
from tui.cli.doctor import _right_to_left


def findings(home, *options, code=0):
    found = json.loads(home.segue("doctor", "--json", *options, code=code).stdout)
    return {(f["area"], f["name"]): f for f in found}


def test_a_good_installation_has_nothing_wrong(lab):
    lab.segue("ask", "Hi")
    found = findings(lab)
    assert found[("history", "history.db")]["words"].startswith("whole")
    assert found[("providers", "lab")]["verdict"] == "ok"
    assert found[("providers", "openai")]["verdict"] == "note"
    said = lab.segue("doctor").stdout
    assert said.startswith("versions") and said.endswith("\nnothing wrong\n")


def test_a_provider_is_asked_when_that_is_wanted(lab, model_server):
    # The home names an Ollama where none is, which is wrong too.
    assert "lists 2 models" in findings(lab, "--live", code=1)[("providers", "lab")]["words"]
    model_server.list_status = 401
    found = findings(lab, "--live", code=1)
    assert found[("providers", "lab")]["verdict"] == "wrong"
    assert "Not you" in found[("providers", "lab")]["words"]
    assert found[("providers", "vllm")]["verdict"] == "note", "nobody said that there is one"
    assert lab.segue("doctor", "--live", code=1).stdout.endswith("2 wrong: lab, ollama\n")


def test_a_mistake_in_the_settings_and_a_broken_history_are_found(lab):
    lab.configure('modle = "x/y"\n')
    lab.history.parent.mkdir(parents=True)
    lab.history.write_bytes(b"nothing" * 100)
    found = findings(lab, code=1)
    assert "model" in found[("settings", "config.toml")]["words"]
    assert found[("history", "history.db")]["verdict"] == "wrong"
    assert lab.history.read_bytes() == b"nothing" * 100


def test_no_secret_is_shown(lab):
    lab.configure('proxy = "http://me:hunter2-hunter2@127.0.0.1:9"\n')
    assert "hunter2" not in lab.segue("doctor").stdout
    assert "hunter2" not in lab.segue("doctor", "--json").stdout
    assert "hunter2" not in lab.segue("config", "show").stdout


@pytest.mark.parametrize("proxy", ["me:hun@ter/2xy@127.0.0.1:9", "http://me:hun/ter2xy@127.0.0.1:9"])
def test_no_password_of_a_proxy_of_the_environment_is_shown(lab, proxy):
    lab.variables |= {"HTTPS_PROXY": proxy, "https_proxy": proxy}
    said = lab.segue("doctor").stdout
    assert "me:•••@127.0.0.1:9" in said
    assert not any(word in said for word in ("hun", "ter2xy", "2xy"))


def test_config_names_the_file_and_the_place_of_a_mistake(lab):
    assert lab.segue("config", "path").stdout.strip() == str(lab.config)
    lab.segue("config", "check")
    lab.configure('model = "a/b"\nthme = "x"\n')
    done = lab.segue("config", "check", code=1)
    assert "config.toml:2:1" in done.stderr and "theme" in done.stderr
    assert json.loads(lab.segue("config", "show").stdout)["model"] == "a/b"


def test_keys_and_themes_that_do_not_exist_are_mistakes(lab):
    lab.configure('theme = "nosuch"\n[keys]\nmodle = "f4"\nsend = "f99x"\n')
    done = lab.segue("config", "check", code=1)
    for words in ("nosuch", "Did you mean model?", "f99x"):
        assert words in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_folders_that_can_not_be_looked_into_are_told_and_stop_nothing(lab):
    """As where a folder belongs to somebody else; root may look everywhere, but not into a link to itself."""
    for folder in (lab.config.parent, lab.history.parent, lab.path / "cache" / "segue"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        folder.symlink_to(folder)
    found = findings(lab, code=1)
    for place in (
        ("folders", "config"),
        ("folders", "data"),
        ("folders", "cache"),
        ("history", "history.db"),
    ):
        assert found[place]["verdict"] == "wrong", place
        assert "symbolic links" in found[place]["words"]
    for command in (
        ["models", "openai"],
        ["keys", "list"],
        ["keys", "forget", "openai"],
        ["history", "list"],
    ):
        done = lab.segue(*command, code=1 if "forget" in command else 0)
        assert "fault" not in done.stderr
    (lab.config.parent).unlink()
    lab.config.parent.write_text("a file in the folder's place")
    found = findings(lab, code=1)
    assert found["folders", "config"]["words"] == f"{lab.config.parent} is not a folder"


@pytest.mark.parametrize(
    "arguments", [["config", "\x1b[31mx"], ["--\x1b]52;c;x\x07"], ["history", "\x1b[2J"], ["keys", "set"]]
)
def test_a_wrong_argument_is_echoed_without_what_could_steer_the_terminal(lab, arguments):
    done = lab.segue(*arguments, code=2)
    assert done.stderr and not any(char in done.stderr for char in "\x1b\x07")


def test_notices_are_told_by_what_the_terminal_takes(lab):
    lab.variables = {"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.0", "TMUX": "", "TERM": "xterm"}
    assert "OSC 9 (ghostty)" in lab.segue("doctor").stdout


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_what_tmux_keeps_to_itself_is_told_with_the_line_that_changes_it(lab, tmp_path):
    socket = tmp_path / "socket"

    def tmux(*command):
        subprocess.run(["tmux", "-S", str(socket), "-f", "/dev/null", *command], check=True)

    tmux("new-session", "-d", "cat")
    try:
        lab.variables = {"TMUX": f"{socket},1,0"}
        said = lab.segue("doctor").stdout
        assert "tmux set -g focus-events on" in said
        assert "tmux set -g allow-passthrough on" in said
        tmux("set-option", "-g", "focus-events", "on")
        tmux("set-option", "-g", "allow-passthrough", "on")
        assert "tmux set" not in lab.segue("doctor").stdout
    finally:
        tmux("kill-server")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TERM": "xterm-ghostty", "COLORTERM": "truecolor"}, "by kitty's protocol"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "as cells of two pixels"),
        (
            {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_TERMINAL": "iTerm2"},
            "as cells of two pixels; alone on the screen (p) by iTerm2's protocol",
        ),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "only their names"),
        ({"TERM": "linux"}, "only their names"),
    ],
)
def test_how_pictures_are_drawn_is_told(lab, variables, words):
    lab.variables = variables
    assert f"pictures               {words}" in lab.segue("doctor").stdout


@pytest.mark.parametrize(
    ("name", "wish", "words"),
    [
        ("XTerm(379)", "auto", "put in order by Segue"),
        ("VTE(7600)", "auto", "put in order by Segue, which asks the terminal to leave it so"),
        ("mlterm(3.9.3)", "auto", "left to the terminal"),
        (
            "kitty(0.40.0)",
            "auto",
            "put in order by Segue, which leaves the letters of each word to the terminal",
        ),
        ("kitty(0.40.0)", "on", "put in order by Segue"),
        ("VTE(7600)", "off", "left as it was written (bidi = off)"),
    ],
)
def test_who_turns_text_from_right_to_left_is_told(monkeypatch, name, wish, words):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert _right_to_left(TerminalKind().named(name), wish).words == words


def test_what_joins_arabic_letters_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "segue[rtl]" in _right_to_left(TerminalKind().named("XTerm(379)"), "auto").words
    assert "segue[rtl]" not in _right_to_left(TerminalKind().named("VTE(7600)"), "auto").words
