"""All conversations: filter them by title, search their messages, arrange them, open one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from typing import ClassVar, Unpack

from msgspec import Struct
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Input

from tui.app.actions import Action
from tui.app.background import in_background, to_ask
from tui.app.conversations.arranging import tags_in
from tui.app.conversations.conversation_list import FullText, Titles
from tui.app.conversations.conversation_rows import ConversationRow, HitRow, SummaryRow
from tui.app.conversations.preview import Preview
from tui.app.conversations.title_field import TitleField
from tui.app.keymap import bind, keys_of
from tui.app.life import lives, while_alive
from tui.app.lists.ask_line import AskLine
from tui.app.lists.field import Field
from tui.app.lists.hints import Hints
from tui.app.lists.line import Line
from tui.app.lists.listing import Listing
from tui.app.lists.row_list import RowList
from tui.app.lists.sheet import Chooser
from tui.app.theme.ink import Ink
from tui.app.undo import SHOWN, Acts
from tui.engine.conversation_service import Change, Undo, change_stored
from tui.engine.project import name_of
from tui.errors import HistoryError, SegueError
from tui.history.store import ConversationChanges, HistoryStore, ListFilter
from tui.rendering.spans import Span
from tui.text import one_line

_ORDER = ("conversations-pin", "conversations-tag", "conversations-archive")
"""Keys that titles have and hits have not."""


class OpenConversation(Struct, frozen=True):
    """What to open."""

    id: int
    message_id: int | None = None
    """The message to land on; None for where the reader left."""
    needle: str = ""
    """The words to mark there."""


class Head(Line):
    """The name of the list and how many it has."""

    heading: reactive[str] = reactive("")
    note: reactive[str] = reactive("")

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Name at the left, number at the right."""
        return [Span(self.heading, ink.strong + Style(bold=True))], [Span(self.note, ink.dim)]


