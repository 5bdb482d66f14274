"""What can be entered: a choice, a slash command or a prompt. The commands are the app's where they can."""

from __future__ import annotations

from collections.abc import Iterable

from tui.app.commands import PLAIN_COMMANDS, Handlers, find, parse, unknown
from tui.chat.model import ModelInfo
from tui.cli.plain.acts import Acts
from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.lookup import Lookup
from tui.cli.plain.mode import PlainMode
from tui.cli.plain.served import Served
from tui.cli.plain.tooling import Tooling
from tui.engine.saved_prompts import SavedPrompt, TypedPrompt

_HELP = (
    'Enter sends. A \\ at the end of a line, or """ around several, writes more lines.',
    "Ctrl+C stops a reply and keeps its text; twice at the prompt, or Ctrl+D, quits.",
    "Messages are numbered as /history reads them.",
)


def completions(text: str, models: Iterable[ModelInfo], saved: Iterable[SavedPrompt]) -> list[str]:
    """The lines that ``text`` may become: names of commands and of prompts kept as files, then of models."""
    name, space, words = text.partition(" ")
    if not space:
        names = [c.name for c in PLAIN_COMMANDS] + [prompt.name for prompt in saved]
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
        self._served = Served(mode, interrupts)
        self.handlers: Handlers = {
            **Lookup(mode).handlers,
            **Acts(mode, interrupts, self._served).handlers,
            **Tooling(mode).handlers,
            "help": self.do_help,
            "quit": self.do_quit,
        }
        """What each command does, by its name."""

    async def take(self, text: str) -> None:
        """Do one thing.

        Raises:
            SegueError: It can't be done.
        """
        mode, typed = self._mode, parse(text)
        if (named := self._served.prompt_in(text)) is not None:
            mode.choice = None
            await self._served.take(named)
        elif typed is not None:
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
        handler = self.handlers.get(name)
        if handler is not None:
            await handler(argument)
            return
        if (typed := self._mode.workspace.saved_prompts.typed(f"/{name} {argument}")) is not None:
            await self._send_saved(typed)
            return
        if find(name):
            raise unknown(name, (), " here; it needs the app")
        raise unknown(name, PLAIN_COMMANDS, " here")

    async def _send_saved(self, typed: TypedPrompt) -> None:
        """Send a prompt that is kept as a file; what has to be said yet is asked for."""
        from tui.tools.mcp.elicitation import Action

        mode, prompt = self._mode, typed.prompt
        if typed.wants_form and mode.tools.person is not None:
            answer = await mode.tools.person.fill(typed.form())
            if answer.action is not Action.ACCEPT:
                mode.page.line("nothing is sent")
                return
            typed = typed.filled(answer.values)
        text = typed.text()
        await mode.be_as(prompt.persona, prompt.model, prompt.parameters)
        await self._send(text)

    async def do_help(self, argument: str) -> None:
        """Say how to write, and all commands."""
        for line in _HELP:
            self._mode.page.line(line)
        for command in PLAIN_COMMANDS:
            self._mode.page.line(f"{command.form}: {command.help}")
        for prompt in self._mode.workspace.saved_prompts.all():
            self._mode.page.line(f"/{prompt.name}, your own: {prompt.about}")
        for server in self._mode.workspace.offers.servers:
            self._mode.page.line(f"/{server}: its prompts; /attach @{server}: what of it can go along")

    async def do_quit(self, argument: str) -> None:
        """End."""
        self.done = True
