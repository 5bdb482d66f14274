"""Whether the person lets the project of the folder of work count: kept by folder and what its file says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from tui.aside import aside
from tui.digest import sha256
from tui.engine.project import Project, find_project
from tui.errors import ConfigError
from tui.paths import unwritten, write_whole


class Verdict(StrEnum):
    """What the person has said of a project."""

    NONE = ""
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Projects:
    """Knows the project of this run, and keeps what is said of it."""

    def __init__(self, kept: Path, *, keeps: bool) -> None:
        """Look for nothing yet.

        Args:
            kept: A folder with a file for each project that was spoken of.
            keeps: Whether what is said outlives this run.
        """
        self._kept = kept
        self._keeps = keeps
        self.found: Project | None = None
        self.verdict = Verdict.NONE
        self.changed = False
        """Whether the person has spoken of it when its file said something else."""

    async def look(self) -> None:
        """Look for the project, and for what was said of it."""
        await aside(self._look)

    def _look(self) -> None:
        before, verdict = self.found, self.verdict
        self.found, self.verdict, self.changed = find_project(), Verdict.NONE, False
        if self.found is None or self.found.broken:
            return
        if before is not None and verdict and before.same_as(self.found):
            self.verdict = verdict  # of a run that keeps nothing
            return
        with suppress(OSError, ValueError):
            said, digest = self._file(self.found).read_text(encoding="utf-8").split()[:2]
            self.changed = digest != self.found.digest
            self.verdict = Verdict.NONE if self.changed else Verdict(said)

    def _file(self, project: Project) -> Path:
        return self._kept / sha256(os.fsencode(project.folder))[:32]

    @property
    def used(self) -> Project | None:
        """The project, where it was accepted as it is now."""
        return self.found if self.verdict is Verdict.ACCEPTED else None

    @property
    def unasked(self) -> Project | None:
        """The project, where the person has not spoken of it as it is now."""
        usable = self.found is not None and not self.found.broken
        return self.found if usable and self.verdict is Verdict.NONE else None

    @property
    def problems(self) -> Sequence[ConfigError]:
        """What is wrong in its file, where that is of use: not while it is asked about, nor once declined."""
        project = self.found
        return project.problems if project is not None and (project.broken or self.used) else ()

    @property
    def standing(self) -> str:
        """How it stands with the project, in words that its folder follows."""
        if self.changed:
            return "Changed since you answered: the project in"
        said = {
            Verdict.ACCEPTED: "You use the project in",
            Verdict.DECLINED: "You don't use the project in",
            Verdict.NONE: "A project was found in",
        }
        return said[self.verdict]

    @property
    def decided(self) -> str:
        """What follows from what the person has said of it."""
        name = self.found.name if self.found is not None else ""
        if self.used is not None:
            return f"Conversations that you begin here belong to the project {name}"
        return f"The project {name} is not used; /project asks again"

    async def decide(self, accepted: bool) -> None:
        """Let the project count from now on, or not.

        Raises:
            ConfigError: It counts in this run, and can't be kept for the next.
        """
        project = self.found
        if project is None or project.broken:
            return
        self.verdict, self.changed = Verdict.ACCEPTED if accepted else Verdict.DECLINED, False
        if self._keeps:
            words = f"{self.verdict} {project.digest}\n"
            try:
                await asyncio.to_thread(write_whole, self._file(project), words)
            except OSError as error:
                raise unwritten(self._file(project), error) from None
