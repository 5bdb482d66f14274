"""The name of the program, with a hairline that fades into the page."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.color import Color

from tui.app.lists.line import Line
from tui.app.theme.ink import Ink
from tui.rendering.spans import Span


class Wordmark(Line):
    """``segue ────``."""

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw name and hairline."""
        width = max(0, self.content_size.width - 6)
        return [Span("segue ", ink.strong + Style(bold=True)), *self._hairline(ink, width)], ()

    def _hairline(self, ink: Ink, width: int) -> list[Span[Style]]:
        accent = Color.parse(self.app.theme_variables["accent"])
        if accent.ansi is not None:
            return [Span("─" * width, ink.accent)]
        _, page = self.background_colors
        shades = (accent.blend(page, (cell + 1) / width) for cell in range(width))
        return [Span("─", Style.from_color(shade.rich_color)) for shade in shades]
