"""The project that was found: all that it would do, and whether it may."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.messages.long_text import LongText
from tui.app.tools.question_sheet import TextQuestion
from tui.engine.project import PROMISE, Project

_KEYS = (Action.PROJECT_USE, Action.PROJECT_LEAVE, Action.LIST_UP, Action.LIST_CLOSE)


class ProjectSheet(TextQuestion[bool]):
    """Dismissed with whether the project counts from now on; None where it was closed: it is asked again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.PROJECT_USE, "answer(True)"),
        bind(Action.PROJECT_LEAVE, "answer(False)"),
    ]

    def __init__(self, project: Project, about: str) -> None:
        """Prepare the text.

        Args:
            project: What was found.
            about: How it stands with it.
        """
        super().__init__()
        self._project = project
        self._about = about

    def compose_sheet(self) -> ComposeResult:
        """Where it is, all that it would do, and what can be answered."""
        project = self._project
        yield Static(f"{self._about} {project.shown_folder}", id="title", markup=False)
        yield Static(PROMISE, id="about", classes="dim", markup=False)
        yield LongText("\n".join(project.wants()))
        hints = Hints()
        hints.show(*_KEYS, list_close="ask next time")
        yield hints

    def action_answer(self, accepted: bool) -> None:
        """Decide; a click counts no earlier than a key."""
        if not self.deaf:
            self.dismiss(accepted)
