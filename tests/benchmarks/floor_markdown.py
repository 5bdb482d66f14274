"""The floor for streaming: the least Textual chat that draws Markdown as it comes, and a line to write in."""

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Markdown

from tests.benchmarks import streaming


class Chat(App[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll() as view:
            yield Markdown()
        yield Input()
        view.anchor()

    def on_ready(self) -> None:
        self.query_one(Input).focus()
        self.run_worker(self.stream())

    async def stream(self) -> None:
        stream = Markdown.get_stream(self.query_one(Markdown))
        await streaming.play(stream.write)
        await stream.stop()
        streaming.finish(self)


if __name__ == "__main__":
    Chat().run()
