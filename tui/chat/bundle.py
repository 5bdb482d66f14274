"""A whole conversation with its messages, on its way out of a history or into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.chat.conversation import Conversation
from tui.chat.message import Message


@dataclass(frozen=True, slots=True)
class Bundle:
    """One conversation and every message of its tree, in the order of their ids.

    A history that takes it in gives new ids where the old ones are taken, or where the conversation's is 0.
    """

    conversation: Conversation
    messages: Sequence[Message]

    def path(self) -> list[Message]:
        """The visible messages of the active path."""
        by_id = {message.id: message for message in self.messages}
        return [by_id[message_id] for message_id in self.conversation.path()]
