"""The messages of a path as one tall column, of which only the part near the reader is laid out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.app.hues import hue_of
from tui.app.widgets.column import Column
from tui.app.widgets.look import Look
from tui.app.widgets.message_view import MessageView, Place, Standing
from tui.app.widgets.name_line import model_name
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role

PAGE = 24
"""Messages that are loaded together."""
KEPT = 96
"""Messages that stay laid out; those farthest from the reader go first."""
_GUESS = {Role.USER: 2, Role.ASSISTANT: 9, Role.SYSTEM: 2}


@dataclass(slots=True)
class Anchor:
    """A line that stays where it is: a place in a message, and its text once the width has changed."""

    index: int
    place: Place
    offset: int | None = None


class Window:
    """Where each message of a conversation's active path stands, and its lines if they are near."""

    def __init__(self, conversation: Conversation, look: Look) -> None:
        self.conversation = conversation
        self.look = look
        self.ids: list[int] = []
        self.index: dict[int, int] = {}
        self.views: dict[int, MessageView] = {}
        self.column = Column()
        self.missing: set[int] = set()
        self.rebuild()

    # -- the path
    def rebuild(self) -> None:
        """Follow the conversation's active path; lines of messages that stay are kept."""
        old, heights = self.index, self.column
        nodes = self.conversation.nodes
        self.ids = self.conversation.path()
        self.index = {message_id: index for index, message_id in enumerate(self.ids)}
        self.column = Column(heights[old[i]] if i in old else _GUESS[nodes[i].role] for i in self.ids)
        self.views = {i: view for i, view in self.views.items() if i in self.index}
        self.missing &= self.index.keys()
        for message_id, view in self.views.items():
            standing = self._standing(message_id)
            if standing != view.standing:
                view.stand(standing)
                self.column[self.index[message_id]] = view.height

    def _standing(self, message_id: int) -> Standing:
        index, nodes = self.index[message_id], self.conversation.nodes
        node = nodes[message_id]
        first = index == 0
        if node.role is not Role.ASSISTANT:
            segue = self._segue(index)
            return Standing(
                first=first,
                segue=segue and (model_name(segue[0]), model_name(segue[1])),
                segue_hues=(self._hue(segue[0]), self._hue(segue[1])) if segue else ("", ""),
            )
        versions = self.conversation.versions(message_id)
        return Standing(self._hue(node.model or ""), versions.index(message_id) + 1, len(versions), first)

    def _hue(self, model: str) -> str:
        return self.look.palette.hue(hue_of(model, self.conversation.hues))

    def _segue(self, index: int) -> tuple[str, str] | None:
        """The models before and after, if the turn that begins here is the first of another model.

        A version by another model does not change who the conversation is with.
        """
        nodes = self.conversation.nodes
        if index + 1 >= len(self.ids):
            return None
        reply = nodes[self.ids[index + 1]]
        before = next((m for i in reversed(self.ids[:index]) if (m := nodes[i].model)), None)
        if reply.role is not Role.ASSISTANT or not reply.model or before in (None, reply.model):
            return None
        original = nodes[self.conversation.versions(reply.id)[0]].model
        return (before, reply.model) if original == reply.model else None

    # -- lines
    def put(self, messages: Iterable[Message]) -> None:
        """Take loaded messages in."""
        for message in messages:
            self.missing.discard(message.id)
            if message.id in self.index and message.id not in self.views:
                self.show(message)

    def show(self, message: Message) -> None:
        """Take in a message, or a new state of it."""
        view = self.views.get(message.id)
        standing = self._standing(message.id)
        if view is None:
            view = self.views[message.id] = MessageView(message, self.look, standing)
        else:
            self._fit(view)
            view.replace(message, standing)
        self.column[self.index[message.id]] = view.height

    def _fit(self, view: MessageView) -> None:
        if view.look is not self.look:
            view.resize(self.look, self._standing(view.message.id))

    def lay(self, index: int) -> int:
        """Make sure that a message's lines are there; its height, a guess while it is not loaded."""
        message_id = self.ids[index]
        view = self.views.get(message_id)
        if view is None:
            self.missing.add(message_id)
        else:
            self._fit(view)
            self.column[index] = view.height
        return self.column[index]

    def reach(self, index: int, up: int, down: int) -> None:
        """Lay out so many lines above and below the beginning of a message."""
        below = index
        while below < len(self.ids) and down > 0:
            down -= self.lay(below)
            below += 1
        while index > 0 and up > 0:
            index -= 1
            up -= self.lay(index)

    def drop_far(self, index: int) -> None:
        """Forget the lines of messages far from ``index``, except of those that still come."""
        if len(self.views) > KEPT:
            near = sorted(self.views, key=lambda message_id: abs(self.index[message_id] - index))
            for message_id in near[KEPT // 2 :]:
                if not self.views[message_id].message.live:
                    del self.views[message_id]

    def page(self) -> list[int]:
        """The next messages to load: those that are missing, and what is round them."""
        if not self.missing:
            return []
        places = sorted(self.index[message_id] for message_id in self.missing)
        around = range(max(0, places[0] - PAGE // 4), min(len(self.ids), places[-1] + 1 + PAGE // 4))
        if len(around) > 2 * PAGE:
            return [self.ids[place] for place in places[: 2 * PAGE]]
        return [self.ids[place] for place in around if self.ids[place] not in self.views]

    # -- anchors
    def anchor(self, line: int) -> Anchor:
        """What stands at a line of the column."""
        index, row = self.column.at(line)
        view = self.views.get(self.ids[index])
        return Anchor(index, view.place(row) if view else Place(0, row))

    def line(self, anchor: Anchor) -> int:
        """Where an anchor stands now."""
        view = self.views.get(self.ids[anchor.index])
        row = view.row(anchor.place) if view else min(anchor.place.row, self.column[anchor.index] - 1)
        return self.column.top(anchor.index) + row

    def view_at(self, line: int) -> tuple[int, MessageView | None, int]:
        """Index, lines and row at a line of the column."""
        index, row = self.column.at(line)
        return index, self.views.get(self.ids[index]), row


def around(ids: Sequence[int], index: int) -> Sequence[int]:
    """The ids of a page round ``index``, those before it mostly: a conversation is read at its end."""
    return ids[max(0, index - PAGE + 4) : index + PAGE // 2]
