"""The address of a SQLite file: of a history, or of another program's database."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote_from_bytes


def uri(path: Path, mode: str) -> str:
    """``path`` as SQLite wants it, whatever characters are in it."""
    name = quote_from_bytes(os.fsencode(path.absolute().as_posix()))
    return f"file://{name if name.startswith('/') else '/' + name}?{mode}"
