"""What servers send, read without trust: each field by what it should be, and nothing else of it counts.

Reading is total: a field of another kind is as good as none, so that one odd field costs only itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tui import checked

_NOTHING: Mapping[str, Any] = {}
_THOUGHTS = frozenset({"thinking", "reasoning", "thought"})
"""Types of parts that hold thinking."""


class Sent:
    """An object of a decoded answer; an empty one in place of anything else."""

    __slots__ = ("raw",)

    def __init__(self, raw: Any) -> None:
        self.raw: Mapping[str, Any] = raw if isinstance(raw, dict) else _NOTHING

    def __bool__(self) -> bool:
        return bool(self.raw)

    def __contains__(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def get(self, name: str) -> Any:
        """The value as it came."""
        return self.raw.get(name)

    def text(self, *names: str) -> str:
        """The first of these that is a text and not empty; otherwise an empty one."""
        for name in names:
            if isinstance(found := self.raw.get(name), str) and found:
                return found
        return ""

    def whole(self, *names: str) -> int | None:
        """The first of these that is a count."""
        for name in names:
            if (found := checked.count(self.raw.get(name))) is not None:
                return found
        return None

    def number(self, *names: str) -> float | None:
        """The first of these that is an amount."""
        for name in names:
            if (found := checked.amount(self.raw.get(name))) is not None:
                return found
        return None

    def flag(self, name: str) -> bool | None:
        """True or false, also as a text or as 1 and 0; None for anything else."""
        value = self.raw.get(name)
        if isinstance(value, str):
            return {"true": True, "false": False}.get(value.strip().lower())
        return bool(value) if isinstance(value, int) and value in (0, 1) else None

    def part(self, name: str) -> Sent:
        """The object inside, also where it is the only one of a list."""
        value = self.raw.get(name)
        return Sent(value[0] if isinstance(value, list) and len(value) == 1 else value)

    def items(self, name: str) -> list[Any]:
        """What the list holds; one thing alone counts as a list of it."""
        value = self.raw.get(name)
        if isinstance(value, list):
            return value
        return [] if value is None else [value]

    def parts(self, name: str) -> Iterator[Sent]:
        """The objects of a list."""
        return (Sent(item) for item in self.items(name) if isinstance(item, dict))

    def opened(self, *names: str) -> Sent:
        """The object that has one of these: this one, or one that some gateways wrap it in."""
        if any(name in self for name in names):
            return self
        inner = (self.part(envelope) for envelope in ("data", "response", "result", "output", "body"))
        return next((found for found in inner if any(name in found for name in names)), self)


def cost_in(counts: Sent) -> float | None:
    """US dollars, as a number or with their parts."""
    cost = counts.number("cost")
    return counts.part("cost").number("total_cost", "total") if cost is None else cost


def text_in(content: Any) -> str:
    """The text of a content: a plain one, or that of its parts without the thinking."""
    if isinstance(content, str):
        return content
    if not content:
        return ""
    parts = content if isinstance(content, list) else [content]
    return "".join(_part_text(part) for part in parts)


def thought_in(content: Any) -> str:
    """The thinking among the parts of a content."""
    if isinstance(content, str) or not content:
        return ""
    parts = content if isinstance(content, list) else [content]
    thoughts = (Sent(part) for part in parts if Sent(part).text("type") in _THOUGHTS)
    return "".join(
        text_in(thought.get("thinking")) or thought.text("reasoning", "text") for thought in thoughts
    )


def _part_text(part: Any) -> str:
    sent = Sent(part)
    if isinstance(part, str) or sent.text("type") in _THOUGHTS:
        return checked.text(part)
    return (
        sent.text("text", "output_text", "content", "value")
        or sent.part("text").text("value")
        or text_in(sent.get("parts"))
    )
