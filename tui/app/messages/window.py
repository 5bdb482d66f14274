"""The messages of a path as one tall column, of which only the part near the reader is laid out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from tui.app.messages.blocks import BODY, BlockRow, Standing
from tui.app.messages.footer import Reach
from tui.app.messages.look import Look
from tui.app.messages.name_line import named
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role
from tui.chat.model import HUES, hue_of

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView

PAGE = 24
"""Messages that are loaded together."""
KEPT = 96
"""Messages that stay laid out; of more, those farthest from the reader go."""
_GUESS = 6
"""Rows of a message before it is loaded."""


class Anchor(Struct):
    """A line that stays where it is on the screen."""

    index: int
    place: BlockRow
    offset: int | None = None
    """Where its text begins in the message, kept while the width changes again and again."""


class Column:
    """Items under each other. Changing a late item costs little, asking where something is costs less."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = list(heights)
        self._tops = [0]

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def __setitem__(self, index: int, height: int) -> None:
        if self._heights[index] != height:
            self._heights[index] = height
            del self._tops[index + 1 :]

    @property
    def total(self) -> int:
        """The height of all items together."""
        return self.top(len(self._heights))

    def top(self, index: int) -> int:
        """The line where an item begins."""
        known = len(self._tops)
        if index >= known:
            more = accumulate(self._heights[known - 1 :], initial=self._tops[-1])
            next(more)
            self._tops.extend(more)
        return self._tops[index]

    def at(self, line: int) -> tuple[int, int]:
        """The item at a line, and the row in it. Lines beyond the end belong to the last item."""
        total = self.total
        index = bisect_right(self._tops, min(line, total - 1)) - 1
        return index, line - self._tops[index]


Make: TypeAlias = "Callable[[Message, Look, Standing], MessageView]"
"""Makes the lines of a message."""


def lines_of(message: Message, look: Look, standing: Standing) -> MessageView:
    """The lines of a message as they are in a conversation."""
    from tui.app.messages.message_view import MessageView  # with the first message
    from tui.app.messages.summary_view import SummaryView

    kind = SummaryView if message.role is Role.SYSTEM else MessageView
    return kind(message, look, standing)


