"""The three themes. Every colour of the app is one of these variables, or mixed from them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from textual.theme import BUILTIN_THEMES, Theme

from tui.chat.model import HUES
from tui.rendering.palette import ANSI, DARK, LIGHT, Palette

AUTO = "auto"
"""Chosen in place of a theme: dark or light, as the page of the terminal is."""
DARK_THEME, LIGHT_THEME = "segue-dark", "segue-light"
FEW_COLOURS = "segue-ansi"
"""For a terminal that has no more than sixteen."""


def variables(palette: Palette, lift: str) -> dict[str, str]:
    """The names that our own drawing asks for."""
    return {
        "deep": palette.deep,
        "band": palette.band,
        "lift": lift,
        "line": palette.line,
        "ink": palette.ink,
        "strong": palette.strong,
        "soft": palette.soft,
        "dim": palette.dim,
        "you": palette.you,
        "mark": palette.mark,
        **{f"hue-{hue}": palette.hue(hue) for hue in HUES},
    }


def roles(own: Mapping[str, str], accent: str, background: str) -> dict[str, str]:
    """What Textual's own widgets ask for, in our colours."""
    return {
        "input-cursor-background": accent,
        "input-cursor-foreground": background,
        "block-cursor-background": accent,
        "block-cursor-foreground": background,
        "block-cursor-blurred-background": own["band"],
        "input-selection-background": own["mark"],
        "screen-selection-background": own["mark"],
        "screen-selection-foreground": own["strong"],
        "scrollbar": own["line"],
        "scrollbar-hover": own["dim"],
        "scrollbar-active": accent,
        "scrollbar-background": background,
        "scrollbar-background-hover": background,
        "scrollbar-background-active": background,
        "scrollbar-corner-color": background,
        "border": own["line"],
        "border-blurred": own["line"],
        "link-color": own["ink"],
        "link-style": "underline",
    }


def _theme(name: str, palette: Palette, lift: str) -> Theme:
    own = variables(palette, lift)
    return Theme(
        name=name,
        primary=palette.accent,
        secondary=palette.sky,
        accent=palette.accent,
        warning=palette.warning,
        error=palette.error,
        success=palette.success,
        foreground=palette.ink,
        background=palette.background,
        surface=palette.band,
        panel=palette.deep,
        dark=palette.dark,
        variables={**own, **roles(own, palette.accent, palette.background)},
    )


def _ansi_theme() -> Theme:
    own = {name: f"ansi_{colour}" for name, colour in variables(ANSI, ANSI.band).items()}
    asked = roles(own, "ansi_yellow", "ansi_default") | {
        "input-cursor-foreground": "ansi_black",
        "block-cursor-foreground": "ansi_black",
        "screen-selection-foreground": "ansi_black",
    }
    return Theme(
        name=FEW_COLOURS,
        primary="ansi_yellow",
        secondary="ansi_cyan",
        accent="ansi_yellow",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        ansi=True,
        variables={**BUILTIN_THEMES["ansi-dark"].variables, **own, **asked},
    )


SEGUE_DARK = _theme("segue-dark", DARK, lift="#2d323a")
SEGUE_LIGHT = _theme("segue-light", LIGHT, lift="#e3ddd5")
SEGUE_ANSI = _ansi_theme()
THEMES = (SEGUE_DARK, SEGUE_LIGHT, SEGUE_ANSI)

# A terminal of 256 colours has no tones with a tinge, which would come out black or pink, and few dark hues.
_GREY_DARK = replace(DARK, deep="#0f0f0f", band="#1f1f1f", you="#a07850")
_GREY_LIGHT = replace(
    LIGHT, deep="#f5f5f5", band="#ebebeb", violet="#5f2887", orchid="#87468a", leaf="#1f5f1f"
)
GREY_THEMES = (
    _theme("segue-dark", _GREY_DARK, lift="#2d323a"),
    _theme("segue-light", _GREY_LIGHT, lift="#dedede"),
    SEGUE_ANSI,
)
"""The same for such a terminal."""
