"""A conversation seen whole: its branches and versions, to go to one, compare some, or cut one off."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tui.app.actions import Action
from tui.app.background import in_background, to_ask
from tui.app.conversations.tree_rows import Texts, TreeRow
from tui.app.keymap import bind
from tui.app.life import while_alive
from tui.app.lists.ask_line import AskLine
from tui.app.lists.field import Field
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import RowList, Sentence
from tui.app.lists.sheet import Sheet
from tui.chat.conversation import Conversation
from tui.chat.message import Role
from tui.chat.outline import Place, outline
from tui.engine.conversation_service import ConversationService
from tui.engine.session import Session
from tui.engine.session_events import ReplyBegan, ReplyEnded, SessionEvent
from tui.errors import HistoryError
from tui.text import fold

_HINTS = ("tree-go", "tree-mark", "tree-label", "tree-prune", "list-close")


class TreeActs(Protocol):
    """What is done to the tree while it is seen."""

    async def label(self, message_id: int, label: str) -> None:
        """Call a message something, or nothing any more.

        Raises:
            SegueError: It can't be kept.
        """
        ...

    async def prune(self, message_id: int) -> None:
        """Delete a message and all that follows it, so that undo brings it back."""
        ...

    async def undo(self) -> None:
        """Take back what was done last."""
        ...


class Tree(Sheet[Sequence[int]]):
    """Shows the tree; dismissed with the message to go to, with the replies to compare, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.TREE_GO, "go"),
        bind(Action.TREE_MARK, "mark"),
        bind(Action.TREE_LABEL, "label"),
        bind(Action.TREE_PRUNE, "prune"),
        bind(Action.TREE_UNDO, "undo"),
    ]
    DEFAULT_CSS = """
    Tree > .sheet { width: 120; }
    """

    def __init__(self, session: Session, service: ConversationService, acts: TreeActs) -> None:
        """Prepare the tree.

        Args:
            session: Tells of replies that come.
            service: The conversation.
            acts: What is done to it.
        """
        super().__init__()
        self._session = session
        self._service = service
        self._acts = acts
        self._texts = Texts(service.messages, self._read_soon)
        self._marked: list[int] = []
        self._words: Sequence[str] = ()
        self._followed = ExitStack()

    def compose_sheet(self) -> ComposeResult:
        """Field, tree, keys."""
        yield Field(placeholder="Type to find a message of this conversation, or the name of a model")
        yield RowList()
        yield Hints(*_HINTS)

    def on_mount(self) -> None:
        """Show all, at the end of what is read, and follow what comes."""
        heard = while_alive(self, self._heard)
        self._followed.callback(self._session.subscribe(heard))
        self._show(self._conversation.leaf)

    def on_unmount(self) -> None:
        """Follow no more."""
        self._followed.close()

    @property
    def _conversation(self) -> Conversation:
        return self._service.conversation

    # -- what is seen
    def _show(self, choose: int | None = None) -> None:
        places = self._found(outline(self._conversation))
        rows = [self._row(place) for place in places]
        wanted = choose if choose is not None else self._chosen
        self.rows.show(rows or [Sentence(self._nothing)], wanted)
        note = f"{len(rows):,}" if not self._words else f"{len(rows):,} of {len(self._conversation.nodes):,}"
        self.query_one(Hints).note = note

    @property
    def _nothing(self) -> str:
        return "No message has these words." if self._words else "Nothing was said yet."

    def _found(self, places: Sequence[Place]) -> list[Place]:
        if not self._words:
            return list(places)
        labels = self._conversation.labels
        return [
            place
            for place in places
            if self._texts.has(place.message_id, self._words, labels.get(place.message_id, ""))
        ]

    def _row(self, place: Place) -> TreeRow:
        it = self._conversation
        role = it.nodes[place.message_id].role
        here = place.message_id == it.leaf
        label = it.labels.get(place.message_id, "")
        return TreeRow(place, role, self._texts, it.hues, date.today(), self._marked, label, here)

    @property
    def _chosen(self) -> int | None:
        row = self.rows.chosen
        return row.place.message_id if isinstance(row, TreeRow) else None

    def _read_soon(self) -> None:
        """Read the texts of the rows that are being drawn."""
        in_background(self, "read", self._read)

    async def _read(self) -> None:
        try:
            await self._texts.read_missing()
        except HistoryError as error:
            self.notify(str(error), severity="error", markup=False)
        self.rows.refresh()

    @on(Input.Changed)
    def _typed(self) -> None:
        in_background(self, "find", self._find, exclusive=True)

    async def _find(self) -> None:
        words = fold(self.field.value).split()
        if words:
            try:
                await self._texts.read([place.message_id for place in outline(self._conversation)])
            except HistoryError as error:
                self.notify(str(error), severity="error", markup=False)
        self._words = words
        self._show()

    def _heard(self, event: SessionEvent) -> None:
        if isinstance(event, ReplyBegan):
            self._show()
        elif isinstance(event, ReplyEnded):
            self._texts.forget(event.message.id)
            self._show()

    # -- what is done
    def action_go(self) -> None:
        """Go to the chosen message, or lay the marked replies side by side."""
        chosen = self._chosen
        shown = {place.message_id for place in outline(self._conversation)}
        marked = [i for i in self._marked if i in shown]
        if marked and chosen is not None:
            self.dismiss(list(dict.fromkeys([*marked, chosen] if len(marked) == 1 else marked)))
        elif chosen is not None:
            self.dismiss([chosen])

    @on(RowList.Picked)
    def _clicked(self) -> None:
        self.action_go()

    def action_mark(self) -> None:
        """Mark the chosen reply to be compared, or not."""
        chosen, row = self._chosen, self.rows.chosen
        if chosen is None or not isinstance(row, TreeRow):
            return
        if row.role is not Role.ASSISTANT:
            self.notify("Replies are compared: choose one", markup=False)
        elif chosen in self._marked:
            self._marked.remove(chosen)
        else:
            self._marked.append(chosen)
        self.query_one(Hints).show(*_HINTS, tree_go="compare" if self._marked else "go there")
        self.rows.refresh()

    def action_label(self) -> None:
        """Let the person say what the chosen message is called."""
        if (chosen := self._chosen) is not None:
            to_ask(self, "label", self._label, chosen, exclusive=True)

    async def _label(self, message_id: int) -> None:
        async def take(line: str) -> None:
            await self._acts.label(message_id, line)

        before = self._conversation.labels.get(message_id, "")
        await self.app.push_screen_wait(AskLine("What this message is called here", before, take=take))
        self._show()

    async def action_prune(self) -> None:
        """Delete the chosen message and all below it."""
        chosen = self._chosen
        if chosen is not None:
            self.rows.step_aside()
            await self._acts.prune(chosen)
            self._show()

    async def action_undo(self) -> None:
        """Take back what was done last."""
        await self._acts.undo()
        self._show()
