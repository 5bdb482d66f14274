"""What stands under a reply: pictures, sources, notices, and how it ended if it did not end well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import assert_never

from rich.cells import cell_len
from rich.style import Style

from tui.app.actions import Action
from tui.app.messages.look import Look
from tui.app.messages.picture_lines import PictureAct
from tui.app.messages.rows import Rows
from tui.app.theme.ink import width_of
from tui.chat.message import Failure, Message, Role, Status
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    address_line,
    below,
)
from tui.errors import ErrorKind
from tui.rendering.spans import Span, Target
from tui.text import one_line, safe_url


class Reach(Enum):
    """What has to be done before the keys under a message work."""

    KNOWN = auto()
    """Nothing that must be said here."""
    AT_ONCE = auto()
    """Nothing: they work while nothing is written."""
    WALK = auto()
    """The message has to be chosen."""
    CHOSEN = auto()
    """It is chosen."""


ONE_LINE = 74
"""Cells that a failure and its keys may take together; otherwise the keys go below."""

Keys = Mapping[Action, Action]
"""What helps where a reply did not end well, and the action whose key does it there."""
_ENDED = {
    Status.STOPPED: "stopped",
    Status.LENGTH: "stopped at the token limit",
    Status.FILTER: "stopped by the provider's content rules",
    Status.TOOL: "asked for a tool, and has none here",
    Status.INTERRUPTED: "interrupted",
    Status.EMPTY: "the reply was empty",
    Status.ERROR: "failed",
}


def footer_rows(
    message: Message,
    look: Look,
    *,
    text: bool,
    limited: bool = False,
    offered: Keys | None = None,
    below: str = "",
    reach: Reach = Reach.KNOWN,
) -> Rows:
    """The rows under a reply; a blank parts each group from what is above.

    Args:
        message: The reply.
        look: Width and colours.
        text: Whether there is text above.
        limited: Whether some of it is shown plain, for its length.
        offered: What can be done where it did not end well, and by which key; without it, all that helps.
        below: Words on what it has taken.
        reach: What has to be done before its keys work.
    """
    parts = (
        _limit(look, reach) if limited else [],
        _links(message, look),
        _notices(message, look),
        _end(message, look, _helpful(message) if offered is None else offered, reach),
        _wrapped("", below, look, look.ink.dim, look.ink.dim) if below else [],
    )
    rows: list[Sequence[Span[Style]]] = []
    for group in filter(None, parts):
        if rows or text:
            rows.append(())
        rows += group
    return Rows(look, rows)


def offered(message: Message) -> Keys:
    """What helps on with a reply that did not end well; nothing if it did."""
    badly = not message.live and message.status is not Status.COMPLETE
    return _helpful(message) if badly and message.role is not Role.USER else {}


def _first(look: Look, reach: Reach) -> list[Span[Style]]:
    """The key that goes before the others; where the message is chosen, the room for it."""
    words = f"{look.keys.name(Action.MESSAGE_UP)} "
    shown = {Reach.WALK: words, Reach.CHOSEN: " " * len(words)}.get(reach, "")
    return [Span(shown, look.ink.dim)] if shown else []


def _limit(look: Look, reach: Reach) -> list[Sequence[Span[Style]]]:
    target = Target(Action.MESSAGE_FOLD)
    key = look.keys.name(Action.MESSAGE_FOLD)
    words = Span("very long: shown in part without its Markdown   ", look.ink.dim)
    first = _first(look, Reach.WALK if reach is Reach.AT_ONCE else reach)
    shown = Span(key, look.ink.soft, target=target), Span(" show all", look.ink.dim, target=target)
    return [[words, *first, *shown]]


def _links(message: Message, look: Look) -> list[Sequence[Span[Style]]]:
    rows: list[Sequence[Span[Style]]] = []
    for part in below(message.parts):
        match part:
            case Image(url, alt):
                rows.append(_link("image  ", one_line(alt), url, look, PictureAct.LOAD))
            case Sources(items):
                for number, source in enumerate(items, 1):
                    rows.append(_link(f"{number}  ", one_line(source.title), source.url, look))
            case Text() | Reasoning() | File() | ToolCall() | ToolResult() | Notice():
                pass  # they stand in the body, or are told on their own
            case _:
                assert_never(part)
    return rows


def _link(head: str, title: str, url: str, look: Look, act: str = Action.MESSAGE_LINK) -> list[Span[Style]]:
    """A title and its address, cut to one row; only an address that may be opened can be clicked."""
    target = Target(act, url) if safe_url(url) else None
    row = [Span(head, look.ink.dim)]
    room = look.width - len(head)
    if title:
        title = _cut(title, room * 2 // 3)
        row += [
            Span(title, look.ink.ink + Style(underline=bool(target)), target=target),
            Span("   ", row[0].look),
        ]
        room -= cell_len(title) + 3
    return [*row, Span(_cut(address_line(url), room), look.ink.dim, target=target)]


def _cut(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    from tui.app.messages.plain_text import PlainText

    fitting = PlainText(text, max(room - 2, 1), Style()).text(0)
    return fitting.rstrip() + " …"


def _notices(message: Message, look: Look) -> list[Sequence[Span[Style]]]:
    dim = look.ink.dim
    return [row for notice in message.notices for row in _wrapped("", one_line(notice), look, dim, dim)]


def _end(message: Message, look: Look, offered: Keys, reach: Reach) -> list[Sequence[Span[Style]]]:
    if message.live or message.status is Status.COMPLETE:
        return []
    keys = _keys(message, offered, look)
    if keys:
        keys[1:1] = _first(look, reach)
    failure = message.failure
    if failure is None:
        return _with_keys([[Span(_ENDED[message.status], look.ink.dim)]], keys, look, hang=0)
    return _with_keys(_failure(failure, look), keys, look, hang=2)


def _failure(failure: Failure, look: Look) -> list[Sequence[Span[Style]]]:
    words = one_line(failure.message) or "Something went wrong"
    hint = one_line(failure.hint)
    if failure.kind == ErrorKind.OFFLINE:
        words, hint = f"{words}; your message is kept", ""
    rows = _wrapped("× ", words, look, look.ink.error, look.ink.ink)
    return rows + (_wrapped("  ", hint, look, look.ink.dim, look.ink.dim) if hint else [])


def _wrapped(
    head: str, text: str, look: Look, head_style: Style, style: Style
) -> list[Sequence[Span[Style]]]:
    from tui.app.messages.plain_text import PlainText

    lines = PlainText(text, look.width - len(head), style)
    return [
        [Span(head if row == 0 else " " * len(head), head_style), Span(lines.text(row).rstrip(), style)]
        for row in range(lines.height)
    ]


def _keys(message: Message, offered: Keys, look: Look) -> list[Span[Style]]:
    labels = {Action.MESSAGE_RETRY: "retry" if message.failure else "again"}
    if _is_offline(message):
        labels[Action.MESSAGE_MODEL] = "model on this machine"
    spans: list[Span[Style]] = []
    for action, bound in offered.items():
        target = Target(action)
        spans += [
            Span("   ", look.ink.dim),
            Span(look.keys.name(bound), look.ink.soft, target=target),
            Span(f" {labels.get(action, action.words)}", look.ink.dim, target=target),
        ]
    return spans


def _helpful(message: Message) -> Keys:
    return {action: action for action in _actions(message)}


def _actions(message: Message) -> tuple[Action, ...]:
    again, other, edit = Action.MESSAGE_RETRY, Action.MESSAGE_MODEL, Action.MESSAGE_EDIT
    if message.role is Role.SYSTEM or _is_offline(message):
        return again, other
    if message.failure and message.failure.kind == ErrorKind.CONTEXT:
        return again, Action.MESSAGE_SUM, other, edit
    if not message.text.strip():
        return again, other, edit
    if message.status is Status.STOPPED:
        return again, Action.MESSAGE_RESUME, other, edit
    cut = message.status in (Status.INTERRUPTED, Status.LENGTH)
    return (again, Action.MESSAGE_RESUME, other) if cut else (again, other, edit)


def _is_offline(message: Message) -> bool:
    return message.failure is not None and message.failure.kind == ErrorKind.OFFLINE


def _with_keys(
    rows: list[Sequence[Span[Style]]], keys: list[Span[Style]], look: Look, hang: int
) -> list[Sequence[Span[Style]]]:
    """The keys after the words if both fit in one line, else below them."""
    if not keys:
        return rows
    if len(rows) == 1 and width_of((*rows[0], *keys)) <= min(ONE_LINE, look.width):
        return [[*rows[0], *keys]]
    return [*rows, [Span(" " * hang, look.ink.dim), *keys[1:]]]
