"""Puts an imported conversation together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.chunks import Usage
from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role, automatic_title
from tui.chat.parts import Part, Text, joined, plain_parts
from tui.history.importers.calls import settled
from tui.history.importers.checked import Checked
from tui.text import one_line

_TITLE = 200  # characters
_NO_ONE = frozenset({"system", "developer", "tool"})


def role_in(roles: Mapping[str, Role], message: Checked, name: str) -> Role | None:
    """Who speaks; None for what no person and no model said. One whom we don't know is noted."""
    said = message.words(name)
    if said in roles or said in _NO_ONE:
        return roles.get(said)
    message.odd(name, f"one of {', '.join(roles)}", said)
    return Role.ASSISTANT


def parents_first(keys: Sequence[tuple[Hashable, Hashable | None]]) -> list[int]:
    """The places of messages, each given by its key and its parent's, so that each comes after its parent.

    Where parents go in a circle, it is cut before the first of them.
    """
    known = {key for key, _ in keys}
    below: dict[Hashable | None, list[int]] = {}
    for place, (_, parent) in enumerate(keys):
        below.setdefault(parent if parent in known else None, []).append(place)
    ordered: dict[int, None] = {}
    for start in (*below.get(None, []), *range(len(keys))):
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in ordered:
                ordered[place] = None
                waiting += reversed(below.pop(keys[place][0], []))
    return list(ordered)


class _Held(Struct, frozen=True):
    """What came of a reply that may go on."""

    parts: tuple[Part, ...] = ()
    at: datetime | None = None
    model: str | None = None
    usage: Usage | None = None


class Builder:
    """Takes the messages of one conversation in any order that has parents first."""

    def __init__(
        self,
        origin: str,
        title: str | None,
        begun: datetime | None,
        *,
        model: str | None = None,
        system: str = "",
        archived: bool = False,
    ) -> None:
        """Begin.

        Args:
            origin: ``PROGRAM:ID``, which no other conversation has.
            title: If it has one.
            begun: When, if that is known; the times of messages without one follow from it.
            model: ``PROVIDER/MODEL`` it was last held with, if the program says it.
            system: The system prompt.
            archived: Whether it was put away.
        """
        begun = begun or datetime.now(UTC)
        self.conversation = Conversation(
            0, one_line(title or "", _TITLE), begun, begun, origin=origin, model=model, system=system
        )
        self.conversation.titled = bool(self.conversation.title)
        self.conversation.archived = archived
        self._messages: dict[Hashable, Message] = {}
        self._alias: dict[Hashable, Hashable | None] = {}
        self._held: dict[Hashable, _Held] = {}
        self._unfinished: dict[Hashable, None] = {}
        """Keys of held replies that nothing has gone on from."""
        self._last: Hashable | None = None

    @property
    def last(self) -> Hashable | None:
        """The key of the message that was added last."""
        return self._last

    def __contains__(self, key: Hashable) -> bool:
        return key in self._messages

    def add(
        self,
        key: Hashable,
        parent: Hashable | None,
        role: Role,
        said: str | Iterable[Part],
        at: datetime | None = None,
        *,
        model: str | None = None,
        reasoning: str = "",
        usage: Usage | None = None,
    ) -> None:
        """Add a message below ``parent``, which was added or skipped before; an unknown one is no parent.

        What is ``said`` is a text, or all parts of the message in their order.
        """
        if parent in self._held:
            parent = self._finished(parent)
        while key in self._messages:  # a broken export: nothing said in it is lost for that
            key = (key,)
        above = self._kept(parent)
        before = self._messages[above].created_at if above is not None else self.conversation.created_at
        self._messages[key] = Message(
            len(self._messages) + 1,
            0,
            self._messages[above].id if above is not None else None,
            role,
            plain_parts(said, reasoning) if isinstance(said, str) else settled(joined(said)),
            model,
            usage=usage,
            created_at=at or before,
        )
        self._last = key

    def hold(
        self,
        key: Hashable,
        parent: Hashable | None,
        parts: Iterable[Part],
        at: datetime | None = None,
        *,
        model: str | None = None,
        usage: Usage | None = None,
    ) -> None:
        """Add to a reply below ``parent``: all that is held in a row is one reply, in its order.

        Other programs have a message for each round of it: what was thought, a call, its result, an answer.
        """
        while key in self._held or key in self._messages:
            key = (key,)
        before = self._held.get(parent, _Held())
        self._unfinished.pop(parent, None)
        self._alias[key] = self._kept(parent)
        self._held[key] = _Held(
            (*before.parts, *parts), at or before.at, model or before.model, usage or before.usage
        )
        self._unfinished[key] = None
        self._last = key

    def held(self, key: Hashable | None) -> tuple[Part, ...]:
        """What has come of the reply that goes on at ``key``."""
        return self._held.get(key, _Held()).parts

    def _finished(self, key: Hashable | None) -> Hashable | None:
        """The held reply as a message, once. Returns its key, or that of what is above one without words."""
        self._unfinished.pop(key, None)
        held = self._held[key]
        says = any(not isinstance(part, Text) or part.text.strip() for part in held.parts)
        if says and (said := ("reply", key)) not in self._messages:
            last = self._last
            self.add(
                said,
                self._alias[key],
                Role.ASSISTANT,
                held.parts,
                held.at,
                model=held.model,
                usage=held.usage,
            )
            self._last = last
            self._alias[key] = said
        return self._alias[key]

    def skip(self, key: Hashable, parent: Hashable | None) -> None:
        """Leave out a message: what is below it moves to ``parent``."""
        if parent in self._held:
            self.hold(key, parent, ())
        else:
            self._alias[key] = self._kept(parent)

    def bundle(self, leaf: Hashable | None = None) -> Bundle | None:
        """The whole, with ``leaf`` as the end of the active path; None if nothing was said."""
        for key in tuple(self._unfinished):
            self._finished(key)
        if not self._messages:
            return None
        ordered, numbers = self._in_order()
        conversation = self.conversation
        conversation.add(Node.of(message) for message in ordered)
        conversation.updated_at = max(message.created_at for message in ordered)
        conversation.created_at = min(conversation.created_at, ordered[0].created_at)
        conversation.model = conversation.model or next((m.model for m in reversed(ordered) if m.model), None)
        if not conversation.title:
            conversation.title = automatic_title(next((m.text for m in ordered if m.role is Role.USER), ""))
        end = self._kept(leaf)
        conversation.leaf = ordered[-1].id if end is None else numbers[self._messages[end].id]
        return Bundle(conversation, ordered)

    def _kept(self, key: Hashable | None) -> Hashable | None:
        return key if key in self._messages else self._alias.get(key)

    def _in_order(self) -> tuple[list[Message], dict[int, int]]:
        """The messages by their times, parents first, numbered in this order; and old numbers to new ones."""
        times: dict[int | None, datetime] = {None: self.conversation.created_at.min.replace(tzinfo=UTC)}
        for message in self._messages.values():
            times[message.id] = max(message.created_at, times[message.parent])
        old = sorted(self._messages.values(), key=lambda message: (times[message.id], message.id))
        numbers = {message.id: number for number, message in enumerate(old, 1)}
        ordered = [
            replace(message, id=number, parent=None if message.parent is None else numbers[message.parent])
            for number, message in enumerate(old, 1)
        ]
        return ordered, numbers