class Window:
    """Where each message of a conversation's active path stands, and the lines of those that are near."""

    def __init__(
        self, conversation: Conversation, path: list[int], look: Look, make: Make = lines_of
    ) -> None:
        self.conversation = conversation
        self.look = look
        self._make = make
        self._words: tuple[str, ...] = ()
        self.keys_reach = Reach.KNOWN
        """What has to be done before the keys under the last message work."""
        self.ids: list[int] = []
        self.index: dict[int, int] = {}
        self.views: dict[int, MessageView] = {}
        self.column = Column()
        self._loaded: dict[int, Message] = {}
        self._missing: set[int] = set()
        self.rebuild(path)

    # -- the path
    def rebuild(self, path: list[int]) -> None:
        """Follow the conversation's active path; what is known of messages that stay is kept."""
        old, heights = self.index, self.column
        self.ids = path
        self.index = dict(zip(path, range(len(path)), strict=True))
        # One guess for all: to look at ten thousand nodes would cost more than the first screen.
        known = [heights[old[i]] if i in old else _GUESS for i in path] if old else [_GUESS] * len(path)
        self.column = Column(known)
        self._missing = {message_id for message_id in self._missing if message_id in self.index}
        self.views = {i: view for i, view in self.views.items() if i in self.index}
        self._loaded = {i: message for i, message in self._loaded.items() if i in self.index}
        self.restand()

    def restand(self) -> None:
        """Let the messages that are laid out say their place as it is now."""
        for message_id, view in self.views.items():
            standing = self.standing(message_id)
            if standing != view.standing:
                view.stand(standing)
                self.column[self.index[message_id]] = view.height

    def standing(self, message_id: int) -> Standing:
        """What the lines of a message say of its place in the conversation."""
        index, node = self.index[message_id], self.conversation.nodes.get(message_id)
        if node is None or node.deleted:  # the path has not followed yet
            return Standing(index == 0, 1, 1)
        versions = self.conversation.versions(message_id)
        place, count = versions.index(message_id) + 1, len(versions)
        pinned = message_id in self.conversation.pins
        above = self.keys_reach is Reach.AT_ONCE and index + 1 < len(self.ids)
        reach = Reach.WALK if above else self.keys_reach
        if node.role is not Role.USER:
            return Standing(
                index == 0,
                place,
                count,
                hue=self._hue(node.model),
                name=self._name(node.model),
                pinned=pinned,
                reach=reach,
            )
        before, after = self._models(index)
        if before is None or after is None:
            return Standing(index == 0, place, count, pinned=pinned)
        hues = (self._hue(before), self._hue(after))  # first: then each is known to the other's name
        names = (self._name(before), self._name(after))
        return Standing(index == 0, place, count, segue=names, segue_hues=hues, pinned=pinned)

    def _name(self, model: str | None) -> str:
        return named(model, self.conversation.hues)

    def _hue(self, model: str | None) -> str:
        return hue_of(model, self.conversation.hues) if model else HUES[0]

    def _models(self, index: int) -> tuple[str | None, str | None]:
        """The models before and after, if the turn that begins here is the first of another model.

        A version by another model does not change whom the conversation is with.
        """
        nodes = self.conversation.nodes
        reply = nodes.get(self.ids[index + 1]) if index + 1 < len(self.ids) else None
        above = (nodes.get(self.ids[place]) for place in range(index - 1, -1, -1))
        before = next((node.model for node in above if node and node.role is Role.ASSISTANT), None)
        if reply is None or reply.role is not Role.ASSISTANT or reply.model == before:
            return None, None
        original = nodes[next(iter(self.conversation.versions(reply.id)), reply.id)].model
        return (before, reply.model) if original == reply.model else (None, None)

    # -- lines
    def put(self, messages: Iterable[Message]) -> None:
        """Take in messages that were loaded; their lines are made when the reader comes near."""
        for message in messages:
            self._missing.discard(message.id)
            self._loaded[message.id] = message
            if message.live and message.id in self.index:
                self.lay(self.index[message.id])  # what comes next goes into its lines

    def show(self, message: Message) -> None:
        """Take in a message, or a new state of it."""
        self.put([message])
        view = self.views.get(message.id)
        if view is not None:
            self._fit(view)
            view.replace(message, self.standing(message.id))
        self.lay(self.index[message.id])

    def _fit(self, view: MessageView) -> None:
        if view.look is not self.look:
            view.resize(self.look, self.standing(view.message.id))

    def lay(self, index: int) -> int:
        """Make a message's lines, if it is loaded. Returns its height, a guess if it is not."""
        message_id = self.ids[index]
        view = self.views.get(message_id)
        if view is not None:
            self._fit(view)
        elif message_id in self._loaded:
            view = self._make(self._loaded[message_id], self.look, self.standing(message_id))
            view.mark(self._words)
            self.views[message_id] = view
        else:
            self._missing.add(message_id)
        if view is not None:
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

    def drop_far(self, index: int, pinned: range = range(0)) -> None:
        """Forget the lines of messages far from ``index``, but not of those that still come."""
        if len(self.views) <= KEPT:
            return
        near = sorted(self.views, key=lambda message_id: abs(self.index[message_id] - index))
        for message_id in near[KEPT // 2 :]:
            if not self.views[message_id].message.live and self.index[message_id] not in pinned:
                del self.views[message_id]
        self._loaded = {i: message for i, message in self._loaded.items() if i in self.views}

    def page(self) -> Sequence[int]:
        """The messages to load next: those that are missing, and some round them."""
        if not self._missing:
            return ()
        places = sorted(self.index[message_id] for message_id in self._missing)[: 2 * PAGE]
        self._missing.clear()
        first, last = max(0, places[0] - PAGE // 4), places[-1] + 1 + PAGE // 4
        ids = self.ids[first:last] if last - first <= 3 * PAGE else [self.ids[place] for place in places]
        return [message_id for message_id in ids if message_id not in self._loaded]

    def mark(self, words: tuple[str, ...]) -> None:
        """Mark every hit of these words."""
        self._words = words
        for view in self.views.values():
            view.mark(words)

    # -- places
    def anchor(self, line: int) -> Anchor:
        """What stands at a line of the column."""
        index, view, row = self.at(line)
        return Anchor(index, view.place(row) if view else BlockRow(0, row))

    def line(self, anchor: Anchor) -> int:
        """Where an anchor stands now."""
        view = self.views.get(self.ids[anchor.index])
        row = view.row(anchor.place) if view else min(anchor.place.row, self.column[anchor.index] - 1)
        return self.column.top(anchor.index) + row

    def top(self, view: MessageView) -> int:
        """The line where a message begins."""
        return self.column.top(self.index[view.message.id])

    def at(self, line: int) -> tuple[int, MessageView | None, int]:
        """Index, lines and row at a line of the column."""
        index, row = self.column.at(line)
        return index, self.views.get(self.ids[index]), row

    def relook(self, look: Look, anchor: Anchor | None) -> None:
        """Draw for another width or palette; the anchor stays at its text."""
        view = self.views.get(self.ids[anchor.index]) if anchor else None
        if anchor is None or view is None or anchor.place.block != BODY:
            self.look = look
            return
        if anchor.offset is None:
            anchor.offset = view.offset(anchor.place.row)
        self.look = look
        self._fit(view)
        anchor.place = BlockRow(BODY, view.body.locate(anchor.offset)[0])


def around(ids: Sequence[int], index: int) -> Sequence[int]:
    """A page of ids round ``index``, mostly before it: a conversation is read at its end."""
    return ids[max(0, index - PAGE + PAGE // 3) : index + PAGE // 3]
