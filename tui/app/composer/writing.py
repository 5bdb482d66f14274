"""What is written, and what it is for: the next prompt, the new version of one, a draft to come back to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace
from textual.message import Message as TextualMessage

from tui.app.background import in_background
from tui.app.commands import NAMES, Command, Handlers, saved
from tui.app.composer.above import part_above
from tui.app.composer.composer import ASK, ASK_NEXT, Composer
from tui.aside import aside
from tui.chat.draft import Draft, joined
from tui.chat.message import Role
from tui.engine.saved_prompts import TypedPrompt
from tui.engine.session import Act
from tui.errors import HistoryError, SegueError, UsageError
from tui.parameters import in_words
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.context import Context, WithAsking, WithReading, WithTranscript
    from tui.engine.reply import Reply  # it is loaded when one is begun

    class _Context(Context, WithTranscript, WithReading, WithAsking, Protocol): ...


_RECALLED = 100
"""Prompts of the conversation that is read which come before those of others."""


class Writing:
    """What the composer holds, and where it goes."""

    def __init__(self, context: _Context, composer: Composer, early: list[Draft]) -> None:
        """Take over the composer.

        Args:
            context: What may be asked.
            composer: Where one writes.
            early: What was sent while there was no conversation to send it in.
        """
        self._context = context
        self._composer = composer
        self._early = early
        self.editing: int | None = None
        """The prompt whose new version is being written."""
        self._as_sent = Draft()
        """That prompt as it was."""
        self._set_aside = Draft()
        """What was written before the edit, and comes back after it."""
        self._unsent: int | None = None
        """The prompt whose new version could not be sent and comes back next."""
        self._on_the_way: list[Draft] = []
        """What was sent, and waits for the files that it names."""

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        servers = self._context.session.workspace.config.mcp
        prompts = {f"{name}:": partial(self._prompt_of, name) for name in servers}
        return {"attach": self._attach, "paste": self._paste, **prompts}

    async def begin(self) -> None:
        """Have earlier prompts, the prompts that are kept as files, and the models at hand."""
        prompts = await self._context.session.workspace.store.prompts()
        self._composer.recall.know([Draft(text) for text in prompts])
        self._composer.saved = self.saved_prompts
        self._composer.offered_keys = lambda: self._context.transcript.offered
        self._composer.completion.models = self._models
        if self._context.session.workspace.config.mcp:
            self._begin_served()

    def _begin_served(self) -> None:
        """Have what servers offer at hand; none is started for that."""
        from tui.app.composer.served import Served

        context = self._context
        served = Served(context.session.workspace.offers, context.notify, context.tell)
        self._composer.completion.served = served

    def _models(self) -> list[str]:
        """The models that can be used now."""
        workspace = self._context.session.workspace
        able = {entry.name for entry in workspace.registry.providers() if entry.available}
        return [m.id for m in workspace.catalogue.models() if m.available and m.provider in able]

    def saved_prompts(self) -> Sequence[Command]:
        """The prompts that are kept as files, as commands."""
        return saved(self._context.session.workspace.saved_prompts.all())

    async def say_prompt_problems(self) -> None:
        """Say what is wrong with the prompts and personas that are kept as files."""
        workspace = self._context.session.workspace
        prompts, personas = workspace.saved_prompts, workspace.personas
        for problem in await aside(lambda: [*prompts.problems(NAMES), *personas.problems()]):
            self._context.note(str(problem))

    def recall_soon(self) -> None:
        """Have the prompts of the conversation that is read at hand, before those of others."""
        in_background(self._context.screen, "recall", self._recall_those_here, exclusive=True)

    async def _recall_those_here(self) -> None:
        service = self._context.session.current
        nodes = service.conversation.nodes
        newest = (i for i in service.conversation.upward() if nodes[i].role is Role.USER)
        try:
            prompts = await service.messages(list(islice(newest, _RECALLED)))
        except HistoryError:
            return  # told where more depends on it
        if service is self._context.session.current and not self._composer.recall.begun:
            self._composer.recall.read([message.draft for message in prompts])

    # -- what is written
    @property
    def written(self) -> Draft:
        """What stands in the composer."""
        return self._composer.written

    @property
    def draft(self) -> Draft:
        """What is written for later: also what an edit has changed or set aside, and what is on its way."""
        written = self.written
        if self.editing is not None:
            written = joined([written, self._set_aside]) if self._rewritten else self._set_aside
        return joined([*self._on_the_way, written]) if self._on_the_way else written

    @property
    def _rewritten(self) -> bool:
        return self.editing is not None and self.written != self._as_sent

    @property
    def vim_mode(self) -> str | None:
        """What Vim's keys mean now, while they are the composer's."""
        vim = self._composer.vim
        return vim.shown if vim is not None and self._composer.has_focus else None

    @property
    def vim_following(self) -> Sequence[tuple[str, str]]:
        """Vim's keys that may follow those of a command that is not whole yet, and what they mean."""
        vim = self._composer.vim
        return vim.following if vim is not None and self._composer.has_focus else ()

    def hand_on(self, event: TextualMessage) -> bool:
        """Let the composer have a key or a paste."""
        return self._composer.post_message(event)

    def changed(self) -> None:
        """The draft changed."""
        self.refresh_files()
        self._context.transcript.let_keys_work(at_once=self._composer.blank)
        if self._context.reading.shown:
            session = self._context.session
            session.drafts.note(session.current.conversation, self.draft)

    def send(self) -> None:
        """Send what is written, or do the command that it is."""
        self._composer.action_send()

    def take(self) -> Draft:
        """Take what is written out of the composer."""
        return self._composer.take()

    def bring(self, draft: Draft) -> None:
        """Put a kept draft before what was written meanwhile."""
        if draft:
            newer = self.written
            self._composer.hold(Draft(draft.text + newer.text, draft.attachments + newer.attachments))

    def give_back(self, draft: Draft) -> None:
        """Prompts that were not sent come back: before what is written now, but never into an edit."""
        unsent, self._unsent = self._unsent, None
        if unsent is not None and self.editing is None:
            self.editing, self._set_aside = unsent, self.written
            self._composer.hold(draft)
        elif draft and self.editing is not None:
            self._set_aside = joined([draft, self._set_aside])
        elif draft:
            self._put_back(draft)
        self.changed()
        self._context.refresh()

    def _put_back(self, draft: Draft) -> None:
        self._composer.hold(joined([draft, self.written]))

    def take_back(self) -> None:
        """Write on at the last queued prompt, which is queued no more."""
        self._composer.hold(self._context.session.take_back())

    def leave(self) -> None:
        """Another conversation comes: the composer is empty, and nothing is edited."""
        self.editing = self._unsent = None
        self._on_the_way.clear()
        self._composer.hold(Draft())

    # -- sending
    def submit(self, draft: Draft) -> None:
        """Send a message, or the new version of one."""
        if not self._context.reading.shown:
            self._early.append(draft)
            return
        from tui.engine.mentioning import mentions

        if not self._on_the_way and not mentions(draft.text):
            self._submit(draft)
            return
        self._on_the_way.append(draft)
        if len(self._on_the_way) == 1:
            self._context.soon(self._submit_with_files)

    async def _submit_with_files(self) -> None:
        """Send messages, in their order, with what they name after ``@``; say what goes along, or why not."""
        from tui.engine import mentioning

        elsewhere = self._context.session.workspace.elsewhere
        while self._on_the_way:
            draft = self._on_the_way[0]
            named = await mentioning.read_mentioned(draft.text, elsewhere, self._context.notify)
            if not self._on_the_way or self._on_the_way[0] is not draft:
                return  # another conversation came: it is the draft of the one before
            self._on_the_way.pop(0)
            for words in named.brought:
                self._context.notify(words)
            for trouble in named.troubles:
                self._context.notify(trouble, warning=True)
            self._submit(replace(draft, attachments=tuple(dict.fromkeys((*draft.attachments, *named.files)))))

    def _submit(self, draft: Draft) -> None:
        try:
            typed = self._context.session.workspace.saved_prompts.typed(draft.text)
            if typed is None:
                self._send(draft)
            elif typed.wants_form or typed.prompt.settles:
                self._context.soon(self._send_saved, draft, typed)
            else:
                self._send(replace(draft, text=typed.text()))
        except UsageError as error:
            self._put_back(draft)
            self._context.tell(error)

    async def _send_saved(self, draft: Draft, typed: TypedPrompt) -> None:
        """Send a prompt that is kept as a file, with what has to be said yet, and answered as it says.

        What was typed stands in the composer until then.
        """
        others = self.written
        self._put_back(draft)
        self._composer.completion.close()
        if typed.wants_form:
            from tui.app.composer.fill_prompt import FillPrompt

            filled = await self._context.ask(FillPrompt(typed))
            if filled is None:
                return
            typed = filled
        text, prompt, context = typed.text(), typed.prompt, self._context
        changes = await context.session.as_wanted(
            context.session.current, prompt.persona, prompt.model, prompt.parameters
        )
        if changes:
            said = changes.get("model"), prompt.persona, in_words(prompt.parameters)
            words = f"From /{prompt.name}: {', '.join(one_line(each) for each in said if each)}"
            await context.reading.change(words, f"As before /{prompt.name}", **changes)
        self._composer.hold(others)
        self._send(replace(draft, text=text))

    def _send(self, draft: Draft) -> None:
        session = self._context.session
        act = self.take_edit(draft)
        if act is not None:
            self._context.reading.let_come(session.current, act, draft)
            return
        if not session.current.busy:
            self._context.transcript.follow()
        session.submit(draft)

    def send_early(self) -> None:
        """Send what was sent while there was no conversation to send it in."""
        early = self._early.copy()
        self._early.clear()
        for draft in early:
            self.submit(draft)

    def give_back_early(self) -> Draft:
        """Let what was sent early wait in the composer. Returns it."""
        early = joined(self._early)
        self._early.clear()
        self.give_back(early)
        return early

    # -- the new version of a prompt
    def begin_edit(self, prompt_id: int, draft: Draft) -> None:
        """Let the person write the new version of a prompt."""
        if not self.stop_editing():
            self._set_aside = self.written
        self.editing, self._as_sent = prompt_id, draft
        self._composer.hold(draft)
        self._context.refresh()

    def take_edit(self, draft: Draft, model: str | None = None) -> Act | None:
        """What sends ``draft`` as the new version that is being written, to ``model``; None if none is.

        If it can't be sent, the person is where they were: in the edit.
        """
        prompt, self.editing = self.editing, None
        if prompt is None:
            return None
        service = self._context.session.current
        self._composer.hold(self._set_aside)

        async def send() -> Reply:
            try:
                await service.mind(prompt, model)
                return await service.edit(prompt, draft.text, draft.attachments, model=model)
            except SegueError:
                if service is self._context.session.current:
                    self.give_back(joined(service.queue))  # what waited for it is no part of the edit
                    service.queue.clear()
                    self._unsent = prompt
                raise

        return send

    def stop_editing(self) -> bool:
        """Leave the prompt as it was; what was written before comes back. False if none is edited.

        What it was rewritten to is among the earlier prompts.
        """
        if self.editing is None:
            return False
        if self._rewritten:
            self._composer.recall.remember(self.written)
        self.editing = None
        self._composer.hold(self._set_aside)
        return True

    # -- files
    async def _attach(self, argument: str) -> None:
        """Let files go along; without a path, offer them."""
        from tui.engine.folder_files import left_out_words
        from tui.engine.gathering import gather, is_elsewhere, targets_in

        composer = self._composer
        if not argument:
            composer.put("/attach ")  # with its files above
            return
        try:
            targets, elsewhere = targets_in(argument), self._context.session.workspace.elsewhere
            if far := [target for target in targets if is_elsewhere(target, elsewhere)]:
                self._context.notify(f"reading {one_line(', '.join(far), 60)}")
            found = await gather(targets, elsewhere)
            composer.attach(found.files)
            if words := left_out_words(found.left_out):
                self._context.notify(words, warning=True)
        except UsageError:
            if not composer.text:
                composer.put(f"/attach {argument}")
            raise

    async def _paste(self, argument: str) -> None:
        """Take what the system's clipboard holds."""
        await self._composer.take_clipboard()

    # -- prompts of servers
    async def _prompt_of(self, server: str, typed: str) -> None:
        """Let a prompt of a server be the draft, with its files; what it needs is asked for first."""
        from tui.app.commands import parse
        from tui.engine.offers import Filled, form_of
        from tui.tools.mcp.elicitation import Action

        offers = self._context.session.workspace.offers
        try:
            if offers.known(server) is None:
                self._context.notify(f"asking {server} for its prompt")
            filled = await offers.find(server, typed)
            if filled.missing or (filled.prompt.arguments and not filled.values):
                answer = await self._context.asking.fill(form_of(server, filled))
                if answer.action is not Action.ACCEPT:
                    self._give_back_typed(f"/{server}:{typed}")
                    return
                filled = Filled(filled.prompt, {name: str(value) for name, value in answer.values.items()})
            written = await offers.write(server, filled)
        except SegueError:
            self._give_back_typed(f"/{server}:{typed}")
            raise
        text = f" {written.text}" if parse(written.text) else written.text  # it is no command of the person
        self._put_back(Draft(text, written.files))
        self.changed()

    def _give_back_typed(self, typed: str) -> None:
        if not self._composer.text:
            self._composer.put(typed)
            self._composer.completion.close()

    # -- what is seen
    def refresh(self) -> None:
        """Show the queue, the files, and whether a reply comes."""
        service = self._context.session.current
        self._show_queue(tuple(draft.words for draft in service.queue))
        self._composer.queued = bool(service.queue)
        self._composer.placeholder = ASK_NEXT if service.busy else ASK
        self.refresh_files()

    def _show_queue(self, waiting: tuple[str, ...]) -> None:
        if waiting or self._context.screen.query("#queue"):
            from tui.app.composer.queue_line import QueueLine

            part_above(self._composer, QueueLine, "queue").prompts = waiting

    def refresh_files(self) -> None:
        """Show the files that go along, and why they can't if that is known."""
        composer = self._composer
        trouble = self._context.session.current.trouble(composer.attachments)
        nothing = not (composer.attachments or composer.offered or trouble)
        if nothing and not self._context.screen.query("#attached"):
            return
        from tui.app.composer.attached_lines import AttachedLines

        lines = part_above(composer, AttachedLines, "attached")
        lines.files, lines.offered = composer.attachments, composer.offered
        lines.alone = not composer.text
        lines.trouble = trouble
        lines.set_class(not composer.has_focus, "-away")
