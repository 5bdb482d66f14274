"""The model picker: a filter over every model of every provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tui.app.actions import Action
from tui.app.background import to_ask
from tui.app.keymap import bind, keys_of
from tui.app.lists.field import Field
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import RowList
from tui.app.lists.sheet import Sheet
from tui.app.models.model_rows import ConnectRow, ModelRow, ModelShelf, ProviderRow
from tui.chat.model import split_id
from tui.text import one_line

if TYPE_CHECKING:
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry


class Choice(Struct, frozen=True):
    """What was picked."""

    model_id: str
    """``PROVIDER/MODEL``."""
    answer_again: bool = False
    """Answer the last prompt again with it, instead of using it from now on."""


class Several(Struct, frozen=True):
    """Models that were marked, to answer side by side."""

    model_ids: tuple[str, ...]


class ModelPicker(Sheet[Choice | Several]):
    """Finds a model; dismissed with a ``Choice``, with ``Several`` if any are marked, or None.

    The best match is always the chosen row: a filter and Enter typed in one go take it, even before the list
    was drawn. While the list grows by itself, the row that the person chose stays the chosen one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.PICKER_USE, "use"),
        bind(Action.PICKER_AGAIN, "again"),
        bind(Action.PICKER_MARK, "mark"),
        bind(Action.PICKER_FAVOURITE, "favourite"),
    ]

    PLACEHOLDER = "Type to find a model"
    HINTS: ClassVar[Sequence[str]] = (
        "picker-use",
        "picker-again",
        "picker-mark",
        "picker-favourite",
        "list-close",
    )

    def __init__(
        self,
        catalogue: Catalogue,
        registry: Registry,
        recents: Sequence[str] = (),
        current: str | None = None,
        favourites: Sequence[str] = (),
        hues: Mapping[str, str] | None = None,
        downloads: Mapping[str, int] | None = None,
        *,
        keep_favourites: Callable[[Sequence[str]], None] | None = None,
        connect: Callable[[str], Awaitable[bool]] | None = None,
        connect_any: Callable[[], Awaitable[str | None]] | None = None,
        typed: str = "",
        first: str = "",
        marked: Sequence[str] = (),
        marked_words: Callable[[], str] = lambda: "compare",
    ) -> None:
        """Prepare the picker.

        Args:
            catalogue: The models.
            registry: The providers.
            recents: Ids of models used lately, newest first.
            current: The model that answers now; it is chosen as long as nothing is typed.
            favourites: Ids of the favourites.
            hues: Model id to hue, for the models of this conversation.
            downloads: Model id to bytes, for the models that the first reply fetches.
            keep_favourites: Stores the favourites after a change.
            connect: Connects a provider that misses something; says whether it can be used now.
            connect_any: Lets the person connect any provider or server; gives the model that was tried, or
                the provider.
            typed: What stands in the filter at first.
            first: The model that is chosen in what fits that.
            marked: Ids of models that are marked already.
            marked_words: What Enter does with the marked ones, before their number.
        """
        super().__init__()
        self._followed = ExitStack()
        """What is followed while it is there: it may be closed before it begins."""
        self._marked_words = marked_words
        self._typed_before = typed
        self._first = first
        self._catalogue = catalogue
        self._registry = registry
        self._shelf = ModelShelf(recents, favourites, hues or {}, downloads or {})
        self._shelf.marked = tuple(marked)
        self._current = current
        self._keep_favourites = keep_favourites
        self._connect = connect
        self._connect_any = connect_any
        self._shelf.leads_on = connect_any is not None
        self._query: str | None = None
        self._refill_due = False
        self._given: object = None
        """The key of the row that was chosen for the person."""

    def compose_sheet(self) -> ComposeResult:
        """Field, list, keys."""
        yield Field(one_line(self._typed_before), placeholder=self.PLACEHOLDER)
        yield RowList()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Show what is known, and follow what becomes known."""
        self._fill()
        self.sync()
        self._followed.callback(self._catalogue.subscribe(self._more_is_known))

    def on_unmount(self) -> None:
        """Follow no more."""
        self._followed.close()

    # -- the list
    def sync(self) -> None:
        """Filter by what stands in the field now, and choose the best match."""
        if self._query != self.field.value:
            if self._query is not None:
                self._first = ""
            self._query = self.field.value
            self._show(None if self._query.split() else self._current_key())

    @on(Input.Changed)
    def _typed(self) -> None:
        self.sync()

    def _fill(self) -> None:
        self._shelf.fill(self._catalogue.models(), self._registry.providers())

    def _show(self, choose: object) -> None:
        rows = self._shelf.rows(self._query or "")
        known = choose is not None and any(row.key == choose for row in rows)  # a heading has no key
        usable = [row for row in rows if isinstance(row, ModelRow | ProviderRow)]
        wanted = (row for row in usable if isinstance(row, ModelRow) and row.info.id == self._first)
        first = next(wanted, next(iter(usable), None))
        self.rows.show(rows, choose if known else first and first.key)
        self._given = self._chosen_key
        self._count()

    @property
    def _chosen_key(self) -> object:
        return self.rows.chosen.key if self.rows.chosen else None

    def _count(self) -> None:
        hints, marked = self.query_one(Hints), len(self._shelf.marked)
        hints.note = f"{self._shelf.found:,} of {self._shelf.count:,}"
        if marked:
            words = f"{self._marked_words()} {marked} {'model' if marked == 1 else 'models'}"
            hints.show("picker-use", "picker-mark", "list-close", picker_use=words, picker_mark="mark")
        else:
            hints.show(*self.HINTS)

    def _current_key(self) -> object:
        group = "Recent" if self._current in self._shelf.recents else None
        if group is None and self._current:
            group = f"provider {self._current.partition('/')[0]}"
        return (group, self._current)

    def _more_is_known(self, *_: object) -> None:
        if not self._refill_due:
            self._refill_due = True
            self.call_later(self._refill)

    def _refill(self) -> None:
        self._refill_due = False
        self._fill()
        untouched = not self._query and self._chosen_key == self._given
        self._show(self._current_key() if untouched else self._chosen_key)

    # -- what the keys do
    def action_use(self) -> None:
        """Use the chosen model from now on."""
        self._take(answer_again=False)

    def action_again(self) -> None:
        """Answer the last prompt again with the chosen model."""
        self._take(answer_again=True)

    @on(RowList.Picked)
    def _clicked(self) -> None:
        self._take(answer_again=False)

    def _take(self, *, answer_again: bool) -> None:
        self.sync()
        if self._shelf.marked:
            self.dismiss(Several(self._shelf.marked))
            return
        match self.rows.chosen:
            case ModelRow(info=info, usable=True):
                self.dismiss(self._result(info.id, answer_again=answer_again))
            case ModelRow(info=info):
                self._connect_soon(info.provider, self._result(info.id, answer_again=answer_again))
            case ProviderRow(provider=provider):
                self._connect_soon(provider, None)
            case ConnectRow():
                to_ask(self, "connect", self._connect_another, exclusive=True)
            case _:
                pass

    def _result(self, model_id: str, *, answer_again: bool) -> Choice | Several:
        return Choice(model_id, answer_again)

    def _connect_soon(self, provider: str, choice: Choice | Several | None) -> None:
        to_ask(self, "connect", self._connect_first, provider, choice, exclusive=True)

    async def _connect_first(self, provider: str, choice: Choice | Several | None) -> None:
        """Let the person put right what is missing, then go on as if it had been there."""
        connected = self._connect is not None and await self._connect(provider)
        if connected and choice is not None:
            self.dismiss(choice)
        else:
            self._refill()

    async def _connect_another(self) -> None:
        """Let the person connect a provider or a server, then look at its models."""
        connected = await self._connect_any() if self._connect_any is not None else None
        self._fill()
        if connected is not None:
            self.field.value, _ = split_id(connected)
            self._first, self._query = connected, None
            self.sync()
        else:
            self._show(self._chosen_key)

    def action_mark(self) -> None:
        """Mark the chosen model, or not; what is typed next takes the place of the filter."""
        self.sync()
        row = self.rows.chosen
        if not isinstance(row, ModelRow):
            return
        if not row.usable:
            use = keys_of(self.app).name(Action.PICKER_USE)
            self.notify(f"It can't answer now; {use} connects it", severity="warning")
            return
        kept = tuple(i for i in self._shelf.marked if i != row.info.id)
        self._shelf.marked = kept if row.info.id in self._shelf.marked else (*kept, row.info.id)
        self._show(row.key)
        self.field.select_all()

    def action_favourite(self) -> None:
        """Make the chosen model a favourite, or none any more."""
        self.sync()
        row = self.rows.chosen
        if not isinstance(row, ModelRow):
            return
        model_id = row.info.id
        kept = [i for i in self._shelf.favourites if i != model_id]
        if len(kept) == len(self._shelf.favourites):
            kept.append(model_id)
        self._shelf.favourites = tuple(kept)
        if self._keep_favourites is not None:
            self._keep_favourites(self._shelf.favourites)
        self._show(row.key)


class ComparePicker(ModelPicker):
    """Finds the models that answer side by side; dismissed with ``Several``, or None."""

    PLACEHOLDER = "Type to find a model to compare with"
    HINTS = ("picker-use", "picker-mark", "picker-favourite", "list-close")

    def _count(self) -> None:
        super()._count()
        if not self._shelf.marked:
            self.query_one(Hints).show(*self.HINTS, picker_use="compare", picker_mark="mark several")

    def _result(self, model_id: str, *, answer_again: bool) -> Several:
        return Several((model_id,))
