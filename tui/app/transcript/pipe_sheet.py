"""A block of code given to a command: typed, shown whole with its input, and run after a yes to just that."""

from __future__ import annotations

import asyncio
import os
import time
from enum import Enum, auto
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.life import lives, while_alive
from tui.app.lists.blanks import Blanks
from tui.app.lists.field import LoneField
from tui.app.lists.hints import Hints
from tui.app.messages.long_text import LongText
from tui.errors import SegueError
from tui.system.piping import MOST, Output, pipe, shell
from tui.text import clean, counted, fenced, one_line

_DEAF = 0.4
"""Seconds in which no yes is heard after the command was shown: it was typed before anyone saw that."""
_FRAME = 0.1
"""Seconds between two looks at what it writes."""
_SCROLL = {"list_up": "scroll"}
_BACK = {**_SCROLL, "list_close": "back"}
_STOP = {**_SCROLL, "list_close": "stop"}
_SHOWN = 200
"""Characters of a command that are named in a title."""


class Step(Enum):
    """How far it has come."""

    TYPED = auto()
    SHOWN = auto()
    RUNS = auto()
    ENDED = auto()


class Command(Struct, frozen=True):
    """What was typed."""

    line: str
    folder: str


class Piped(Struct, frozen=True):
    """What came of it, to be written into the prompt."""

    command: Command
    output: str

    @property
    def prompt(self) -> str:
        """It as the beginning of a prompt."""
        line = one_line(self.command.line)
        mark = "``" if "`" in line else "`"
        pad = " " if "`" in line else ""
        return f"Output of {mark}{pad}{line}{pad}{mark}:\n\n{fenced(self.output)}\n\n"


