"""Start-up: CPU and wall seconds until the composer echoes a key, against a bare Textual app.

Run: ``python tests/benchmarks/start.py [ROUNDS]``. Both run in turn in a pseudo-terminal with an empty home.
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

HERE = Path(__file__).parent
KEY = "q7z"
BUDGET = 1.5


def run(command: list[str], mark: bytes, keys: str = "") -> tuple[float, float]:
    """CPU and wall seconds of ``command`` until ``mark`` is in its output, after ``keys`` were pressed."""
    with tempfile.TemporaryDirectory() as home:
        folders = {f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CONFIG", "DATA", "CACHE", "STATE")}
        settings = Path(home, "CONFIG", "segue", "config.toml")
        settings.parent.mkdir(parents=True)
        settings.write_text(
            'model = "lab/x"\n[providers.lab]\nurl = "http://127.0.0.1:9/v1"\nmodels = ["x"]\n'
        )
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (40, 120))
        environment = {**os.environ, **folders, "HOME": home, "TERM": "xterm-256color"}
        began = time.perf_counter()
        child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        output, pressed = b"", False
        while mark not in output:
            if not select.select([master], [], [], 30)[0]:
                raise SystemExit(f"{command}: {mark!r} never came\n{output[-2000:]!r}")
            output += os.read(master, 65536)
            if keys and not pressed and b"\x1b[?1049h" in output:
                os.write(master, keys.encode())
                pressed = True
        wall = time.perf_counter() - began
        child.kill()
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        os.close(master)
        return usage.ru_utime + usage.ru_stime, wall


def main() -> None:
    """Print the medians, the ratio and the budget."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    floor = [sys.executable, str(HERE / "floor_static.py")]
    ours = [sys.executable, "-m", "tui"]
    results: dict[str, list[tuple[float, float]]] = {"bare Textual app": [], "segue": []}
    for _ in range(rounds):
        results["bare Textual app"].append(run(floor, b"bare-and-ready"))
        results["segue"].append(run(ours, KEY.encode(), KEY))
    for name, times in results.items():
        cpu, wall = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:20} {cpu:6.3f} s CPU  {wall:6.3f} s wall")
    ratio = statistics.median(t[0] for t in results["segue"]) / statistics.median(
        t[0] for t in results["bare Textual app"]
    )
    print(f"{'ratio':20} {ratio:6.2f}        budget {BUDGET}  {'met' if ratio <= BUDGET else 'MISSED'}")


if __name__ == "__main__":
    main()
