"""The line above the conversation: its title, its tags."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.reactive import reactive

from tui.app.lists.line import Line
from tui.app.theme.ink import Ink
from tui.rendering.spans import Span
from tui.text import one_line


class TitleLine(Line):
    """The title in quiet ink; tags, or the word ``temporary``, at the right."""

    title: reactive[str] = reactive("")
    tags: reactive[tuple[str, ...]] = reactive(())
    temporary: reactive[bool] = reactive(False)

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw title and tags."""
        title = [Span(one_line(self.title), ink.dim)]
        if self.temporary:
            return title, [Span("temporary", ink.accent)]
        return title, [Span("   ".join(f"#{one_line(tag)}" for tag in self.tags), ink.dim)]
