"""Any server, by its address: tried at once, and kept if it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantFocus
from textual.widgets import Input, Static

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.lists.blanks import Blanks
from tui.app.lists.field import LoneField
from tui.app.lists.hints import Hints
from tui.errors import SegueError
from tui.key_forms import key_in
from tui.secret import Secret
from tui.text import clean

TITLE = "A server that speaks as OpenAI, Anthropic, Gemini or Ollama do"


class Desk(Protocol):
    """What the form works on."""

    def address_in(self, written: str) -> str:
        """The address in what was typed; empty where there is none."""
        ...

    def name_for(self, url: str) -> str:
        """A name for the server at an address."""
        ...

    async def add(
        self, name: str, url: str, key: Secret | None, model: str, tell: Callable[[str], None]
    ) -> tuple[str, str]:
        """Try a server, and keep it if it answers. Returns its name, and what was found.

        Raises:
            SegueError: It doesn't answer, or can't be kept.
        """
        ...


class ConnectServer(Blanks[str]):
    """Asks for an address, and for the rest that may be needed; dismissed with the name of the provider."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SERVER_TRY, "attempt"),
        bind(Action.SERVER_NEXT, "step(1)", priority=True),  # what is typed after it is the next field's
        bind(Action.SERVER_PREVIOUS, "step(-1)", priority=True),
    ]
    DEFAULT_CSS = """
    ConnectServer {
        #title { color: $strong; text-style: bold; }
        #result { margin: 1 4 0 4; min-height: 2; }
    }
    """

    def __init__(self, desk: Desk, typed: str = "") -> None:
        """Prepare the form.

        Args:
            desk: What it works on.
            typed: What stands in the address at first.
        """
        super().__init__()
        self._desk = desk
        self._typed = typed
        self._own_name = ""
        """The name that was made from the address."""
        self._kept = ""
        """The name under which it was kept."""

    def compose_sheet(self) -> ComposeResult:
        """The fields, what was found, the keys."""
        yield Static(TITLE, id="title", classes="words", markup=False)
        yield from self.blank(
            "Address",
            LoneField(self._typed, "as in localhost:8000 or https://api.example.org/v1", id="address"),
        )
        yield from self.blank(
            "Key", LoneField(placeholder="if it needs one; it is not shown", password=True, id="key")
        )
        yield from self.blank("Name", LoneField(placeholder="what it is called here", id="name"))
        yield from self.blank("Model", LoneField(placeholder="only if the server lists none", id="model"))
        yield Static("", id="result", classes="words dim", markup=False)
        yield Hints("server-try", "server-next", "list-close")

    def on_mount(self) -> None:
        """Name it by what is typed already."""
        super().on_mount()
        self._name_it()

    @on(Input.Changed, "#address")
    def _name_it(self) -> None:
        """The name follows the address, as long as it is not the person's own."""
        name = self.line("name")
        if name.value == self._own_name:
            url = self._desk.address_in(self.line("address").value)
            self._own_name = self._desk.name_for(url) if url else ""
            name.value = self._own_name
            name.cursor_position = len(name.value)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """What is typed over a name that was made takes its place."""
        if event.widget is (name := self.line("name")) and name.value == self._own_name:
            name.select_all()

    # -- keys
    def action_attempt(self) -> None:
        """Try the server; once it is kept, use it."""
        if self._kept:
            self.dismiss(self._kept)
            return
        url = self._desk.address_in(self.line("address").value)
        if not url:
            self._say("An address is needed first: of a machine, with a port or a path if it has one.")
            self.set_focus(self.line("address"))
            return
        in_background(self, "try", self._try, url, exclusive=True)

    async def _try(self, url: str) -> None:
        key = key_in(self.line("key").value)
        put_right = [] if self.line("address").value.strip() == url else [f"the address as {url}"]
        put_right += [f"the key {key.said}"] if key.said else []
        taken = f"Taken: {', '.join(put_right)}.\n" if put_right else ""
        name, model = self.line("name").value.strip(), self.line("model").value.strip()
        try:
            self._kept, found = await self._desk.add(
                name or self._desk.name_for(url),
                url,
                Secret(key.value) if key.value else None,
                model,
                lambda words: self._say(f"{taken}{words}"),
            )
        except SegueError as error:
            self._say(f"{taken}× {error} Nothing is kept.")
            return
        self._say(f"{taken}● {found}")
        self.query_one(Hints).show("server-try", "list-close", server_try="use it")

    def _say(self, text: str) -> None:
        self.query_one("#result", Static).update(clean(text))
