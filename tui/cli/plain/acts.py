"""The commands that do something with a conversation."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from tui.app.commands import Handlers
from tui.chat.attachment import Attachment
from tui.chat.message import Role
from tui.chat.parts import pictures_of
from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.mode import Act, PlainMode
from tui.cli.plain.printer import speaker
from tui.cli.plain.served import Served
from tui.engine.conversation_service import ConversationService, Undo
from tui.engine.exporting import place_of, save_picture_to, unused_name
from tui.engine.folder_files import left_out_words
from tui.engine.gathering import gather, targets_in
from tui.errors import UsageError
from tui.parameters import in_words
from tui.text import clean, one_line

SNIPPET = 80
"""Characters of a version by which it is known."""


class Acts:
    """Sends, answers again, changes, takes out, deletes."""

    def __init__(self, mode: PlainMode, interrupts: Interrupts, served: Served) -> None:
        self._mode = mode
        self._served = served
        self._page = mode.page
        self._interrupts = interrupts
        self._undo: Undo | None = None

    @property
    def handlers(self) -> Handlers:
        """What it does, by the names of the commands."""
        return {
            "retry": self.do_retry,
            "continue": self.do_continue,
            "compact": self.do_compact,
            "edit": self.do_edit,
            "editor": self.do_editor,
            "attach": self.do_attach,
            "paste": self.do_paste,
            "versions": self.do_versions,
            "delete": self.do_delete,
            "undo": self.do_undo,
            "title": self.do_title,
            "system": self.do_system,
            "set": self.do_set,
            "persona": self.do_persona,
            "options": self.do_options,
            "project": self.do_project,
            "copy": self.do_copy,
            "export": self.do_export,
            "save": self.do_save,
        }

    @property
    def _current(self) -> ConversationService:
        return self._mode.current

    def _message(self, argument: str) -> int:
        """The message with this number, or the last reply.

        Raises:
            UsageError: There is none.
        """
        path = self._current.conversation.path()
        if not argument:
            message_id = self._current.last_reply
            if message_id is None:
                raise UsageError("There is no reply yet")
            return message_id
        if not argument.isdecimal() or not 1 <= int(argument) <= len(path):
            hint = f"/history reads them: 1 to {len(path)}." if path else ""
            raise UsageError(f"There is no message {one_line(argument)}", hint)
        return path[int(argument) - 1]

    # -- replies
    async def do_retry(self, argument: str) -> None:
        """One more version of the last reply, by another model if one is named."""
        model = await self._mode.find_model(argument) if argument else None
        last = self._current.last_reply or self._current.last
        if last is None:
            raise UsageError("There is nothing to answer yet")
        await self._current.mind(last, model)
        await self._mode.let_come(partial(self._current.retry, last, model))

    async def do_continue(self, argument: str) -> None:
        """Let the last reply go on."""
        await self._mode.let_come(partial(self._current.resume, self._message("")))

    async def do_compact(self, argument: str) -> None:
        """Let a summary come, with which later requests begin."""
        await self._mode.let_come(self._current.compact)

    async def do_edit(self, argument: str) -> None:
        """Write a prompt anew."""
        nodes = self._current.conversation.nodes
        if argument:
            prompt = self._message(argument)
        else:
            prompts = [i for i in self._current.conversation.path() if nodes[i].role is Role.USER]
            prompt = prompts[-1] if prompts else 0
        if not prompt or nodes[prompt].role is not Role.USER:
            raise UsageError("Only what you have said can be edited")
        await self._current.mind(prompt)
        [message] = await self._current.messages([prompt])
        text = self._edited(message.text)
        if text.strip() in ("", message.text.strip()):
            self._page.line("not changed")
            return
        self._page.line(f"you: {clean(text)}")
        await self._mode.let_come(partial(self._current.edit, prompt, text, message.attachments))

    async def do_editor(self, argument: str) -> None:
        """Write the next prompt in the person's editor."""
        text = self._edited(argument)
        if not text.strip():
            self._page.line("nothing is sent")
            return
        self._page.line(f"you: {clean(text)}")
        await self._mode.send(text)

    async def do_attach(self, argument: str) -> None:
        """Let files go along with the next prompt; ``-`` takes all back."""
        mode = self._mode
        if (server := self._served.lists(argument)) is not None:
            await self._served.list(server)
            return
        if argument == "-":
            mode.files.clear()
        elif argument:
            found = await gather(targets_in(argument), mode.workspace.elsewhere)
            mode.files += found.files
            if words := left_out_words(found.left_out):
                self._page.line(words)
        mode.say_files()

    async def do_paste(self, argument: str) -> None:
        """Let the image in the clipboard go along with the next prompt."""
        from tui.system.clipboard_image import read_clipboard

        held = await read_clipboard()
        if isinstance(held, str):
            raise UsageError("There is text in the clipboard and no image", "Your terminal pastes text.")
        self._mode.files.append(held)
        self._mode.say_files()

    def _edited(self, text: str) -> str:
        from tui.system.editor import edit_here

        with self._interrupts.ignored():  # Ctrl+C is the editor's
            return edit_here(text)

    # -- the tree
    async def do_versions(self, argument: str) -> None:
        """Choose another version of a message."""
        shown = self._message(argument)
        versions = await self._current.messages(self._current.conversation.versions(shown))
        rows: list[tuple[str, Act]] = []
        for message in versions:
            now = ", the one that counts" if message.id == shown else ""
            said = f"{speaker(message)}: {one_line(message.text[: 2 * SNIPPET], SNIPPET) or 'no text'}{now}"
            rows.append((said, partial(self._show, message.id)))
        self._mode.offer(rows, self._no_words)

    async def _no_words(self, words: str) -> None:
        raise UsageError("Versions are chosen by number")

    async def _show(self, message_id: int) -> None:
        await self._current.show(message_id)
        [message] = await self._current.messages([message_id])
        self._mode.read_out(message, self._current.conversation.path().index(message_id) + 1)

    async def do_delete(self, argument: str) -> None:
        """Hide a message, or move the conversation to the trash."""
        if argument:
            self._undo = await self._current.delete([self._message(argument)])
            self._page.line("deleted. /undo takes it back; the numbers after it are new")
            return
        service = self._current
        restore = await service.put_in_trash()

        async def undo() -> None:
            await restore()
            await self._mode.show(service)

        self._undo = undo
        title = one_line(service.conversation.title) or "it"
        self._page.line(f"{title} is in the trash. /undo takes it back")
        await self._mode.open_new()

    async def do_undo(self, argument: str) -> None:
        """Take back the last deletion."""
        undo, self._undo = self._undo, None
        if undo is None:
            raise UsageError("There is nothing to undo")
        await undo()
        self._page.line("taken back")

    # -- settings of the conversation
    async def do_title(self, argument: str) -> None:
        """Say the title, or give another."""
        if argument:
            await self._current.change(**self._current.titled(argument))
        self._page.line(f"title: {one_line(self._current.conversation.title) or 'none'}")

    async def do_system(self, argument: str) -> None:
        """Say the system prompt, or give another; ``-`` takes it away."""
        if argument:
            await self._current.change(**self._current.instructed(argument))
        self._page.line(f"system prompt: {clean(self._current.conversation.system) or 'none'}")

    async def do_set(self, argument: str) -> None:
        """Say the parameters, or change one."""
        if argument:
            await self._current.change(**await self._mode.with_parameter(argument))
        said = one_line(in_words(self._current.conversation.parameters))
        self._page.line(said or "no parameter is set. As in /set temperature 0.2")

    async def do_persona(self, argument: str) -> None:
        """Put on a persona, take it off, or choose one."""
        personas, conversation = self._mode.workspace.personas, self._current.conversation
        if argument == "-":
            await self._current.change(**personas.changes(conversation, None))
            self._page.line("no persona, and no system prompt")
        elif argument:
            await self._mode.be_as(argument)
        elif every := personas.all():
            worn = personas.worn(conversation)
            rows: list[tuple[str, Act]] = [
                (
                    f"{persona.name}, {persona.about}{', the one it has' if persona == worn else ''}",
                    partial(self._mode.be_as, persona.name),
                )
                for persona in every
            ]
            self._mode.offer(rows, self.do_persona)
        else:
            self._page.line(
                f"there is no persona yet. One is a file {self._mode.workspace.paths.personas}/NAME.md"
            )

    async def do_project(self, argument: str) -> None:
        """Say what the project would do; ``yes`` uses it, ``no`` does not."""
        wanted = {"yes": True, "y": True, "no": False, "n": False, "": None}
        if argument.lower() not in wanted:
            raise UsageError("A project is used or not", "/project yes or /project no says so.")
        await self._mode.look_at_project()
        if (accepted := wanted[argument.lower()]) is not None:
            await self._mode.decide_on_project(accepted)

    async def do_options(self, argument: str) -> None:
        """Say how this conversation is answered."""
        worn = self._mode.workspace.personas.worn(self._current.conversation)
        self._mode.say_model()
        self._page.line(f"persona: {worn.name if worn else 'none'}")
        await self.do_system("")
        await self._say_knobs()
        if project := self._current.conversation.project:
            self._page.line(f"project: {one_line(project)}")
        on = sorted(self._mode.tools.on(self._current.conversation))
        self._page.line(f"tools: {', '.join(on) or 'none is on'}")
        self._page.line(f"about {await self._current.tokens():,} tokens so far")
        await self._mode.say_usage()

    async def _say_knobs(self) -> None:
        """Say which parameters the model takes, and which are set."""
        conversation, workspace = self._current.conversation, self._mode.workspace
        if not conversation.model:
            return
        info = workspace.engine.info(conversation.model)
        for knob in await workspace.registry.knobs(conversation.model, info):
            if knob.refused:
                self._page.line(f"{knob.name}: the model {knob.refused}")
            else:
                now = conversation.parameters.get(knob.name, knob.usual)
                self._page.line(
                    f"{knob.name}: {'not set' if now is None else one_line(str(now))}, {knob.range}"
                )

    # -- taking out
    async def do_copy(self, argument: str) -> None:
        """Copy a message, as Markdown."""
        from tui.system.clipboard import copy_by_tool

        [message] = await self._current.messages([self._message(argument)])
        self._page.line(one_line((await copy_by_tool(message.text)).words))

    async def do_export(self, argument: str) -> None:
        """Write the conversation to a file."""
        path = await self._current.export(Path(argument))
        self._page.line(f"exported to {path}")

    async def do_save(self, argument: str) -> None:
        """Write the newest picture to a file that is not there yet."""
        for message_id in self._current.conversation.upward():
            [message] = await self._current.messages([message_id])
            if pictures := pictures_of(message.parts):
                await self._save(pictures[-1], argument)
                return
        raise UsageError("There is no picture here to save")

    async def _save(self, picture: Attachment, typed: str) -> None:
        [filled] = await self._current.contents([picture])
        if filled.data is None:
            raise UsageError("The content of this picture is lost")
        suggested = unused_name(picture.name)
        path = await asyncio.to_thread(save_picture_to, filled.data, place_of(typed or suggested, suggested))
        self._page.line(f"saved to {clean(str(path))}")
