"""The colours that lines are drawn in, taken from the app's theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct
from rich.style import Style

from tui.rendering.spans import BAND, BOLD, DIM, ITALIC, ROLE_MASK, ROLES, STRIKE, UNDERLINE


class Palette(Struct, frozen=True):
    """Colours as Rich colour strings (``#rrggbb``, or a name such as ``yellow`` in a 16-colour terminal)."""

    background: str
    """The page."""
    deep: str
    """Sidebar, the list beside a message, code."""
    band: str
    """A prompt, the composer, a chosen row, code in a sentence, sheets."""
    line: str
    """Hairlines, the scroll thumb, the rail without focus; never text."""
    ink: str
    """Text."""
    strong: str
    """What the person wrote, bold words, headings, chosen titles."""
    soft: str
    """Titles in lists, names of keys."""
    dim: str
    """Labels, times, what keys do, placeholders, comments in code."""
    accent: str
    """What the person does, and nothing else: caret, focus, letters that fit a filter, unread."""
    you: str
    """The rail of prompts that were sent; never text."""
    mark: str
    """Under hits of a search and what is selected, with ``strong`` text."""
    error: str
    """As ``warning`` and ``success``: a glyph, never a whole line."""
    warning: str
    success: str
    sky: str
    """As the four that follow: names of models, and the dot of a reply that comes."""
    violet: str
    teal: str
    orchid: str
    leaf: str
    dark: bool = True
    ansi: bool = False
    """A terminal of 16 colours: no tints; dim is a style."""

    @classmethod
    def from_theme(cls, variables: Mapping[str, str], *, dark: bool, ansi: bool = False) -> Palette:
        """Read the palette from Textual's theme variables (``App.theme_variables``)."""
        names = ("deep", "band", "line", "ink", "strong", "soft", "dim", "you", "mark")
        roles = ("background", "accent", "error", "warning", "success")
        hues = {hue: f"hue-{hue}" for hue in ("sky", "violet", "teal", "orchid", "leaf")}
        wanted = {**dict(zip(names + roles, names + roles, strict=True)), **hues}
        # Textual writes the terminal's own colours as ansi_red, Rich as red.
        colours = {field: variables[name].removeprefix("ansi_") for field, name in wanted.items()}
        return cls(**colours, dark=dark, ansi=ansi)

    def hue(self, name: str) -> str:
        """The colour of a model's hue: sky, violet, teal, orchid or leaf."""
        colour: str = getattr(self, name)
        return colour


DARK = Palette(
    background="#15171c",
    deep="#0f1116",
    band="#1e2229",
    line="#3c4047",
    ink="#dde0e5",
    strong="#f4f5f8",
    soft="#c1c4cb",
    dim="#9ea3ad",
    accent="#f2b36f",
    you="#95714c",
    mark="#503920",
    error="#f17f83",
    warning="#dfca7d",
    success="#8ac3a4",
    sky="#95d6fc",
    violet="#b6a0dc",
    teal="#6dbba5",
    orchid="#daadd1",
    leaf="#b3ddc2",
)
LIGHT = Palette(
    background="#fbfaf7",
    deep="#f6f4f1",
    band="#eee9e2",
    line="#ccc8c2",
    ink="#23272c",
    strong="#0f1216",
    soft="#3c4047",
    dim="#555a62",
    accent="#934710",
    you="#bf9271",
    mark="#f1d0a3",
    error="#8c0b23",
    warning="#764f05",
    success="#245c41",
    sky="#005b7b",
    violet="#4a3170",
    teal="#074742",
    orchid="#7b3c62",
    leaf="#2a5738",
    dark=False,
)
ANSI = Palette(
    background="default",
    deep="default",
    band="default",
    line="bright_black",
    ink="default",
    strong="default",
    soft="default",
    dim="default",
    accent="yellow",
    you="yellow",
    mark="yellow",
    error="red",
    warning="yellow",
    success="green",
    sky="cyan",
    violet="magenta",
    teal="green",
    orchid="bright_magenta",
    leaf="bright_green",
    ansi=True,
)
"""The terminal's own sixteen colours: no tints, so areas differ by weight and reverse."""


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
