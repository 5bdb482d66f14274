"""``-`` is standard output where a file is written, and standard input where one is read."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.fixture
def told(lab, model_server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model_server.reply = "An answer."
    lab.segue("ask", "Why does bread need salt?")
    lab.segue("ask", "Names for a small boat?")
    return lab


def run(home, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments], env=home.env, input=given, capture_output=True, timeout=60
    )


@pytest.mark.parametrize("form", ["md", "json", "html"])
def test_one_conversation_goes_to_standard_output(told, tmp_path, form):
    out = run(told, "history", "export", "1", "--format", form, "-o", "-")
    assert out.returncode == 0 and b"Why does bread need salt?" in out.stdout
    assert not (tmp_path / "-").exists()


def test_all_conversations_go_to_standard_output_and_come_from_standard_input(told, tmp_path):
    out = run(told, "history", "export", "-o", "-")
    assert len(json.loads(out.stdout)["conversations"]) == 2
    assert not (tmp_path / "-").exists()
    again = run(told, "history", "import", "-", given=out.stdout)
    assert b"2 were here already" in again.stderr


def test_all_of_them_in_many_files_are_no_stream(told):
    out = run(told, "history", "export", "--format", "md", "-o", "-")
    assert out.returncode == 2 and not out.stdout and b"--format json" in out.stderr


def test_a_backup_goes_through_a_pipe_and_back(told, tmp_path):
    copy = run(told, "backup", "-")
    assert copy.stdout.startswith(b"SQLite format 3\0") and not (tmp_path / "-").exists()
    told.segue("history", "delete", "1")
    assert run(told, "restore", "-", given=copy.stdout).returncode == 0
    assert len(json.loads(told.segue("history", "list", "--json").stdout)) == 2
