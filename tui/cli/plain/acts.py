"""The commands that do something with a conversation."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from tui.chat.message import Role
from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.printer import read_out, speaker
from tui.cli.plain.session import Act, Session
from tui.engine.choice import find_model
from tui.engine.conversation_service import Talk, Undo
from tui.engine.typed_paths import paths_in, read_all
from tui.errors import UsageError
from tui.parameters import changed
from tui.text import clean, one_line

SNIPPET = 80
"""Characters of a version by which it is known."""


class Acts:
    """Sends, answers again, changes, takes out, deletes."""

    def __init__(self, session: Session, interrupts: Interrupts) -> None:
        self._session = session
        self._page = session.page
        self._interrupts = interrupts
        self._undo: Undo | None = None

    @property
    def _talk(self) -> Talk:
        return self._session.talk

    def _message(self, argument: str) -> int:
        """The message with this number, or the last reply.

        Raises:
            UsageError: There is none.
        """
        path = self._talk.conversation.path()
        if not argument:
            message_id = self._talk.last_reply
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
        workspace = self._session.workspace
        model = find_model(argument, workspace.registry, workspace.catalogue) if argument else None
        last = self._talk.last_reply or self._talk.last
        if last is None:
            raise UsageError("There is nothing to answer yet")
        await self._session.let_come(await self._talk.retry(last, model))

    async def do_continue(self, argument: str) -> None:
        """Let the last reply go on."""
        await self._session.let_come(await self._talk.resume(self._message("")))

    async def do_compact(self, argument: str) -> None:
        """Let a summary come, with which later requests begin."""
        await self._session.let_come(await self._talk.compact())

    async def do_edit(self, argument: str) -> None:
        """Write a prompt anew."""
        nodes = self._talk.conversation.nodes
        if argument:
            prompt = self._message(argument)
        else:
            prompts = [i for i in self._talk.conversation.path() if nodes[i].role is Role.USER]
            prompt = prompts[-1] if prompts else 0
        if not prompt or nodes[prompt].role is not Role.USER:
            raise UsageError("Only what you have said can be edited")
        [message] = await self._talk.messages([prompt])
        text = self._edited(message.text)
        if text.strip() in ("", message.text.strip()):
            self._page.line("not changed")
            return
        self._page.line(f"you: {clean(text)}")
        await self._session.let_come(await self._talk.edit(prompt, text, message.attachments))

    async def do_editor(self, argument: str) -> None:
        """Write the next prompt in the person's editor."""
        text = self._edited(argument)
        if not text.strip():
            self._page.line("nothing is sent")
            return
        self._page.line(f"you: {clean(text)}")
        await self._session.send(text)

    async def do_attach(self, argument: str) -> None:
        """Let files go along with the next prompt; ``-`` takes all back."""
        session = self._session
        if argument == "-":
            session.files.clear()
        elif argument:
            session.files += await read_all(paths_in(argument))
        session.say_files()

    async def do_paste(self, argument: str) -> None:
        """Let the image in the clipboard go along with the next prompt."""
        from tui.system.clipboard_image import read_clipboard

        held = await read_clipboard()
        if isinstance(held, str):
            raise UsageError("There is text in the clipboard and no image", "Your terminal pastes text.")
        self._session.files.append(held)
        self._session.say_files()

    def _edited(self, text: str) -> str:
        from tui.system.editor import edit_here

        with self._interrupts.ignored():  # Ctrl+C is the editor's
            return edit_here(text)

    # -- the tree
    async def do_versions(self, argument: str) -> None:
        """Choose another version of a message."""
        shown = self._message(argument)
        versions = await self._talk.messages(self._talk.conversation.versions(shown))
        rows: list[tuple[str, Act]] = []
        for message in versions:
            now = ", the one that counts" if message.id == shown else ""
            said = f"{speaker(message)}: {one_line(message.text[: 2 * SNIPPET], SNIPPET) or 'no text'}{now}"
            rows.append((said, partial(self._show, message.id)))
        self._session.offer(rows, self._no_words)

    async def _no_words(self, words: str) -> None:
        raise UsageError("Versions are chosen by number")

    async def _show(self, message_id: int) -> None:
        await self._talk.show(message_id)
        [message] = await self._talk.messages([message_id])
        read_out(self._page, message, self._talk.conversation.path().index(message_id) + 1)

    async def do_delete(self, argument: str) -> None:
        """Hide a message, or move the conversation to the trash."""
        if argument:
            self._undo = await self._talk.delete([self._message(argument)])
            self._page.line("deleted. /undo takes it back; the numbers after it are new")
            return
        conversation = self._talk.conversation
        if not conversation.id:
            raise UsageError("This conversation is empty yet")
        store = self._talk.place.store
        await store.delete_conversation(conversation.id)

        async def undo() -> None:
            await store.restore_conversation(conversation.id)
            await self._session.show(conversation)

        self._undo = undo
        self._page.line(f"{one_line(conversation.title) or 'it'} is in the trash. /undo takes it back")
        await self._session.open_new()

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
            await self._talk.change(title=one_line(argument, 200), titled=True)
        self._page.line(f"title: {one_line(self._talk.conversation.title) or 'none'}")

    async def do_system(self, argument: str) -> None:
        """Say the system prompt, or give another; ``-`` takes it away."""
        if argument:
            await self._talk.change(system="" if argument == "-" else clean(argument))
        self._page.line(f"system prompt: {clean(self._talk.conversation.system) or 'none'}")

    async def do_set(self, argument: str) -> None:
        """Say the parameters, or change one."""
        name, _, value = argument.partition(" ")
        if name:
            parameters = changed(self._talk.conversation.parameters, name, value.strip())
            await self._talk.change(parameters=parameters)
        said = [f"{key} = {value}" for key, value in self._talk.conversation.parameters.items()]
        self._page.line(one_line(", ".join(said)) or "no parameter is set. As in /set temperature 0.2")

    # -- taking out
    async def do_copy(self, argument: str) -> None:
        """Copy a message, as Markdown."""
        from tui.system.clipboard import copy_by_tool

        [message] = await self._talk.messages([self._message(argument)])
        self._page.line(one_line((await copy_by_tool(message.text)).words))

    async def do_export(self, argument: str) -> None:
        """Write the conversation to a file."""
        from tui.engine.exporting import write_conversation
        from tui.history.taking_out import bundle_of

        if self._talk.last is None:
            raise UsageError("There is nothing to export yet")
        bundle = await bundle_of(self._talk.place.store, self._talk.conversation.id)
        path = await asyncio.to_thread(write_conversation, bundle, Path(argument))
        self._page.line(f"exported to {path}")
