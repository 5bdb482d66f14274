"""``segue local`` and ``segue ask`` with a model of this machine: the real program as a process."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyte
import pytest

from tui.chat.chunks import Progress
from tui.cli.progress import ProgressLine


@pytest.fixture
def mine(home: Any, tiny_model: Path) -> Any:
    """A home whose config names the random model as ``mine``."""
    home.configure(f'[local.models]\nmine = "{tiny_model}"\ngone = "/no/such.gguf"\n')
    return home


@pytest.fixture
def silent_index() -> Iterator[str]:
    """A package index that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple"


def test_the_list_says_which_models_are_here(mine: Any) -> None:
    lines = mine.segue("local", "list").stdout.splitlines()
    assert lines[0].split()[:5] == ["qwen2.5-coder-0.5b", "491", "MB", "not", "here"]
    assert "Apache-2.0" in lines[0] and "small demo model" in lines[0]
    assert lines[2].split()[:4] == ["mine", "0", "MB", "here"]
    assert "/no/such.gguf" in lines[3] and "missing" in lines[3]


def test_the_list_as_json(mine: Any, tiny_model: Path) -> None:
    models = {m["name"]: m for m in json.loads(mine.segue("local", "list", "--json").stdout)}
    assert models["smollm2-135m"]["bytes"] == 98_362_432
    assert not models["smollm2-135m"]["present"]
    assert models["mine"] | {"note": "", "title": ""} == {
        "id": "local/mine",
        "name": "mine",
        "title": "",
        "licence": None,
        "bytes": tiny_model.stat().st_size,
        "present": True,
        "path": str(tiny_model),
        "note": "",
    }


def test_pulling_what_is_here_only_says_where(mine: Any, tiny_model: Path) -> None:
    assert mine.segue("local", "pull", "local/mine").stdout == f"{tiny_model}\n"
    assert json.loads(mine.segue("local", "pull", "mine", "--json").stdout)["present"]


def test_pulling_what_there_is_not(mine: Any) -> None:
    assert "There are: qwen2.5-coder-0.5b" in mine.segue("local", "pull", "llama", code=1).stderr
    assert "/no/such.gguf can't be read" in mine.segue("local", "pull", "gone", code=1).stderr
    mine.segue("local", code=2)


def test_ctrl_c_stops_a_pull(home: Any, silent_index: str) -> None:
    env = home.env | {"PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": silent_index, "PIP_FIND_LINKS": ""}
    command = [sys.executable, "-m", "tui", "local", "pull", "smollm2-135m"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as program:
        assert program.stderr is not None
        assert "Downloading SmolLM2 135M (98 MB)" in program.stderr.readline()
        program.send_signal(signal.SIGINT)
        said = program.stderr.read()
    assert program.returncode == 130
    assert "the next pull goes on" in said
    assert "Traceback" not in said


def test_a_question_to_the_model_of_this_machine(mine: Any) -> None:
    mine.configure(mine.config.read_text() + "[parameters]\nmax_tokens = 8\n")
    done = mine.segue("ask", "-m", "local/mine", "--json", "Hi")
    document = json.loads(done.stdout)
    assert document["model"] == "local/mine"
    assert document["status"] == "length"
    assert document["usage"]["output_tokens"] == 8
    assert done.stderr.splitlines() == ["Loading tiny.gguf", "Reading the conversation"]


def test_a_terminal_sees_one_line_a_step_which_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("TERM", "xterm")
    with ProgressLine() as line:
        line.show(Progress("Downloading", 1, 2))
        line.show(Progress("Downloading", 2, 2))
        line.show(Progress("Checking \x1b[2J [red]"))
    terminal = pyte.Screen(70, 5)
    pyte.Stream(terminal).feed(screen.getvalue().replace("\n", "\r\n"))
    shown = [row.rstrip() for row in terminal.display if row.strip()]
    assert len(shown) == 2
    assert "100%" in shown[0] and shown[0].endswith("Downloading")
    assert shown[1].endswith("Checking ␛[2J [red]")
    assert "\x1b[2J" not in screen.getvalue()