class PipeSheet(Blanks[Piped]):
    """Asks for a command and a folder; dismissed with the output where that is for the prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.PIPE_SHOW, "show"),
        bind(Action.PIPE_OTHER, "step(1)", priority=True),
        bind(Action.PIPE_RUN, "run"),
        bind(Action.PIPE_TAKE, "take"),
    ]
    DEFAULT_CSS = """
    PipeSheet {
        #title { max-height: 3; }
        LongText { margin: 0 2 0 4; max-height: 50vh; display: none; }
        #trouble { margin: 1 4 0 4; display: none; }
        #trouble.-filled { display: block; }
        &.-shown {
            LongText { display: block; }
            LoneField, .label { display: none; }
        }
    }
    """

    def __init__(self, code: str, language: str, last: Command | None = None) -> None:
        """Prepare the question.

        Args:
            code: What is given to the command.
            language: Its language.
            last: What was typed last time.
        """
        super().__init__()
        self._code = f"{code}\n"
        self._language = language
        self._command = last or Command("", _here())
        self._step = Step.TYPED
        self._since = 0.0
        self._written_out: list[str] = []
        self._work: asyncio.Task[Output] | None = None

    def compose_sheet(self) -> ComposeResult:
        """The fields, what will run and what it writes, what is wrong."""
        yield Static(f"Give {self._input} to a command", id="title", classes="words dim", markup=False)
        yield from self.blank(
            "Command", LoneField(self._command.line, "as in python3 - or wc -l", id="command")
        )
        yield from self.blank("Folder", LoneField(self._command.folder, "where it runs", id="folder"))
        yield LongText()
        yield Static(id="trouble", classes="words", markup=False)
        yield Hints(Action.PIPE_SHOW, Action.PIPE_OTHER, Action.LIST_CLOSE)

    @property
    def _input(self) -> str:
        lines = counted(self._code.count("\n"), "line")
        return f"{lines} of {one_line(self._language, 24)}" if self._language else f"{lines} of code"

    # -- what is seen
    def _go(self, step: Step, title: str, *actions: Action, **words: str) -> None:
        self._step, self._since = step, time.monotonic()
        self.set_class(step is not Step.TYPED, "-shown")
        self._title(title)
        self._say("")
        self.query_one(Hints).show(*actions, **words)
        self.set_focus(self.line("command") if step is Step.TYPED else None)

    def _title(self, words: str) -> None:
        self.query_one("#title", Static).update(clean(words))

    def _say(self, words: str) -> None:
        """Say what is wrong with what was typed."""
        trouble = self.query_one("#trouble", Static)
        trouble.update(clean(words))
        trouble.set_class(bool(words), "-filled")

    # -- keys
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each key does its work at its step."""
        steps = {"show": Step.TYPED, "step": Step.TYPED, "run": Step.SHOWN, "take": Step.ENDED}
        if action in steps:
            return lives(self) and self._step is steps[action]
        if action in ("move", "page", "first", "last"):
            return lives(self) and self._step is not Step.TYPED
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Letters are typed into the fields only while these are seen."""
        if self._step is not Step.TYPED:
            event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """A click beside it closes nothing that is to run, runs or has run."""
        if self._step is not Step.TYPED:
            event.prevent_default()

    def interrupted(self) -> None:
        """Go back a step, or stop what runs."""
        if self._step is Step.TYPED:
            super().interrupted()
        else:
            self.action_close()

    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self.query_one(LongText).move(step)

    def action_page(self, direction: int) -> None:
        """Scroll a screen."""
        self.query_one(LongText).page(direction)

    def action_first(self) -> None:
        """Scroll to the begin."""
        self.query_one(LongText).scroll_home(animate=False)

    def action_last(self) -> None:
        """Scroll to the end."""
        self.query_one(LongText).scroll_end(animate=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._step is Step.TYPED:
            self._say("")

    def action_close(self) -> None:
        """Stop what runs; go back to what was typed; else close."""
        if self._work is not None and not self._work.done():
            self._work.cancel()
        elif self._step is Step.SHOWN:
            title = f"Give {self._input} to a command"
            self._go(Step.TYPED, title, Action.PIPE_SHOW, Action.PIPE_OTHER, Action.LIST_CLOSE)
        else:
            self.dismiss(None)

    # -- before it runs
    def action_show(self) -> None:
        """Show what would run, if it can."""
        line, folder = self.line("command").value.strip(), self.line("folder").value.strip()
        place = Path(folder or _here()).expanduser()
        if not line:
            self._say("A command is needed first.")
            self.set_focus(self.line("command"))
        elif not place.is_dir():
            self._say(f"There is no folder {place}")
            self.set_focus(self.line("folder"))
        else:
            self._command = Command(line, str(place.absolute()))
            self.query_one(LongText).show(
                f"{line}\n\nrun by {shell()}\nin {self._command.folder}\n"
                f"with your own rights, and this as its input:\n\n{self._code}"
            )
            self.action_first()
            title = "This will run, if you say yes"
            self._go(Step.SHOWN, title, Action.PIPE_RUN, Action.LIST_UP, Action.LIST_CLOSE, **_BACK)

    # -- while it runs
    def action_run(self) -> None:
        """Run what was shown."""
        if time.monotonic() - self._since >= _DEAF:
            self._go(Step.RUNS, self._said("Running"), Action.LIST_UP, Action.LIST_CLOSE, **_STOP)
            self.query_one(LongText).show("")
            in_background(self, "pipe", self._run, exclusive=True)

    def _said(self, state: str) -> str:
        seconds = int(time.monotonic() - self._since) if self._step is not Step.SHOWN else 0
        clock = f"{seconds // 60}:{seconds % 60:02}"
        return f"{one_line(self._command.line, _SHOWN)}\n{state}   {clock}"

    async def _run(self) -> None:
        ran = pipe(self._command.line, Path(self._command.folder), self._code, self._written_out.append)
        self._work = asyncio.ensure_future(ran)
        shown = 0
        try:
            while not (await asyncio.wait({self._work}, timeout=_FRAME))[0]:
                self._title(self._said("Running"))
                if len(self._written_out) != shown:
                    shown = len(self._written_out)
                    self._show_output()
        finally:
            self._work.cancel()
            await asyncio.wait({self._work})
        self._ended(self._work)

    def _ended(self, running: asyncio.Task[Output]) -> None:
        if running.cancelled():
            state = "Stopped"
        elif isinstance(error := running.exception(), SegueError):
            state = str(error)
        elif running.result().cut:
            state = f"Stopped: it wrote more than {MOST:,} characters"
        else:
            state = f"Ended with code {running.result().code}"
        self._show_output()
        take = [Action.PIPE_TAKE] if self._output else []
        self._go(Step.ENDED, self._said(state), *take, Action.LIST_UP, Action.LIST_CLOSE, **_SCROLL)

    @property
    def _output(self) -> str:
        """What it wrote, made safe."""
        return clean("".join(self._written_out))[:MOST].rstrip("\n")

    def _show_output(self) -> None:
        self.query_one(LongText).show(self._output or "It wrote nothing.")
        self.call_after_refresh(while_alive(self, self.action_last))

    def action_take(self) -> None:
        """Write the output into the next prompt."""
        if self._output:
            self.dismiss(Piped(self._command, self._output))


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return str(Path.home())
