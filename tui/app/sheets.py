"""Opens the sheets over the chat, and does what was chosen on them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tui.app.actions import SCROLLING
from tui.app.background import in_background
from tui.app.commands import COMMANDS
from tui.app.life import lives
from tui.chat.message import Role
from tui.engine.choice import find_model, note_model, recent_models
from tui.errors import SegueError, UsageError

if TYPE_CHECKING:
    from tui.app.models.first_run import LocalOffer
    from tui.app.models.picker import Choice, ModelPicker, Several
    from tui.app.room import ChatRoom
    from tui.engine.workspace import Workspace

FAVOURITES = "favourite_models"
"""Key of the history's state with the favourite models, one a line."""


class Sheets:
    """Each sheet loads when it opens first."""

    def __init__(self, room: ChatRoom) -> None:
        self._room = room

    @property
    def _workspace(self) -> Workspace:
        return self._room.session.workspace

    # -- models
    async def use_model(self, words: str) -> bool:
        """Use the one model that ``words`` mean, else let the person choose among those they fit.

        Returns:
            Whether it is known at once.
        """
        workspace = self._workspace
        try:
            model_id = find_model(words, workspace.registry, workspace.catalogue)
        except UsageError:
            await self.pick_model(typed=words)
            return False
        await self._room.use_model(model_id)
        return True

    async def pick_model(self, message_id: int | None = None, typed: str = "") -> None:
        """Choose a model: for what comes, or to answer ``message_id`` again.

        Args:
            message_id: What is answered again.
            typed: What stands in the filter.
        """
        from tui.app.models.picker import Choice, ModelPicker, Several

        room, chat = self._room, self._room.session.current

        def chosen(choice: Choice | Several | None) -> None:
            match choice:
                case Several(model_ids):
                    room.screen.attempt_soon(room.comparing.begin, model_ids, message_id)
                case Choice(model_id, answer_again=False) if message_id is None:
                    room.screen.attempt_soon(room.use_model, model_id)
                case Choice(model_id):
                    again = message_id or chat.last_reply or chat.last
                    room.screen.attempt_soon(self._answer_with, model_id, again)

        def words() -> str:
            return "send to" if message_id is None and room.comparing.draft else "compare"

        await room.app.push_screen(await self._picker(ModelPicker, typed, (), words), chosen)

    async def pick_several(
        self, then: Callable[[Sequence[str]], Awaitable[None]], typed: str, marked: Sequence[str]
    ) -> None:
        """Choose models that answer side by side.

        Args:
            then: What is done with them.
            typed: What stands in the filter.
            marked: Models that are marked already.
        """
        from tui.app.models.picker import ComparePicker, Several

        def chosen(choice: Choice | Several | None) -> None:
            if isinstance(choice, Several):
                self._room.screen.attempt_soon(then, choice.model_ids)

        await self._room.app.push_screen(await self._picker(ComparePicker, typed, marked), chosen)

    async def _picker(
        self,
        kind: type[ModelPicker],
        typed: str = "",
        marked: Sequence[str] = (),
        marked_words: Callable[[], str] = lambda: "compare",
    ) -> ModelPicker:
        """A picker, over lists that are asked for anew where they are old."""
        room, workspace = self._room, self._workspace
        conversation, catalogue = room.session.current.conversation, workspace.catalogue
        in_background(room.screen, "models", catalogue.refresh, catalogue.stale(), exclusive=True)
        return kind(
            catalogue,
            workspace.registry,
            await recent_models(workspace.store),
            conversation.model,
            (await workspace.store.get_state(FAVOURITES)).split(),
            conversation.hues,
            await asyncio.to_thread(workspace.downloads),
            keep_favourites=lambda names: room.screen.attempt_soon(self._keep_favourites, names),
            connect=self._connect,
            typed=typed,
            marked=marked,
            marked_words=marked_words,
        )

    async def _answer_with(self, model_id: str, message_id: int | None) -> None:
        if message_id is None:
            raise UsageError("There is nothing to answer yet")
        await note_model(self._workspace.store, model_id)
        self._room.actions.answer_again(message_id, model_id)

    async def _keep_favourites(self, names: Sequence[str]) -> None:
        await self._workspace.store.set_state(FAVOURITES, "\n".join(names))

    async def _connect(self, provider: str) -> bool:
        from tui.app.models.connect import Connect

        workspace = self._workspace
        sheet = Connect(provider, workspace.registry, workspace.credentials, workspace.catalogue)
        connected: bool | None = await self._room.app.push_screen_wait(sheet)
        return bool(connected)

    async def _connect_any(self) -> str | None:
        from tui.app.models.connect import ConnectProvider

        workspace = self._workspace
        sheet = ConnectProvider(
            workspace.registry, workspace.credentials, workspace.catalogue, workspace.config.path
        )
        return await self._room.app.push_screen_wait(sheet)

    # -- the first run
    async def first_run(self) -> bool:
        """Where no model was ever chosen and nothing was ever said, help the person to begin.

        What was sent already goes when there is a model for it.

        Returns:
            Whether this is so.
        """
        workspace = self._workspace
        if workspace.config.model or self._room.app.options.model or await recent_models(workspace.store):
            return False
        if await workspace.store.count_conversations():
            return False
        from tui.app.models.first_run import FirstRun
        from tui.app.status.notice_line import NoticeLine

        offer, why_not = await asyncio.to_thread(_local_offer, workspace)
        catalogue = workspace.catalogue
        first = FirstRun(
            workspace.registry,
            catalogue,
            offer,
            why_no_local=why_not,
            connect=self._connect_any,
            pick=self._pick_first,
            notices=self._room.screen.query_one(NoticeLine).notices,
            write=self._room.composer.post_message,
        )
        in_background(self._room.screen, "models", catalogue.refresh, exclusive=True)

        early = self._room.give_back_early()

        def chosen(model_id: str | None) -> None:
            if model_id is not None:
                self._room.screen.attempt_soon(self._begin_with, model_id, bool(early))

        await self._room.app.push_screen(first, chosen)
        return True

    async def _begin_with(self, model_id: str, send: bool) -> None:
        await self._room.use_model(model_id)
        if send and (written := self._room.composer.take()):
            self._room.submit(written)

    async def _pick_first(self) -> str | None:
        from tui.app.models.picker import ModelPicker, Several

        choice = await self._room.app.push_screen_wait(await self._picker(ModelPicker))
        if isinstance(choice, Several):
            return choice.model_ids[0]
        return choice.model_id if choice else None

    # -- conversations
    async def all_conversations(self, typed: str = "") -> None:
        """Find and open a conversation.

        Args:
            typed: What stands in the filter.
        """
        from tui.app.conversations.conversations import Conversations, OpenConversation

        room, session = self._room, self._room.session

        def chosen(wanted: OpenConversation | None) -> None:
            if wanted is not None:
                room.screen.attempt_soon(room.open_by_id, wanted.id, wanted.message_id, wanted.needle)
            else:
                room.screen.attempt_soon(room.follow_stored)

        store = session.workspace.store
        await store.look_for_changes()
        listing = Conversations(
            store,
            session.live_hues,
            session.current_id,
            frozenset(session.unread),
            room.screen.acts,
            typed=typed,
        )
        await room.app.push_screen(listing, chosen)

    async def find(self, needle: str = "") -> None:
        """Open the find bar of the conversation that is read."""
        from tui.app.transcript.find_bar import FindBar

        screen = self._room.screen
        bars = screen.query(FindBar)
        bar = bars.first() if bars else FindBar(self._room.transcript, screen.composer)
        if not bars:
            await screen.query_one("#main").mount(bar, after="#reading")
        if not lives(bar):  # closed at once
            return
        bar.field.focus()
        if needle:
            bar.field.value = needle

    async def prompts(self) -> None:
        """Go to a prompt of the conversation that is read."""
        from tui.app.conversations.prompt_list import Prompts
        from tui.app.conversations.timeline import Timeline

        room, chat = self._room, self._room.session.current
        conversation = chat.conversation
        ids = [i for i in conversation.path() if conversation.nodes[i].role is Role.USER]

        def chosen(message_id: int | None) -> None:
            if message_id is not None:
                room.screen.attempt_soon(room.transcript.jump, message_id)

        await room.app.push_screen(Timeline(Prompts(ids, chat.messages, date.today)), chosen)

    async def help(self) -> None:
        """All keys and commands."""
        from tui.app.composer.vim import KEYS
        from tui.app.help.help_screen import Entry, HelpScreen, sections_of

        if isinstance(self._room.app.screen, HelpScreen):
            self._room.app.screen.dismiss(None)
            return
        commands = [Entry(c.form, c.help) for c in COMMANDS]
        reading = {"Reading": [Entry(*row) for row in SCROLLING]}
        vim = {"Vim": [Entry(*row) for row in KEYS]} if self._room.app.config.vim else {}
        sections = sections_of(self._room.app.keys)
        await self._room.app.push_screen(HelpScreen({**reading, **vim, **sections, "Commands": commands}))


def _local_offer(workspace: Workspace) -> tuple[LocalOffer | None, str]:
    """What this machine can run by itself, and why it can't."""
    from tui.app.models.first_run import LocalOffer
    from tui.providers.local import DEFAULT_MODEL, LocalModels, installed, why_not

    reason = why_not() or ""
    if reason:
        return None, reason if installed() else ""
    try:
        model = LocalModels(workspace.paths.cache, workspace.config.local_models).find(DEFAULT_MODEL)
    except SegueError:
        return None, ""
    return (
        LocalOffer(
            f"local/{model.name}",
            model.title,
            model.licence or "",
            0 if model.present else model.bytes or 0,
            model.note,
            shutil.disk_usage(_nearest(workspace.paths.cache)).free,
        ),
        "",
    )


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
