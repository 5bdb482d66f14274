"""A key for an action: it is pressed, and who has it already is said before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import NO_KEY, Action
from tui.app.keymap import Keys, bind, key_name, taken_by, why_not, without
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.text import clean

Wanted = Mapping[Action, str]
"""Actions, and the keys that they are to have."""


class KeySheet(Sheet[Wanted]):
    """Takes the next key that is pressed, whatever it does elsewhere; dismissed with what is to be set."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.KEY_KEEP, "keep"),
        bind(Action.KEY_ANEW, "anew"),
        bind(Action.KEY_ALSO, "also"),
        bind(Action.KEY_THEN, "then"),
        bind(Action.KEY_NONE, "none"),
    ]
    DEFAULT_CSS = """
    KeySheet #pressed { color: $strong; margin: 1 4 1 4; }
    """

    def __init__(self, action: Action, keys: Keys) -> None:
        """Prepare the sheet.

        Args:
            action: What gets a key.
            keys: As they are bound now.
        """
        super().__init__()
        self._action = action
        self._keys = keys
        self._before: list[str] = []
        """The keys that it has besides the one that is pressed."""
        self._first = ""
        """The key after which another one is waited for."""
        self._pressed = ""
        self.listening = True

    def compose_sheet(self) -> ComposeResult:
        """What gets a key, the key, and who has it."""
        now = self._keys.names(self._action) or "no key"
        title = f"{self._action.help}. It has {now}."
        yield Static(clean(title), classes="words dim", markup=False)
        yield Static("", id="pressed", classes="words", markup=False)
        yield Static("", id="said", classes="words dim", markup=False)
        yield Hints()

    def on_mount(self) -> None:
        """Listen."""
        self._show()

    # -- keys
    def heard(self, key: str) -> None:
        """A key was pressed while one is waited for."""
        self._pressed = f"{self._first} {key}" if self._first else key
        self.listening, self._first = False, ""
        self._show()

    @property
    def _wrong(self) -> str:
        return why_not(self._action, self._pressed) if self._pressed else ""

    @property
    def _others(self) -> list[Action]:
        return taken_by(self._keys, self._action, self._pressed) if self._pressed else []

    def _show(self) -> None:
        pressed, said, hints = self.query_one("#pressed", Static), self.query_one("#said", Static), []
        held = [*map(key_name, self._before)]
        if self.listening:
            begun = f"{key_name(self._first)} and then …" if self._first else "Press the key …"
            pressed.update(clean(", ".join([*held, begun])))
            said.update("Whatever is pressed next is taken, also what closes or quits elsewhere.")
        else:
            pressed.update(clean(", ".join([*held, key_name(self._pressed)])))
            said.update(clean(self._about()))
            hints = ["key-anew", "key-then", "list-close"]
            hints = (
                hints
                if self._wrong
                else ["key-keep", "key-anew", "key-also", "key-then", "key-none", "list-close"]
            )
        keep = "take it from there" if self._others else "keep"
        self.query_one(Hints).show(*hints, key_keep=keep)

    def _about(self) -> str:
        if wrong := self._wrong:
            return f"× It can't be used: {wrong}."
        if others := self._others:
            names = ", ".join(f"“{other.help}” ({other.scope.value.lower()})" for other in others)
            return f"! It is already the key of {names}."
        return "Nothing else has it where this is done."

    # -- what the keys do once one was pressed
    def action_keep(self) -> None:
        """Keep it; who had it has it no more."""
        if self._wrong:
            return
        keys = ",".join(dict.fromkeys([*self._before, self._pressed]))
        losing = {other: without(self._keys, other, self._pressed) for other in self._others}
        self.dismiss({**losing, self._action: keys})

    def action_anew(self) -> None:
        """Wait for another one."""
        self.listening, self._first = True, ""
        self._show()

    def action_also(self) -> None:
        """Wait for one more."""
        if not self._wrong and not self._others:
            self._before.append(self._pressed)
            self.action_anew()

    def action_then(self) -> None:
        """Wait for the key that follows."""
        if " " not in self._pressed:
            self.listening, self._first = True, self._pressed
            self._show()

    def action_none(self) -> None:
        """It has no key."""
        self.dismiss({self._action: NO_KEY})
