"""The conversation on the page: begins, answers, and offers choices by number."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self

from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation
from tui.chat.export import about
from tui.chat.message import Message, Status
from tui.chat.model import split_id
from tui.cli.plain.page import Page
from tui.cli.plain.printer import Printer, name_of
from tui.engine.choice import LOCAL, choose_model, find_model, note_model
from tui.engine.conversation_service import Place, Talk
from tui.engine.folder import Folder
from tui.engine.reply import Reply
from tui.engine.start_options import StartOptions
from tui.engine.workspace import Workspace
from tui.errors import HistoryError, NotFoundError, UsageError
from tui.text import one_line

Act = Callable[[], Awaitable[None]]
_FIRST_TURN = 2
"""Messages after the first reply: then a model may name the conversation."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was offered: the next line is a number, or words for another list."""

    acts: Sequence[Act]
    narrow: Callable[[str], Awaitable[None]]


class Session:
    """One conversation at a time, and what is said about it."""

    def __init__(self, page: Page, workspace: Workspace, start: StartOptions) -> None:
        self.page = page
        self.workspace = workspace
        self.choice: Choice | None = None
        self.files: list[Attachment] = list(start.attachments)
        """What goes along with the next prompt."""
        self._place = Place(workspace.store, workspace.engine, start.temporary)
        self._folder = Folder(workspace.store) if start.here else None
        self.talk = Talk(self._place, Conversation(0))

    @property
    def prompt(self) -> str:
        """What the person is asked."""
        return "number or words: " if self.choice else "you: "

    # -- which conversation
    @classmethod
    async def begin(cls, page: Page, workspace: Workspace, start: StartOptions) -> Self:
        """Open what the command line names, and say where one is.

        Raises:
            NotFoundError: There is no such conversation.
            UsageError: There is no such model.
        """
        session = cls(page, workspace, start)
        for words in filter(None, (workspace.store.notice, workspace.catalogue.notice)):
            page.line(one_line(words))
        for problem in (*workspace.registry.problems, *workspace.saved_prompts.problems()):
            page.tell(problem)
        page.line("Segue, plain mode. /help tells the commands")
        if session.files:
            session.say_files()
        found = await session._wanted(start)
        model = find_model(start.model, workspace.registry, workspace.catalogue) if start.model else None
        await session.show(found or await session._blank(), model)
        return session

    async def _wanted(self, start: StartOptions) -> Conversation | None:
        store = self.workspace.store
        if start.open_id is not None:
            return await store.load_conversation(start.open_id)
        wanted = await self._folder.last() if self._folder else None
        if start.continue_last:
            wanted = await store.last_used()
        with contextlib.suppress(NotFoundError):
            found = await store.load_conversation(wanted) if wanted else None
            return found if found and not found.deleted else None
        return None

    async def _blank(self) -> Conversation:
        workspace = self.workspace
        parts = (workspace.config, workspace.store, workspace.registry, workspace.catalogue)
        model = await choose_model(*parts)
        if model is None:
            self.page.line("looking for models")
            await workspace.catalogue.refresh()
            model = await choose_model(*parts)
        return Conversation(0, model=model, system=workspace.config.system, temporary=self._place.temporary)

    async def open(self, conversation_id: int) -> None:
        """Open a stored conversation."""
        await self.show(await self.workspace.store.load_conversation(conversation_id))

    async def open_new(self) -> None:
        """Begin a new one; it is stored with its first prompt."""
        await self.show(await self._blank())

    async def show(self, conversation: Conversation, model: str | None = None) -> None:
        """Make this the conversation, and say what it is."""
        self.talk = Talk(self._place, conversation)
        conversation.temporary = self._place.temporary
        count = len(conversation.path())
        if count:
            title = one_line(conversation.title) or "no title"
            self.page.line(f"{title}, {count} messages. /history reads them")
        else:
            self.page.line("temporary conversation" if conversation.temporary else "new conversation")
        if model:
            await self.talk.change(model=model)
        self.say_model()
        await self._note_folder()

    def say_model(self) -> None:
        """Say who answers."""
        model = self.talk.conversation.model
        if model is None:
            self.page.line(
                "no model can be used yet. Keep a provider's key with segue keys set PROVIDER, "
                "or install the model of this machine: pip install xllamacpp. Then /model"
            )
            return
        self.page.line(f"{name_of(model)} of {one_line(split_id(model)[0])} answers{self._fetched(model)}")

    def _fetched(self, model_id: str) -> str:
        """How much the first reply of a model on this machine fetches."""
        if split_id(model_id)[0] != LOCAL:
            return ""
        size = self.workspace.downloads().get(model_id)
        return ", on this machine" + (f"; its first reply fetches {size / 1e6:.0f} MB" if size else "")

    async def _note_folder(self) -> None:
        if self._folder is not None and self.talk.conversation.id:
            await self._folder.note(self.talk.conversation)

    # -- replies
    def say_files(self) -> None:
        """Say what goes along with the next prompt."""
        said = "; ".join(f"{one_line(file.name)}, {about(file)}" for file in self.files)
        self.page.line(f"with the next prompt: {said or 'no file'}")

    async def send(self, text: str) -> None:
        """Send a prompt with the files that wait for it, and say its reply."""
        reply = await self.talk.send(text, self.files)
        self.files = []
        await self.let_come(reply)

    async def let_come(self, reply: Reply) -> None:
        """Say a reply as it comes, and keep what it tells of the person's ways."""
        printer = Printer(self.page, reply.message)
        company = asyncio.create_task(printer.keep_company())
        try:
            ended = await reply.run(printer.take)
        except asyncio.CancelledError:
            self.page.cut()
            raise
        finally:
            company.cancel()
            printer.end()
        await self._note_use(ended)

    async def _note_use(self, message: Message) -> None:
        conversation, store = self.talk.conversation, self.workspace.store
        try:
            if message.model and not conversation.temporary:
                await note_model(store, message.model)
            await self._note_folder()
            first = len(conversation.path()) == _FIRST_TURN
            if first and self.workspace.config.auto_title and message.status is Status.COMPLETE:
                await self.workspace.engine.name(conversation)
        except HistoryError as error:
            self.page.tell(error)

    # -- choices
    def offer(
        self,
        rows: Sequence[tuple[str, Act]],
        narrow: Callable[[str], Awaitable[None]],
        more: int = 0,
    ) -> None:
        """Say what there is to choose, by numbers; one thing alone is chosen by its number too.

        Args:
            rows: The words of each thing, and what chooses it.
            narrow: Makes another list of words.
            more: How many there are beside these.
        """
        for number, (words, _) in enumerate(rows, 1):
            self.page.line(f"{number}. {words}")
        if more:
            self.page.line(f"and {more} more; words find them")
        self.choice = Choice([act for _, act in rows], narrow)

    async def choose(self, choice: Choice, entered: str) -> None:
        """Do what was entered after an offer; an empty line leaves it.

        Raises:
            UsageError: There is no such number; the offer stands.
        """
        self.choice = None
        if entered.isdecimal():
            number = int(entered)
            if not 1 <= number <= len(choice.acts):
                self.choice = choice
                raise UsageError(f"There is no number {number}", "An empty line leaves the list.")
            await choice.acts[number - 1]()
        elif entered:
            await choice.narrow(entered)
