"""What can be done with a message, apart from looking at it."""

from __future__ import annotations

from enum import StrEnum


class MessageAction(StrEnum):
    """An action on one message; the transcript says which was chosen, by key or by click."""

    RETRY = "retry"
    OTHER_MODEL = "other_model"
    COMPARE = "compare"
    RESUME = "resume"
    COMPACT = "compact"
    PIN = "pin"
    EDIT = "edit"
    PREVIOUS_VERSION = "previous_version"
    NEXT_VERSION = "next_version"
    BRANCH = "branch"
    DELETE = "delete"
    DELETE_BELOW = "delete_below"
