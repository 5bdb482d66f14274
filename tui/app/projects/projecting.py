"""Offers the project that was found, once and when its file says something else; shows it when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers
from tui.engine.project import Project, no_project

if TYPE_CHECKING:
    from tui.app.context import Context, WithAsking, WithStatus

    class _Context(Context, WithAsking, WithStatus, Protocol): ...


class Projecting:
    """Lets the person decide whether the project counts."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"project": self._show}

    async def offer(self) -> None:
        """Ask whether the project counts, if the person has not spoken of it as it is now."""
        if (project := self._context.session.projects.unasked) is not None:
            await self._ask(project)

    async def _show(self, argument: str) -> None:
        session = self._context.session
        await session.look_for_project()
        project = session.projects.found
        if project is None:
            raise no_project()
        if not project.broken:  # else it was told why
            await self._ask(project)

    async def _ask(self, project: Project) -> None:
        context, session = self._context, self._context.session
        accepted = await context.asking.join(project, session.projects.standing)
        if accepted is None:
            return
        try:
            await session.decide_on_project(accepted)
        finally:
            context.refresh()
            context.status.count_soon()
        context.notify(session.projects.decided)
