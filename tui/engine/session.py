"""What one run of the program has at hand: the conversation that is read, and those still being answered.

It draws nothing: front ends call it, and subscribe to what it tells. It needs a running event loop only while
something is done; between two acts the loop may rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Unpack, assert_never, cast

from msgspec.structs import replace

from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, joined
from tui.chat.message import Message, Status
from tui.chat.spending import Sum, spent_words, total
from tui.engine.choice import choose_model, look_first, look_for_models, title_model
from tui.engine.conversation_service import ConversationService, Storage, change_stored, fields_of
from tui.engine.drafts import Drafts
from tui.engine.engine import Engine
from tui.engine.events import (
    CallChanged,
    Event,
    Finished,
    Noticed,
    PartAdded,
    ReasoningAdded,
    Saved,
    Started,
    TextAdded,
    TextWasReasoning,
    Unsaved,
    Waiting,
    Working,
)
from tui.engine.live import LiveReplies, LiveReply, key_of
from tui.engine.project import Project
from tui.engine.projects import Projects
from tui.engine.session_events import (
    AllSaved,
    Fault,
    GivenBack,
    Listener,
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
from tui.engine.tools import turned
from tui.engine.which_conversation import find_conversation
from tui.engine.workspace import Workspace
from tui.errors import HistoryError, NotFoundError, ProviderError, SegueError, UsageError
from tui.history.store import ConversationChanges, HistoryStore, ListFilter, News, StopAsked
from tui.parameters import Value
from tui.tools.approval import Asker

if TYPE_CHECKING:  # it is loaded when one is begun
    from tui.engine.reply import Reply

_WENT_WELL = frozenset({Status.COMPLETE, Status.LENGTH, Status.TOOL, Status.EMPTY})
"""Ends after which a queued prompt is sent; after any other the person decides."""
_FIRST_TURN = 2
"""Messages after the first reply: then a model may name the conversation."""

_PINNED = 1000
"""As many come before the newest in a list, at most."""
_SETTINGS = ("model", "system", "parameters", "tools")
"""What a project may set."""
_NOTHING = Draft()
Act = Callable[[], Awaitable["Reply"]]
_LOST_REPLY = "the last of the replies could not be saved; the history has it as far as it came there"
_LOST_DRAFT = "what was written and not sent could not be saved"


class Session:
    """Conversations, live replies, queues and drafts, over one workspace."""

    def __init__(self, workspace: Workspace, *, temporary: bool = False) -> None:
        """Take over the workspace; its end stops every reply.

        Args:
            workspace: The parts to work with.
            temporary: Nothing of this run is kept: the store is one in memory.
        """
        self.workspace = workspace
        self.drafts = Drafts(self._store_of, self._spawn, self._not_saved, self._saved, self._queued)
        self.live = LiveReplies(self._heard, self._fault)
        self.unread: set[int] = set()
        """Conversations in which a reply has ended that was not seen."""
        self._listeners: list[Listener] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._beginning: set[asyncio.Task[None]] = set()
        self._closing = False
        workspace.engine.budget.tell = lambda words: self._tell(Warned(words))
        self.projects = Projects(workspace.paths.projects, keeps=not temporary)
        """The project of the folder of work, once it was looked for."""
        self.tools = workspace.engine.tools
        """What models may use."""
        self._kept = Storage(workspace.store, workspace.engine, temporary)
        self._forgotten: Storage | None = None
        self._opening = asyncio.Lock()
        self._at_work: dict[int, ConversationService] = {}
        self._naming: set[ConversationService] = set()
        """Those that a model is naming: who changes the title meanwhile must change it there."""
        self._by_folder = False
        """The person works by folder: what is only read in one is its conversation too."""
        self.current = self._service(self._kept, Conversation(0))
        """The conversation that is read."""
        workspace.at_close.push_async_callback(self.close)
        workspace.store.subscribe(self._stored)

    # -- what is allowed
    @property
    def asker(self) -> Asker | None:
        """The front end that can ask the person; without one, what would be asked is not allowed."""
        return self.tools.asker

    @asker.setter
    def asker(self, asker: Asker | None) -> None:
        self.tools.asker = asker

    # -- what it tells
    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event, at once and in order. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, event: SessionEvent) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception as error:
                if isinstance(event, Fault):
                    self._report(error)
                else:
                    self._fault(error)

    def _problem(self, error: SegueError) -> None:
        self._tell(Problem(error))

    def _not_saved(self, why: HistoryError) -> None:
        self._tell(NotSaved(str(why)))

    def _saved(self) -> None:
        if not self.any_refused:
            self._tell(AllSaved())

    @property
    def any_refused(self) -> bool:
        """Whether the history did not take a reply or a draft when it was offered last."""
        return self.live.any_refused or self.drafts.any_refused

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SegueError):
            self._problem(error)
        else:
            self._fault(error)

    def _fault(self, error: Exception) -> None:
        if self._listeners:
            self._tell(Fault(error))
        else:
            self._report(error)

    @staticmethod
    def _report(error: Exception) -> None:
        """Nobody can be told: what stands behind the loop hears of it."""
        asyncio.get_running_loop().call_exception_handler({"message": "A fault", "exception": error})

    def _spawn(self, act: Callable[[], Awaitable[None]]) -> asyncio.Task[None] | None:
        """Let ``act`` run beside what is done; a fault in it is told. At the end nothing is begun."""
        if self._closing:
            return None
        task = asyncio.create_task(self._guarded(act))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except Exception as error:
            self._fault(error)

    async def settle(self) -> None:
        """Wait until nothing is on its way but replies; who waits no longer gives the rest up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- which conversation
    def _service(self, storage: Storage, conversation: Conversation) -> ConversationService:
        return ConversationService(storage, conversation, self.live)

    async def begin_with(self, options: StartOptions, left_in: int | None = None) -> None:
        """Take the conversation that the command line names, or a new one.

        Args:
            options: What the command line asks for.
            left_in: The conversation to take where it asks for nothing.

        Raises:
            NotFoundError: There is no such conversation; a new one was taken.
            UsageError: Several may be meant; a new one was taken. Or there is no such persona.
        """
        await self.look_for_project()
        named = options.open_id is not None
        try:
            wanted = await self._wanted(options) if options.asks else left_in
            found = await self.find(wanted) if wanted is not None else None
        except (NotFoundError, UsageError):
            self.current = await self.new()
            if named:
                raise
            return
        trashed = found is not None and found.conversation.deleted and not named
        self.current = await self.new() if found is None or trashed else found
        if options.persona:
            persona = self.workspace.personas.find(options.persona)
            await self.current.change(**self.workspace.personas.changes(self.current.conversation, persona))

    async def _wanted(self, options: StartOptions) -> int | None:
        if options.here:
            self._by_folder = True
            return await self._last_of_project() or await self.workspace.preferences.last_here()
        store = self._kept.store
        if options.open_id is not None:
            return await find_conversation(store, str(options.open_id))
        return await store.last_used() if options.continue_last else None

    async def _last_of_project(self) -> int | None:
        """The newest conversation of the project, pinned or not."""
        if (project := self.projects.used) is None:
            return None
        chosen = ListFilter(project=str(project.folder), begun_by="")
        rows = await self._kept.store.list_conversations(chosen, limit=_PINNED)
        return max(rows, key=lambda row: row.updated_at).id if rows else None

    async def find(self, conversation_id: int) -> ConversationService:
        """A stored conversation; the same object while it is being answered."""
        known = self._known(conversation_id)
        if known is not None:
            return known
        conversation = await self._kept.store.load_conversation(conversation_id)
        conversation.temporary = self._kept.temporary
        service = self._service(self._kept, conversation)
        self._bring_files(service)
        return service

    async def change(
        self, conversation_id: int, /, **changes: Unpack[ConversationChanges]
    ) -> ConversationChanges:
        """Change fields of a stored conversation, at hand or not. Returns what they were."""
        service = self.current if conversation_id == self.current_id else self._known(conversation_id)
        if service is None:
            return await change_stored(self._kept.store, conversation_id, **changes)
        before = fields_of(service.conversation, changes)
        await service.change(**changes)
        return before

    def _known(self, conversation_id: int) -> ConversationService | None:
        """A conversation that is at work."""
        return self._at_work.get(-conversation_id if self._kept.temporary else conversation_id)

    async def as_it_is(self, service: ConversationService) -> ConversationService:
        """A conversation as it is now: it may have been left, and opened again."""
        if service is self.current or not service.key or service.storage is not self._kept:
            return service
        return self.current if service.key == self.current.key else await self.find(service.conversation.id)

    async def new(self) -> ConversationService:
        """An empty conversation, which is stored with its first prompt."""
        return await self._new(self._kept)

    async def _new(self, storage: Storage) -> ConversationService:
        service = self._service(storage, await self._blank(storage))
        await self._join(service)
        return service

    async def new_temporary(self) -> ConversationService:
        """An empty conversation that is kept in memory only; what is written on a new page comes along."""
        storage = self._kept if self._kept.temporary else await self._forgotten_storage()
        made = await self._new(storage)
        left = self.current.conversation
        if not left.id and left.temporary != storage.temporary:
            await self.drafts.move(left, made.conversation)
        return made

    async def _forgotten_storage(self) -> Storage:
        async with self._opening:  # whoever comes second gets the same
            if self._forgotten is None:
                workspace = self.workspace
                store = await workspace.open_temporary()
                budget = workspace.engine.budget
                budget.count_also(store)
                engine = Engine(
                    store, workspace.engine.resolver, workspace.catalogue, tools=self.tools, budget=budget
                )
                self._forgotten = Storage(store, engine, temporary=True)
            return self._forgotten

    async def spent_words(self) -> list[str]:
        """What the conversation that is read, today and this month have taken, in words."""
        here = await self.spent_here()
        return [spent_words("this conversation", here), *await self.workspace.engine.budget.words()]

    async def spent_here(self) -> Sum:
        """What the conversation that is read has taken."""
        conversation = self.current.conversation
        rows = await self.current.storage.store.spending() if conversation.id else []
        return total(row for row in rows if row.conversation_id == conversation.id)

    def _store_of(self, conversation: Conversation) -> HistoryStore:
        forgotten = self._forgotten
        return forgotten.store if forgotten is not None and conversation.temporary else self._kept.store

    async def _blank(self, storage: Storage) -> Conversation:
        model, system = await self.choose_model(), self.workspace.config.system
        return Conversation(0, model=model, system=system, temporary=storage.temporary)

    async def choose_model(self) -> str | None:
        """The model that answers when nobody has chosen one."""
        workspace = self.workspace
        return await choose_model(
            workspace.config, workspace.preferences, workspace.registry, workspace.catalogue
        )

    async def look_first(self) -> bool:
        """Whether the servers should be asked for their models before one is chosen."""
        workspace = self.workspace
        return await look_first(
            workspace.config, workspace.preferences, workspace.registry, workspace.catalogue
        )

    async def find_model(self, words: str) -> str:
        """The model that a person means; servers are asked where it is not known.

        Raises:
            UsageError: None is meant, or several may be.
        """
        [found] = await self.find_models([words])
        if isinstance(found, UsageError):
            raise found
        return found

    async def find_models(self, words: Sequence[str]) -> list[str | UsageError]:
        """The models that a person means, or why it is none; servers are asked once if one is not known."""
        registry, catalogue = self.workspace.registry, self.workspace.catalogue
        return await look_for_models(
            words, registry, catalogue, lambda: self._tell(Warned("Looking for models"))
        )

    async def with_parameter(self, service: ConversationService, written: str) -> ConversationChanges:
        """What changes a parameter of a conversation as it is written after /set: ``NAME VALUE``.

        Raises:
            UsageError: There is no such parameter, or the model does not take this value.
        """
        changes = service.with_parameter(written)
        await self._check_parameters(service, changes)
        return changes

    async def _check_parameters(self, service: ConversationService, changes: ConversationChanges) -> None:
        """Refuse parameters that are new and outside what the model takes, as far as that is known."""
        before = service.conversation.parameters.items()
        new = dict(changes.get("parameters", {}).items() - before)
        model = changes.get("model") or service.conversation.model
        if not new or not model:
            return
        with suppress(ProviderError):  # who can't be loaded now takes what it likes
            for knob in await self.workspace.registry.knobs(model, self.workspace.engine.info(model)):
                if knob.name in new and not knob.refused and (wrong := knob.wrong(new[knob.name])):
                    raise UsageError(wrong)

    async def as_wanted(
        self,
        service: ConversationService,
        persona: str = "",
        model: str = "",
        parameters: Mapping[str, Value] = MappingProxyType({}),
    ) -> ConversationChanges:
        """What lets a conversation be answered as a persona or a kept prompt says; only what is another then.

        Args:
            service: The conversation.
            persona: The name of a persona; nothing leaves it as it is.
            model: Who answers, as the person names models; without it the persona's.
            parameters: What comes to those of the conversation, or of the persona.

        Raises:
            SegueError: There is no such persona or model, something is wrong with the file, or the model does
                not take a parameter's value.
        """
        workspace, conversation = self.workspace, service.conversation
        changes: ConversationChanges = {}
        if persona:
            chosen = workspace.personas.find(persona)
            changes = workspace.personas.changes(conversation, chosen)
            model = model or chosen.model
        if parameters:
            changes["parameters"] = {**changes.get("parameters", conversation.parameters), **parameters}
        if model:
            changes["model"] = await self.find_model(model)
        await self._check_parameters(service, changes)
        before = fields_of(conversation, changes)
        return cast(
            "ConversationChanges",
            {name: value for name, value in changes.items() if before.get(name) != value},
        )

    def adopt(self, conversation: Conversation, origin: ConversationService) -> ConversationService:
        """A conversation that was just made of another one, and is kept where that is."""
        conversation.temporary = origin.storage.temporary
        return self._service(origin.storage, conversation)

    def turn_to(self, service: ConversationService) -> None:
        """Read this conversation from now on; a reply in the one before goes on."""
        self.current = service
        self.unread.discard(service.conversation.id)

    @property
    def current_id(self) -> int | None:
        """The id of the conversation that is read, if it is in the list."""
        return self.current.conversation.id or None if self.current.storage is self._kept else None

    async def catch_up(self) -> bool:
        """Take in what another program has done to the conversation that is read. False if nothing."""
        service = self.current
        if self.current_id is None or service.at_work:
            return False
        stored = await self._kept.store.load_conversation(self.current_id)
        return not service.at_work and service.conversation.take_in(stored)

    # -- the project
    async def look_for_project(self) -> None:
        """Look for the project of the folder of work, and tell what is wrong with it."""
        await self.projects.look()
        for problem in self.projects.problems:
            self._problem(problem)

    async def decide_on_project(self, accepted: bool) -> None:
        """Let the project that was found count from now on, or not; a page that is empty yet follows that.

        Raises:
            ConfigError: That can't be kept for the next run.
        """
        try:
            await self.projects.decide(accepted)
        finally:
            if not self.current.conversation.id:
                await self._join_anew(self.current)
                for problem in self.projects.problems:
                    self._problem(problem)

    async def _join_anew(self, service: ConversationService) -> None:
        """Let an empty page be as the project wants, or no more; what the person has chosen on it stays."""
        blank, conversation = await self._blank(service.storage), service.conversation
        usual = fields_of(blank, _SETTINGS)
        chosen: ConversationChanges = {}
        if not conversation.project:
            now = fields_of(conversation, _SETTINGS)
            chosen = cast("ConversationChanges", {k: v for k, v in now.items() if v != usual.get(k)})
        service.along, usual["project"] = None, ""
        await service.change(**usual)
        await self._join(service)
        await service.change(**chosen)

    async def _join(self, service: ConversationService) -> None:
        """Let a new conversation belong to the project, if one counts, and be answered as that says."""
        project, tools = self.projects.used, service.conversation.tools
        if project is None:
            return
        said = project.said
        for name in said.tools:
            tools = turned(tools, name, True)
        await service.change(project=str(project.folder), tools=tools)
        for persona, model in ((said.persona, ""), ("", said.model)):
            try:
                await service.change(**await self.as_wanted(service, persona, model))
            except SegueError as error:  # the person has no such persona or model: the rest counts
                self._problem(error)
        if said.system:
            await service.change(system=said.system)
        self._bring_files(service)

    def _bring_files(self, service: ConversationService) -> None:
        """Let the files of the project go along with the first prompt of a conversation."""
        project, conversation = self.projects.used, service.conversation
        if project is None or conversation.project != str(project.folder) or conversation.nodes:
            return
        service.along = partial(self._files_of, project) if project.said.files else None

    async def _files_of(self, project: Project) -> Sequence[Attachment]:
        from tui.engine.folder_files import left_out_words
        from tui.engine.project_files import project_files

        found = await asyncio.to_thread(project_files, project.folder, project.said.files)
        if found.left_out:
            self._tell(Warned(f"Project {project.name}: {left_out_words(found.left_out)}"))
        return found.files

    # -- prompts
    def submit(self, draft: Draft) -> None:
        """Send ``draft`` in the conversation that is read, or queue it behind the reply that comes."""
        service = self.current
        if service.busy:
            self.queue(service, draft)
        else:
            self._send(service, replace(draft, after=service.conversation.leaf))

    def queue(self, service: ConversationService, draft: Draft) -> None:
        """Let a prompt wait for the end of the reply, which it follows whatever is shown then."""
        live = service.live
        service.queue.append(replace(draft, after=live.reply.message.id if live is not None else None))
        self._queue_changed(service)

    def _queue_changed(self, service: ConversationService) -> None:
        self.drafts.note_waiting(service.conversation)
        self._tell(QueueChanged(service))

    def _queued(self, conversation: Conversation) -> list[Draft]:
        services = (self.current, *self._at_work.values())
        return next((service.queue for service in services if service.conversation is conversation), [])

    def _send(self, service: ConversationService, draft: Draft) -> None:
        self.begin(service, lambda: service.send(draft.text, draft.attachments, after=draft.after), draft)

    def take_back(self) -> Draft:
        """The last queued prompt of the conversation that is read, which is queued no more."""
        draft = self.current.queue.pop() if self.current.queue else Draft()
        self._queue_changed(self.current)
        return draft

    def _give_back(self, service: ConversationService, *prompts: Draft) -> None:
        """Prompts that are not sent are the person's again, or in the draft of their conversation."""
        draft = joined(prompts)
        if service is self.current:
            self._tell(GivenBack(draft))
        elif draft:
            self.drafts.note(service.conversation, joined([draft, self.drafts.written(service.conversation)]))

    # -- replies
    def begin(self, service: ConversationService, act: Act, draft: Draft = _NOTHING) -> None:
        """Let a reply begin; if it can't, ``draft`` goes back to the person."""
        self.begin_each(service, (act,), draft)

    def begin_each(self, service: ConversationService, acts: Sequence[Act], draft: Draft = _NOTHING) -> None:
        """Let replies begin one after the other, to come side by side; ``draft`` is the prompt of the first.

        Each is on its own: one that can't begin takes no other with it, unless it had the prompt.
        """
        service.preparing = True
        task = self._spawn(lambda: self._begin_each(service, acts, draft))
        if task is None:
            service.preparing = False
            self._give_back(service, draft, *self._take_queued(service, None))
            return
        if service.conversation.id:  # who opens it meanwhile opens this one
            self._at_work[service.key] = service
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    async def _begin_each(self, service: ConversationService, acts: Sequence[Act], draft: Draft) -> None:
        for act in acts:
            service.preparing = True
            live = await self._begin(service, act, draft)
            if live is None and draft:
                return
            draft = _NOTHING
            if live is None:
                continue
            if act is acts[-1]:
                waiting = self._take_queued(service, None)
                service.queue += [replace(waits, after=live.reply.message.id) for waits in waiting]
            await self._note_writer(service)
            await self.note_use(service, live.reply.message.model)

    async def _begin(self, service: ConversationService, act: Act, draft: Draft) -> LiveReply | None:
        """Let a reply begin. Returns it if it did; otherwise the prompt is the person's again."""
        conversation = service.conversation
        try:
            live = await self.start(service, act)
        except Exception as error:
            self._failed(error)
            self._give_back(service, draft, *self._take_queued(service, None))
            self._let_go(service)
            return None
        if service.conversation is not conversation and service is self.current:
            self.drafts.note(conversation, _NOTHING)  # the page is not blank any more, nor has it a draft
        return live

    async def start(self, service: ConversationService, act: Act) -> LiveReply:
        """Let a reply come.

        Raises:
            SegueError: It can't begin.
        """
        before = service.conversation.path()
        service.preparing = True
        try:
            live = await service.start(await act())
        finally:
            service.preparing = False  # before the keys are shown anew
        self._at_work[service.key] = service
        self._tell(ReplyBegan(service, live, before))
        return live

    async def _note_writer(self, service: ConversationService) -> None:
        """Somebody writes in a conversation, whatever has begun it: now it stands among the others."""
        if service.conversation.begun_by:
            try:
                await service.change(begun_by="")
            except SegueError as error:
                self._problem(error)

    async def note_use(self, service: ConversationService, model: str | None) -> None:
        """Remember which model was used last, and which conversation in this folder."""
        if service.conversation.temporary:
            return
        try:
            if model:
                await self.workspace.preferences.note_model(model)
            await self._note_folder(service)
        except SegueError as error:
            self._problem(error)

    async def note_here(self, service: ConversationService) -> None:
        """A conversation is read or was begun; if the person works by folder, this folder keeps it."""
        if self._by_folder:
            await self._note_folder(service)

    async def _note_folder(self, service: ConversationService) -> None:
        if service.conversation.id and not service.conversation.temporary:
            await self.workspace.preferences.note_here(service.conversation.id)

    @property
    def live_hues(self) -> dict[int, str]:
        """The stored conversations that are being answered, with the hue of the model."""
        return {
            live.conversation.id: live.conversation.hues.get(live.reply.message.model or "", "sky")
            for live in self.live
            if self._at_work[key_of(live.conversation)].storage is self._kept
        }

    def stop(self) -> bool:
        """Stop the reply that comes in the conversation that is read. Returns whether there was one."""
        live = self.current.live
        if live is not None:
            self.live.stop(live)
        return live is not None

    def _stored(self, news: News) -> None:
        """What the history tells: of it, that a person elsewhere wants a reply of this program to stop."""
        if isinstance(news, StopAsked):
            for live in self.live:
                if live.reply.message.id == news.message_id and not live.conversation.temporary:
                    self.live.stop(live)

    def _heard(self, live: LiveReply, event: Event, turned: bool) -> None:
        match event:
            case Unsaved(reason=reason):
                self._tell(NotSaved(reason))
            case Saved():
                self._saved()
            case Finished(message):
                self._ended(live, message)
            case (
                Started()
                | TextAdded()
                | ReasoningAdded()
                | TextWasReasoning()
                | PartAdded()
                | CallChanged()
                | Waiting()
                | Working()
                | Noticed()
            ):
                self._tell(ReplyWentOn(live, event, turned))
            case _:
                assert_never(event)

    def _ended(self, live: LiveReply, message: Message) -> None:
        service = self._at_work[key_of(live.conversation)]
        if service is not self.current and service.storage is self._kept:
            self.unread.add(live.conversation.id)
        self._tell(ReplyEnded(live, message))
        waiting = self._take_queued(service, message.id)
        if not service.busy:
            waiting += self._take_queued(service, None)
        if message.status not in _WENT_WELL or self._closing:
            self._give_back(service, *waiting)
        else:
            if message.status is Status.COMPLETE and not service.busy:
                self._name_soon(service)
            self._send_next(service, waiting, message.id)
        self._let_go(service)

    def _take_queued(self, service: ConversationService, after: int | None) -> list[Draft]:
        """Take out of the queue what waits for a message; for the one that comes next, where it is None."""
        taken = [draft for draft in service.queue if draft.after == after]
        service.queue[:] = [draft for draft in service.queue if draft.after != after]
        return taken

    def _let_go(self, service: ConversationService) -> None:
        """Forget a conversation in which nothing comes, so that it is read anew when it is opened again."""
        if not service.at_work and service not in self._naming:
            self._at_work.pop(service.key, None)

    def _name_soon(self, service: ConversationService) -> None:
        workspace, conversation = self.workspace, service.conversation
        if service.storage.temporary or not conversation.model or len(conversation.path()) != _FIRST_TURN:
            return
        model = title_model(workspace.config.auto_title, conversation.model, workspace.catalogue)
        if model and self._spawn(lambda: self._name(service, model)):
            self._naming.add(service)

    async def _name(self, service: ConversationService, model: str) -> None:
        try:
            if await service.storage.engine.name(service.conversation, model):
                self._tell(Titled(service))
        except NotFoundError:  # it was deleted meanwhile
            pass
        except SegueError as error:  # the first words stay
            self._problem(error)
        finally:
            self._naming.discard(service)
            self._let_go(service)

    def _send_next(self, service: ConversationService, waiting: Sequence[Draft], after: int) -> None:
        """Send the first of what waited for a message; the others wait for its reply."""
        if waiting:
            first, *others = waiting
            service.queue[:0] = [replace(draft, after=None) for draft in others]
            self._send(service, replace(first, after=after))
            self._queue_changed(service)

    # -- the end
    @property
    def lost(self) -> Sequence[str]:
        """What the history has not taken to the end, each in words; nothing if it has all."""
        saved = {_LOST_REPLY: self.live.all_saved, _LOST_DRAFT: self.drafts.all_saved}
        return [words for words, had in saved.items() if not had]

    async def finish(self, draft: Callable[[], Draft]) -> None:
        """Stop and store every reply, and keep what was not sent.

        Args:
            draft: Gives what is written once the queued prompts are back in it.
        """
        self._closing = True
        await asyncio.gather(*self._beginning, return_exceptions=True)
        await self.live.stop_all()
        self._give_back(self.current, *self.current.queue)
        self.current.queue.clear()
        self.drafts.note(self.current.conversation, draft())
        await self.drafts.flush()

    async def close(self) -> None:
        """Stop and store every reply; nothing is begun any more."""
        self._closing = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.live.stop_all()
        if self._forgotten is not None:
            await self._forgotten.store.close()
