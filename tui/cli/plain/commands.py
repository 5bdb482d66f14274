"""What can be entered: a choice, a slash command or a prompt. The commands are the app's where they can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui.app.commands import Command, find, parse, unknown
from tui.chat.model import ModelInfo
from tui.cli.plain.acts import Acts
from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.lookup import Lookup
from tui.cli.plain.mode import PlainMode
from tui.engine.saved_prompts import SavedPrompt


def _of_the_app(name: str, argument: str | None = None) -> Command:
    command = find(name)
    assert command is not None
    return command if argument is None else replace(command, argument=argument)


COMMANDS = (
    _of_the_app("model", "[WORDS]"),
    Command("models", "Models", "the names of all, or of those that fit", "[WORDS]"),
    _of_the_app("new"),
    _of_the_app("open"),
    Command("history", "Read again", "this conversation, or its last messages", "[HOW MANY]"),
    _of_the_app("find", "WORDS"),
    _of_the_app("retry", "[MODEL]"),
    Command("continue", "Go on", "let the last reply go on where it was cut"),
    Command("edit", "Edit a prompt", "in your editor, and send it as a new version", "[NUMBER]"),
    Command("editor", "Write in your editor", "in $VISUAL or $EDITOR, and send it", "[TEXT]"),
    Command("attach", "Attach a file", "an image, PDF or text for the next prompt; - takes back", "PATH"),
    Command("paste", "Attach from the clipboard", "the image in the clipboard, for the next prompt"),
    Command("versions", "Versions", "of the last reply, or of a message", "[NUMBER]"),
    _of_the_app("copy", "[NUMBER]"),
    Command("delete", "Delete", "a message, or the whole conversation", "[NUMBER]"),
    Command("undo", "Undo", "take back the last deletion"),
    _of_the_app("title", "[TITLE]"),
    _of_the_app("system"),
    _of_the_app("set"),
    _of_the_app("compact"),
    _of_the_app("export"),
    _of_the_app("help"),
    _of_the_app("quit"),
)
_HELP = (
    'Enter sends. A \\ at the end of a line, or """ around several, writes more lines.',
    "Ctrl+C stops a reply and keeps its text; twice at the prompt, or Ctrl+D, quits.",
    "Messages are numbered as /history reads them.",
)


def completions(text: str, models: Iterable[ModelInfo], saved: Iterable[SavedPrompt]) -> list[str]:
    """The lines that ``text`` may become: names of commands and of prompts kept as files, then of models."""
    name, space, words = text.partition(" ")
    if not space:
        names = [c.name for c in COMMANDS] + [prompt.name for prompt in saved]
        return [f"/{known} " for known in names if text and f"/{known}".startswith(text)]
    if name not in ("/model", "/retry"):
        return []
    return [f"{name} {model.id}" for model in models if model.available and model.id.startswith(words)]


class Commands:
    """Does what is entered."""

    def __init__(self, mode: PlainMode, interrupts: Interrupts) -> None:
        self.done = False
        """The person has asked to quit."""
        self._mode = mode
        self._places = (self, Lookup(mode), Acts(mode, interrupts))

    async def take(self, text: str) -> None:
        """Do one thing.

        Raises:
            SegueError: It can't be done.
        """
        mode, typed = self._mode, parse(text)
        if typed is not None:
            mode.choice = None
            await self._run(typed.name, typed.argument)
        elif mode.choice is not None:
            await mode.choose(mode.choice, text.strip())
        elif text.strip():
            await self._send(text)

    async def _send(self, text: str) -> None:
        if self._mode.current.conversation.model is None:
            self._mode.say_model()
        else:
            await self._mode.send(text)

    async def _run(self, name: str, argument: str) -> None:
        for place in self._places:
            method = getattr(place, f"do_{name}", None)
            if method is not None:
                await method(argument)
                return
        typed = f"/{name} {argument}".rstrip()
        prompt = self._mode.workspace.saved_prompts.expand(typed)
        if prompt != typed:
            await self._send(prompt)
            return
        if find(name):
            raise unknown(name, (), " here; it needs the app")
        raise unknown(name, COMMANDS, " here")

    async def do_help(self, argument: str) -> None:
        """Say how to write, and all commands."""
        for line in _HELP:
            self._mode.page.line(line)
        for command in COMMANDS:
            form = f"/{command.name} {command.argument}".rstrip()
            self._mode.page.line(f"{form}: {command.help}")
        for prompt in self._mode.workspace.saved_prompts.all():
            self._mode.page.line(f"/{prompt.name}, your own: {prompt.about}")

    async def do_quit(self, argument: str) -> None:
        """End."""
        self.done = True
