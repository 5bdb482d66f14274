"""Who answers: use a model, choose one or several, keep favourites, connect a provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.commands import Handlers
from tui.app.models.servers import Servers
from tui.chat.model import split_id
from tui.engine.choice import nearest_usable, why_unusable
from tui.engine.workspace import Workspace
from tui.errors import UsageError
from tui.providers.address import address_in
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.context import (
        Context,
        WithComparing,
        WithFirstModel,
        WithMessages,
        WithStatus,
    )
    from tui.app.models.picker import Choice, ModelPicker, Several

    class _Context(Context, WithStatus, WithMessages, WithComparing, WithFirstModel, Protocol): ...


class Models:
    """The models that the person can use."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._servers = Servers(context)
        self._unusable = ""
        """What was said of a model that can't answer now."""

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"model": self._use, "connect": self._connect_by}

    @property
    def _workspace(self) -> Workspace:
        return self._context.session.workspace

    async def _use(self, words: str) -> None:
        await self.use(words)

    async def use(self, words: str) -> bool:
        """Use the one model that ``words`` mean, else let the person choose among those they fit.

        Returns:
            Whether it is known at once.
        """
        try:
            model_id = await self._context.session.find_model(words)
        except UsageError:
            await self.pick(typed=words)
            return False
        await self.use_model(model_id)
        return True

    async def use_model(self, model_id: str) -> None:
        """Let a model answer from now on; what is written stays."""
        service = self._context.session.current  # another one may be read when the choice is noted
        service.conversation.model = model_id
        self._context.first_model.settle()
        self.say_unusable()
        self._context.refresh()
        self._context.status.count_soon()
        await self._workspace.preferences.note_model(model_id)
        await service.change(model=model_id)
        if words := await service.reading():
            self._context.notify(f"The next prompt reads {words}", warning=True)

    # -- where it can't answer
    def say_unusable(self) -> None:
        """Where the model of the conversation that is read can't answer now, say so, with one that can."""
        context, workspace = self._context, self._workspace
        context.unnote(self._unusable)
        conversation, self._unusable = context.session.current.conversation, ""
        why = why_unusable(conversation.model, workspace.registry) if conversation.model else ""
        if why and conversation.id:
            name, key = one_line(conversation.model or "", 80), context.keys.name(Action.MODEL)
            near = self._nearest(conversation.model)
            instead = f" {key} offers {near}." if near else f" {key} shows who can."
            self._unusable = f"{name} can't answer now: {why}.{instead}"
            context.note(self._unusable)

    def _nearest(self, model_id: str | None) -> str | None:
        """The model to begin with in a list of all: the one that answers, or the nearest that can."""
        registry, catalogue = self._workspace.registry, self._workspace.catalogue
        if not model_id or not why_unusable(model_id, registry):
            return model_id
        return nearest_usable(model_id, registry, catalogue)

    # -- choosing
    async def pick(self, message_id: int | None = None, typed: str = "", first: str = "") -> None:
        """Choose a model: for what comes, or to answer ``message_id`` again.

        Args:
            message_id: What is answered again.
            typed: What stands in the filter.
            first: The model that is chosen in what fits that, if it is among it.
        """
        from tui.app.models.picker import Choice, ModelPicker, Several

        context, service = self._context, self._context.session.current

        def chosen(choice: Choice | Several | None) -> None:
            match choice:
                case Several(model_ids):
                    context.soon(context.comparing.begin, model_ids, message_id)
                case Choice(model_id, answer_again=False) if message_id is None:
                    context.soon(self.use_model, model_id)
                case Choice(model_id):
                    again = message_id or service.last_reply or service.last
                    context.soon(self._answer_with, model_id, again)
                case None:
                    pass

        def words() -> str:
            return "send to" if message_id is None and context.comparing.draft else "compare"

        await context.show(await self._picker(ModelPicker, typed, (), words, first), chosen)

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
                self._context.soon(then, choice.model_ids)

        await self._context.show(await self._picker(ComparePicker, typed, marked), chosen)

    async def pick_first(self) -> str | None:
        """Let the person choose one model. Returns it, None if none was chosen."""
        from tui.app.models.picker import ModelPicker, Several

        choice = await self._context.ask(await self._picker(ModelPicker))
        if isinstance(choice, Several):
            return choice.model_ids[0]
        return choice.model_id if choice else None

    async def _picker(
        self,
        kind: type[ModelPicker],
        typed: str = "",
        marked: Sequence[str] = (),
        marked_words: Callable[[], str] = lambda: "compare",
        first: str = "",
    ) -> ModelPicker:
        """A picker, over lists that are asked for anew where they are old."""
        context, workspace = self._context, self._workspace
        conversation, catalogue = context.session.current.conversation, workspace.catalogue
        in_background(context.screen, "models", catalogue.refresh, catalogue.stale(), exclusive=True)
        return kind(
            catalogue,
            workspace.registry,
            await workspace.preferences.recent_models(),
            self._nearest(conversation.model) or conversation.model,
            await workspace.preferences.favourite_models(),
            conversation.hues,
            await asyncio.to_thread(workspace.registry.downloads),
            keep_favourites=lambda names: context.soon(self._keep_favourites, names),
            connect=self.connect,
            connect_any=self.connect_any,
            typed=typed,
            first=first,
            marked=marked,
            marked_words=marked_words,
        )

    async def _answer_with(self, model_id: str, message_id: int | None) -> None:
        if message_id is None:
            raise UsageError("There is nothing to answer yet")
        self._context.messages.answer_again(message_id, model_id)  # first: another conversation may come
        await self._workspace.preferences.note_model(model_id)

    async def _keep_favourites(self, names: Sequence[str]) -> None:
        await self._workspace.preferences.keep_favourite_models(names)

    # -- connecting
    async def _connect_by(self, words: str) -> None:
        """Connect what is named: a provider, or a server by its address; else let the person choose."""
        names = {entry.name.casefold(): entry.name for entry in self._workspace.registry.providers()}
        if name := names.get(words.casefold()):
            connected = name if await self.connect(name) else None
        elif words and address_in(words):
            connected = await self.add_server(words)
        else:
            connected = await self.connect_any()
        if connected is not None:
            await self._begin_with(self._servers.tried(split_id(connected)[0]))

    async def _begin_with(self, connected: str) -> None:
        """Use the only model of a provider, or let the person choose among its models.

        Args:
            connected: The provider, or the model of it with which the choice begins.
        """
        provider, _ = split_id(connected)
        models = [info.id for info in self._workspace.catalogue.models() if info.provider == provider]
        if len(models) == 1:
            await self.use_model(models[0])
            self._context.notify(f"{models[0]} answers from now on")
        else:
            await self.pick(typed=provider, first=connected)

    async def connect(self, provider: str) -> bool:
        """Let the person give a provider what it misses. Returns whether it can be used."""
        from tui.app.models.connect import Connect

        workspace = self._workspace
        sheet = Connect(
            provider, workspace.registry, workspace.credentials, workspace.catalogue, self._servers.hear
        )
        connected: bool | None = await self._context.ask(sheet)
        return bool(connected)

    async def add_server(self, typed: str = "") -> str | None:
        """Let the person add a server. Returns the provider that it is, None if there is none."""
        from tui.app.models.connect_server import ConnectServer

        return await self._context.ask(ConnectServer(self._servers, typed))

    async def connect_any(self) -> str | None:
        """Let the person choose a provider and connect it.

        Returns:
            The model of it that was tried, or the provider where none was; None if there is none.
        """
        from tui.app.models.connect import ConnectProvider

        sheet = ConnectProvider(self._workspace.registry, self.connect, self.add_server)
        connected: str | None = await self._context.ask(sheet)
        return None if connected is None else self._servers.tried(connected)
