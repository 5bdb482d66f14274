"""What can be done with a message, apart from looking at it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from tui.app.actions import Action


class MessageAction(StrEnum):
    """An action on one message. The transcript binds its key, and tells which was chosen, by key or click."""

    action: Action
    """Has its key and its words."""

    def __new__(cls, name: str, action: Action) -> Self:
        """Make a row of the table."""
        made = str.__new__(cls, name)
        made._value_ = name
        made.action = action
        return made

    @classmethod
    def named(cls, name: str) -> Self:
        """The action with this name, as a key or a click gives it."""
        return cls[name.upper()]

    EDIT = "edit", Action.MESSAGE_EDIT
    RETRY = "retry", Action.MESSAGE_RETRY
    RESUME = "resume", Action.MESSAGE_RESUME
    OTHER_MODEL = "other_model", Action.MESSAGE_MODEL
    COMPARE = "compare", Action.MESSAGE_COMPARE
    PREVIOUS_VERSION = "previous_version", Action.VERSION_PREVIOUS
    NEXT_VERSION = "next_version", Action.VERSION_NEXT
    BRANCH = "branch", Action.MESSAGE_BRANCH
    PIN = "pin", Action.MESSAGE_PIN
    COMPACT = "compact", Action.MESSAGE_SUM
    DELETE = "delete", Action.MESSAGE_DELETE
    DELETE_BELOW = "delete_below", Action.MESSAGE_DELETE_BELOW
