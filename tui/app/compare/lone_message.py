"""The text of one message alone: a reply in its column, and the prompt above."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Resize

from tui.app.actions import Action
from tui.app.messages.blocks import Standing
from tui.app.messages.footer import Reach, footer_rows
from tui.app.messages.look import Look
from tui.app.messages.message_list import MessageList
from tui.app.messages.message_view import MessageView
from tui.app.messages.pager import Load
from tui.app.messages.rows import Rows
from tui.app.messages.window import lines_of
from tui.chat.conversation import Conversation, Node
from tui.chat.message import Message, Role

_OFFERED = {Action.MESSAGE_RETRY: Action.COMPARE_AGAIN}
_AIR = 1
"""Cells between the text's pad and the scroll bar."""
_PROMPT = 4
"""The prompt takes at most one row in so many of the screen."""


class ComparedReply(MessageView):
    """A reply whose name stands above it already; what it has taken stands below its text."""

    def __init__(self, message: Message, look: Look, standing: Standing, below: str = "") -> None:
        self._below = below
        super().__init__(message, look, standing)

    def say(self, note: str) -> None:
        """Words on what the reply does, or has taken."""
        self._below = note
        self._surround()

    def _name_line(self, metas: Sequence[str] = ()) -> Rows:
        return Rows()

    def _ending(self, *, text: bool, limited: bool, reach: Reach) -> Rows:
        return footer_rows(
            self.message, self.look, text=text, limited=limited, offered=_OFFERED, below=self._below
        )


class LoneMessage(MessageList):
    """One message, which begins at the left edge of the widget."""

    def __init__(self) -> None:
        super().__init__(margins=(0, _AIR), make=self._lines_of)
        self._message_id = 0
        self._below = ""
        """Words on what a reply does, or has taken."""

    def _lines_of(self, message: Message, look: Look, standing: Standing) -> MessageView:
        if message.role is Role.ASSISTANT:
            return ComparedReply(message, look, standing, self._below)
        return lines_of(message, look, standing)

    async def show(self, conversation: Conversation, message: Message, load: Load) -> Message:
        """Show a message of a conversation as it stands now; from its beginning, if it is whole.

        Returns:
            The message.
        """
        found: list[Message] = []

        async def loaded(ids: Sequence[int]) -> list[Message]:
            found[:] = await load(ids)
            return found

        self._message_id = message.id
        await self.open(_alone(conversation, message), loaded)
        if not found[0].live:
            self.action_scroll_home()
        return found[0]

    def say(self, words: str) -> None:
        """What the reply does, or has taken; the reader's place stays."""
        if words != self._below:
            self._below = words
            self.note(self._message_id, words)


class PromptText(LoneMessage):
    """The prompt that is answered, as high as it is, up to a quarter of the screen."""

    def on_resize(self, event: Resize) -> None:
        """Wrap, and take as many rows."""
        super().on_resize(event)
        self.fit()

    def fit(self) -> None:
        """Take as many rows as the text has now."""
        if self.size.width and (rows := self.viewport.total):
            self.styles.height = min(rows, max(1, self.app.size.height // _PROMPT))


def _alone(conversation: Conversation, message: Message) -> Conversation:
    """A conversation of one message."""
    alone = Conversation(conversation.id, leaf=message.id, hues=conversation.hues)
    alone.add([Node(message.id, None, message.role, message.model)])
    return alone
