"""What a program that was killed left half made is gone after the next start, and nothing else is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui.history.sqlite.files import half_made, session_folder
from tui.history.sqlite.history import open_history
from tui.history.sqlite.sessions import Session


def start(path: Path) -> None:
    async def once() -> None:
        await (await open_history(path)).close()

    asyncio.run(once())


def litter(path: Path) -> list[Path]:
    backups = path.parent / "backups"
    backups.mkdir(exist_ok=True)
    left = [
        half_made(path),
        half_made(backups / f"{path.stem}-2026-01-02.db"),
        half_made(backups / f"{path.stem}-before-form-5-2026-01-02.db"),
        half_made(path.with_name(f"{path.name}.before-restore-2026-01-02")),
        path.with_name(f".{path.name}.restore"),
        path.with_name(f".{path.name}.restore-2"),
        path.with_name(f".{path.name}.0123abcd-journal"),
    ]
    for file in left:
        file.write_bytes(b"half")
    return left


def test_half_copies_are_swept_at_the_next_start(tmp_path: Path):
    path = tmp_path / "history.db"
    start(path)
    left = litter(path)
    kept = [tmp_path / ".hidden", tmp_path / ".other.db.0123abcd", tmp_path / "history.db.left-2026-01-01"]
    for file in kept:
        file.write_bytes(b"mine")
    start(path)
    assert [file for file in left if file.exists()] == []
    assert all(file.exists() for file in kept)


def test_what_another_program_is_making_is_left_alone(tmp_path: Path):
    path = tmp_path / "history.db"
    start(path)
    other = Session(session_folder(path))
    try:
        left = litter(path)
        start(path)
        assert all(file.exists() for file in left)
    finally:
        other.end()
