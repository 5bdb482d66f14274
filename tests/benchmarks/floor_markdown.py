"""The floor for streaming: the least Textual chat that draws Markdown as it comes."""

import streaming
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown


class Chat(App[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll() as view:
            yield Markdown()
        view.anchor()

    def on_ready(self) -> None:
        self.run_worker(self.stream())

    async def stream(self) -> None:
        stream = Markdown.get_stream(self.query_one(Markdown))
        await streaming.play(self, stream.write)
        await stream.stop()
        streaming.finish(self)


if __name__ == "__main__":
    Chat().run()
