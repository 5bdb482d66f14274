"""What a history says of a number that nothing has."""

from __future__ import annotations

from tui.errors import NotFoundError


def no_conversation(conversation_id: int) -> NotFoundError:
    """The error for a number that no conversation has."""
    return NotFoundError(
        f"There is no conversation {conversation_id}", "The list of conversations has the numbers."
    )


def no_message(message_id: int) -> NotFoundError:
    """The error for a number that no message has."""
    return NotFoundError(f"There is no message {message_id}", "It may have been removed by another program.")


def not_streaming(message_id: int) -> NotFoundError:
    """The error for pieces of a message that takes none."""
    return NotFoundError(f"Message {message_id} is not being written any more")
