"""What installed packages offer us (``segue.providers``, ``segue.tools``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most machines have nothing of it, and to load it takes 15 ms and a megabyte
    from importlib.metadata import EntryPoint


def entry_points(group: str) -> list[EntryPoint]:
    """Those of a group, by their names."""
    head = f"[{group}]".encode()
    archives = any(map(os.path.isfile, sys.path))  # what packages in these declare is not looked for here
    if not archives and not any(head in text for text in _declared()):
        return []
    from importlib import metadata

    return sorted(metadata.entry_points(group=group), key=lambda point: point.name)


def _declared() -> Iterator[bytes]:
    """What the packages in the folders of ``sys.path`` declare, each as its file has it.

    https://packaging.python.org/en/latest/specifications/entry-points/
    """
    for folder in filter(os.path.isdir, dict.fromkeys(path or "." for path in sys.path)):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")):
                    with suppress(OSError), open(f"{entry.path}/entry_points.txt", "rb") as file:
                        yield file.read()
