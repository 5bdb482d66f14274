"""Themes that are not ours, with all the tones that we draw in: mixed from their few colours, and legible."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.color import Color
from textual.theme import Theme

from tui.app.theme.themes import SEGUE_ANSI, roles, variables
from tui.chat.model import HUES
from tui.rendering.palette import DARK, LIGHT, Palette

BLACK, WHITE = Color(0, 0, 0), Color(255, 255, 255)
LEGIBLE = 4.5
"""The contrast that WCAG asks for between text and what is under it."""


def fitted(theme: Theme) -> Theme:
    """The theme with our variables; one that has them stays as it is."""
    if "ink" in theme.variables:
        return theme
    if theme.ansi:
        return replace(SEGUE_ANSI, name=theme.name, dark=theme.dark)
    palette = _palette(theme)
    lift = Color.parse(palette.background).blend(Color.parse(palette.ink), 0.14).hex
    own = variables(palette, lift)
    return replace(
        theme,
        accent=palette.accent,
        error=palette.error,
        warning=palette.warning,
        success=palette.success,
        foreground=palette.ink,
        background=palette.background,
        surface=palette.band,
        panel=palette.deep,
        variables={**theme.variables, **own, **roles(own, palette.accent, palette.background)},
    )


def _palette(theme: Theme) -> Palette:
    colours = theme.to_color_system().generate()
    page, ink = Color.parse(colours["background"]), Color.parse(colours["foreground"])
    ink = _legible(page.blend(ink, ink.a).with_alpha(1), page)
    band = page.blend(ink, 0.07)
    known = DARK if theme.dark else LIGHT

    def text(name: str) -> str:
        return _legible(Color.parse(colours[name]), band).hex

    hues: dict[str, Any] = {hue: _legible(Color.parse(known.hue(hue)), band).hex for hue in HUES}
    accent = Color.parse(text("accent"))
    return Palette(
        background=page.hex,
        deep=page.blend(BLACK if theme.dark else ink, 0.25 if theme.dark else 0.03).hex,
        band=band.hex,
        line=page.blend(ink, 0.22).hex,
        ink=_legible(ink, band).hex,
        strong=_legible(ink.blend(WHITE if theme.dark else BLACK, 0.6), band).hex,
        soft=_legible(page.blend(ink, 0.9), band).hex,
        dim=_legible(page.blend(ink, 0.66), band).hex,
        accent=accent.hex,
        you=page.blend(accent, 0.58).hex,
        mark=page.blend(accent, 0.3).hex,
        error=text("error"),
        warning=text("warning"),
        success=text("success"),
        dark=theme.dark,
        **hues,
    )


def _legible(colour: Color, ground: Color) -> Color:
    """The colour, as much nearer to black or white as it must be to be read on the ground."""
    goal = WHITE if contrast(WHITE, ground) > contrast(BLACK, ground) else BLACK
    steps = (colour.blend(goal, step / 20) for step in range(21))
    return next((each for each in steps if contrast(each, ground) >= LEGIBLE), goal)


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours, from 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
