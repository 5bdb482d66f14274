"""A slim scroll thumb on no track."""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

THUMB = "▐"


class SlimThumb(ScrollBarRender):
    """Half a cell wide, in whole rows."""

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.parse("black"),  # noqa: B008 - the signature is Textual's
        bar_color: Color = Color.parse("white"),  # noqa: B008
    ) -> Segments:
        """Draw the bar; Textual calls this."""
        if not vertical:
            return super().render_bar(
                size, virtual_size, window_size, position, thickness, vertical, back_color, bar_color
            )

        def row(text: str, action: str) -> Segment:
            return Segment(text, Style(color=bar_color, bgcolor=back_color, meta={"@mouse.down": action}))

        if not window_size or virtual_size <= window_size:
            return Segments([row(" ", "scroll_down")] * size, new_lines=True)
        thumb = max(1, round(size * window_size / virtual_size))
        top = round((size - thumb) * position / (virtual_size - window_size))
        above, below = [row(" ", "scroll_up")] * top, [row(" ", "scroll_down")] * (size - top - thumb)
        return Segments([*above, *[row(THUMB, "grab")] * thumb, *below], new_lines=True)
