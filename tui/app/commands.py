"""The commands: one table for the slash menu, the palette, the help, plain mode and the README."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import Flag, auto
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui.app.actions import Action
from tui.errors import SegueError, UsageError
from tui.nearest import nearest

if TYPE_CHECKING:
    from tui.app.keymap import Keys
    from tui.engine.saved_prompts import SavedPrompt


class Where(Flag):
    """Where a command makes sense."""

    APP = auto()
    PLAIN = auto()
    BOTH = APP | PLAIN


class Command(Struct, frozen=True):
    """Something a person can ask for by name."""

    name: str
    """Its slash name, without the slash."""
    title: str
    """Its name in the palette."""
    help: str
    argument: str = ""
    """What may follow the slash name, as it is shown; empty if nothing may."""
    where: Where = Where.APP
    needed: bool = False
    """It makes no sense without its argument; in plain mode it says then what is so."""
    key: Action | None = None
    """The action that does the same."""
    plain_help: str = ""
    """What it does in plain mode, if that is something else."""
    plain_argument: str | None = None
    """What may follow it there, if that is something else."""
    saved: bool = False
    """A prompt that the person keeps as a file: it is sent."""

    @property
    def form(self) -> str:
        """How it is typed: ``/model [PROVIDER/MODEL]``."""
        return f"/{self.name} {self.argument}".rstrip()

    @property
    def in_plain(self) -> Command:
        """The command as plain mode has it."""
        argument = self.argument if self.plain_argument is None else self.plain_argument
        return replace(self, argument=argument, help=self.plain_help or self.help)


Handler = Callable[[str], Awaitable[None]]
"""Does what a command asks for; it gets what was typed after the command's name."""
Handlers = Mapping[str, Handler]
"""The commands that something does, by name."""

