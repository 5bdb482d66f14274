"""The commands: one list for the slash menu, the palette and the help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.app.actions import Action
from tui.errors import UsageError
from tui.nearest import nearest

if TYPE_CHECKING:
    from tui.engine.saved_prompts import SavedPrompt


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can ask for by name. The chat screen does it."""

    name: str
    """Its slash name, without the slash."""
    title: str
    """Its name in the palette."""
    help: str
    argument: str = ""
    """What may follow the slash name, as it is shown; empty if nothing may."""
    needed: bool = False
    """It makes no sense without its argument."""
    key: Action | None = None
    """The action that does the same."""
    saved: bool = False
    """A prompt that the person keeps as a file: it is sent."""


COMMANDS = (
    Command("model", "Choose a model", "who answers from now on", "[PROVIDER/MODEL]", key=Action.MODEL),
    Command("new", "New conversation", "begin with an empty page", key=Action.NEW),
    Command("open", "Conversations", "find and open a conversation", "[WORDS]", key=Action.CONVERSATIONS),
    Command("find", "Find here", "find in this conversation", "[WORDS]", key=Action.FIND),
    Command("prompts", "Your prompts", "go to something you asked here", key=Action.TIMELINE),
    Command("title", "Rename conversation", "give this conversation a title", "TITLE", needed=True),
    Command("system", "System prompt", "say how the models should answer here", "[TEXT]"),
    Command("set", "Set a parameter", "temperature, max_tokens, reasoning_effort …", "[NAME VALUE]"),
    Command(
        "attach", "Attach files", "images, PDF and texts go along with the prompt", "PATH …", needed=True
    ),
    Command("paste", "Paste", "the image in the clipboard goes along with the prompt", key=Action.PASTE),
    Command("retry", "Answer again", "one more version of the last reply"),
    Command("compare", "Compare models", "one prompt, several models side by side", "[MODEL …]"),
    Command("compact", "Sum up so far", "send a summary instead of all before"),
    Command("tag", "Tags", "words to find this conversation by; -NAME takes one away", "[NAME …]"),
    Command("pin", "Pin conversation", "keep it on top of the list, or not"),
    Command("archive", "Archive conversation", "out of the list, or back into it"),
    Command("duplicate", "Duplicate conversation", "go on in a copy"),
    Command("delete", "Delete conversation", "into the trash"),
    Command("undelete", "Bring back deleted messages", "of this conversation, for 30 days"),
    Command("copy", "Copy last reply", "its Markdown, to the clipboard"),
    Command("export", "Export conversation", "write it to a file", "[FILE]"),
    Command("temporary", "Temporary conversation", "nothing of it is kept"),
    Command("theme", "Theme", "dark, light or the terminal's own colours", "[NAME]"),
    Command("editor", "Edit in your editor", "the draft, in $VISUAL or $EDITOR", key=Action.EDITOR),
    Command("sidebar", "Sidebar", "show or hide the conversations", key=Action.SIDEBAR),
    Command("help", "Help", "all keys and commands", key=Action.HELP),
    Command("quit", "Quit", "replies that are coming are kept", key=Action.QUIT),
)

NAMES = frozenset(command.name for command in COMMANDS)
_SLASH = re.compile(r"/((?:[a-z][a-z0-9-]*)?)(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Typed:
    """A slash command as it was typed."""

    name: str
    argument: str


def parse(text: str) -> Typed | None:
    """The slash command in ``text``, known or not; None if it is a message.

    ``/etc/passwd`` and ``/ 2`` are messages; so is everything with a space before its slash.
    """
    match = _SLASH.fullmatch(text.rstrip())
    if match is None or not match[1]:
        return None
    return Typed(match[1], (match[2] or "").strip())


def find(name: str, commands: Sequence[Command] = COMMANDS) -> Command | None:
    """The command with this name."""
    return next((command for command in commands if command.name == name), None)


def unknown(name: str, commands: Iterable[Command], where: str = "") -> UsageError:
    """What is said of a command that there is not among these."""
    near = nearest(name, [command.name for command in commands])
    meant = f"Did you mean /{near[0]}? " if near else ""
    return UsageError(
        f"There is no command /{name}{where}", f"{meant}A space before the slash sends it as text."
    )


def saved(prompts: Iterable[SavedPrompt]) -> list[Command]:
    """The prompts that are kept as files, but for those whose name is a command's."""
    return [
        Command(p.name, p.about, p.about, "WORDS" if p.needs_words else "[WORDS]", p.needs_words, saved=True)
        for p in prompts
        if p.name not in NAMES
    ]


def completions(text: str, commands: Sequence[Command] = COMMANDS) -> list[Command]:
    """The commands that ``text`` may become; none once the name is complete and followed by something."""
    match = _SLASH.fullmatch(text)
    if match is None or match[2] is not None or text != text.strip():
        return []
    return [command for command in commands if command.name.startswith(match[1])]
