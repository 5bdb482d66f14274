"""The first screen: what was found on this machine, and what one can begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import ExitStack
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background, to_ask
from tui.app.keymap import bind, keys_of
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList, Sentence
from tui.app.lists.sheet import Chooser
from tui.app.lists.wordmark import Wordmark
from tui.app.models.start_rows import ChoiceRow, Found, Warned
from tui.cells import cells
from tui.chat.model import ModelInfo, split_id
from tui.errors import SegueError
from tui.installing import ENGINE, how_to_install
from tui.text import counted, one_line

if TYPE_CHECKING:
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import ProviderEntry, Registry

INSTALL = how_to_install(ENGINE)
MEASURE = 72
WIDTH = MEASURE + 5
_SHOWN_FOUND = 5
_SHOWN_MISSING = 2
_SHOWN_CHOICES = 4
_SHOWN_NOTICES = 2
_CONNECT, _LOCAL, _INSTALL, _TITLES = "connect", "local", "install", "titles"


class LocalOffer(Struct, frozen=True):
    """A model that runs on this machine, as it is offered to someone who has none yet."""

    model_id: str
    title: str
    licence: str
    bytes: int
    """What is downloaded; 0 where it is already here."""
    note: str
    """What to expect of it, in one sentence without its full stop."""
    free_bytes: int
    """Free space where it will be kept."""

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.bytes < self.free_bytes


class FirstRun(Chooser[str]):
    """Dismissed with the id of the model to begin with, or None."""

    CSS_PATH = "first_run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.LIST_UP, "move(-1)", words="choose", help="The choice above"),
        bind(Action.FIRST_BEGIN, "begin"),
        bind(Action.MODEL, "pick", words="all models", help="Choose among all models"),
    ]

    def __init__(
        self,
        registry: Registry,
        catalogue: Catalogue,
        local_offer: LocalOffer | None,
        *,
        why_no_local: str = "",
        connect: Callable[[], Awaitable[str | None]] | None = None,
        pick: Callable[[], Awaitable[str | None]] | None = None,
        name: Callable[[bool], Awaitable[None]] | None = None,
        notices: Sequence[str] = (),
        write: Callable[[Message], object] = lambda event: None,
        send: Callable[[], bool] = lambda: False,
        sends: bool = False,
    ) -> None:
        """Prepare the screen.

        Args:
            registry: The providers.
            catalogue: The models.
            local_offer: The model that this machine can run; None where the extra is not installed.
            why_no_local: Why this machine can run none, where installing the extra would not help.
            connect: Lets the person connect a provider; gives the model that was tried, or the provider.
            pick: Lets the person choose among all models; gives its id.
            name: Lets a model name conversations, or no more; without it, that is not offered.
            notices: What is wrong with the settings, say.
            write: Takes what is typed and pasted here: it is for the composer behind.
            send: Sends what was written there while this came; False if nothing was.
            sends: Whether a message waits there, which goes to the one that is chosen.
        """
        super().__init__()
        self._followed = ExitStack()
        """What is followed while it is there: it may be closed before it begins."""
        self._registry = registry
        self._catalogue = catalogue
        self._offer = local_offer
        self._why_no_local = why_no_local
        self._connect = connect
        self._tried: dict[str, str] = {}
        """The model of a provider that was tried when it was connected."""
        self._pick = pick
        self._name_conversations = name
        self._named = False
        self._notices = notices
        self._write = write
        self._send = send
        self._sends = sends
        self._given: object = None
        """The key of the row that was chosen for the person: always the best one."""

    def compose(self) -> ComposeResult:
        """Name, list, one sentence, keys."""
        with Vertical(id="column"):
            yield Wordmark()
            yield Static("One conversation, every model.", classes="quiet", markup=False)
            yield RowList()
            yield Static("", id="promise", classes="quiet", markup=False)
            yield Hints()

    def on_mount(self) -> None:
        """Show what is known, and follow what becomes known."""
        self._followed.callback(self._catalogue.subscribe(self._more_is_known))
        self._arrange()

    def on_unmount(self) -> None:
        """Follow no more."""
        self._followed.close()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width; the list gets what the other lines leave."""
        self.rows.styles.max_height = max(3, event.size.height - (8 if self.has_class("-tall") else 7))
        self.query_one("#promise", Static).update(self._promise(min(event.size.width, WIDTH) - 5))
        self._arrange()

    def _promise(self, room: int) -> str:
        """What becomes of what is written, and where there is room, of the keys."""
        key = self._key(Action.FIRST_BEGIN)
        waits, nothing = f"Your message waits for {key}.", f"Nothing is sent before you press {key}."
        promise = waits if self._sends else nothing
        both = f"Keys stay where they are. {promise}"
        return both if cells(both) <= room else promise

    # -- the list
    def _more_is_known(self) -> None:
        self.call_later(self._arrange)

    def _arrange(self, choose: object = None) -> None:
        chosen = choose or (self.rows.chosen.key if self.rows.chosen else None)
        choices = self._choices()
        untouched = chosen == self._given
        self._given = choices[0][0].key
        stays = not untouched and any(choice.key == chosen for choice, _ in choices)
        key = chosen if stays else self._given
        rows: list[Row] = [*self._warnings(), *self._found(), Sentence(), Sentence("Begin with")]
        for choice, explanation in choices:
            rows.append(self._explained(choice, explanation) if choice.key == key else choice)
            if choice.key == _CONNECT and self._name_conversations is not None:
                rows += [Sentence(), Sentence("And")]
        self.rows.show(rows, key)
        self._say_what_enter_does(key)

    def _explained(self, choice: ChoiceRow, explanation: str) -> ChoiceRow:
        width = (self.rows.scrollable_content_region.width or WIDTH) - 5
        lines = tuple(wrap(explanation, max(20, width)))
        return ChoiceRow(choice.key, choice.title, choice.what, choice.price, lines)

    def _say_what_enter_does(self, key: object) -> None:
        turn = "turn off" if self._named else "turn on"
        begin = "begin and send" if self._sends else "begin"
        words = {_CONNECT: "connect", _INSTALL: "go on without", _TITLES: turn}.get(str(key), begin)
        self.query_one(Hints).show("list-up", "first-begin", "model", "help", "quit", first_begin=words)

    def _key(self, action: Action) -> str:
        return keys_of(self.app).name(action)

    def _warnings(self) -> list[Row]:
        """What the conversation behind says as well, where Esc leads."""
        if not self._notices:
            return []
        shown: list[Row] = [Warned(words) for words in self._notices[:_SHOWN_NOTICES]]
        more, close = len(self._notices) - len(shown), self._key(Action.LIST_CLOSE)
        return [
            *shown,
            Sentence(f"and {more} more; {close} shows all" if more else f"{close} shows it whole", 3),
            Sentence(),
        ]

    def _found(self) -> list[Row]:
        """The providers that can be used, a few that miss something, and how many more there are."""
        counts: dict[str, int] = {}
        for info in self._catalogue.models():
            counts[info.provider] = counts.get(info.provider, 0) + 1
        entries = [entry for entry in self._registry.providers() if not entry.downloads]
        silent = {name for name in self._catalogue.problems if not counts.get(name)}
        usable = [entry for entry in entries if entry.available and entry.name not in silent][:_SHOWN_FOUND]
        missing = [entry for entry in entries if not entry.available]
        failing = [entry for entry in entries if entry.available and entry.name in silent]
        missing = sorted(missing, key=lambda entry: not entry.key_variables)[:_SHOWN_MISSING]
        rows: list[Row] = [
            Sentence("Found on this machine" if usable else "No keys and no servers were found")
        ]
        rows += [Found(one_line(e.name), *_how(e, counts.get(e.name, 0))) for e in usable]
        rows += [
            Found(one_line(e.name), one_line(self._catalogue.problems[e.name].message, 200), usable=False)
            for e in failing
        ]
        rows += [Found(one_line(e.name), _missing(e), usable=False) for e in missing]
        more = len(entries) - len(usable) - len(failing) - len(missing)
        if more:
            rows.append(Sentence(f"and {more} more providers: any of them can be connected later", 3))
        return rows

    def _choices(self) -> list[tuple[ChoiceRow, str]]:
        """What one can begin with, each with its explanation."""
        first: dict[str, ModelInfo] = {}
        models = {info.id: info for info in self._catalogue.models()}
        for info in models.values():
            first.setdefault(info.provider, info)
        choices = []
        for entry in self._registry.providers():
            usual = models.get(f"{entry.name}/{entry.default_model}") or first.get(entry.name)
            best = models.get(self._tried.get(entry.name, "")) or usual
            if entry.available and not entry.downloads and best is not None:
                choices.append(_hosted(entry, best))
        titles = [_titles_choice(self._named)] if self._name_conversations is not None else []
        return [*choices[:_SHOWN_CHOICES], self._local(), _connect_choice(), *titles]

    def _local(self) -> tuple[ChoiceRow, str]:
        offer = self._offer
        if offer is None:
            explanation = self._why_no_local or f"Run  {INSTALL}  in a terminal, then start Segue again."
            price = "" if self._why_no_local else "one line"
            return ChoiceRow(_INSTALL, "A model on this machine", "needs an extra", price), explanation
        size = f"{offer.bytes / 1e6:.0f} MB" if offer.bytes else "free"
        title = "A small model, to download" if offer.bytes else "A small model, already here"
        about = f"{offer.title}, {offer.licence}. {offer.note[:1].upper()}{offer.note[1:]}."
        room = f"{offer.free_bytes / 1e9:.1f} GB are free."
        if offer.bytes:
            about += (
                f" Your first message fetches it, in a minute or two; {room}"
                if offer.fits
                else f" Too little room: only {room}"
            )
        return ChoiceRow(_LOCAL, title, "on this machine, no key", size), one_line(about)

    # -- what the keys do
    def on_key(self, event: events.Key) -> None:
        """Who begins to write at once sees it in the composer: a model is chosen when it is sent."""
        if event.is_printable:
            event.stop()
            self._leave_to_write(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """As what is typed."""
        event.stop()
        self._leave_to_write(events.Paste(event.text))

    def _leave_to_write(self, typed: Message) -> None:
        self._write(typed)
        self.leave()

    def leave(self) -> None:
        """The person writes: a model is chosen when that is sent."""
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Choose another row."""
        super().action_move(step)
        self._arrange()

    def action_page(self, direction: int) -> None:
        """Choose a row further on."""
        super().action_page(direction)
        self._arrange()

    def action_first(self) -> None:
        """Choose the first row."""
        super().action_first()
        self._arrange()

    def action_last(self) -> None:
        """Choose the last row."""
        super().action_last()
        self._arrange()

    @on(RowList.Picked)
    def _clicked(self) -> None:
        self._arrange()
        self.action_begin()

    def action_begin(self) -> None:
        """Begin with what is chosen; unless the key was for what is written behind."""
        if self._send():
            self.leave()
            return
        row = self.rows.chosen
        match row.key if row else None:
            case "connect":
                to_ask(self, "connect", self._connect_one, exclusive=True)
            case "titles":
                in_background(self, "titles", self._turn_titles, exclusive=True)
            case "install" | None:
                self.dismiss(None)
            case "local":
                if self._offer is not None and self._offer.fits:
                    self.dismiss(self._offer.model_id)
            case model_id:
                self.dismiss(str(model_id))

    async def _turn_titles(self) -> None:
        assert self._name_conversations is not None
        try:
            await self._name_conversations(not self._named)
        except SegueError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        self._named = not self._named
        self._arrange(_TITLES)

    def action_pick(self) -> None:
        """Choose among all models, and begin with the one that is chosen."""
        to_ask(self, "connect", self._pick_one, exclusive=True)

    async def _pick_one(self) -> None:
        model_id = await self._pick() if self._pick is not None else None
        if model_id is not None:
            self.dismiss(model_id)

    async def _connect_one(self) -> None:
        connected = await self._connect() if self._connect is not None else None
        if connected is not None:
            provider, model = split_id(connected)
            if model:
                self._tried[provider] = connected
            keys = (choice.key for choice, _ in self._choices())
            self._arrange(next((key for key in keys if _is_of(provider, key)), None))


def _is_of(provider: str, key: Hashable) -> bool:
    return isinstance(key, str) and key.startswith(f"{provider}/")


def _hosted(entry: ProviderEntry, info: ModelInfo) -> tuple[ChoiceRow, str]:
    if entry.free:
        what, explanation = (
            "on this machine",
            f"Answered by the server at {entry.host}. Nothing leaves this machine.",
        )
    elif entry.key_source:
        what, explanation = (
            "hosted, uses your key",
            f"What you write goes to {entry.host}, with the key from {entry.key_source}.",
        )
    else:
        what, explanation = "no key needed", f"What you write goes to {entry.host}."
    price = "" if info.input_price is None else "paid" if info.input_price or info.output_price else "free"
    return ChoiceRow(info.id, one_line(info.id, 200), what, price), one_line(explanation)


def _connect_choice() -> tuple[ChoiceRow, str]:
    row = ChoiceRow(_CONNECT, "Connect a provider …", "a key, or the address of a server")
    return row, "Choose one of all providers and paste its key, or see which lines add a server of your own."


def _how(entry: ProviderEntry, count: int) -> tuple[str, str]:
    """How a provider can be used, and how many models are known of it."""
    host = one_line(entry.host, 60)
    if entry.key_source:
        how = f"key in {one_line(entry.key_source, 60)}"
    elif entry.free:
        how = f"answers at {host}" if count else f"asking {host} …"
    else:
        how = host
    return how, counted(count, "model") if count else ""


def _missing(entry: ProviderEntry) -> str:
    if entry.key_variables:
        return f"{entry.key_variables[0]} is not set"
    return one_line(entry.reason or "", 200)


def _titles_choice(named: bool) -> tuple[ChoiceRow, str]:
    words = (
        "After the first reply the cheapest model of the same provider is asked for a title, which takes a "
        "few hundred tokens; never in a temporary conversation. Otherwise the first words are the title. "
        "In the settings it is auto_title, where you can also choose a model."
    )
    return ChoiceRow(_TITLES, "Titles by a small model", "for conversations", "on" if named else "off"), words
