"""Connecting a provider: what it misses, and a key to paste, which is tried at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background, to_ask
from tui.app.keymap import bind
from tui.app.lists.field import Field, LoneField
from tui.app.lists.filtered import Filtered
from tui.app.lists.fuzzy import Filter, best_first
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row
from tui.app.lists.sheet import Sheet
from tui.app.theme.ink import Pen
from tui.errors import ErrorKind, ProviderError, SegueError
from tui.key_forms import key_in
from tui.paths import unwritten
from tui.providers.address import address_in
from tui.rendering.spans import Span
from tui.secret import Secret
from tui.text import clean, counted, one_line

if TYPE_CHECKING:
    from tui.credentials import Credentials
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import ProviderEntry, Registry

_NAME_WIDTH = 16
_ANOTHER = "another server"
Hear = Callable[[str], Awaitable[str]]
"""Asks a provider for one word, and says what came.

Raises:
    SegueError: There came none.
"""


class Connect(Sheet[bool]):
    """One provider: says what it misses, takes a key, tries it. Dismissed with whether it can be used."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.CONNECT_TRY, "attempt")]
    DEFAULT_CSS = """
    Connect {
        #title { color: $strong; text-style: bold; }
        #why { margin: 0 4 1 4; }
        Field, Field:focus { margin: 0 2; }
        #result { margin: 1 4 0 4; display: none; }
        #result.-shown { display: block; }
    }
    """

    def __init__(
        self,
        provider: str,
        registry: Registry,
        credentials: Credentials,
        catalogue: Catalogue,
        hear: Hear | None = None,
    ) -> None:
        """Prepare the sheet.

        Args:
            provider: Its name.
            registry: The providers.
            credentials: The keys.
            catalogue: The models.
            hear: Asks a provider for one word; it says what came.
        """
        super().__init__()
        self._provider = provider
        self._registry = registry
        self._credentials = credentials
        self._catalogue = catalogue
        self._hear = hear
        self._listed = False
        """Whether it lists its models, so that it may be used whatever else failed."""

    @property
    def _entry(self) -> ProviderEntry:
        return self._registry.entry(self._provider)

    def compose_sheet(self) -> ComposeResult:
        """Who, why not, and a field for the key where one is missing."""
        entry = self._entry
        yield Static(one_line(entry.title or entry.name), id="title", classes="words", markup=False)
        yield Static(clean(_why(entry)), id="why", classes="words dim", markup=False)
        if _misses_key(entry):
            yield LoneField(placeholder="Paste the key; it is not shown", password=True)
        yield Static("", id="result", classes="words", markup=False)
        yield Hints("connect-try", "list-close")

    def on_mount(self) -> None:
        """Say what Enter does."""
        self.query_one(Hints).show(
            "connect-try", "list-close", connect_try="try it" if _misses_key(self._entry) else "look again"
        )

    def action_attempt(self) -> None:
        """Keep the key, ask the server for its models and a word, and see."""
        if self._listed:
            self.dismiss(True)
            return
        key = key_in(self.field.value if self.query(Field) else "")
        if self.query(Field) and not key.value:
            self._say("Paste a key first.")
            return
        if key.said:
            self.app.notify(f"The key is taken {key.said}.", markup=False)
        in_background(self, "try", self._try, Secret(key.value), exclusive=True)

    async def _try(self, key: Secret) -> None:
        self._say("Asking …")
        entry = self._entry
        try:
            if key:
                self._credentials.store(entry.account, key)
        except SegueError as error:
            self._say(f"× {error}")
            return
        except OSError as error:
            self._say(f"× {unwritten(self._credentials.file, error, 'The key is not kept.')}")
            return
        await self._catalogue.refresh([entry.name])
        problem = self._catalogue.problems.get(entry.name)
        if problem is None and self._entry.available:
            await self._listen()
            return
        refused = isinstance(problem, ProviderError) and problem.kind is ErrorKind.AUTH
        kept = bool(key) and not (refused and self._forgotten(entry.account))
        why = str(problem or self._entry.reason or "It does not answer")
        self._say(f"× {why.removesuffix('.')}.{' The key is kept.' * kept}")

    async def _listen(self) -> None:
        """Let it say a word; who lists models and says none can be used all the same, if that is wanted."""
        if self._hear is not None:
            count = sum(info.provider == self._provider for info in self._catalogue.models())
            self._say(f"It lists {counted(count, 'model')}. Asking for a word …")
            try:
                said = await self._hear(self._provider)
            except SegueError as error:
                self._listed = True
                self._say(f"× It lists {counted(count, 'model')}, but gives no word: {error}")
                self.query_one(Hints).show("connect-try", "list-close", connect_try="use it all the same")
                return
            self.notify(said, markup=False)
        self.dismiss(True)

    def _forgotten(self, account: str) -> bool:
        """Remove a key that was refused. Returns whether that could be done."""
        try:
            return self._credentials.forget(account)
        except (SegueError, OSError):
            return False

    def _say(self, text: str) -> None:
        result = self.query_one("#result", Static)
        result.update(clean(text))
        result.add_class("-shown")


