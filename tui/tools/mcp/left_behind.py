"""Servers whose program was killed before it could end them: noted while they run, ended later."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tui.checked import Fields, unpacked
from tui.paths import PRIVATE_FILE, private_dir


class Running:
    """The servers that run, as files of a folder: a name and a start time tell a process from a later one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, pid: int, program: str) -> None:
        """Note a server that has begun. Where it can't be written, nothing is lost but this."""
        with contextlib.suppress(OSError):
            private_dir(self._folder)
            record = {
                "program": program,
                "begun": begun(pid),
                "owner": os.getpid(),
                "owner_begun": begun(os.getpid()),
            }
            file = os.open(self._file(pid), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, PRIVATE_FILE)
            with open(file, "w", encoding="utf-8") as opened:
                json.dump(record, opened)

    def forget(self, pid: int) -> None:
        """It has ended."""
        with contextlib.suppress(OSError):
            self._file(pid).unlink(missing_ok=True)

    def end_orphans(self) -> int:
        """End the servers that are left of programs that are gone; how many there were. May block."""
        if sys.platform == "win32":  # there they are in a job that ends with us
            return 0
        ended = 0
        for file in self._files():
            pid = int(file.stem)
            record = Fields(unpacked(_read(file)))
            if _lives(record.count("owner"), record.text("owner_begun")):
                continue
            if _lives(pid, record.text("begun")):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
                    ended += 1
            self.forget(pid)
        return ended

    def _file(self, pid: int) -> Path:
        return self._folder / f"{pid}.json"

    def _files(self) -> list[Path]:
        try:
            return [
                file for file in self._folder.iterdir() if file.stem.isdecimal() and file.suffix == ".json"
            ]
        except OSError:
            return []


def begun(pid: int) -> str:
    """When a process began, as the system tells it; empty where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        fields = stat.rpartition(")")[2].split()  # the name before it may have spaces and parentheses
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return "" if fields[0] == "Z" else f"{boot} {fields[19]}"
    except (OSError, IndexError):
        return _asked(pid) if sys.platform == "darwin" else ""


def _asked(pid: int) -> str:
    try:
        done = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            check=False,
            env={"LC_ALL": "C", "PATH": "/bin:/usr/bin"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("ascii", "replace").strip()


def _lives(pid: int | None, when: str) -> bool:
    return bool(pid and when) and begun(pid or 0) == when


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
