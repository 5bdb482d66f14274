"""The folders of this program, and how its files are created: private to the user."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from platformdirs import PlatformDirs

from tui.errors import ConfigError
from tui.text import one_line

PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600
SHARED_SKILLS = "~/.agents/skills"
_ABANDONED = 60.0
"""Seconds after which a half file that nobody writes to is left over from a program that was killed."""


Stamp = tuple[int, int]


def stamp(path: Path) -> Stamp | None:
    """When a file was written last, in nanoseconds, and its bytes: others once somebody has written it anew.

    None where there is no such file.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


class Paths(Struct, frozen=True):
    """Where things are kept; nothing is created until it is needed."""

    config: Path
    """config.toml, keys, drop-in providers, saved prompts."""
    data: Path
    """history.db and its backups."""
    cache: Path
    """Model lists and downloaded models: may be deleted at any time."""
    log: Path
    """Logs and crash reports."""

    @classmethod
    def default(cls) -> Paths:
        """The platform's own folders (XDG on Linux)."""
        dirs = PlatformDirs("segue", appauthor=False)
        return cls(
            config=Path(dirs.user_config_dir),
            data=Path(dirs.user_data_dir),
            cache=Path(dirs.user_cache_dir),
            log=Path(dirs.user_log_dir),
        )

    @property
    def config_file(self) -> Path:
        """The settings."""
        return self.config / "config.toml"

    @property
    def prompts(self) -> Path:
        """The prompts that are kept as files."""
        return self.config / "prompts"

    @property
    def personas(self) -> Path:
        """The personas that are kept as files."""
        return self.config / "personas"

    @property
    def skills(self) -> Mapping[str, Path]:
        """The Agent Skills beside the config, and those that programs share; by how they are named."""
        return {
            "skills": self.config / "skills",
            SHARED_SKILLS: Path(os.path.expanduser(SHARED_SKILLS)),
        }

    @property
    def projects(self) -> Path:
        """What was said of the projects that were found."""
        return self.data / "projects"

    @property
    def history_file(self) -> Path:
        """The conversations."""
        return self.data / "history.db"


def private_dir(path: Path) -> Path:
    """Create ``path`` for this user alone, whatever the umask, and return it.

    Raises:
        OSError: The folder can't be created.
    """
    if not path.parent.is_dir():  # ``mkdir(parents=True)`` would make the parents readable for everyone
        private_dir(path.parent)
    path.mkdir(mode=PRIVATE_DIR, exist_ok=True)
    return path


def private_file(path: Path) -> Path:
    """Create ``path`` empty with mode 0600 if it is not there, and return it.

    Raises:
        OSError: The file can't be created.
    """
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))
    return path


def write_whole(
    path: Path, text: str, *, mode: int = PRIVATE_FILE, still: Callable[[], bool] = lambda: True
) -> bool:
    """Write ``text`` to ``path`` for this user alone: a reader sees the old or the new file, never a part.

    Args:
        path: The file.
        text: What will stand there.
        mode: Who may read it, if that is not this user alone.
        still: Asked right before the new one takes the place of the old one; False leaves the old one.

    Returns:
        Whether the new one is there.

    Raises:
        OSError: It can't be written; the old one is there still.
    """
    folder = private_dir(path.parent)
    sweep_abandoned(folder, f".{path.stem}-*")
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{path.stem}-")  # O_EXCL, 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if mode != PRIVATE_FILE:
            os.chmod(name, mode)
        if still():
            os.replace(name, path)
            return True
        Path(name).unlink()
        return False
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def unwritten(path: Path, error: OSError, beside: str = "") -> ConfigError:
    """What is said where a file of the person can't be written: why, and what to do.

    Args:
        path: The file.
        error: Why.
        beside: What is so all the same.
    """
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            way = "Make room there, then try again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            way = f"Let {one_line(str(path.parent))} be written by you, then try again."
        case errno.EEXIST | errno.ENOTDIR | errno.EISDIR:
            way = f"Something else stands at {one_line(str(path.parent))}: move it away, then try again."
        case _:
            way = "Try again."
    words = f"{one_line(str(path))}: cannot be written: {error.strerror or error}"
    return ConfigError(words, f"{beside} {way}".strip())


def sweep_abandoned(folder: Path, half_made: str) -> None:
    """Remove what killed programs left half made in ``folder``, of names like ``half_made``."""
    for left in folder.glob(half_made):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()


def python_files(folder: Path) -> list[Path]:
    """The person's Python files in ``folder``; those whose name begins with an underscore are left out.

    Raises:
        ConfigError: The folder is there and can't be read.
    """
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"{one_line(str(folder))}: cannot be read: {error.strerror}") from None
    return [path for path in paths if path.suffix == ".py" and not path.name.startswith("_")]
