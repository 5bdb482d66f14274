"""Standard input and output that are not as one wishes: closed, full, or no text."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the shell and the devices of POSIX")


def shell(home, command, **variables):
    """Run ``segue`` by a line of the shell, where it is called ``$SEGUE``."""
    return subprocess.run(
        command,
        shell=True,
        capture_output=True,
        text=True,
        env={**home.env, "SEGUE": f"{sys.executable} -m tui", **variables},
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments", [["config", "path"], ["config", "show"], ["keys", "list", "--json"], ["history", "list"]]
)
def test_a_reader_that_has_gone_before_the_first_word_is_no_error(lab, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            env=lab.env,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize(
    "arguments", ["ask Hi", "ask --json Hi", "models", "doctor --json", "history export 1"]
)
def test_a_full_disk_behind_standard_output_is_told(lab, arguments):
    lab.segue("ask", "Hi")
    done = shell(lab, f"$SEGUE {arguments} > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "segue: Standard output can't be written: No space left on device\n"


def test_a_reply_that_can_not_be_written_is_stopped_and_kept(lab):
    if not os.path.exists("/dev/full"):
        pytest.skip("no device that is always full")
    shell(lab, "$SEGUE ask Hi > /dev/full")
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    reply = json.loads(lab.segue("history", "show", str(row["id"]), "--json").stdout)["messages"][-1]
    assert (reply["status"], reply["error"]) == ("stopped", None)


def test_bytes_that_are_no_text_are_replaced(lab, model_server):
    done = shell(lab, r"printf 'caf\351' | $SEGUE ask", PYTHONIOENCODING="utf-8:strict")
    assert done.returncode == 0, done.stderr
    assert model_server.requests[0]["messages"] == [{"role": "user", "content": "caf\ufffd"}]
