"""Looks as Rich styles, for one palette."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style

from tui.rendering.palette import Palette
from tui.rendering.spans import BAND, BOLD, DIM, ITALIC, ROLE_MASK, ROLES, STRIKE, UNDERLINE


@lru_cache(maxsize=4096)
def style_of(look: int, palette: Palette, deep: bool) -> Style:
    """The style of a look; ``deep`` text stands on the tint of code."""
    role = look & ROLE_MASK
    tint = None
    if not palette.ansi:
        tint = palette.deep if deep else palette.band if look & BAND else None
    return Style(
        color=getattr(palette, ROLES[role]),
        bgcolor=tint,
        bold=True if look & BOLD else None,
        italic=True if look & ITALIC else None,
        strike=True if look & STRIKE else None,
        underline=True if look & UNDERLINE else None,
        dim=True if palette.ansi and role == DIM else None,
    )
