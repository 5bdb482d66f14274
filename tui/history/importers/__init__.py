"""Conversations from other programs. A file tells by itself whose it is; no importer knows our history.

An import is all or nothing, and importing the same file twice adds nothing. Only ``cli`` knows this room.
Read ``parllama`` first, then ``sources``.

Told apart::

    sources                 whose file it is

Programs::

    segue                   our own JSON
    chatgpt                 ChatGPT's data export
    claude                  Claude's data export
    parllama                JSON files
    elia                    a database
    oterm                   a database
    llm                     a database

With what they are read::

    builder                 puts a conversation together
    checked                 values that know where they stand
    containers              a ZIP or a folder of several files, and the pictures in it
    tables                  another program's database, for reading
    calls                   calls of tools and what they gave back
    models                  how others name a model
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from tui.history.store import HistoryStore


class ImportReport(Struct, frozen=True):
    """What an import did."""

    kind: str
    """Whose file it was: "ChatGPT", "elia", …"""
    added: tuple[int, ...]
    """The new conversations."""
    messages: int
    """How many messages they have."""
    known: int
    """Conversations that were here already."""
    odd: int = 0
    """Values that were not what they should be, and so are unknown."""
    places: tuple[str, ...] = ()
    """Where the first of them stood, and what was expected there."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """What is here in another form than there, as ``artifacts kept as text``: how many."""


async def import_file(store: HistoryStore, path: Path) -> ImportReport:
    """Take in the conversations of ``path``: a file, an unpacked export, or a folder of parllama's chats.

    Known are Segue's own JSON, the data exports of ChatGPT and Claude (JSON, or the ZIP that holds it), and
    the chats of elia, oterm, llm and parllama.

    Raises:
        ImportFileError: It is none of these, or not as it should be; says where. Nothing was added.
        HistoryError: The history could not be written. Nothing was added.
    """
    from tui.history.importers.checked import Notes
    from tui.history.importers.sources import read

    notes = Notes()
    kind, bundles = await asyncio.to_thread(read, path, notes)
    ids = await store.add_conversations(bundles)
    pairs = [(added, len(bundle.messages)) for added, bundle in zip(ids, bundles, strict=True) if added]
    return ImportReport(
        kind=kind,
        added=tuple(added for added, _ in pairs),
        messages=sum(count for _, count in pairs),
        known=len(ids) - len(pairs),
        odd=notes.count,
        places=tuple(notes.places),
        changed=dict(sorted(notes.changed.items())),
    )
