"""The first model: helps a person to one who has never chosen any."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.app.background import in_background
from tui.app.models.models import Models
from tui.engine.workspace import Workspace
from tui.errors import SegueError

if TYPE_CHECKING:
    from tui.app.context import Context, WithWriting
    from tui.app.models.first_run import LocalOffer

    class _Context(Context, WithWriting, Protocol): ...


class FirstModel:
    """Shows the first screen, where one is of use."""

    def __init__(self, context: _Context, models: Models) -> None:
        self._context = context
        self._models = models
        self.needed = False
        """Whether nothing may be sent yet, as far as is known."""

    async def find_out(self) -> bool:
        """Whether no model was ever chosen and nothing was ever said."""
        workspace = self._context.session.workspace
        self.needed = not (
            workspace.config.model
            or await workspace.preferences.recent_models()
            or await workspace.store.count_conversations()
        )
        self._context.refresh()
        return self.needed

    def settle(self) -> None:
        """The person has chosen who answers."""
        self.needed = False

    async def help_to_begin(self, notices: Sequence[str]) -> None:
        """Show what there is to begin with.

        What was sent already stands in the composer meanwhile, and goes when there is a model for it. Who
        begins to write is let, and asked when that is sent.

        Args:
            notices: What is wrong with the settings, say.
        """
        from tui.app.models.first_run import FirstRun

        context, workspace = self._context, self._context.session.workspace
        early = context.writing.give_back_early()
        waits = context.writing.written

        def send() -> bool:
            if context.writing.written == waits:
                return False
            context.writing.send()
            return True

        offer, why_not = await asyncio.to_thread(_local_offer, workspace)
        catalogue = workspace.catalogue
        first = FirstRun(
            workspace.registry,
            catalogue,
            offer,
            why_no_local=why_not,
            connect=self._models.connect_any,
            pick=self._models.pick_first,
            name=self._name_conversations if not workspace.config.auto_title else None,
            notices=notices,
            write=context.writing.hand_on,
            send=send,
            sends=bool(early),
        )
        in_background(context.screen, "models", catalogue.refresh, exclusive=True)

        def chosen(model_id: str | None) -> None:
            self.needed = model_id is None  # also of who looked at the offers and took none
            context.refresh()
            if model_id is not None:
                context.soon(self._begin_with, model_id, bool(early))

        if context.writing.written != waits or not context.screen.is_active:
            return  # the person has found something to do
        await context.show(first, chosen)
        if context.writing.written != waits:
            first.leave()

    async def _name_conversations(self, wanted: bool) -> None:
        await self._context.change_settings({("auto_title",): wanted})

    async def _begin_with(self, model_id: str, send: bool) -> None:
        await self._models.use_model(model_id)
        if send and (written := self._context.writing.take()):
            self._context.writing.submit(written)


def _local_offer(workspace: Workspace) -> tuple[LocalOffer | None, str]:
    """What this machine can run by itself, and why it can't."""
    from tui.app.models.first_run import LocalOffer
    from tui.providers.local.availability import installed, why_not
    from tui.providers.local.library import LocalModels
    from tui.providers.local.models import DEFAULT_MODEL

    reason = why_not() or ""
    if reason:
        return None, reason if installed() else ""
    try:
        model = LocalModels(workspace.paths.cache, workspace.config.local_models).find(DEFAULT_MODEL)
    except SegueError:
        return None, ""
    return (
        LocalOffer(
            model.id,
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
