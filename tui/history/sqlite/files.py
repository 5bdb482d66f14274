"""What a history is made of on the disk: the file, its companions, its neighbours; and what holds it."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from tui.digest import new_name

COMPANIONS = ("-wal", "-journal", "-shm")
_NETWORK = re.compile(
    r"nfs4?|cifs|smb3?|smbfs|afs|9p|ceph|gpfs|lustre|beegfs|glusterfs|davfs|afpfs|ncpfs|ocfs2|gfs2"
    r"|fuse\..*(sshfs|gluster|davfs|rclone|s3fs|ceph|smb|nfs|gcsfuse|curlftpfs).*"
)


def half_made(path: Path) -> Path:
    """A name for what will be ``path`` once it is whole."""
    return path.with_name(f".{path.name}.{new_name(4)}")


def sweep(path: Path, *folders: Path) -> None:
    """Remove what a program that was killed left half made of the history ``path`` and of its copies.

    Nobody else may be at work on them.
    """
    begin = f".{path.stem}"
    half = rf"{re.escape(begin)}[^/]*\.(?:[0-9a-f]{{8}}|restore(?:-\d+)?)(?:{'|'.join(COMPANIONS)})?"
    for folder in folders:
        try:
            found = [entry for entry in folder.iterdir() if entry.name.startswith(begin)]
        except OSError:
            continue
        for entry in (entry for entry in found if re.fullmatch(half, entry.name)):
            with contextlib.suppress(OSError):
                entry.unlink()


def session_folder(path: Path) -> Path:
    """Where the programs that use the history ``path`` hold their locks."""
    return path.with_name(f"{path.name}.sessions")


def doubt_mark(path: Path) -> Path:
    """Lies beside a history in which damage was met: the next start looks at all of it."""
    return path.with_name(f"{path.name}.check")


def today() -> str:
    """The date that names backups and files put aside."""
    return datetime.now(UTC).astimezone().strftime("%Y-%m-%d")


def unused(path: Path) -> Path:
    """``path``, or the same with a number behind it: a name that no file has."""
    number, candidate = 1, path
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def put_aside(path: Path, why: str) -> Path:
    """Rename a history, and what belongs to it, to a name of its own. Nothing is ever overwritten.

    Returns:
        The new name.
    """
    aside = unused(path.with_name(f"{path.name}.{why}-{today()}"))
    for end in COMPANIONS:  # first: a journal that stays behind would be played into the next file
        companion = path.with_name(path.name + end)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + end))
    if path.exists():
        path.rename(aside)
    return aside


def on_network(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Whether ``path`` lies on another machine's disk, where SQLite's quick journal is not safe."""
    if sys.platform == "win32":
        return _on_network_drive(path)
    try:
        table = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no such table on this system; SQLite itself refuses WAL where it can tell
        return False
    place = path.resolve()
    kinds = {}
    for line in table.splitlines():
        _, point, kind, *_ = line.split(" ")
        kinds[Path(point.replace("\\040", " "))] = kind
    kind = next((kinds[folder] for folder in (place, *place.parents) if folder in kinds), "")
    return _NETWORK.fullmatch(kind) is not None


if sys.platform == "win32":
    import ctypes

    _DRIVE_REMOTE = 4

    def _on_network_drive(path: Path) -> bool:
        drive = path.absolute().drive
        return drive.startswith("\\\\") or (
            ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE
        )
