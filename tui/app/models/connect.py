"""Connecting a provider: what it misses, a key to paste, or the lines for the config."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, get_args

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.lists.field import Field, LoneField
from tui.app.lists.filtered import Filtered
from tui.app.lists.fuzzy import Filter, best_first
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row
from tui.app.lists.sheet import Sheet
from tui.app.theme.ink import Pen
from tui.config import WireFormat
from tui.errors import ErrorKind, ProviderError, SegueError
from tui.rendering.spans import Span
from tui.secret import Secret
from tui.text import clean, one_line

if TYPE_CHECKING:
    from tui.credentials import Credentials
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import ProviderEntry, Registry

_NAME_WIDTH = 16
_ANOTHER = "another server"


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
        self, provider: str, registry: Registry, credentials: Credentials, catalogue: Catalogue
    ) -> None:
        super().__init__()
        self._provider = provider
        self._registry = registry
        self._credentials = credentials
        self._catalogue = catalogue

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
        """Keep the key, ask the server for its models, and see."""
        key = self.field.value.strip() if self.query(Field) else ""
        if self.query(Field) and not key:
            self._say("Paste a key first.")
        else:
            in_background(self, "try", self._try, Secret(key), exclusive=True)

    async def _try(self, key: Secret) -> None:
        self._say("Asking …")
        entry = self._entry
        try:
            if key:
                self._credentials.store(entry.account, key)
        except (SegueError, OSError) as error:
            self._say(f"× The key could not be kept: {error}")
            return
        await self._catalogue.refresh([entry.name])
        problem = self._catalogue.problems.get(entry.name)
        if problem is None and self._entry.available:
            self.dismiss(True)
            return
        refused = isinstance(problem, ProviderError) and problem.kind is ErrorKind.AUTH
        kept = bool(key) and not (refused and self._forgotten(entry.account))
        why = str(problem or self._entry.reason or "It does not answer")
        self._say(f"× {why.removesuffix('.')}.{' The key is kept.' * kept}")

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


class AnotherServer(Sheet[None]):
    """The lines that add an endpoint to the config."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.SERVER_CLOSE, "close")]

    def __init__(self, config_file: Path) -> None:
        super().__init__()
        self._file = config_file

    def compose_sheet(self) -> ComposeResult:
        """The lines, and where they go."""
        usual, *others = get_args(WireFormat)
        lines = (
            "[providers.lab]\n"
            f'type = "{usual}"     # or {", ".join(others)}\n'
            'url = "http://127.0.0.1:8000/v1"\n'
            'key_env = "LAB_KEY" # only if it needs a key'
        )
        yield Static(
            "Add these lines to the config, then start Segue again:\n", classes="words dim", markup=False
        )
        yield Static(lines, classes="words", markup=False)
        yield Static(f"\n{clean(str(self._file))}", classes="words dim", markup=False)
        yield Hints("list-close")


@dataclass(frozen=True, slots=True)
class _ProviderRow:
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
        self, registry: Registry, credentials: Credentials, catalogue: Catalogue, config_file: Path
    ) -> None:
        super().__init__()
        self._registry = registry
        self._credentials = credentials
        self._catalogue = catalogue
        self._config_file = config_file

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """The providers that fit."""
        rows = [_row(entry) for entry in self._registry.providers()]
        rows.append(_ProviderRow(_ANOTHER, "any address: the lines for the config", "+"))
        return best_first(rows, wanted, lambda row: (row.name,))

    def take(self, key: Hashable) -> None:
        """Connect the chosen provider."""
        in_background(self, "connect", self._connect, str(key), exclusive=True)

    async def _connect(self, name: str) -> None:
        if name == _ANOTHER:
            await self.app.push_screen_wait(AnotherServer(self._config_file))
        elif self._registry.entry(name).available or await self._put_right(name):
            self.dismiss(name)
        else:
            self.show_rows(name)

    async def _put_right(self, name: str) -> bool:
        sheet = Connect(name, self._registry, self._credentials, self._catalogue)
        done = await self.app.push_screen_wait(sheet)
        return bool(done)


def _row(entry: ProviderEntry) -> _ProviderRow:
    if entry.available:
        return _ProviderRow(entry.name, f"key from {entry.key_source}" if entry.key_source else "ready", "●")
    return _ProviderRow(entry.name, one_line(entry.reason or "", 200))