def _misses_key(entry: ProviderEntry) -> bool:
    return entry.needs_key and not entry.key_source


def _why(entry: ProviderEntry) -> str:
    """What is missing and what to do, in sentences."""
    if _misses_key(entry):
        variables = " or ".join(entry.key_variables[:2])
        where = f"It is looked for in {variables}, which is not set.\n" if variables else ""
        kept = "A key pasted here is kept in a file that only you can read"
        return f"{where}{kept}, and goes to {entry.host or 'this provider'} alone."
    if entry.available:
        return f"Its key comes from {entry.key_source}." if entry.key_source else "It can be used."
    note = f"\n{entry.note}" if entry.note and entry.note != entry.reason else ""
    return f"It can't be used now: {entry.reason or 'no reason is known'}.{note}"


class _ProviderRow(Struct, frozen=True):
    """A provider, and what it misses."""

    name: str
    state: str
    mark: str = "◦"
    height: int = 1

    @property
    def key(self) -> Hashable:
        return self.name

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        mine = chosen is self
        ink = pen.ink
        dot: Span[Style] = Span(f"{self.mark} ", ink.success if self.mark == "●" else ink.dim)
        name = Span(self.name.ljust(_NAME_WIDTH), ink.strong if mine else ink.ink)
        spans = [dot, name, Span(f"  {self.state}", ink.dim)]
        return [pen.line(spans, tinted=mine, railed=mine)]


class ConnectProvider(Filtered[str]):
    """All providers; dismissed with the name of the one that was connected, or None."""

    PLACEHOLDER = "Type to find a provider"
    TAKES = "providers-connect"
    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.PROVIDERS_CONNECT, "take")]

    def __init__(
        self,
        registry: Registry,
        connect: Callable[[str], Awaitable[bool]],
        add_server: Callable[[str], Awaitable[str | None]],
    ) -> None:
        """Prepare the list.

        Args:
            registry: The providers.
            connect: Lets the person give a provider what it misses; says whether it can be used.
            add_server: Lets the person add a server, at an address that may be known; gives its name.
        """
        super().__init__()
        self._registry = registry
        self._connect_one = connect
        self._add_server = add_server

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """The providers that fit; and another one, whatever is typed."""
        another = _ProviderRow(_ANOTHER, "any address, tried at once", "+")
        rows = [another, *map(_row, self._registry.providers())]
        fitting = best_first(rows, wanted, lambda row: (row.name,))
        return fitting if another in fitting else [*fitting, another]

    def take(self, key: Hashable) -> None:
        """Connect the chosen provider."""
        to_ask(self, "connect", self._connect, str(key), exclusive=True)

    async def _connect(self, name: str) -> None:
        if name == _ANOTHER:
            typed = self.field.value
            added = await self._add_server(typed if address_in(typed) else "")
            if added is not None:
                self.dismiss(added)
        elif self._registry.entry(name).available or await self._connect_one(name):
            self.dismiss(name)
            return
        self.show_rows(name)


def _row(entry: ProviderEntry) -> _ProviderRow:
    if entry.available:
        return _ProviderRow(entry.name, f"key from {entry.key_source}" if entry.key_source else "ready", "●")
    return _ProviderRow(entry.name, one_line(entry.reason or "", 200))
