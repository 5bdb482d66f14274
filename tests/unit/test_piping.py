"""A text given to a command: its output, its end, and what it is not given."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from tui.errors import SegueError
from tui.system import piping
from tui.system.piping import MOST, pipe

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a shell of POSIX")


def nothing(piece):
    pass


def runs(pid):
    """Whether a process is there and has not ended; one that nobody waits for is there, but has."""
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", pid.read_text().strip()], capture_output=True, text=True
    )
    return said.stdout.strip()[:1] not in ("", "Z")


async def gone(*pids):
    """Wait until these processes have ended."""
    async with asyncio.timeout(20):
        while any(map(runs, pids)):  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)


async def test_it_gets_the_text_and_what_it_writes_is_told(tmp_path):
    told = []
    output = await pipe("cat; pwd; echo wrong >&2; exit 3", tmp_path, "a text: ü\n", told.append)
    assert output == piping.Output(f"a text: ü\n{tmp_path}\nwrong\n", 3)
    assert "".join(told) == output.text


async def test_a_command_need_not_read_its_input(tmp_path):
    output = await pipe("echo done", tmp_path, "x" * 2_000_000, nothing)
    assert output.text == "done\n"


async def test_it_has_no_terminal(tmp_path):
    output = await pipe("exec 2>&1; echo to > /dev/tty || echo none", tmp_path, "", nothing)
    assert output.text.endswith("none\n")


async def test_it_is_given_no_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OTHER", "told")
    output = await pipe("env", tmp_path, "", nothing)
    assert "sk-secret" not in output.text and "OTHER=told" in output.text


async def test_one_that_writes_without_end_is_stopped(tmp_path):
    output = await pipe("echo $$ > pid; yes", tmp_path, "", nothing)
    assert output.cut and len(output.text) == MOST
    await gone(tmp_path / "pid")


async def test_cancelling_ends_it_and_what_it_started(tmp_path):
    command = "trap '' TERM; sleep 500 & echo $! > child; echo $$ > pid; wait"
    task = asyncio.ensure_future(pipe(command, tmp_path, "", nothing))
    async with asyncio.timeout(20):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gone(tmp_path / "pid", tmp_path / "child")


async def test_what_it_leaves_running_is_not_waited_for(tmp_path):
    async with asyncio.timeout(60):
        output = await pipe("sleep 500 & echo $! > child; echo done", tmp_path, "", nothing)
    assert output == piping.Output("done\n", 0)
    await gone(tmp_path / "child")


async def test_bytes_that_are_no_text_are_shown_as_such(tmp_path):
    output = await pipe("printf '\\377a'", tmp_path, "", nothing)
    assert output.text == "\N{REPLACEMENT CHARACTER}a"


async def test_what_can_not_be_started_is_said(tmp_path):
    with pytest.raises(SegueError, match="can't be started"):
        await pipe("true", tmp_path / "none", "", nothing)
    with pytest.raises(SegueError, match="can't be started"):
        await pipe("a\0b", tmp_path, "", nothing)
    assert os.listdir(tmp_path) == []
