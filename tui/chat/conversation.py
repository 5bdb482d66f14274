"""The tree of messages: active path, versions, branches.

A conversation holds only the shape of its tree, in columns. The messages' texts are loaded where they are
looked at, and so their nodes are made: a conversation of ten thousand messages opens like one of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct, field

from tui.chat.attachment import Attachment
from tui.chat.message import Message, Role
from tui.errors import UsageError

_SHARED = (
    *("title", "titled", "updated_at", "model", "system", "parameters", "hues"),
    *("tags", "pins", "labels", "tools", "pinned", "archived", "deleted", "begun_by", "project"),
)
"""What is the same for all who have a conversation open: not its draft, nor which path is shown."""


class Node(NamedTuple):
    """The shape of one message: enough to walk the tree and to name who answers."""

    id: int
    parent: int | None
    role: Role
    model: str | None = None
    deleted: bool = False
    """Hidden, and skipped by the path; its children stay where they are, so undo only shows it again."""

    @classmethod
    def of(cls, message: Message) -> Node:
        """The node of a message that has just been stored."""
        return cls(message.id, message.parent, message.role, message.model)


class Nodes(Mapping[int, Node]):
    """Nodes by their ids. They are kept in columns, in the order in which they came; made when asked for."""

    __slots__ = ("_below", "_models", "_parents", "_places", "_roles", "hidden")

    def __init__(
        self,
        ids: Iterable[int] = (),
        parents: Iterable[int | None] = (),
        roles: Iterable[Role] = (),
        models: Iterable[str | None] = (),
        hidden: Iterable[int] = (),
    ) -> None:
        """Take columns of the same length.

        Args:
            ids: Each higher than the one before.
            parents: The parent of each.
            roles: Who speaks in each.
            models: What answers in each.
            hidden: The ids of those that are hidden.
        """
        self._places = {message_id: place for place, message_id in enumerate(ids)}
        self._parents, self._roles, self._models = list(parents), list(roles), list(models)
        self.hidden = set(hidden)
        self._below: tuple[dict[int | None, int], dict[int | None, list[int]]] | None = None
        """The newest right below each message, and the older ones of several; made when it is asked for."""

    def __getitem__(self, message_id: int) -> Node:
        place = self._places[message_id]
        role, model = self._roles[place], self._models[place]
        return Node(message_id, self._parents[place], role, model, message_id in self.hidden)

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._places

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Nodes):
            return super().__eq__(other)
        return self._columns == other._columns

    @property
    def _columns(self) -> tuple[object, ...]:
        return self._places, self._parents, self._roles, self._models, self.hidden

    def copy(self) -> Nodes:
        """The same nodes, to be changed apart."""
        return Nodes(self._places, self._parents, self._roles, self._models, self.hidden)

    def put(self, node: Node) -> None:
        """Add a node, or put it in the place of the one with its id."""
        if node.id not in self._places:
            self._places[node.id] = len(self._places)
            self._parents.append(node.parent)
            self._roles.append(node.role)
            self._models.append(node.model)
        place = self._places[node.id]
        self._parents[place], self._roles[place], self._models[place] = node.parent, node.role, node.model
        self._below = None
        self.hide(node.id, node.deleted)

    def hide(self, message_id: int, hidden: bool) -> None:
        """Hide or show a message."""
        (self.hidden.add if hidden else self.hidden.discard)(message_id)

    def upward(self, message_id: int | None) -> Iterator[int]:
        """From a message up to the first one, without those that are hidden."""
        places, parents, hidden = self._places, self._parents, self.hidden
        while message_id is not None:
            if message_id not in hidden:
                yield message_id
            message_id = parents[places[message_id]]

    def below(self, message_id: int | None) -> list[int]:
        """The messages right below one, or at the top, oldest first."""
        if self._below is None:
            newest = dict(zip(self._parents, self._places, strict=True))
            older: dict[int | None, list[int]] = {}
            if len(newest) < len(self):
                for parent, child in zip(self._parents, self._places, strict=True):
                    if newest[parent] != child:
                        older.setdefault(parent, []).append(child)
            self._below = newest, older
        newest, older = self._below
        return [*older.get(message_id, ()), newest[message_id]] if message_id in newest else []


class Conversation(Struct):
    """One conversation. Ids stand in a row, so the newest of several nodes has the highest id."""

    id: int
    title: str = ""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    leaf: int | None = None
    """The last message of the active path; None while it is empty."""
    model: str | None = None
    """``PROVIDER/MODEL`` that answers next."""
    system: str = ""
    """The system prompt."""
    parameters: dict[str, str | int | float] = field(default_factory=dict)
    """What ``/set`` changed: temperature, max_tokens, reasoning_effort, …"""
    hues: dict[str, str] = field(default_factory=dict)
    """Model id to the name of its hue."""
    draft: str = ""
    attachments: tuple[Attachment, ...] = ()
    """Files that wait with the draft."""
    tags: tuple[str, ...] = ()
    pins: tuple[int, ...] = ()
    """Messages that are never left out of a request."""
    labels: dict[int, str] = field(default_factory=dict)
    """What the person calls some messages, by their ids."""
    tools: tuple[str, ...] = ()
    """Tools that were turned on here: wire names, or servers for all they have; with ``-`` before, off."""
    pinned: bool = False
    archived: bool = False
    deleted: bool = False
    """It lies in the trash."""
    titled: bool = False
    """The person chose the title; it is never changed by itself."""
    temporary: bool = False
    """Kept in memory only."""
    origin: str = ""
    """``PROGRAM:ID``: where it was made; no other conversation has it, so no import doubles it."""
    begun_by: str = ""
    """``ask`` where the command line asked, until somebody writes in it; else nothing."""
    project: str = ""
    """The folder of the project that it belongs to."""
    nodes: Nodes = field(default_factory=Nodes)

    def add(self, nodes: Iterable[Node]) -> None:
        """Add or replace nodes, in the order of their ids."""
        for node in nodes:
            self.nodes.put(node)

    def append(self, message: Message) -> None:
        """Add a stored message and make it the end of the active path."""
        self.add([Node.of(message)])
        self.leaf = message.id

    def find_leaf(self) -> None:
        """Let the active path end somewhere: with the newest message, where it ended with none."""
        if self.leaf not in self.nodes:
            self.leaf = self._nearest(None)

    def take_in(self, stored: Conversation) -> bool:
        """Take over what another program has changed; what is shown and written here stays.

        New messages are followed. Returns whether anything has changed.
        """
        changed = stored.updated_at != self.updated_at or stored.nodes != self.nodes
        if stored.nodes.keys() - self.nodes.keys():
            self.leaf = stored.leaf
        self.nodes = stored.nodes.copy()
        self.leaf = self._nearest(self.leaf)
        for name in _SHARED:
            changed = changed or getattr(self, name) != getattr(stored, name)
            setattr(self, name, getattr(stored, name))
        return changed

    def node(self, message_id: int) -> Node:
        """The node of a message that was chosen a moment ago, maybe in another conversation.

        Raises:
            UsageError: It is not in this one.
        """
        node = self.nodes.get(message_id)
        if node is None:
            raise UsageError("This message is not in this conversation any more")
        return node

    def path(self, leaf: int | None = None) -> list[int]:
        """Ids from the first message to ``leaf`` (the active one), without hidden messages."""
        return list(self.upward(leaf))[::-1]

    def upward(self, leaf: int | None = None) -> Iterator[int]:
        """The same from ``leaf`` up to the first message: who wants the last ones need not walk all of it."""
        start = self.leaf if leaf is None else leaf
        return self.nodes.upward(None if start is None else self.node(start).id)

    def versions(self, message_id: int) -> list[int]:
        """The visible messages that stand in the same place, oldest first; ``message_id`` is one.

        A hidden message leaves its place to those below it: so flipping reaches whatever is visible.
        """
        return self.following(next(self.nodes.upward(self.node(message_id).parent), None))

    def following(self, message_id: int | None) -> list[int]:
        """The visible messages right below ``message_id``, or at the top: versions of each other."""
        return sorted(self._first_shown(message_id))

    def flip(self, message_id: int, step: int) -> int | None:
        """The version ``step`` places from ``message_id``, or None at the end of the row."""
        versions = self.versions(message_id)
        if message_id not in versions:  # it was deleted
            return None
        place = versions.index(message_id) + step
        return versions[place] if 0 <= place < len(versions) else None

    def select(self, message_id: int) -> int:
        """Make ``message_id`` part of the active path, which goes on to its newest end. Returns the leaf."""
        self.leaf = self.end_below(self.node(message_id).id)
        return self.leaf

    def end_below(self, message_id: int) -> int:
        """The newest visible message below ``message_id``, following the newest child at each step."""
        current = message_id
        while children := [i for i in self.nodes.below(current) if self._reaches(i)]:
            current = children[-1]
        return current

    def below(self, message_id: int) -> Iterator[int]:
        """``message_id`` and every message under it."""
        stack = [message_id]
        while stack:
            current = stack.pop()
            yield current
            stack.extend(self.nodes.below(current))

    def shown_below(self, message_id: int) -> list[int]:
        """``message_id`` and every visible message under it, oldest first."""
        return sorted(i for i in self.below(message_id) if self._shown(i))

    def hide(self, ids: Iterable[int], *, hidden: bool = True) -> int | None:
        """Hide or show messages; the active path stays as near to where it was as it can.

        Returns:
            The leaf.
        """
        for message_id in ids:
            self.nodes.hide(self.node(message_id).id, hidden)
        self.leaf = self._nearest(self.leaf)
        return self.leaf

    def _first_shown(self, above: int | None) -> Iterator[int]:
        """The visible messages that follow ``above`` with nothing visible between."""
        stack = self.nodes.below(above)
        while stack:
            current = stack.pop()
            if self._shown(current):
                yield current
            else:
                stack.extend(self.nodes.below(current))

    def _shown(self, message_id: int) -> bool:
        return message_id not in self.nodes.hidden

    def _reaches(self, message_id: int) -> bool:
        """Whether ``message_id`` or anything below it is visible."""
        return any(self._shown(i) for i in self.below(message_id))

    def _nearest(self, message_id: int | None) -> int | None:
        """The end of the path through the nearest visible place at or above ``message_id``."""
        shown = next(self.nodes.upward(message_id), None)
        if shown is not None:
            return self.end_below(shown)
        roots = [i for i in self.nodes.below(None) if self._reaches(i)]
        return self.end_below(roots[-1]) if roots else None


class Summary(Struct, frozen=True):
    """One row of the list of conversations."""

    id: int
    title: str
    created_at: datetime
    updated_at: datetime
    messages: int
    """How many messages the conversation keeps."""
    model: str | None
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False
    begun_by: str = ""
    project: str = ""


class SearchHit(Struct, frozen=True):
    """One message that full-text search found."""

    conversation_id: int
    message_id: int | None
    """None where only the title matched."""
    title: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    """Where the hit stands in ``snippet``: start and end of each mark, in characters."""
    role: Role | None
    model: str | None
    updated_at: datetime


class Bundle(Struct, frozen=True):
    """One conversation and every message of its tree, in the order of their ids.

    A history that takes it in gives new ids where the old ones are taken, or where the conversation's is 0.
    """

    conversation: Conversation
    messages: Sequence[Message]

    def path(self) -> list[Message]:
        """The visible messages of the active path."""
        by_id = {message.id: message for message in self.messages}
        return [by_id[message_id] for message_id in self.conversation.path()]
