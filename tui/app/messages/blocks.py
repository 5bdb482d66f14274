"""What is known of a message's lines before any is drawn: their blocks, and where they stand."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from tui.app.messages.footer import Reach
from tui.chat.model import HUES

LEAD, NAME, THOUGHT, BODY, FOOTER = range(5)
"""The blocks of a message, from top to bottom."""


class BlockRow(NamedTuple):
    """A row that can be found again after the lines above it have changed."""

    block: int
    row: int


class Standing(Struct, frozen=True):
    """What a message's lines say of its place in the conversation."""

    first: bool = False
    """Nothing stands above."""
    version: int = 1
    versions: int = 1
    hue: str = HUES[0]
    """The name of its model's hue."""
    segue: tuple[str, str] | None = None
    """The models before and after, where this turn is the first of another model."""
    segue_hues: tuple[str, str] = (HUES[0], HUES[0])
    name: str = ""
    """What its model is called here; its bare name if empty."""
    pinned: bool = False
    """No request leaves it out."""
    reach: Reach = Reach.KNOWN
    """What has to be done before the keys under it work."""
