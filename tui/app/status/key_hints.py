"""Which keys the key line shows, by what the person does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.app.lists.hints import key_name
from tui.app.status.key_line import Hint

_ALWAYS = {"model": "model", "message-up": "messages", "help": "keys"}
IDLE = {"send": "send", "palette": "commands", **_ALWAYS}
LIVE = {"stop": "stop", "send": "queue", **_ALWAYS}
EDITING = {"send": "send as a new version", "stop": "leave it as it was"}
SIDEBAR = {"sidebar-up": "choose", "sidebar-open": "open", "sidebar-leave": "back to writing"}
BELOW_SIDEBAR = {"new": "new", "conversations": "all"}
BELOW_OVERLAY = {"sidebar-open": "open", "sidebar-leave": "close"}
MESSAGE = {
    "message-line-up": "walk",
    "message-copy": "copy",
    "message-code": "copy code",
    "message-branch": "branch",
    "message-leave": "back to writing",
}
PROMPT = {
    "message-line-up": "walk",
    "message-copy": "copy",
    "message-edit": "edit",
    "message-branch": "branch",
    "message-leave": "back to writing",
}
HIT = {
    "message-line-up": "walk",
    "find-next": "next hit",
    "find-previous": "hit before",
    "message-copy": "copy",
    "message-leave": "back to writing",
}
FINDING = {"find-bar-next": "next hit", "find-bar-previous": "hit before", "find-bar-close": "close"}
FOUND = {"send": "send", "message-up": "to the hit", "stop": "take the marks away", "help": "keys"}
SUMMARY = {
    "message-line-up": "walk",
    "message-fold": "show or fold",
    "message-copy": "copy",
    "message-delete": "delete",
    "message-leave": "back to writing",
}
_BOTH_ARROWS = frozenset({"sidebar-up", "message-line-up"})


def hints(key_for: Callable[[str], str], keys: Mapping[str, str]) -> tuple[Hint, ...]:
    """The keys as they are bound now.

    Args:
        key_for: The key that is bound to an id now.
        keys: Binding id to what it is said to do.
    """
    bound = {binding_id: key_for(binding_id) for binding_id in keys}
    return tuple(
        Hint("↑↓" if binding_id in _BOTH_ARROWS else key_name(bound[binding_id]), words, bound[binding_id])
        for binding_id, words in keys.items()
    )
