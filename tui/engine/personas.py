"""Who a model is to be: ``personas/NAME.md`` beside the config, a system prompt with model and parameters."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from tui.chat.conversation import Conversation
from tui.engine.front_matter import Names, entries_of, kept_in
from tui.errors import ConfigError, UsageError
from tui.history.store import ConversationChanges
from tui.nearest import did_you_mean
from tui.parameters import Value
from tui.paths import unwritten, write_whole
from tui.text import one_line

NAME = re.compile(r"[a-z][a-z0-9-]*")
"""How prompts and personas are called."""
_OURS = frozenset({"model", "parameters"})
_NAMES = Names(_OURS, _OURS | {"description"})


class Persona(Struct, frozen=True):
    """One file."""

    name: str
    system: str
    """The system prompt; may be empty, where only model or parameters are meant."""
    about: str = ""
    """What it is for, in a line."""
    model: str = ""
    """Who answers, as the person names models; nothing where it may be anyone."""
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def is_worn(self, conversation: Conversation) -> bool:
        """Whether a conversation has its system prompt and its parameters."""
        theirs = conversation.parameters
        if any(theirs.get(name) != value for name, value in self.parameters.items()):
            return False
        return conversation.system == self.system and bool(self.system or self.parameters)


class Personas:
    """The personas of one folder. Each look reads what has changed, so that an edited file counts at once."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet; the folder need not exist."""
        self._folder = folder

    def all(self) -> list[Persona]:
        """Those that can be used, by name."""
        return [found for found in self._read() if isinstance(found, Persona)]

    def problems(self) -> Sequence[ConfigError]:
        """What is wrong with the others, and what may be a mistake in these."""
        return [found for found in self._read() if isinstance(found, ConfigError)]

    def find(self, name: str) -> Persona:
        """The persona of this name.

        Raises:
            UsageError: There is none.
            ConfigError: There is something wrong with it.
        """
        every = self._read()
        for found in every:
            if isinstance(found, Persona) and found.name == name:
                return found
        for found in every:
            if isinstance(found, ConfigError) and re.match(
                rf"personas/{re.escape(name)}\.md\b", found.message
            ):
                raise found
        names = [found.name for found in every if isinstance(found, Persona)]
        there = f"There are {', '.join(names)}." if names else f"One is a file {self._folder / 'NAME.md'}."
        raise UsageError(f"There is no persona {one_line(name, 60)}", did_you_mean(name, names, there))

    def worn(self, conversation: Conversation) -> Persona | None:
        """The persona that a conversation has; None where it has none, or was changed since."""
        wearing = [persona for persona in self.all() if persona.is_worn(conversation)]
        return max(wearing, key=lambda persona: len(persona.parameters), default=None)

    def changes(self, conversation: Conversation, persona: Persona | None) -> ConversationChanges:
        """What gives a conversation a persona, in the place of the one that it has; None takes that off.

        Who answers is no part of it: the front end finds the model that ``Persona.model`` means.
        """
        before = self.worn(conversation)
        left = dict(before.parameters) if before is not None else {}
        own = {name: value for name, value in conversation.parameters.items() if left.get(name) != value}
        if persona is None:
            return {"system": "", "parameters": own}
        return {"system": persona.system, "parameters": {**own, **persona.parameters}}

    def check_new(self, name: str) -> None:
        """Refuse what can be no name, or is one already.

        Raises:
            UsageError: It is.
        """
        if not NAME.fullmatch(name):
            words = f"{one_line(name, 60)} can be no name"
            raise UsageError(words, "It is small letters, digits and hyphens, as in reviewer.")
        if os.path.lexists(self._folder / f"{name}.md"):
            raise UsageError(f"There is a persona {name} already")

    def keep(self, name: str, system: str, parameters: Mapping[str, Value]) -> Path:
        """Write a new persona. Returns its file.

        Raises:
            SegueError: It can't be written, or there is one of this name.
        """
        import yaml

        self.check_new(name)
        path = self._folder / f"{name}.md"
        said = yaml.safe_dump({"parameters": dict(parameters)}, allow_unicode=True) if parameters else ""
        matter = f"---\n{said}---\n\n" if said or system.lstrip().startswith(("---", "+++")) else ""
        try:
            write_whole(path, f"{matter}{system.strip()}\n")
        except OSError as error:
            raise unwritten(path, error) from None
        return path

    def _read(self) -> list[Persona | ConfigError]:
        try:
            paths = [path for path in entries_of(self._folder) if path.suffix == ".md"]
        except ConfigError as error:
            return [error]
        return [found for path in paths for found in _personas_in(path)]


def _personas_in(path: Path) -> list[Persona | ConfigError]:
    where = f"personas/{one_line(path.name)}"
    if not NAME.fullmatch(path.stem):
        return [ConfigError(f"{where}: the name of a persona is small letters, digits and hyphens")]
    try:
        kept = kept_in(path, where, _NAMES)
        matter = kept.matter
        persona = Persona(path.stem, kept.text, kept.about, matter.text("model"), matter.parameters())
    except ConfigError as error:
        return [error]
    if not (persona.system or persona.model or persona.parameters):
        return [ConfigError(f"{where}: is empty")]
    return [persona, *matter.doubts]
