"""The line above the conversation: its title, its tags."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.reactive import reactive

from tui.app.lists.line import Line
from tui.app.theme.ink import Ink, Part
from tui.text import one_line

_RENAME = Style(meta={"@click": "screen.rename"})


class TitleLine(Line):
    """The title in quiet ink; tags, or the word ``temporary``, at the right."""

    title: reactive[str] = reactive("")
    tags: reactive[tuple[str, ...]] = reactive(())
    temporary: reactive[bool] = reactive(False)

    def parts(self, ink: Ink) -> tuple[Sequence[Part], Sequence[Part]]:
        """Draw title and tags."""
        title = [(one_line(self.title), ink.dim + _RENAME)]
        if self.temporary:
            return title, [("temporary", ink.accent)]
        return title, [("   ".join(f"#{one_line(tag)}" for tag in self.tags), ink.dim)]
