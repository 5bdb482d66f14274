"""What installed packages offer."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tui.entry_points import entry_points

GROUP = "segue.tests"
FILES = {
    "lab-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: lab\nVersion: 1\n",
    "lab-1.dist-info/entry_points.txt": f"[{GROUP}]\nb = lab:B\na = lab:A\n\n[other]\nc = lab:C\n",
}


def installed(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def packed(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "packages.zip", "w") as file:
        for name, text in FILES.items():
            file.writestr(name, text)
    return folder / "packages.zip"


@pytest.mark.parametrize("place", [installed, packed])
def test_those_of_a_group_are_found_by_their_names_wherever_packages_are(tmp_path, monkeypatch, place):
    monkeypatch.syspath_prepend(str(place(tmp_path)))
    assert [(point.name, point.value) for point in entry_points(GROUP)] == [("a", "lab:A"), ("b", "lab:B")]
    assert entry_points("segue.nothing") == []


def test_where_nobody_offers_anything_nothing_is_loaded_to_read_it():
    program = (
        "import sys; from tui.entry_points import entry_points; "
        "sys.exit(bool(entry_points('segue.nothing')) or 'importlib.metadata' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
