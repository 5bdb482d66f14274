"""Whether a part of the screen is still there: what was begun for it may end later than it.

The one way to ask for it after an ``await``, or from what somebody else calls: a reader who closes a screen
does not wait until all that it had begun has come to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.message_pump import MessagePump
from textual.signal import SignalError
from textual.widget import MountError

_Parameters = ParamSpec("_Parameters")
GONE = (NoMatches, NoScreen, ScreenStackError, MountError, SignalError)
"""What asking, adding, listening fails with where a part of the screen is not there now, or not yet."""


def has_gone(node: MessagePump) -> bool:
    """Whether ``node`` ends, alone or with the app: what it is made of goes before itself."""
    if not (node.is_running and node.is_attached):
        return True
    taken_away = isinstance(node, DOMNode) and node._pruning  # it runs on until its parts have ended
    return taken_away or node.app._exit or not node.app.is_running


def lives(node: DOMNode) -> bool:
    """Whether all that ``node`` is made of is there and can be asked for."""
    return (isinstance(node, App) or node._is_mounted) and not has_gone(node)


def while_alive(node: DOMNode, act: Callable[_Parameters, object]) -> Callable[_Parameters, None]:
    """What does ``act`` as long as ``node`` lives: for what its subscriptions and the next refresh call."""

    def acts(*arguments: _Parameters.args, **options: _Parameters.kwargs) -> None:
        if lives(node):
            act(*arguments, **options)

    return acts
