"""Segue's transcript alone, with a reply that streams into it."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace
from textual.app import App, ComposeResult

from tests.benchmarks import streaming
from tui.app.theme.themes import THEMES
from tui.app.transcript.transcript import Transcript
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Text
from tui.rendering import warm

REPLY = Message(1, 1, None, Role.ASSISTANT, model="lab/big", status=Status.STREAMING)


class Chat(App[None]):
    CSS = "Screen { background: $background; color: $ink; }"

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "segue-dark"

    def compose(self) -> ComposeResult:
        yield Transcript()

    async def on_ready(self) -> None:
        await asyncio.to_thread(warm.load)  # as the app does after its first paint
        conversation = Conversation(1)
        conversation.append(REPLY)
        self.transcript = self.query_one(Transcript)
        await self.transcript.open(conversation, self.load)
        self.run_worker(self.stream())

    async def load(self, ids: Sequence[int]) -> list[Message]:
        return [REPLY for _ in ids]

    async def stream(self) -> None:
        text = await streaming.play(self.write)
        self.transcript.replace(replace(REPLY, parts=(Text(text),), status=Status.COMPLETE))
        self.finish()

    def finish(self) -> None:
        if self.transcript.busy:
            self.set_timer(0.01, self.finish)
        else:
            streaming.finish(self)

    async def write(self, piece: str) -> None:
        self.transcript.feed(1, text=piece)


if __name__ == "__main__":
    Chat().run()
