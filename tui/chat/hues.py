"""Which hue a model has in a conversation: the names; their colours are the theme's."""

from __future__ import annotations

from collections.abc import MutableMapping
from zlib import crc32

HUES = ("sky", "violet", "teal", "orchid", "leaf")
"""The names of the hues, in the order in which a conversation takes the next free one."""


def hue_of(model_id: str, hues: MutableMapping[str, str]) -> str:
    """The hue of a model, the same in every run; if another model has it here, the next free one.

    Args:
        model_id: ``PROVIDER/MODEL``.
        hues: The conversation's hues by model; a new one is added.
    """
    if hues.get(model_id) not in HUES:
        first = crc32(model_id.encode("utf-8", "replace")) % len(HUES)
        row = [HUES[(first + step) % len(HUES)] for step in range(len(HUES))]
        hues[model_id] = next((hue for hue in row if hue not in hues.values()), row[0])
    return hues[model_id]