_PLAIN, _BOTH = Where.PLAIN, Where.BOTH
# fmt: off
ALL = (
    Command("model", "Choose a model", "who answers from now on", "[PROVIDER/MODEL]", _BOTH,
            key=Action.MODEL, plain_argument="[WORDS]"),
    Command("models", "Models", "the names of all, or of those that fit", "[WORDS]", _PLAIN),
    Command("new", "New conversation", "begin with an empty page", "", _BOTH, key=Action.NEW),
    Command("open", "Conversations", "find and open a conversation", "[WORDS]", _BOTH,
            key=Action.CONVERSATIONS),
    Command("history", "Read again", "this conversation, or its last messages", "[HOW MANY]", _PLAIN),
    Command("find", "Find here", "find in this conversation", "[WORDS]", _BOTH,
            key=Action.FIND, plain_argument="WORDS"),
    Command("prompts", "Your prompts", "go to something you asked here", key=Action.TIMELINE),
    Command("tree", "Branches and versions", "this conversation seen whole: go, compare, cut off"),
    Command("title", "Rename conversation", "give this conversation a title", "TITLE", _BOTH, needed=True,
            plain_argument="[TITLE]"),
    Command("system", "System prompt", "say how the models should answer here", "[TEXT]", _BOTH),
    Command("set", "Set a parameter", "temperature, max_tokens, reasoning_effort …", "[NAME VALUE]", _BOTH),
    Command("persona", "Persona", "who the model is to be: a system prompt kept as a file", "[NAME]", _BOTH,
            plain_argument="[NAME or -]"),
    Command("options", "This conversation", "model, persona, parameters, tools, cost: all of it", "", _BOTH,
            key=Action.OPTIONS),
    Command("project", "Project", "what the project of this folder does; use it, or not", "", _BOTH,
            plain_argument="[yes or no]"),
    Command("attach", "Attach files", "images, PDF and texts go along with the prompt", "PATH …", _BOTH,
            needed=True, plain_argument="PATH",
            plain_help="an image, PDF or text for the next prompt; - takes back"),
    Command("paste", "Paste", "the image in the clipboard goes along with the prompt", "", _BOTH,
            key=Action.PASTE, plain_help="the image in the clipboard, for the next prompt"),
    Command("retry", "Answer again", "one more version of the last reply", "", _BOTH,
            plain_argument="[MODEL]"),
    Command("continue", "Go on", "let the last reply go on where it was cut", "", _PLAIN),
    Command("edit", "Edit a prompt", "in your editor, and send it as a new version", "[NUMBER]", _PLAIN),
    Command("versions", "Versions", "of the last reply, or of a message", "[NUMBER]", _PLAIN),
    Command("compare", "Compare models", "one prompt, several models side by side", "[MODEL …]"),
    Command("compact", "Sum up so far", "send a summary instead of all before", "", _BOTH),
    Command("usage", "What was spent", "here, today and this month", "", _BOTH),
    Command("tag", "Tags", "words to find this conversation by; -NAME takes one away", "[NAME …]"),
    Command("pin", "Pin conversation", "keep it on top of the list, or not"),
    Command("archive", "Archive conversation", "out of the list, or back into it"),
    Command("duplicate", "Duplicate conversation", "go on in a copy"),
    Command("delete", "Delete conversation", "into the trash", "", _BOTH, plain_argument="[NUMBER]",
            plain_help="a message, or the whole conversation"),
    Command("undo", "Undo", "take back the last deletion", "", _PLAIN, key=Action.UNDO),
    Command("undelete", "Bring back deleted messages", "of this conversation, for 30 days"),
    Command("copy", "Copy last reply", "its Markdown, to the clipboard", "", _BOTH,
            plain_argument="[NUMBER]"),
    Command("export", "Export conversation", "write it to a file", "[FILE]", _BOTH),
    Command("save", "Save to a file", "the newest picture here, or block of code", "[FILE]", _BOTH,
            plain_help="the newest picture here"),
    Command("temporary", "Temporary conversation", "nothing of it is kept"),
    Command("tools", "Tools", "what models may use here, and what is always allowed", "[WORDS]", _BOTH,
            plain_argument="[NAME]", plain_help="what models may use here; a name turns it on or off"),
    Command("mcp", "Servers", "of the Model Context Protocol: how it is with them", "", _BOTH,
            plain_argument="[NAME]", plain_help="how it is with the servers; a name restarts one"),
    Command("search", "Search the web", "let the model's vendor search, at its price", "[on|off]", _BOTH),
    Command("draw", "Make pictures", "let the model make some, at its vendor's price", "[on|off]", _BOTH),
    Command("theme", "Theme", "auto, dark, light or the terminal's own colours", "[NAME]"),
    Command("settings", "Settings", "all that can be set, and the keys", key=Action.SETTINGS),

    Command("connect", "Connect", "a vendor's key or any server's address, tried at once",
            "[PROVIDER or ADDRESS]"),
    Command("editor", "Edit in your editor", "the draft, in $VISUAL or $EDITOR", "", _BOTH,
            key=Action.EDITOR, plain_argument="[TEXT]", plain_help="in $VISUAL or $EDITOR, and send it"),
    Command("sidebar", "Sidebar", "show or hide the conversations", key=Action.SIDEBAR),
    Command("redraw", "Redraw", "draw the screen anew, if another program wrote on it", key=Action.REDRAW),
    Command("suspend", "Suspend", "stop the program, until the shell's fg", key=Action.SUSPEND),
    Command("help", "Help", "all keys and commands", "", _BOTH, key=Action.HELP),
    Command("quit", "Quit", "replies that are coming are kept", "", _BOTH, key=Action.QUIT),
)
# fmt: on
COMMANDS = tuple(command for command in ALL if Where.APP in command.where)
"""Those of the app."""
PLAIN_COMMANDS = tuple(command.in_plain for command in ALL if Where.PLAIN in command.where)
"""Those of plain mode, as it says them."""
NAMES = frozenset(command.name for command in COMMANDS)
_SLASH = r"(?s)/((?:[a-z][a-z0-9-]*)?)(?:\s+(.*))?"


class Typed(Struct, frozen=True):
    """A slash command as it was typed."""

    name: str
    argument: str


def parse(text: str) -> Typed | None:
    """The slash command in ``text``, known or not; None if it is a message.

    ``/etc/passwd`` and ``/ 2`` are messages; so is everything with a space before its slash.
    """
    match = re.fullmatch(_SLASH, text.rstrip())
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
        Command(
            prompt.name,
            prompt.about,
            prompt.about,
            prompt.usage,
            needed=prompt.needs_words and not prompt.variables,
            saved=True,
        )
        for prompt in prompts
        if prompt.name not in NAMES
    ]


def completions(text: str, commands: Sequence[Command] = COMMANDS) -> list[Command]:
    """The commands that ``text`` may become; none once the name is complete and followed by something."""
    match = re.fullmatch(_SLASH, text)
    if match is None or match[2] is not None or text != text.strip():
        return []
    return [command for command in commands if command.name.startswith(match[1])]


def told(error: Exception, keys: Keys) -> str:
    """What the app says of an error: what a command mends is named by the key that does the same."""
    way = error.way if isinstance(error, SegueError) else None
    command = find(way.command) if way else None
    if way is None or command is None or command.key is None:
        return str(error)
    return f"{error.args[0]}. {way.by(keys.name(command.key))}"
