"""Locks between programs."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.locks import Lock

HOLDER = """
import sys, pathlib
from tui.locks import Lock
assert Lock.take(lock := Lock(pathlib.Path(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def other(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that holds it."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None and program.stdout.readline() == "held\n"
        yield program
        program.kill()


def test_one_program_holds_it_at_a_time(path, other):
    lock = Lock(path)
    assert not lock.take() and not lock.take(0.01)
    lock.release()  # it is another's
    assert not lock.take()


def test_it_is_free_however_its_holder_ends(path, other):
    other.kill()
    other.wait()
    assert Lock(path).take()


def test_who_waits_for_it_gets_it(path, other, monkeypatch):
    waits, got = threading.Event(), threading.Event()
    take = Lock.take

    def tried(lock: Lock, seconds: float = 0) -> bool:
        taken = take(lock, seconds)
        waits.set()
        return taken

    def wait() -> None:
        with Lock(path).held():
            got.set()

    monkeypatch.setattr(Lock, "take", tried)
    waiting = threading.Thread(target=wait)
    waiting.start()
    assert waits.wait(60) and not got.is_set()
    other.kill()
    waiting.join()
    assert got.is_set()


def test_who_waits_no_longer_is_told(path, other):
    with pytest.raises(TimeoutError, match="another program"), Lock(path).held(0.01):
        pytest.fail("it is another's")


def test_in_one_program_it_is_held_once_too(path):
    one, two = Lock(path), Lock(path)
    assert one.take() and not two.take()
    one.release()
    assert two.take() and not one.take()


def test_any_thread_lets_go_of_it(path):
    lock = Lock(path)
    assert lock.take()
    thread = threading.Thread(target=lock.release)
    thread.start()
    thread.join()
    assert Lock(path).take()


def test_a_look_at_it_by_its_own_program_leaves_it_held(path):
    lock = Lock(path.with_name("own"))
    assert lock.take() and not Lock(lock.path).take()
    found = [
        sys.executable,
        "-c",
        "import sys, pathlib; from tui.locks import Lock\nsys.exit(Lock(pathlib.Path(sys.argv[1])).take())",
        str(lock.path),
    ]
    assert subprocess.run(found, check=False).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_its_file_is_private_and_stays_empty(path):
    with Lock(path).held():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == b"" and list(path.parent.iterdir()) == [path]


def test_a_place_where_there_can_be_none_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        Lock(tmp_path / "nowhere" / "lock").take()
    (tmp_path / "letter").write_text("Dear all")
    with pytest.raises(OSError, match="letter"):
        Lock(tmp_path / "letter").take()
    assert (tmp_path / "letter").read_text() == "Dear all"


def test_one_that_is_swept_up_while_it_is_taken_is_no_error(path, monkeypatch):
    chmod = os.chmod

    def swept(path: Path, mode: int) -> None:
        path.unlink()
        chmod(path, mode)

    monkeypatch.setattr(os, "chmod", swept)
    assert Lock(path).take() and not path.exists()


def test_where_files_can_not_be_locked_nobody_waits_for_ever(path, monkeypatch):
    monkeypatch.setattr("tui.locks._exclusive", lambda path, seconds: None)  # what SQLite makes of ENOLCK
    with pytest.raises(OSError, match="lock"), Lock(path).held():
        pytest.fail("nobody holds it")
    assert list(path.parent.iterdir()) == []


def test_looking_whether_files_can_be_locked_leaves_nothing(path, other):
    assert not Lock(path).take()
    assert list(path.parent.iterdir()) == [path]
