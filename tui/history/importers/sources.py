"""Whose file it is: told apart by what is in it, never by its name."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tui.chat.conversation import Bundle
from tui.errors import ImportFileError
from tui.history.importers import chatgpt, claude, elia, llm, oterm, parllama, segue
from tui.history.importers.checked import Checked, Notes
from tui.history.importers.tables import tables_of

_LARGEST = 2_000_000_000  # bytes of JSON
_KNOWN = (
    "Segue's JSON, the data exports of ChatGPT and Claude, and the chats of elia, oterm, llm and parllama "
    "can be imported."
)
_DOCUMENTS = (segue, chatgpt, claude, parllama)
_DATABASES = (llm, elia, oterm)
"""Who is asked first comes first."""

Found = tuple[str, list[Bundle]]


def read(path: Path, notes: Notes) -> Found:
    """Whose file ``path`` is, and its conversations; ``notes`` takes what is left out of them.

    Raises:
        ImportFileError: It is no one's that we know, or not as it should be; says where.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            return _folder(path, notes)
        if not stat.S_ISREG(kind):
            raise ImportFileError(f"{path.name}: expected a file", _KNOWN)
        with path.open("rb") as file:
            head = file.read(16)
        if head == b"SQLite format 3\x00":
            return _database(path, notes)
        if head.startswith(b"PK\x03\x04"):
            return _archive(path, notes)
        _check_size(path.name, path.stat().st_size)
        return _json(path.name, path.read_bytes(), notes)
    except OSError as error:
        raise ImportFileError(f"{path}: {error.strerror or error}") from error
    except RecursionError:
        raise ImportFileError(f"{path.name}: it is nested too deeply") from None


def _folder(path: Path, notes: Notes) -> Found:
    found: list[Bundle] = []
    for file in sorted(path.glob("*.json")):
        kind, bundles = read(file, notes)
        if kind != parllama.KIND:
            raise ImportFileError(f"{file.name}: expected a chat of parllama, found a file of {kind}", _KNOWN)
        found += bundles
    if not found:
        raise ImportFileError(f"{path}: expected a folder with parllama's chats", _KNOWN)
    return parllama.KIND, found


def _database(path: Path, notes: Notes) -> Found:
    with tables_of(path, notes) as tables:
        for program in _DATABASES:
            if tables.have(program.COLUMNS):
                return program.KIND, list(program.bundles(tables))
        if {"conversations", "messages", "pieces"} <= tables.names:
            raise ImportFileError(
                f"{path.name} is a history of Segue itself", "Use segue restore, or export it as JSON first."
            )
    raise ImportFileError(f"{path.name}: it is no database that we know", _KNOWN)


def _archive(path: Path, notes: Notes) -> Found:
    """A ZIP of ChatGPT or Claude; its conversations may lie in several files."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(
                (member for member in archive.infolist() if _holds_conversations(member.filename)),
                key=lambda member: member.filename,
            )
            parts = [_member(archive, member, notes) for member in members]
    except zipfile.BadZipFile as error:
        raise ImportFileError(f"{path.name}: expected a whole ZIP file: {error}") from error
    if not parts:
        raise ImportFileError(f"{path.name}: expected a conversations.json in it", _KNOWN)
    kinds = {kind for kind, _ in parts}
    if len(kinds) > 1:
        raise ImportFileError(
            f"{path.name}: expected one program's export, found {' and '.join(sorted(kinds))}"
        )
    return kinds.pop(), [bundle for _, bundles in parts for bundle in bundles]


def _holds_conversations(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.startswith("conversations") and last.endswith(".json")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, notes: Notes) -> Found:
    _check_size(member.filename, member.file_size)
    with archive.open(member) as file:
        return _json(member.filename, file.read(member.file_size + 1)[: member.file_size], notes)


def _check_size(name: str, size: int) -> None:
    if size > _LARGEST:
        raise ImportFileError(f"{name}: expected at most {_LARGEST // 10**9} GB, found {size / 1e9:.1f} GB")


def _json(name: str, data: bytes, notes: Notes) -> Found:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"{name}: expected UTF-8, found byte {data[error.start]:#x} at {error.start}", _KNOWN
        ) from None
    except json.JSONDecodeError as error:
        words = error.msg.replace("Expecting", "expected").replace(
            "Extra data", "expected the end of the file"
        )
        raise ImportFileError(f"{name} line {error.lineno}, column {error.colno}: {words}", _KNOWN) from None
    except ValueError as error:  # a number with more digits than Python reads
        raise ImportFileError(f"{name}: {error}", _KNOWN) from None
    entries = document if isinstance(document, list) else [document]
    program = _program_of(entries)
    if program is None:
        raise ImportFileError(f"{name}: it is no export that we know", _KNOWN)
    kind, bundles = program
    if isinstance(document, dict):
        checked: Iterable[Checked] = [Checked.entry(document, name, notes)]
    else:
        places = ((raw, f"{name}: entry {number}") for number, raw in enumerate(entries, 1))
        checked = (Checked.entry(raw, place, notes) for raw, place in places)
    return kind, list(bundles(checked))


def _program_of(entries: Sequence[Any]) -> tuple[str, Callable[[Iterable[Checked]], Iterator[Bundle]]] | None:
    """Whose entries they are, by the first that tells."""
    for entry in entries:
        names = entry.keys() if isinstance(entry, dict) else frozenset()
        for program in _DOCUMENTS:
            if program.wrote(names):
                return program.KIND, program.bundles
    return None
