"""The monkey, for a short while; ``python -m tests.monkey`` lets it go on for as long as one likes."""

from __future__ import annotations

import sys

import pytest

from tests.monkey import within

SECONDS = 4.0


@pytest.fixture(autouse=True)
def _nothing_outside(monkeypatch, tmp_path):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("seed", range(3))
async def test_a_monkey_does_not_end_the_app(seed, tmp_path):
    report = await within.run(seed, SECONDS, tmp_path)
    assert report.acts


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal of this kind on Windows")
@pytest.mark.parametrize("seed", range(2))
def test_a_monkey_does_not_end_the_program_in_a_terminal(seed, tmp_path):
    from tests.monkey import outside

    report = outside.run(seed, SECONDS, tmp_path)
    assert report.acts
