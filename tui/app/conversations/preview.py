"""The conversation beside the list: its end, or the message that was found."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive

from tui.app.life import lives
from tui.app.lists.line import Line
from tui.app.messages.blocks import Standing
from tui.app.messages.footer import Reach, footer_rows
from tui.app.messages.look import Look
from tui.app.messages.message_list import MessageList
from tui.app.messages.message_view import MessageView
from tui.app.messages.rows import Rows
from tui.app.messages.summary_view import SummaryView
from tui.app.theme.ink import Ink
from tui.app.theme.page import grid_of
from tui.chat.message import Message, Role
from tui.errors import NotFoundError
from tui.history.store import HistoryStore
from tui.rendering.spans import Span


class _OnlyRead(MessageView):
    """A message under which no keys are named: here they do nothing."""

    def _ending(self, *, text: bool, limited: bool, reach: Reach) -> Rows:
        return footer_rows(self.message, self.look, text=text, limited=limited, offered={})


def _only_read(message: Message, look: Look, standing: Standing) -> MessageView:
    return (SummaryView if message.role is Role.SYSTEM else _OnlyRead)(message, look, standing)


class PreviewTitle(Line):
    """The title of what is shown."""

    title: reactive[str] = reactive("")

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """The title on the edge of the text below."""
        left, _ = grid_of(self.app).text_edges(self.size.width)
        return [Span(" " * left, ink.dim), Span(self.title, ink.dim)], ()


class Preview(Vertical):
    """Title and messages."""

    def compose(self) -> ComposeResult:
        """The two parts."""
        yield PreviewTitle(id="preview-title")
        yield MessageList(make=_only_read, id="preview-text")

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        self.clear()

    async def show(
        self, store: HistoryStore, conversation_id: int, title: str, message_id: int | None, needle: str
    ) -> None:
        """Show a conversation at its end, or a message of it with ``needle`` marked.

        Raises:
            HistoryError: It could not be read.
        """
        try:
            conversation = await store.load_conversation(conversation_id)
        except NotFoundError:
            self.clear()
            return
        if (
            message_id is not None
            and message_id in conversation.nodes
            and message_id not in conversation.path()
        ):
            conversation.select(message_id)
        if not lives(self):
            return
        text = self.query_one(MessageList)
        text.contents = store.with_contents
        await text.open(conversation, store.messages, message_id)
        if message_id is not None:
            await text.jump(message_id, needle)
        if not lives(self):
            return
        self.query_one(PreviewTitle).title = title
        text.display = True

    def clear(self) -> None:
        """Show nothing."""
        for title in self.query(PreviewTitle):  # none, if the screen closes while it opens
            title.title = ""
        for text in self.query(MessageList):
            text.display = False

    @on(MessageList.Chosen)
    def _only_looked_at(self, event: MessageList.Chosen) -> None:
        event.stop()
