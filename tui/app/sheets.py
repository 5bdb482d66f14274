"""Every screen that can lie over the chat, and the help on the keys of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui.app.commands import COMMANDS

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.screen import Screen

    from tui.app.help.help_screen import HelpScreen

_SCROLLING = [
    ("page up, page down", "Scroll the conversation by a screen"),
    ("home, end", "Its beginning and its end, where the caret can't go further"),
    ("wheel", "Scroll by lines"),
]
"""What a text field and a terminal do by themselves."""
_TITLES = {
    "ModelPicker": "Choosing a model",
    "Conversations": "All conversations",
    "Timeline": "Your prompts",
    "AskLine": "One line to type",
    "AskText": "A text to write",
    "Confirm": "A question",
    "HelpScreen": "This list",
    "FirstRun": "The first screen",
    "Compare": "Comparing models",
    "Connect": "Connecting a provider",
    "ConnectProvider": "All providers",
    "Palette": "All commands",
    "ThemeChooser": "All themes",
}


def all_sheets() -> tuple[type[Screen[Any]], ...]:
    """Every screen that can lie over the chat, for the help and for the check of the keys."""
    from tui.app.compare.compare import Compare
    from tui.app.conversations.conversations import Conversations
    from tui.app.conversations.timeline import Timeline
    from tui.app.help.help_screen import HelpScreen
    from tui.app.help.palette import Palette
    from tui.app.lists.ask_line import AskLine
    from tui.app.lists.ask_text import AskText
    from tui.app.lists.confirm import Confirm
    from tui.app.models.connect import Connect, ConnectProvider
    from tui.app.models.first_run import FirstRun
    from tui.app.models.picker import ModelPicker
    from tui.app.settings.theme_chooser import ThemeChooser

    return (
        ModelPicker,
        Compare,
        Conversations,
        Timeline,
        AskLine,
        AskText,
        Confirm,
        HelpScreen,
        FirstRun,
        Connect,
        ConnectProvider,
        Palette,
        ThemeChooser,
    )


def help_screen(
    everywhere: type[DOMNode], places: Sequence[type[DOMNode]], keys: Mapping[str, str], *, vim: bool
) -> HelpScreen:
    """All keys and commands.

    Args:
        everywhere: The app.
        places: The chat, the composer, the transcript, the sidebar, the find bar.
        keys: The keys that the person set.
        vim: Whether Vim's keys are used.
    """
    from tui.app.composer.vim import KEYS
    from tui.app.help.help_screen import HelpScreen, sections_of
    from tui.app.lists.chooser import Chooser
    from tui.app.lists.text_field import TextField

    chat, composer, transcript, sidebar, find = places
    groups: dict[str, Sequence[type[DOMNode]]] = {
        "Everywhere": (everywhere,),
        "Writing": (composer, chat),
        "A chosen message": (transcript,),
        "Find": (find,),
        "Sidebar": (sidebar,),
        "In every list": (Chooser,),
        **{_TITLES.get(sheet.__name__, sheet.__name__): (sheet,) for sheet in all_sheets()},
        _TITLES["AskText"]: (TextField,),
    }
    sections = sections_of(groups, keys)
    commands = [(f"/{c.name} {c.argument}".strip(), c.help) for c in COMMANDS]
    vim_keys = {"Vim": KEYS} if vim else {}
    return HelpScreen({"Reading": _SCROLLING, **vim_keys, **sections, "Commands": commands})
