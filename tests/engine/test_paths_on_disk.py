"""Paths as people type and drop them, and as the disk has them."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from tui.app.composer.candidates import TypedPath, path_candidates, typed_path
from tui.engine.attaching import dropped_paths

NARROW, FIXED = "\u202f", "\xa0"
NAMES = [
    f"Screenshot at 9.41{NARROW}AM.png",
    f"Snímek{FIXED}obrazovky 1.png",
    "plain name.png",
    "Übung é.png",
]


def dropped(path):
    """As a terminal types it."""
    return str(path).replace(" ", "\\ ")


@pytest.mark.skipif(sys.platform == "win32", reason="terminals there quote")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_dropped_file_is_found_whatever_its_spaces_and_accents(tmp_path, name, form, written):
    path = tmp_path / unicodedata.normalize(form, name)
    path.write_bytes(b"x")
    text = unicodedata.normalize(written, dropped(path))
    assert dropped_paths(text) == [path]
    assert dropped_paths(f"'{unicodedata.normalize(written, str(path))}' ") == [path]


def test_several_are_found_and_none_is_guessed_among_alike(tmp_path):
    one, other = tmp_path / "a é.txt", tmp_path / f"a{FIXED}b.txt"
    for path in (one, other, tmp_path / "a b.txt"):
        path.write_bytes(b"x")
    assert dropped_paths(f"{dropped(one)} {dropped(other)}") == [one, other]
    assert dropped_paths(str(tmp_path / "nothing.txt")) == []


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("请看@pl", TypedPath(2, "pl", mention=True)),
        ("(@pl", TypedPath(1, "pl", mention=True)),
        ("（@pl", TypedPath(1, "pl", mention=True)),
        ("「@pl", TypedPath(1, "pl", mention=True)),
        ("파일@pl", TypedPath(2, "pl", mention=True)),
        ("see @icons@2x", TypedPath(4, "icons@2x", mention=True)),
        ("me@host", None),
        ("a.b@host", None),
    ],
)
def test_a_file_is_mentioned_after_all_that_is_no_address(line, typed):
    assert typed_path(line) == typed


def test_a_name_is_completed_however_its_letters_are_composed(tmp_path):
    path = tmp_path / unicodedata.normalize("NFD", "Übung.txt")
    path.write_bytes(b"x")
    found = path_candidates(TypedPath(0, f"{tmp_path}/{unicodedata.normalize('NFC', 'Üb')}", mention=True))
    assert [entry.name for entry in found] == [path.name]
