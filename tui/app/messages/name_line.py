"""The first line of a reply: who answers, what is known of the thinking, which version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.style import Style

from tui.app.actions import Action
from tui.app.messages.look import Look
from tui.app.messages.rows import Rows
from tui.app.theme.ink import width_of
from tui.chat.context import shorten
from tui.chat.message import Message, Status
from tui.chat.model import split_id
from tui.dates import local, minute
from tui.errors import ErrorKind
from tui.rendering.spans import Span, Target
from tui.text import one_line

_NOT_SENT = frozenset(
    kind.value for kind in (ErrorKind.OFFLINE, ErrorKind.CONNECT, ErrorKind.PROXY, ErrorKind.TLS)
)
FOLD = Target(Action.MESSAGE_FOLD)


def model_name(model: str | None) -> str:
    """A model's name without its provider, safe to show."""
    return one_line(split_id(model or "")[1] or model or "reply", 60)


def named(model: str | None, among: Iterable[str]) -> str:
    """A model's name; with its provider where another one has the same."""
    name = model_name(model)
    same = any(other != model and model_name(other) == name for other in among)
    return one_line(model or "", 60) if same else name


def time_words(moment: datetime, now: datetime | None = None) -> str:
    """The time of day of a message, and its day if that is not today: ``14:05``, ``2026-11-28 14:05``."""
    here = local(moment)
    today = (now or datetime.now().astimezone()).date()
    return f"{here:%H:%M}" if here.date() == today else minute(here)


def state_words(message: Message, *, begun: bool, note: str) -> str:
    """What stands beside the name while there is no thinking to show."""
    if message.live and not begun:
        return one_line(note) or "waiting"
    if message.status is Status.ERROR and message.failure and message.failure.kind in _NOT_SENT:
        return "not sent"
    return ""


def thought_words(thought: str, *, thinking: bool, is_open: bool, seconds: float | None) -> str:
    """``▸ thinking``, then ``▸ thought for 6 s, 96 words``; nothing if there was no thought."""
    if not thought.strip():
        return ""
    arrow = "▾" if is_open else "▸"
    if thinking:
        return f"{arrow} thinking"
    words = len(thought.split())
    time = f" for {duration(seconds)}" if seconds is not None else ""
    return f"{arrow} thought{time}, {words} {'word' if words == 1 else 'words'}"


def duration(seconds: float) -> str:
    """``6 s``, ``2 min 5 s``."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def meta_words(message: Message, cost: float | None = None) -> str:
    """What a reply took: ``312 tokens   3.1 s   $0.004``, as far as it is known.

    Args:
        message: The reply.
        cost: US dollars, where the server does not say them.
    """
    usage, words = message.usage, []
    if usage is not None and usage.cost is not None:
        cost = usage.cost
    if usage is not None and usage.output_tokens is not None:
        words.append(f"{usage.output_tokens:,} {'token' if usage.output_tokens == 1 else 'tokens'}")
    if message.seconds is not None:
        words.append(f"{message.seconds:.1f} s" if message.seconds < 10 else duration(message.seconds))
    if cost is not None:
        words.append(f"${cost:.3f}" if cost >= 0.001 or not cost else "< $0.001")
    return "   ".join(words)


def speed_words(message: Message) -> list[str]:
    """How it came, as far as it is known: ``first 0.8 s``, ``48 tok/s``, ``61k of 84k kept``."""
    words, first, speed, usage = [], message.seconds_to_first, message.tokens_per_second, message.usage
    if first is not None:
        words.append(f"first {f'{first:.1f} s' if first < 10 else duration(first)}")
    if speed is not None:
        words.append(f"{speed:.0f} tok/s")
    if usage is not None and usage.cached_tokens and usage.input_tokens:
        words.append(f"{shorten(usage.cached_tokens)} of {shorten(usage.input_tokens)} kept")
    return words


def version_spans(versions: tuple[int, int], style: Style) -> list[Span[Style]]:
    """``‹ 2/3 ›``; nothing while there is only one."""
    place, count = versions
    if count < 2:
        return []
    before, after = Target(Action.VERSION_PREVIOUS), Target(Action.VERSION_NEXT)
    return [
        Span("‹ ", style, target=before),
        Span(f"{place}/{count}", style),
        Span(" ›", style, target=after),
    ]


def mark_spans(pinned: bool, versions: tuple[int, int], style: Style) -> list[Span[Style]]:
    """What stands at the right edge: ``pinned``, and the versions."""
    spans = version_spans(versions, style)
    if pinned:
        spans.insert(0, Span("pinned" + "   " * bool(spans), style, target=Target(Action.MESSAGE_PIN)))
    return spans


def name_line(
    look: Look,
    name: Span[Style],
    state: str,
    thought: str,
    marks: Sequence[Span[Style]] = (),
    metas: Sequence[str] = (),
) -> Rows:
    """The line, from left to right: name, state or thought; at the right edge what it took, and its marks.

    Of ``metas`` the first that has room is shown.
    """
    dim = look.ink.dim
    left = [name]
    if state or thought:
        left += [Span("   ", dim), Span(thought or state, dim, target=FOLD if thought else None)]
    right = [*marks]
    space = look.width - width_of(left) - width_of(right)
    if meta := next((words for words in metas if words and cell_len(words) + 6 <= space), ""):
        right = [Span(meta + "   " * bool(right), dim), *right]
        space = look.width - width_of(left) - width_of(right)
    return Rows(look, [[*left, Span(" " * max(1, space), dim), *right] if right else left])
