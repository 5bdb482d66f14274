"""A file that is named after @ goes along, whether it was chosen or only typed; what is none is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.engine.attaching import mentions, read_mentioned


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("a = 1")
    (tmp_path / "icon@2x.txt").write_text("icon")
    (tmp_path / "Makefile").write_text("all:")
    (tmp_path / "my notes.txt").write_text("notes")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.py").write_text("b = 2")
    (tmp_path / ".env").write_text("KEY=1")
    (tmp_path / "data.bin").write_bytes(b"\0\1\2")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("look at @a.py", ["a.py"]),
        ("@a.py: what is wrong?", ["a.py"]),
        ("compare @a.py, @sub/b.py and @./a.py.", ["a.py", "b.py"]),
        ('read @"my notes.txt" please', ["my notes.txt"]),
        ("run @Makefile", ["Makefile"]),
        ("(not @nobody)", []),
        ("me@a.py is no file", []),
        ("请看@a.py，好", ["a.py"]),
        ("(see @a.py)", ["a.py"]),
        ("（@a.py）", ["a.py"]),
        ("파일@a.py를", ["a.py"]),
        ("look at @icon@2x.txt", ["icon@2x.txt"]),
        ("```\n@a.py\n```", []),
        ("`@a.py`", []),
        ("@property and @app.get('/x')", []),
    ],
)
async def test_files_go_along(text, names):
    found = await read_mentioned(text)
    assert ([file.name for file in found.files], found.troubles) == (names, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("请看@nothere.py，好", "There is no file nothere.py: it was sent as words"),
        ("look at @résumé.pdf", "There is no file résumé.pdf: it was sent as words"),
        ("look at @nothere.py", "There is no file nothere.py: it was sent as words"),
        ("look at @sub/nothere", "There is no file sub/nothere"),
        ("look at @~nouser/x.txt", "There is no file ~nouser/x.txt"),
        ("look at @sub", "sub is a folder"),
        ("look at @data.bin", "data.bin can't be attached"),
        ("look at @.env", ".env is hidden, and not attached by itself"),
    ],
)
async def test_what_does_not_go_along_is_said(text, words):
    found = await read_mentioned(text)
    assert found.files == ()
    [trouble] = found.troubles
    assert trouble.startswith(words)


def test_a_long_text_is_looked_at_once():
    assert len(mentions(" ".join(f"@{n}" for n in range(10_000)))) == 20