class Conversations(Chooser[OpenConversation]):
    """Finds a conversation; dismissed with what to open, or None."""

    CSS_PATH = "conversations.tcss"
    AUTO_FOCUS = "#filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.CONVERSATIONS_OPEN, "open"),
        bind(Action.CONVERSATIONS_SWITCH, "switch"),
        bind(Action.CONVERSATIONS_RENAME, "rename"),
        bind(Action.CONVERSATIONS_DELETE, "delete"),
        bind(Action.CONVERSATIONS_UNDO, "undo"),
        bind(Action.CONVERSATIONS_PIN, "pin"),
        bind(Action.CONVERSATIONS_TAG, "tag"),
        bind(Action.CONVERSATIONS_ARCHIVE, "archive"),
        bind(Action.CONVERSATIONS_VIEW, "view"),
    ]

    def __init__(
        self,
        store: HistoryStore,
        live: Mapping[int, str] | None = None,
        current: int | None = None,
        unread: frozenset[int] = frozenset(),
        acts: Acts | None = None,
        *,
        asking: frozenset[int] = frozenset(),
        project: str | None = None,
        change: Change | None = None,
        typed: str = "",
        today: Callable[[], date] = date.today,
    ) -> None:
        """Prepare the list.

        Args:
            store: The history.
            live: Conversations that are being answered, with the hue of the model.
            current: The conversation on the page; it is chosen at first.
            unread: Conversations in which a reply ended unseen.
            acts: Where it is noted what can be undone.
            asking: Conversations in which a question waits.
            project: The folder of the project; its conversations have a view of their own.
            change: Changes a conversation wherever it is at hand; without it, in the history alone.
            typed: What stands in the filter at first.
            today: The reader's date.
        """
        super().__init__()
        self._followed = ExitStack()
        """What is followed while it is there: it may be closed before it begins."""
        self._store = store
        self._current = current
        self._acts = acts or Acts()
        self._change_fields = change or partial(change_stored, store)
        self._typed_before = typed
        self._search = FullText(store, today)

        def titles(heading: str, view: ListFilter) -> Titles:
            return Titles(store, today, live or {}, unread, asking, heading, view)

        self._of_project = project is not None
        """Whether there is a project: then it is said which list comes next."""
        own = ListFilter(begun_by="", project=project)
        self._views = [
            titles("Conversations", ListFilter(begun_by="")),
            *([titles(f"Project {name_of(project)}", own)] if project is not None else []),
            titles("Archive", ListFilter(archived=True)),
            titles("Trash", ListFilter(deleted=True)),
        ]
        self._source: Titles | FullText = self._views[0]
        self._open_when_filled = False
        self._looked_at: tuple[OpenConversation, str] | None = None

    def compose(self) -> ComposeResult:
        """The list at the left, the found message at the right."""
        with Vertical(id="list"):
            yield Head()
            yield Field(one_line(self._typed_before), placeholder=self._source.placeholder, id="filter")
            yield Listing(self._source)
            yield Hints()
        yield Preview(id="preview")

    def on_mount(self) -> None:
        """Ask for the list, and follow what changes."""
        reload = while_alive(self, lambda _: self.listing.reload())
        self._followed.callback(self._store.subscribe(reload))
        self._use(self._source)
        self.listing.reload(self._current)

    def on_unmount(self) -> None:
        """Follow no more."""
        self._followed.close()

    # -- parts
    @property
    def listing(self) -> Listing:
        """The list."""
        return self.query_one(Listing)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.listing

    @property
    def field(self) -> Field:
        """The filter."""
        return self.query_one("#filter", Field)

    @property
    def chosen(self) -> ConversationRow | None:
        """The conversation that the keys act on; None while the list is behind the filter."""
        self.sync()
        row = self.listing.chosen
        return row if isinstance(row, SummaryRow | HitRow) and self.listing.settled else None

    @property
    def _trash(self) -> bool:
        return self._source is self._views[-1]

    # -- the list
    def sync(self) -> None:
        """Ask for what stands in the field."""
        self.listing.ask(self._source, self.field.value)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.sync()

    def _use(self, source: Titles | FullText) -> None:
        self._source = source
        self.field.placeholder = source.placeholder
        self.query_one(Head).heading = source.heading
        self._say_keys()
        self.sync()

    @on(events.DescendantFocus)
    def _say_keys(self) -> None:
        """Show the keys of what has the focus: the filter, or a title that is changed."""
        hints = self.query_one(Hints)
        if isinstance(self.focused, TitleField):
            hints.show("title-keep", "title-drop")
            return
        hints.show(
            "conversations-open",
            "conversations-switch",
            *(("conversations-view",) if self._of_project else ()),
            "conversations-rename",
            *(() if self._trash else ("conversations-delete",)),
            *(() if self._source is self._search else _ORDER),
            *(() if self._of_project else ("conversations-view",)),
            "list-close",
            conversations_open="take back" if self._trash else "open",
            conversations_view=self._view_words,
            conversations_switch="titles" if self._source is self._search else "full text",
        )

    @on(Listing.Filled)
    def _filled(self, event: Listing.Filled) -> None:
        self.query_one(Head).note = event.note
        self._look()
        if self._open_when_filled:
            self._open_when_filled = False
            self.action_open()

    @on(RowList.Moved)
    def _moved(self) -> None:
        self.query(TitleField).remove()
        self._look()

    def _look(self) -> None:
        """Show the chosen conversation at the right, where there is room for it."""
        preview = self.query_one(Preview)
        wanted = self._wanted() if preview.display else None
        if wanted == self._looked_at:
            return
        self._looked_at = wanted
        if wanted is None:
            preview.clear()
        else:
            in_background(self, "preview", self._show, *wanted, exclusive=True)

    def on_resize(self) -> None:
        """There may be room for it now."""
        self.call_after_refresh(while_alive(self, self._look))

    def _wanted(self) -> tuple[OpenConversation, str] | None:
        """What Enter would open, and its title."""
        row = self.chosen
        if row is None:
            return None
        needle = self.field.value if isinstance(row, HitRow) else ""
        return OpenConversation(row.conversation_id, row.message_id, needle), row.title

    async def _show(self, wanted: OpenConversation, title: str) -> None:
        try:
            await self.query_one(Preview).show(
                self._store, wanted.id, title, wanted.message_id, wanted.needle
            )
        except HistoryError as error:
            self.notify(str(error), severity="error", markup=False)

    # -- opening
    def action_open(self) -> None:
        """Open the chosen conversation; if the list is behind the filter, as soon as it is there."""
        wanted = self._wanted()
        if not self.listing.settled:
            self._open_when_filled = True
        elif wanted is None:
            return
        elif self._trash:
            self._restore_soon(wanted[0].id)
        else:
            self.dismiss(wanted[0])

    @on(RowList.Picked)
    def _clicked(self) -> None:
        self.action_open()

    def action_switch(self) -> None:
        """Titles or full text; the words stay."""
        self._use(self._views[0] if self._source is self._search else self._search)

    def action_view(self) -> None:
        """The list, the archive, the trash."""
        self._use(self._next_view)

    @property
    def _view_words(self) -> str:
        """What the key for the next list leads to; short where it is the project's, so that it is seen."""
        if not self._of_project:
            return Action.CONVERSATIONS_VIEW.words
        return "here" if self._next_view is self._views[1] else self._next_view.heading.lower()

    @property
    def _next_view(self) -> Titles:
        here = self._views.index(self._source) if isinstance(self._source, Titles) else -1
        return self._views[(here + 1) % len(self._views)]

    # -- arranging
    def action_rename(self) -> None:
        """Change the title where it stands."""
        row = self.chosen
        place = self.listing.place_of(row.key) if row else None
        if row is None or place is None or self._trash:
            return
        self.query(TitleField).remove()
        field = TitleField(row.title, partial(self._rename, row.conversation_id))
        side = self.query_one("#list")
        top = self.listing.region.y - side.content_region.y + place.y + row.title_line
        field.styles.offset = (2, top)
        field.styles.width = self.field.region.width
        side.mount(field)
        field.focus()

    async def _rename(self, conversation_id: int, title: str) -> bool:
        words = f"Renamed to “{title}”"
        return await self._change(conversation_id, words, "The title is as before", title=title, titled=True)

    async def action_pin(self) -> None:
        """Keep the conversation on top, or let it go."""
        if isinstance(row := self.chosen, SummaryRow):
            pinned, words = not row.summary.pinned, ["Not pinned any more", "Pinned to the top of the list"]
            await self._change(row.conversation_id, words[pinned], words[not pinned], pinned=pinned)

    async def action_archive(self) -> None:
        """Move the conversation out of the list, or back."""
        if isinstance(row := self.chosen, SummaryRow) and not self._trash:
            archived, words = not row.summary.archived, ["Back in the list of conversations", "Archived"]
            await self._change(row.conversation_id, words[archived], words[not archived], archived=archived)

    def action_tag(self) -> None:
        """Change the tags."""
        if isinstance(row := self.chosen, SummaryRow):
            to_ask(self, "tags", self._tag, row, exclusive=True)

    async def _tag(self, row: SummaryRow) -> None:
        async def take(line: str) -> None:
            tags = tags_in(line)
            words = f"Tags: {' '.join(tags) or 'none'}"
            await self._changed(row.conversation_id, words, "The tags are as before", tags=tags)

        before = " ".join(row.summary.tags)
        sheet = AskLine(f"Tags of {row.title}", before, "words with spaces between them", take)
        await self.app.push_screen_wait(sheet)

    async def action_delete(self) -> None:
        """Move the conversation to the trash; Ctrl+Z takes that back."""
        row = self.chosen
        if row is None or self._trash:
            return
        self.listing.let_go()
        self.listing.step_aside()
        if await self._did(self._store.delete_conversation(row.conversation_id)):
            undo = partial(self._store.restore_conversation, row.conversation_id)
            self._say_done(
                f"“{row.title}” is in the trash.", undo, f"“{row.title}” is back", row.conversation_id
            )
            self._list_again()

    async def action_undo(self) -> None:
        """Take back what was done last; what is typed elsewhere stays."""
        if (row := self.chosen) is not None:
            self.listing.hold(row)
        try:
            undone = await self._acts.undo()
        except SegueError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        self.notify(undone.back, markup=False)
        topic = undone.topic if isinstance(undone.topic, int) else None
        if topic is not None:
            await self._hold_as_stored(topic)
        self._list_again(topic)

    def _list_again(self, chosen: int | None = None) -> None:
        """Read the list again after a change, unless it was closed while that was stored."""
        if lives(self):
            self.listing.reload(chosen)

    def _say_done(self, words: str, undo: Undo, back: str, conversation_id: int) -> None:
        self._acts.note(undo, back, conversation_id)
        self.notify(
            f"{words}   {keys_of(self.app).name(Action.CONVERSATIONS_UNDO)} undo", timeout=SHOWN, markup=False
        )

    def _restore_soon(self, conversation_id: int) -> None:
        in_background(self, "restore", self._restore, conversation_id)

    async def _restore(self, conversation_id: int) -> None:
        self.listing.let_go()
        self.listing.step_aside()
        if await self._did(self._store.restore_conversation(conversation_id)):
            undo = partial(self._store.delete_conversation, conversation_id)
            self._say_done(
                "Back in the list of conversations.", undo, "It is in the trash again", conversation_id
            )
            self._list_again(None if self._trash else conversation_id)

    async def _change(
        self, conversation_id: int, words: str, back: str, **changes: Unpack[ConversationChanges]
    ) -> bool:
        return await self._did(self._changed(conversation_id, words, back, **changes))

    async def _changed(
        self, conversation_id: int, words: str, back: str, **changes: Unpack[ConversationChanges]
    ) -> None:
        """Change fields of a conversation, and say so.

        Raises:
            HistoryError: They can't be kept.
        """
        try:
            self._hold(conversation_id, changes)
            before = await self._change_fields(conversation_id, **changes)
        except HistoryError:
            self.listing.let_go()
            raise

        async def undo() -> None:
            await self._change_fields(conversation_id, **before)

        self._say_done(f"{words}.", undo, back, conversation_id)
        self._list_again()

    def _hold(self, conversation_id: int, changes: ConversationChanges) -> None:
        """Keep in hand what a change takes out of the filter; who archives it wants it away."""
        row = self.listing.chosen
        if "archived" in changes:
            self.listing.let_go()
        elif isinstance(row, SummaryRow | HitRow) and row.conversation_id == conversation_id:
            self.listing.hold(row.changed(changes))

    async def _hold_as_stored(self, conversation_id: int) -> None:
        try:
            now = await self._store.load_conversation(conversation_id)
        except HistoryError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if not now.deleted:
            self._hold(conversation_id, {"title": now.title, "tags": now.tags, "pinned": now.pinned})

    async def _did(self, act: Awaitable[None]) -> bool:
        """Whether the history took the change; if not, the person is told why."""
        try:
            await act
        except HistoryError as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        return True
