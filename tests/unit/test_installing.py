"""A missing part is installed by the tool that keeps the installation."""

from __future__ import annotations

import pytest

from tui.installing import how_to_install
from tui.text import counted


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        ("pipx_metadata.json", "pipx inject segue xllamacpp"),
        ("uv-receipt.toml", "uv tool install --with xllamacpp segue"),
        ("pyvenv.cfg", "pip install xllamacpp"),
    ],
)
def test_the_line_fits_the_installation(tmp_path, mark, line):
    home = tmp_path / "segue"
    home.mkdir()
    (home / mark).touch()
    assert how_to_install("xllamacpp", home) == line


def test_one_is_one():
    assert [counted(n, "model") for n in (0, 1, 2, 1200)] == [
        "0 models",
        "1 model",
        "2 models",
        "1,200 models",
    ]
