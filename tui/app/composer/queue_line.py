"""The prompts that wait until the reply has ended, above the composer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from tui.app.lists.line import Line, justify
from tui.app.theme.ink import RAIL, Ink
from tui.rendering.spans import Span
from tui.text import one_line

_SHOWN = 3


class QueueLine(Line):
    """One line for each queued prompt; of many, the first ones and a count."""

    DEFAULT_CSS = """
    QueueLine { height: auto; background: $band; margin: 0 0 1 0; display: none; }
    QueueLine.-filled { display: block; }
    """
    prompts: reactive[tuple[str, ...]] = reactive((), layout=True)

    def watch_prompts(self) -> None:
        """Take no room while nothing is queued."""
        self.set_class(bool(self.prompts), "-filled")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each prompt that is shown, one for the rest."""
        return min(len(self.prompts), _SHOWN + 1)

    def render_line(self, y: int) -> Strip:
        """Draw one prompt; Textual calls this."""
        ink = Ink.from_theme(self.app.theme_variables)
        left, right = self._row(y, ink)
        spans = [Span(RAIL, ink.you), Span(" ", Style.null()), *left]
        return justify(spans, [*right, Span(" ", Style.null())], self.content_size.width).apply_style(
            self.visual_style.rich_style
        )

    def _row(self, y: int, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        if y >= len(self.prompts):
            return (), ()
        if y < _SHOWN:
            return [Span(one_line(self.prompts[y], 400), ink.soft)], [Span("queued", ink.dim)]
        return [Span(f"and {len(self.prompts) - _SHOWN} more", ink.dim)], [Span("queued", ink.dim)]
