"""The floor for starting and for idling: the least Textual app that shows something."""

import sys

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("bare-and-ready")

    def on_ready(self) -> None:
        if sys.argv[1:] == ["idle"]:
            from tests.benchmarks.rest import rest

            self.run_worker(rest(self))


if __name__ == "__main__":
    Bare().run()
