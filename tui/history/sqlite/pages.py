"""First aid for a copy of a damaged file, below what SQLite itself can do."""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from pathlib import Path

from tui.history.sqlite.migrations import migrate

PAGE = 4096  # bytes; every history is made with SQLite's own default
_HEADER = 100
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WORDS = 2**32


def apply_wal(wal: Path, target: Path) -> None:
    """Write every committed page of ``wal`` into ``target``, also where ``target`` is too broken to open."""
    if not wal.exists():
        return
    data = wal.read_bytes()
    if len(data) < 32 or int.from_bytes(data[:4], "big") not in _WAL_MAGIC:
        return
    pages = _committed(data)
    with target.open("r+b") as file:
        for number, page in pages.items():
            file.seek((number - 1) * len(page))
            file.write(page)


def _committed(data: bytes) -> dict[int, bytes]:
    """Page number to its newest committed content. Reading ends at the first frame that is not whole."""
    order = ">" if data[3] & 1 else "<"
    size = int.from_bytes(data[8:12], "big")
    salts = data[16:24]
    sums = _sum(data[:24], (0, 0), order)
    committed: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    for start in range(32, len(data) - size - 23, size + 24):
        head, page = data[start : start + 24], data[start + 24 : start + 24 + size]
        number, commit = struct.unpack(">II", head[:8])
        sums = _sum(page, _sum(head[:8], sums, order), order)
        if head[8:16] != salts or struct.unpack(">II", head[16:]) != sums or not number:
            break
        waiting[number] = page
        if commit:
            committed |= waiting
            waiting = {}
    return committed


def _sum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """The check sum of the WAL format, going on from ``sums``."""
    first, second = sums
    for one, two in struct.iter_unpack(f"{order}II", data):
        first = (first + one + second) % _WORDS
        second = (second + two + first) % _WORDS
    return first, second


def renew_header(target: Path) -> None:
    """Give the file the header of a new history: its tables are still where the first page says."""
    _renew(target, _HEADER)


def renew_first_page(target: Path) -> None:
    """Give the file the whole first page of a new history: its tables lie where they do in every new one."""
    _renew(target, PAGE)


def _renew(target: Path, length: int) -> None:
    template = _template()
    pages = max(len(template), target.stat().st_size) // PAGE
    start = bytearray(template[:length])
    start[28:32] = pages.to_bytes(4, "big")
    start[32:40] = bytes(8)  # no list of free pages: those of a new file are others
    start[92:96] = start[24:28]  # the count of pages is to be believed
    with target.open("r+b") as file:
        file.write(start)
        file.truncate(pages * PAGE)
        for place in range(PAGE, len(template), PAGE):  # what is not there at all is as in a new one
            file.seek(place)
            if not any(file.read(PAGE)):
                file.seek(place)
                file.write(template[place : place + PAGE])


def _template() -> bytes:
    """The bytes of a new, empty history."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        return connection.serialize()
