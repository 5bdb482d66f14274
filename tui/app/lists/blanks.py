"""Fields with their labels, to be filled in: one has the focus, keys lead to the others."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tui.app.lists.field import LoneField
from tui.app.lists.sheet import Result, Sheet


class Blanks(Sheet[Result]):
    """The base of sheets with several fields. A subclass binds the keys of ``step``."""

    AUTO_FOCUS = "LoneField"
    DEFAULT_CSS = """
    Blanks {
        #title { margin: 0 4 1 4; }
        .label { margin: 0 4; color: $dim; height: 1; }
        LoneField { border-left: wide $line; }
        LoneField:focus { border-left: wide $accent; }
        LoneField, LoneField:focus { margin: 0 2; }
    }
    Blanks.-tall LoneField, Blanks.-tall LoneField:focus { margin: 0 2 1 2; }
    """

    def blank(self, label: str, field: LoneField) -> ComposeResult:
        """A field under its label."""
        yield Static(label, classes="label", markup=False)
        yield field

    def line(self, name: str) -> LoneField:
        """The field with an id."""
        return self.query_one(f"#{name}", LoneField)

    @property
    def lines(self) -> list[LoneField]:
        """All fields, from the top."""
        return list(self.query(LoneField))

    @property
    def place(self) -> int:
        """Which field has the focus, counted from 0."""
        return next((place for place, line in enumerate(self.lines) if line is self.focused), 0)

    def action_step(self, step: int) -> None:
        """Go to another field."""
        lines = self.lines
        self.set_focus(lines[(self.place + step) % len(lines)])
