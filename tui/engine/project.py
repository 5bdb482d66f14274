"""A project: a folder with ``.segue/project.toml``, which says how conversations begun in it are answered.

Whoever made the folder has written it, so it is read as a stranger's: it names a model and a persona that are
there already, switches tools on, and brings files of its own folder. Keys, addresses and what is allowed are
no part of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from tui.digest import sha256
from tui.engine.personas import NAME
from tui.errors import ConfigError, UsageError
from tui.text import clean, counted, one_line
from tui.typed_toml import Document

PLACE = Path(".segue", "project.toml")
LARGEST = 16_384
"""Bytes of such a file: what nobody would read to its end, nobody can agree to."""
_TOOL = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_MOST_NAMES = 50
_NAME = 60
_LINE, _BELOW = "\n", "\n  "
"""Before each line of what the file says: none can pass for something else that the project wants."""
PROMISE = "It changes no key, no address and nothing that you have allowed."
_ITS_OWN = "Keys, addresses and what is allowed are yours alone; a project has no word in them."


class ProjectSettings(Struct, frozen=True):
    """What can stand in the file."""

    model: str = ""
    """Who answers, as a person names models."""
    persona: str = ""
    """Who the model is to be: the name of one that the person has."""
    system: str = ""
    """The system prompt."""
    files: tuple[str, ...] = ()
    """Files, folders and patterns of this folder, which go along with the first prompt."""
    tools: tuple[str, ...] = ()
    """Tools, or servers with all of theirs, that are switched on."""


_NAMES = frozenset(ProjectSettings.__struct_fields__)


class Project(Struct, frozen=True):
    """The file of one folder, as it was read."""

    folder: Path
    digest: str
    """Tells this content from every other."""
    said: ProjectSettings = ProjectSettings()
    problems: tuple[ConfigError, ...] = ()
    broken: bool = False
    """Nothing of it can be used."""

    @property
    def name(self) -> str:
        """What the person knows it by."""
        return name_of(self.folder)

    @property
    def shown_folder(self) -> str:
        """Where it is, safe to show."""
        return one_line(str(self.folder))

    def same_as(self, other: Project) -> bool:
        """Whether both want the same, and for the same folder."""
        return (self.folder, self.digest) == (other.folder, other.digest)

    def wants(self) -> Iterator[str]:
        """All that it would do, a line for each thing; what is longest comes last."""
        said = self.said
        if said.model:
            yield f"model: {one_line(said.model, _NAME)}"
        if said.persona:
            yield f"persona: {said.persona}"
        if said.tools:
            yield f"tools switched on, each use is asked for as ever: {', '.join(said.tools)}"
        if said.files:
            yield _below("files along with each first prompt:", map(one_line, said.files))
        if said == ProjectSettings():
            yield "nothing but that conversations begun here belong together"
        if self.problems:
            yield _below("left out:", (problem.message for problem in self.problems))
        if said.system:
            lines = counted(said.system.count(_LINE) + 1, "line")
            yield _below(f"system prompt, {lines}:", clean(said.system).split(_LINE))


def _below(name: str, lines: Iterable[str]) -> str:
    return _BELOW.join([name, *lines])


def name_of(folder: Path | str) -> str:
    """What a person knows the project in a folder by; safe to show."""
    return one_line(Path(folder).name or str(folder), _NAME)


def find_project() -> Project | None:
    """The project of the folder of work: its own, or that of the nearest folder above, as far as home."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed meanwhile
        return None
    home = Path(os.path.realpath(os.path.expanduser("~")))
    for folder in (here, *here.parents):
        if os.path.lexists(folder / PLACE):
            return read_project(folder)
        if folder == home:
            break
    return None


def no_project() -> UsageError:
    """What is said where there is none."""
    return UsageError("There is no project here", f"It is a file {PLACE}, in this folder or one above.")


def read_project(folder: Path) -> Project:
    """The project in ``folder``; what is wrong in its file is told with its place, and left out."""
    path = folder / PLACE
    shown = Path(one_line(str(path)))
    try:
        data = _content(path)
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _broken(folder, f"{shown}: is not text in UTF-8")
    except (OSError, ValueError, UsageError) as error:
        why = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
        return _broken(folder, f"{shown}: can't be read: {one_line(why)}")
    document = Document(shown, source)
    broken = bool(document.problems)
    said = document.read(ProjectSettings, document.values)
    if any(problem.at[0] not in _NAMES for problem in document.problems if problem.at):
        document.problems[-1].hint = _ITS_OWN
    said = _checked(said, document)
    for problem in document.problems:
        problem.message = one_line(problem.message)
    return Project(folder, _digest(data), said, tuple(document.problems), broken)


def wrong_name(name: str) -> str:
    """Why a name can be none of a file inside a project; nothing where it can."""
    parts = parts_of(name)
    if not parts or "\0" in name:
        return "is no file, no folder and no pattern"
    if name.startswith(("/", "\\", "~")) or ":" in parts[0] or ".." in parts:
        return "is not inside of the folder"
    return "is hidden" if any(part.startswith(".") for part in parts) else ""


def parts_of(name: str) -> tuple[str, ...]:
    """The steps of a name that stands in a project."""
    return PurePosixPath(name.replace("\\", "/")).parts


def _content(path: Path) -> bytes:
    from tui.engine.attaching import content_of

    if path.parent.is_symlink() or path.is_symlink():
        raise ValueError("it is a link")
    data = content_of(path, LARGEST)
    if len(data) > LARGEST:
        raise ValueError(f"it is longer than {LARGEST:,} bytes")
    return data


def _broken(folder: Path, words: str) -> Project:
    return Project(folder, "", problems=(ConfigError(words),), broken=True)


def _digest(data: bytes) -> str:
    return sha256(data)


def _checked(said: ProjectSettings, document: Document) -> ProjectSettings:
    """Only what a project may say; the rest is told."""
    persona = said.persona
    if persona and not NAME.fullmatch(persona):
        document.problem(("persona",), f"{one_line(persona, _NAME)} can be no persona")
        persona = ""
    for name in said.tools:
        if not _TOOL.fullmatch(name):
            document.problem(("tools",), f"{one_line(name, _NAME) or 'nothing'} can be no tool or server")
    if len(said.files) > _MOST_NAMES:
        document.problem(("files",), f"more than {_MOST_NAMES} names; a folder or a pattern has many files")
    files = said.files[:_MOST_NAMES]
    for name in files:
        if why := wrong_name(name):
            document.problem(("files",), f"{one_line(name, _NAME) or 'nothing'} {why}")
    return replace(
        said,
        persona=persona,
        tools=tuple(dict.fromkeys(filter(_TOOL.fullmatch, said.tools))),
        files=tuple(name for name in dict.fromkeys(files) if not wrong_name(name)),
    )
