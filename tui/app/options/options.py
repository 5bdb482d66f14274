"""How the conversation that is read is answered: its sheet, the next model, the next reasoning effort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers
from tui.app.options.wearing import Wearing
from tui.chat.conversation import Conversation
from tui.chat.model import split_id
from tui.chat.spending import Sum
from tui.errors import UsageError, Way
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.context import Context, WithModels, WithReading, WithStatus, WithTools
    from tui.providers.knobs import Knob

    class _Context(Context, WithReading, WithModels, WithStatus, WithTools, Protocol): ...


_EFFORT = "reasoning_effort"
_CYCLE = ("low", "medium", "high")
"""The efforts that a key goes through; after the last one it is the model's own again."""


class Options:
    """Opens the sheet, and is what it works on."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._wearing = Wearing(context)
        self._recent: Sequence[str] = ()
        """The models that a key goes through: in the order in which they were used before it was pressed."""
        self._turned_to: str | None = None
        self.persona = self._wearing.worn
        self.pick_persona = self._wearing.pick

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"options": self.open, "persona": self._persona}

    async def open(self, argument: str = "") -> None:
        """Show the sheet."""
        from tui.app.options.options_sheet import OptionsSheet

        await self._context.show(OptionsSheet(self), lambda _: self._closed())

    def _closed(self) -> None:
        self._context.refresh()
        self._context.status.count_soon()

    async def _persona(self, argument: str) -> None:
        """Put on a persona by its name; without one, let the person choose."""
        words = await (self._wearing.put_on(argument) if argument else self._wearing.pick())
        if words:
            self._context.notify(words)
            self._context.status.count_soon()

    # -- keys
    async def next_model(self) -> None:
        """Let the next of the models that were used lately answer.

        Raises:
            UsageError: No other one was used that can be used now.
        """
        workspace, now = self._context.session.workspace, self.conversation.model
        if now is None or now != self._turned_to:
            able = {entry.name for entry in workspace.registry.providers() if entry.available}
            used = await workspace.preferences.recent_models()
            self._recent = [model for model in used if split_id(model)[0] in able]
        others = [model for model in self._recent if model != now]
        if not others:
            raise UsageError("No other model was used yet", Way("Choose one", "model"))
        place = self._recent.index(now) + 1 if now in self._recent else 0
        self._turned_to = self._recent[place % len(self._recent)]
        await self._context.models.use_model(self._turned_to)

    async def next_effort(self) -> None:
        """Let models think more from now on, and after the most as they like.

        Raises:
            SegueError: The model does not reason.
        """
        knob = next(knob for knob in await self.knobs() if knob.name == _EFFORT)
        now = self.conversation.parameters.get(_EFFORT)
        if knob.refused and now is None:
            name = one_line(split_id(self.conversation.model or "")[1], 60)
            raise UsageError(f"{name} {knob.refused}")
        place = _CYCLE.index(str(now)) + 1 if now in _CYCLE else 0
        wanted = "-" if knob.refused or (now is not None and place == 0) else [*_CYCLE, "-"][place]
        self._context.notify(await self.set_parameter(_EFFORT, wanted))

    # -- what the sheet works on
    @property
    def conversation(self) -> Conversation:
        """The conversation as it is now."""
        return self._context.session.current.conversation

    @property
    def tools_on(self) -> Sequence[str]:
        """What models may use here."""
        tools = self._context.session.tools
        vendor = {"search": tools.searches(self.conversation), "draw": tools.draws(self.conversation)}
        return [*sorted(tools.on(self.conversation)), *(name for name, on in vendor.items() if on)]

    async def knobs(self) -> Sequence[Knob]:
        """The parameters, as the model takes them.

        Raises:
            SegueError: No model is chosen, or its provider can't be loaded.
        """
        model = self.conversation.model
        if model is None:
            raise UsageError("No model is chosen", Way("Choose one", "model"))
        workspace = self._context.session.workspace
        return await workspace.registry.knobs(model, workspace.engine.info(model))

    async def filled(self) -> tuple[int, int | None]:
        """Tokens of the next request, and how many the model can take."""
        service = self._context.session.current
        return await service.tokens() if service.conversation.id else 0, service.window

    async def spent(self) -> Sum:
        """What the conversation has taken."""
        return await self._context.session.spent_here()

    async def pick_model(self) -> None:
        """Let the person choose who answers."""
        if (model := await self._context.models.pick_first()) is not None:
            await self._context.models.use_model(model)

    async def pick_tools(self) -> None:
        """Let the person turn tools on and off."""
        await self._context.tools.turn()

    async def set_system(self, text: str) -> str:
        """Give it a system prompt; the empty one takes it away. Returns what was done."""
        if text == self.conversation.system:
            return ""
        changes = {"system": text} if not text else self._context.session.current.instructed(text)
        await self._context.reading.alter("The system prompt is as before", **changes)
        return "System prompt set" if text else "No system prompt"

    async def set_parameter(self, name: str, value: str) -> str:
        """Set a parameter, as a person writes it; ``-`` takes it away. Returns what was done.

        Raises:
            UsageError: It can't have this value.
        """
        session = self._context.session
        changes = await session.with_parameter(session.current, f"{name} {value}")
        await self._context.reading.alter(f"{name} is as before", **changes)
        now = changes["parameters"].get(name)
        return f"{name} is as the model likes" if now is None else f"{name} = {one_line(str(now), 60)}"

    async def undo(self) -> str:
        """Take back what was done last. Returns what is so again.

        Raises:
            SegueError: It can't be undone, or nothing is left.
        """
        return await self._context.undo()
