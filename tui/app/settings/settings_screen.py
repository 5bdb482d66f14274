"""All settings and keys: found, explained, changed at once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from tui.app.actions import NO_KEY, Action
from tui.app.background import in_background, to_ask
from tui.app.keymap import Keys, bind
from tui.app.life import while_alive
from tui.app.lists.ask_text import AskText
from tui.app.lists.field import Field
from tui.app.lists.fuzzy import Filter, best_first
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList, Sentence
from tui.app.lists.sheet import Sheet
from tui.app.lists.values import ChooseValue, WriteValue
from tui.app.settings.every_setting import every_setting
from tui.app.settings.key_sheet import KeySheet
from tui.app.settings.setting_rows import MoreRow, SettingRow, about, grouped, value_in_words
from tui.app.settings.theme_chooser import ThemeChooser
from tui.config import Config
from tui.errors import ConfigError, SegueError, UsageError
from tui.setting import MASK, InForce, Kind, Setting, all_in_force, read, written
from tui.text import clean, counted, one_line
from tui.typed_toml import GONE, At, Changes

_ABOUT = 4
"""Lines in which a setting is explained."""
_MORE = "another provider"
_MOST_NEAR = 12
_A_MODEL = "a model …"
_WHO_NAMES = {
    "true": "the cheapest model of the provider that answers",
    "false": "the first words",
    _A_MODEL: "one that you choose",
}


class Desk(Protocol):
    """What the screen works on."""

    @property
    def config(self) -> Config:
        """The settings that count now."""
        ...

    @property
    def keys(self) -> Keys:
        """The keys as they are bound now."""
        ...

    @property
    def given(self) -> Mapping[str, Any]:
        """What the command line said, by option."""
        ...

    @property
    def providers(self) -> Mapping[str, str]:
        """The providers that there are, and what is said of them."""
        ...

    async def change(self, changes: Changes) -> None:
        """Write changes, and work by them.

        Raises:
            SegueError: They make no sense, or can't be written.
        """
        ...

    @property
    def chosen_theme(self) -> str:
        """The theme that the person has chosen."""
        ...

    def use_theme(self, name: str) -> None:
        """Show a theme."""
        ...

    async def pick_model(self) -> str | None:
        """Let the person choose a model."""
        ...

    async def connect(self, provider: str) -> object:
        """Let the person give a provider its key."""
        ...


class SettingsScreen(Sheet[None]):
    """The list, and below it what the chosen setting does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SETTING_CHANGE, "change"),
        bind(Action.SETTING_DEFAULT, "default"),
    ]
    DEFAULT_CSS = f"""
    SettingsScreen #about {{ height: {_ABOUT}; margin: 1 4 0 4; color: $dim; }}
    SettingsScreen #said {{ height: 2; margin: 0 4; color: $strong; }}
    """

    def __init__(self, desk: Desk, typed: str = "") -> None:
        """Prepare the list.

        Args:
            desk: What it works on.
            typed: What stands in the filter at first.
        """
        super().__init__()
        self._desk = desk
        self._typed_before = one_line(typed)
        self._query: str | None = None
        self._more: list[At] = []

    def compose_sheet(self) -> ComposeResult:
        """Field, list, what the chosen one does, keys."""
        yield Field(self._typed_before, placeholder="Type to find a setting or a key")
        yield RowList()
        yield Static("", id="about", markup=False)
        yield Static("", id="said", markup=False)
        yield Hints("setting-change", "setting-default", "list-close")

    def on_mount(self) -> None:
        """Show all; a file that can't be read is told at once."""
        self.sync()
        if self._desk.config.problems:
            self._say(f"× {self._desk.config.problems[0]}")

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width."""
        super().on_resize(event)
        self.call_after_refresh(while_alive(self, self._explain))

    # -- the list
    def sync(self) -> None:
        """Show what fits the filter."""
        if self._query != self.field.value:
            self._query = self.field.value
            self._show()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.sync()

    def _show(self, choose: Hashable | None = None) -> None:
        every = self._rows_of(every_setting(self._desk.config, self._more))
        words = (self._query or "").casefold().split()
        fitting = [row for row in every if all(word in _searched(row) for word in words)]
        rows: list[Row] = [*grouped(fitting)]
        if not fitting:
            wanted = Filter(self._query or "")
            near = best_first(every, wanted, lambda row: (row.setting.name,))[:_MOST_NEAR]
            rows = [Sentence("Nothing fits." + (" Near to it:" if near else "")), *grouped(near)]
        elif not words:
            place = next((n for n, row in enumerate(rows) if _is_key(row)), len(rows))
            rows.insert(place - 1, MoreRow("Settings of another provider …", _MORE))
        if choose is None and words:
            best = best_first(fitting, Filter(words[0]), lambda row: (row.setting.name,))
            choose = best[0].key if best else None
        self.rows.show(rows, choose)
        self.query_one(Hints).note = counted(len(fitting), "setting")
        self._explain()

    def _rows_of(self, settings: Sequence[Setting]) -> list[SettingRow]:
        return [*map(self._row, settings, all_in_force(settings, self._desk.config, self._desk.given))]

    def _row(self, setting: Setting, now: InForce) -> SettingRow:
        chosen = self._desk.chosen_theme
        if setting.at == ("theme",) and now.source == "default" and chosen != setting.default:
            now = InForce(chosen, "default", "chosen")
        return SettingRow(setting, now)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._say("")
        self._explain()

    def _explain(self) -> None:
        widget, row = self.query_one("#about", Static), self.rows.chosen
        words = ""
        if isinstance(row, SettingRow):
            config = self._desk.config
            known = row.setting.at if row.setting.at in config.lines else row.setting.at[:-1]
            place = config.place(*known).removeprefix(f"{config.path.parent}/")
            words = about(row, place, max(20, widget.size.width), _ABOUT)
        elif isinstance(row, MoreRow):
            words = "Choose a provider, and its settings are listed: address, proxy, headers, parameters."
        widget.update(clean(words))

    def _say(self, words: str) -> None:
        """Say something; the file goes by its name, as there is but one."""
        path = self._desk.config.path
        self.query_one("#said", Static).update(clean(one_line(words.replace(str(path), path.name), 400)))

    # -- changing
    @on(RowList.Picked)
    def _clicked(self) -> None:
        self.action_change()

    def action_change(self) -> None:
        """Change the chosen setting, in the way that fits it."""
        self.sync()
        match self.rows.chosen:
            case SettingRow(setting=setting, now=now):
                to_ask(self, "change", self._change, setting, now, exclusive=True)
            case MoreRow():
                to_ask(self, "change", self._list_provider, exclusive=True)
            case _:
                pass

    def action_default(self) -> None:
        """Take the chosen setting out of the file."""
        self.sync()
        if isinstance(row := self.rows.chosen, SettingRow):
            in_background(self, "change", self._attempt, row.setting, {row.setting.at: GONE})

    async def _change(self, setting: Setting, now: InForce) -> None:
        if now.source == "command line":
            self._say(f"{now.name} wins over the file in this run.")
        if setting.kind is Kind.SECRET and setting.at[0] == "providers":
            await self._desk.connect(setting.at[1])
        elif setting.kind is Kind.SWITCH:
            await self._attempt(setting, {setting.at: now.value is not True})
        elif setting.kind is Kind.KEYS:
            await self._press_key(setting)
        elif setting.kind in (Kind.LINES, Kind.LIST, Kind.TABLE):
            await self._write_lines(setting, now)
        elif (value := await self._chosen(setting, now)) is not None:
            await self._attempt(setting, {setting.at: value})

    async def _chosen(self, setting: Setting, now: InForce) -> bool | str | None:
        """A value of several; a line that is written is taken as soon as it can be, so it is none here."""
        if setting.at == ("theme",):
            return await self.app.push_screen_wait(
                ThemeChooser(self._desk.use_theme, self._desk.chosen_theme)
            )
        if setting.at == ("model",):
            return await self._desk.pick_model()
        if setting.at == ("auto_title",):
            return await self._who_names(now)
        if setting.kind is Kind.CHOICE:
            return await self.app.push_screen_wait(
                ChooseValue(dict.fromkeys(setting.choices, ""), str(now.value))
            )

        async def take(line: str) -> None:
            await self._desk.change({setting.at: read(setting, line) if line else GONE})
            self._done(setting)

        value = written(setting, now.value) if now.value is not None else ""
        secret, note = MASK in value, f"{setting.type}; nothing takes it out of the file"
        note = "what is there holds a secret; write it anew" if secret else note
        await self.app.push_screen_wait(WriteValue(setting.words, "" if secret else value, take, note))
        return None

    async def _who_names(self, now: InForce) -> bool | str | None:
        """Nobody, the cheapest model of the provider, or one of the person's choice."""
        current = str(now.value).lower() if isinstance(now.value, bool) else _A_MODEL
        chosen = await self.app.push_screen_wait(ChooseValue(_WHO_NAMES, current))
        if chosen == _A_MODEL:
            return await self._desk.pick_model()
        return None if chosen is None else chosen == "true"

    async def _write_lines(self, setting: Setting, now: InForce) -> None:
        before = now.value if now.value is not None else ""
        how = {Kind.LIST: "\nOne a line.", Kind.TABLE: '\nA line each: name = "value".'}.get(setting.kind, "")

        async def take(text: str) -> None:
            await self._desk.change(_changes(setting, before, text))
            self._done(setting)

        await self.app.push_screen_wait(AskText(f"{setting.words}{how}", written(setting, before), take))

    async def _press_key(self, setting: Setting) -> None:
        action = next(action for action in Action if action == setting.at[-1])
        wanted = await self.app.push_screen_wait(KeySheet(action, self._desk.keys))
        if not wanted:
            return
        await self._attempt(setting, {("keys", each.value): keys for each, keys in wanted.items()})
        if keyless := [each.help for each, keys in wanted.items() if keys == NO_KEY and each is not action]:
            self._say(f"It is the key of this now; “{'”, “'.join(keyless)}” has none")

    async def _list_provider(self) -> None:
        name = await self.app.push_screen_wait(ChooseValue(self._desk.providers))
        if name is not None:
            self._more.append(("providers", name))
            self._show(("providers", name, "type"))

    async def _attempt(self, setting: Setting, changes: Changes) -> None:
        try:
            await self._desk.change(changes)
        except SegueError as error:
            self._say(f"× {error}")
            return
        self._done(setting)

    def _done(self, setting: Setting) -> None:
        """Show what is so now."""
        self._show(setting.at)
        [row] = self._rows_of([setting])
        later = "; it counts from the next start" if setting.elsewhere.at_start else ""
        name = self._desk.config.path.name
        if row.now.source == "file":
            self._say(f"Written to {name}: {value_in_words(setting, row.now.value)}{later}")
        else:
            self._say(f"Not in {name} any more: {value_in_words(setting, row.now.value)}{later}")


def _is_key(row: Row) -> bool:
    return isinstance(row, SettingRow) and row.setting.kind is Kind.KEYS


def _searched(row: SettingRow) -> str:
    setting = row.setting
    return " ".join(
        (setting.name, setting.group, setting.words, value_in_words(setting, row.now.value))
    ).casefold()


def _changes(setting: Setting, before: Any, typed: str) -> Changes:
    """What makes a setting of lines what was typed; of a table, just the names that are others now.

    Raises:
        SegueError: It can't be its value.
    """
    value = read(setting, typed)
    if setting.kind is not Kind.TABLE:
        if MASK in str(value):
            raise UsageError(f"{MASK} stands for a secret", "Write it anew.")
        return {setting.at: value or GONE}
    known: Mapping[str, Any] = before if isinstance(before, Mapping) else {}
    changed = {name: each for name, each in value.items() if known.get(name) != each}
    if any(MASK in str(each) for each in changed.values()):
        raise ConfigError(f"{MASK} stands for a secret", "Write it anew.")
    gone = {name: GONE for name in known if name not in value}
    return {(*setting.at, name): each for name, each in {**changed, **gone}.items()}
