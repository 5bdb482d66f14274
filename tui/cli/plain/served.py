"""What servers offer besides tools: prompts after ``/server:``, resources after ``/attach server:``."""

from __future__ import annotations

from functools import partial

from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.mode import Act, PlainMode
from tui.engine.offers import Filled, Named, Offers, form_of
from tui.errors import UsageError
from tui.text import clean, one_line
from tui.tools.mcp.offers import Written

_LISTED = 50
"""Resources that are listed at once."""


class Served:
    """Lists what a server has, and lets a prompt of it be the next one."""

    def __init__(self, mode: PlainMode, interrupts: Interrupts) -> None:
        self._mode = mode
        self._page = mode.page
        self._interrupts = interrupts

    @property
    def _offers(self) -> Offers:
        return self._mode.workspace.offers

    # -- prompts
    def prompt_in(self, text: str) -> Named | None:
        """The prompt of a server that is entered; None where it is something else."""
        return self._offers.named(text[1:].strip()) if text.startswith("/") and text[1:2] != "@" else None

    async def take(self, named: Named) -> None:
        """Say a prompt of a server, and offer to send it; without a name, list all.

        Raises:
            SegueError: There is none, or it can't be had.
        """
        if named.rest:
            await self._write(named.server, await self._offers.find(named.server, named.rest))
            return
        offered = await self._offers.look(named.server)
        rows: list[tuple[str, Act]] = []
        for prompt in offered.prompts:
            about = prompt.description or prompt.title
            words = ", ".join(filter(None, (f"/{named.server}:{one_line(prompt.name)}", about)))
            rows.append((words, partial(self._write, named.server, Filled(prompt, {}))))
        if not rows:
            raise UsageError(f"{named.server} has no prompts")
        self._mode.offer(rows, lambda words: self.take(Named(named.server, words)))

    async def _write(self, server: str, filled: Filled) -> None:
        if filled.missing or (filled.prompt.arguments and not filled.values):
            asked = await self._asked(server, filled)
            if asked is None:
                self._page.line("nothing is sent")
                return
            filled = asked
        written = await self._offers.write(server, filled)
        self._page.line(written.text)
        self._mode.files += written.files
        if written.files:
            self._mode.say_files()
        self._mode.offer(
            [
                ("send it", partial(self._mode.send, written.text)),
                ("write on in your editor", partial(self._edit, written)),
            ],
            self._neither,
        )

    async def _asked(self, server: str, filled: Filled) -> Filled | None:
        """The prompt with what the person gives; None where they don't want to."""
        from tui.tools.mcp.elicitation import Action

        person = self._mode.tools.person
        if person is None:
            if not filled.missing:
                return filled
            names = [one_line(one.name) for one in filled.missing]
            name = f"{server}:{one_line(filled.prompt.name)}"
            usage = f"As in /{name} {' '.join(f'{each}=…' for each in names)}"
            raise UsageError(f"/{name} needs {', '.join(names)}", usage)
        answer = await person.fill(form_of(server, filled))
        if answer.action is not Action.ACCEPT:
            return None
        return Filled(filled.prompt, {name: str(value) for name, value in answer.values.items()})

    async def _edit(self, written: Written) -> None:
        from tui.system.editor import edit_here

        with self._interrupts.ignored():  # Ctrl+C is the editor's
            text = edit_here(written.text)
        if not text.strip():
            self._page.line("nothing is sent")
            return
        self._page.line(f"you: {clean(text)}")
        await self._mode.send(text)

    async def _neither(self, words: str) -> None:
        raise UsageError("1 sends the prompt, 2 opens it in your editor", "An empty line leaves it.")

    # -- resources
    def lists(self, argument: str) -> str | None:
        """The server whose resources are wanted, where none of them is named."""
        named = self._offers.named(argument)
        return named.server if named is not None and not named.rest else None

    async def list(self, server: str, begun: str = "") -> None:
        """Say what can be attached, by numbers."""
        offered = await self._offers.look(server)
        fits = [one for one in offered.resources if begun in one.uri or begun in one.name]
        rows: list[tuple[str, Act]] = [
            (f"{one.uri}, {one.name}", partial(self._attach, f"{server}:{one.uri}")) for one in fits
        ]
        for template in offered.templates:
            self._page.line(f"/attach @{server}:{template.uri}, {template.name}")
        if rows:
            more = max(0, len(rows) - _LISTED)
            self._mode.offer(rows[:_LISTED], partial(self.list, server), more)
        elif not offered.templates:
            raise UsageError(f"{server} has nothing that can be attached")

    async def _attach(self, target: str) -> None:
        self._mode.files += await self._offers.read(target)
        self._mode.say_files()
