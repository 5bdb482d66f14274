"""The folders of this program, and how its files are created: private to the user."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True, slots=True)
class Paths:
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
