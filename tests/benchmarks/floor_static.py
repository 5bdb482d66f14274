"""The floor for starting: the least Textual app that shows something."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("bare-and-ready")


if __name__ == "__main__":
    Bare().run()
