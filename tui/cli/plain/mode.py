"""The conversation on the page: begins, answers, and offers choices by number."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, Self, assert_never

from msgspec import Struct

from tui.chat.attachment import Attachment, tokens_words
from tui.chat.export import about
from tui.chat.message import Message
from tui.chat.model import hue_of, split_id
from tui.cli.plain.page import Page, name_of
from tui.cli.plain.printer import Printer, read_out
from tui.cli.plain.voice import Manner
from tui.config import reread
from tui.engine.conversation_service import ConversationService
from tui.engine.project import PROMISE, no_project
from tui.engine.reply import Reply
from tui.engine.session import Session
from tui.engine.session_events import (
    AllSaved,
    Fault,
    GivenBack,
    NotSaved,
    Problem,
    QueueChanged,
    ReplyBegan,
    ReplyEnded,
    ReplyWentOn,
    SessionEvent,
    Titled,
    Warned,
)
from tui.engine.start_options import StartOptions
from tui.engine.tools import Tools
from tui.engine.workspace import Workspace
from tui.errors import UsageError
from tui.history.store import ConversationChanges
from tui.installing import ENGINE, how_to_install
from tui.parameters import Value, in_words
from tui.text import one_line

Act = Callable[[], Awaitable[None]]


class Joining(Protocol):
    """Asks the person on the terminal."""

    def join(self) -> bool | None:
        """Ask whether the project that was just spoken of counts. None where that is left open."""
        ...


class Choice(Struct, frozen=True):
    """What was offered: the next line is a number, or words for another list."""

    acts: Sequence[Act]
    narrow: Callable[[str], Awaitable[None]]


class PlainMode:
    """One conversation at a time, and what is said about it."""

    def __init__(self, page: Page, workspace: Workspace, start: StartOptions, manner: Manner) -> None:
        self.page = page
        self.manner = manner
        self.workspace = workspace
        self.choice: Choice | None = None
        self.files: list[Attachment] = list(start.attachments)
        """What goes along with the next prompt."""
        self._session = Session(workspace, temporary=start.temporary)
        self._session.subscribe(self._heard)
        self._printer: Printer | None = None
        self._faults: list[Exception] = []

    @property
    def current(self) -> ConversationService:
        """The conversation on the page."""
        return self._session.current

    @property
    def tools(self) -> Tools:
        """What models may use."""
        return self._session.tools

    @property
    def prompt(self) -> str:
        """What the person is asked."""
        return "number or words: " if self.choice else "you: "

    async def reread_settings(self) -> None:
        """Work by what the config says now, if somebody has written it since."""
        before = self.workspace.config
        config = reread(before)
        if config is before:
            return
        told = set(map(str, before.problems))
        self.workspace.use(config)
        for problem in config.problems:
            if str(problem) not in told:
                self.page.tell(problem)
        if not config.broken:
            self.page.line(f"{config.path.name} was changed elsewhere, and counts here now")

    async def finish(self) -> None:
        """Stop and store every reply."""
        await self._session.close()

    @property
    def lost(self) -> Sequence[str]:
        """What the history has not taken to the end, each in words; nothing if it has all."""
        return self._session.lost

    # -- which conversation
    @classmethod
    async def begin(cls, page: Page, workspace: Workspace, start: StartOptions, manner: Manner) -> Self:
        """Open what the command line names, and say where one is.

        Raises:
            NotFoundError: There is no such conversation.
            UsageError: There is no such model.
        """
        mode = cls(page, workspace, start, manner)
        for words in filter(None, (workspace.store.notice, workspace.catalogue.notice)):
            page.line(one_line(words))
        kept = (*workspace.saved_prompts.problems(), *workspace.personas.problems())
        for problem in (*workspace.registry.problems, *kept):
            page.tell(problem)
        page.line(f"Segue, {manner.title}. /help tells the commands")
        if mode.files:
            mode.say_files()
        await mode._look_for_models()
        await mode._session.begin_with(start)
        model = await mode.find_model(start.model) if start.model else None
        await mode.show(mode.current, model)
        return mode

    async def find_model(self, words: str) -> str:
        """The model that the person means; servers are asked where it is not known.

        Raises:
            UsageError: None is meant, or several may be.
        """
        return await self._session.find_model(words)

    async def open(self, conversation_id: int) -> None:
        """Open a stored conversation."""
        await self.show(await self._session.find(conversation_id))

    async def open_new(self) -> None:
        """Begin a new one; it is stored with its first prompt."""
        await self._look_for_models()
        await self.show(await self._session.new())

    async def _look_for_models(self) -> None:
        """Ask the servers for theirs, where a new conversation would do without them."""
        if await self._session.look_first():
            self.page.line("looking for models")
            await self.workspace.catalogue.refresh(self.workspace.catalogue.stale())

    async def show(self, service: ConversationService, model: str | None = None) -> None:
        """Make this the conversation, and say what it is."""
        self._session.turn_to(service)
        conversation = service.conversation
        count = len(conversation.path())
        if count:
            title = one_line(conversation.title) or "no title"
            self.page.line(f"{title}, {count} messages. /history reads them")
        else:
            self.page.line("temporary conversation" if conversation.temporary else "new conversation")
        if model:
            await service.change(model=model)
        self.say_model()
        await self._session.note_here(service)

    # -- the project
    async def offer_project(self, asker: Joining | None) -> None:
        """Ask whether the project counts, if the person has not spoken of it as it is now.

        Args:
            asker: Asks; without one, the project is only said.
        """
        if self._session.projects.unasked is None:
            return
        self._say_project()
        accepted = asker.join() if asker is not None else None
        if accepted is not None:
            await self.decide_on_project(accepted)
        elif asker is None:
            self.page.line("it does not count before you say so: /project yes or /project no")

    def _say_project(self) -> None:
        """Say all that the project would do."""
        projects = self._session.projects
        if (project := projects.found) is not None:
            self.page.line(f"{projects.standing} {project.shown_folder}. {PROMISE}")
            for words in project.wants():
                self.page.line(words)

    async def decide_on_project(self, accepted: bool) -> None:
        """Let the project count from now on, or not."""
        await self._session.decide_on_project(accepted)
        self.page.line(self._session.projects.decided)
        if accepted and not self.current.conversation.id:
            self.say_model()

    async def look_at_project(self) -> None:
        """Look for the project again, and say all that it would do.

        Raises:
            UsageError: There is none.
        """
        await self._session.look_for_project()
        project = self._session.projects.found
        if project is None:
            raise no_project()
        if not project.broken:  # else it was told why
            self._say_project()

    async def say_usage(self) -> None:
        """Say what was spent."""
        for words in await self._session.spent_words():
            self.page.line(words)

    def say_model(self) -> None:
        """Say who answers."""
        model = self.current.conversation.model
        if model is None:
            self.page.line(
                "no model can be used yet. Keep a provider's key with segue keys set PROVIDER, "
                f"or install the model of this machine: {how_to_install(ENGINE)}. Then /model"
            )
            return
        self.page.line(f"{name_of(model)} of {one_line(split_id(model)[0])} answers{self._fetched(model)}")

    async def be_as(
        self, persona: str, model: str = "", parameters: Mapping[str, Value] = MappingProxyType({})
    ) -> None:
        """Let the conversation be answered as a persona or a kept prompt says, and say what is another now.

        Raises:
            SegueError: There is no such persona or model.
        """
        changes = await self._session.as_wanted(self.current, persona, model, parameters)
        await self.current.change(**changes)
        if persona:
            self.page.line(f"persona: {persona}")
        if "parameters" in changes:
            self.page.line(one_line(in_words(changes["parameters"])) or "no parameter is set")
        if "model" in changes:
            self.say_model()

    async def with_parameter(self, written: str) -> ConversationChanges:
        """What changes a parameter as it is written after /set: ``NAME VALUE``.

        Raises:
            UsageError: There is no such parameter, or the model does not take this value.
        """
        return await self._session.with_parameter(self.current, written)

    def _fetched(self, model_id: str) -> str:
        """How much the first reply of a model on this machine fetches."""
        size = self.workspace.registry.download_of(model_id)
        if size is None:
            return ""
        return ", on this machine" + (f"; its first reply fetches {size / 1e6:.0f} MB" if size else "")

    # -- replies
    def say_files(self) -> None:
        """Say what goes along with the next prompt."""
        said = "; ".join(
            f"{one_line(file.name)}, {about(file)}, {tokens_words(file.tokens)}" for file in self.files
        )
        self.page.line(f"with the next prompt: {said or 'no file'}")

    async def send(self, text: str) -> None:
        """Send a prompt with the files that wait for it, and say its reply."""
        from tui.engine.mentioning import read_mentioned

        named = await read_mentioned(text, self.workspace.elsewhere, self.page.line)
        for words in (*named.brought, *named.troubles):
            self.page.line(words)
        files = tuple(dict.fromkeys((*self.files, *named.files)))
        before = self.current.last
        await self._session.catch_up()
        if self.current.last != before:
            raise UsageError(
                "Another program went on in this conversation",
                "/history reads it; the prompt once more sends it.",
            )

        async def sent() -> Reply:
            reply = await self.current.send(text, files)
            self.files = []
            return reply

        await self.let_come(sent)

    async def let_come(self, act: Callable[[], Awaitable[Reply]]) -> None:
        """Say a reply as it comes; stopped, it keeps its text.

        Raises:
            SegueError: It can't begin.
        """
        live = await self._session.start(self.current, act)
        message = live.reply.message
        voice = self.manner.voice(self.page, message, self._hue(message))
        self._printer = printer = Printer(self.page, message, voice)  # before anything of it can come
        company = asyncio.create_task(voice.keep_company())
        try:
            await live.ended()
        except asyncio.CancelledError:
            self._session.live.stop(live)
            await live.ended()
            voice.cut()
            raise
        finally:
            company.cancel()
            self._printer = None
            printer.end()
        await self._session.note_use(self.current, message.model)
        await self._session.settle()
        if self._faults:
            raise self._faults.pop()

    def read_out(self, message: Message, number: int) -> None:
        """Say a stored message of this conversation, with its number in it."""
        read_out(self.page, self.manner, message, number, self._hue(message))

    def _hue(self, message: Message) -> str:
        return hue_of(message.model, self.current.conversation.hues) if message.model else ""

    def _heard(self, event: SessionEvent) -> None:
        match event:
            case ReplyWentOn(event=piece) if self._printer is not None:
                self._printer.take(piece)
            case NotSaved(reason):
                self._remark(f"not saved: {one_line(reason)}")
            case AllSaved():
                self._remark("everything is saved again")
            case Warned(words):
                self._remark(one_line(words))
            case Problem(error):
                self.page.tell(error)
            case Fault(fault):
                self._faults.append(fault)
            case ReplyBegan() | ReplyWentOn() | ReplyEnded() | GivenBack() | QueueChanged() | Titled():
                pass
            case _:
                assert_never(event)

    def _remark(self, words: str) -> None:
        if self._printer is not None:
            self._printer.voice.remark(words)
        else:
            self.page.line(words)

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
