"""Where the next message is written."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from tui.app.actions import Action
from tui.app.composer.completing_area import CompletingArea
from tui.app.composer.recall import Recall
from tui.app.keymap import bind, keys_of
from tui.chat.draft import Draft

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.app.composer.vim_keys import VimKeys

BURST = 0.02
"""Seconds between two keys that no hand types: a paste in a terminal that does not mark pastes."""
PAUSE = 0.04
"""Seconds without a key after which Enter in such a burst was meant to send."""

_MENU = {
    Action.MENU_UP: "choose(-1)",
    Action.MENU_DOWN: "choose(1)",
    Action.MENU_CLOSE: "close_menu",
}
"""What the keys of the open menu do, before all that they do otherwise."""


class Composer(CompletingArea):
    """A text area in which Enter sends. It grows with its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SEND, "send"),
        bind(Action.NEWLINE, "newline"),
        bind(Action.OLDER, "older"),
        bind(Action.NEWER, "newer"),
        bind(Action.DELETE_LEFT, "delete_left"),
        bind(Action.PASTE, "paste"),
    ]

    @dataclass
    class Submitted(Message):
        """A message to send; the composer is empty again."""

        draft: Draft

    @dataclass
    class ModeChanged(Message):
        """Vim's keys mean something else now."""

    @dataclass
    class TakeBack(Message):
        """Up on an empty composer, while a prompt is queued."""

    @dataclass
    class FromClipboard(Message):
        """What the system's clipboard holds is wanted: a terminal pastes no images."""

    @dataclass
    class Scrolled(Message):
        """A key that moves the caret nowhere: the conversation scrolls instead."""

        action: str
        """The transcript's action: page_up, page_down, scroll_home or scroll_end."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.vim: VimKeys | None = None
        """Vim's keys, if they are wanted."""
        self.queued = False
        """Whether a prompt of this conversation is queued: Up takes it back."""
        self.recall = Recall()
        """Earlier prompts."""
        self._last_key = 0.0
        self._enter: Timer | None = None
        self._bound: dict[str, str] = {}

    def free(self, keys: Set[str]) -> None:
        """Leave these keys to what is bound to them by name; a text field has some of its own."""
        own = self._bindings.key_to_bindings
        for key in own.keys() & keys:
            own[key] = [binding for binding in own[key] if binding.id]

    # -- the draft
    def put(self, text: str) -> None:
        """Replace the text; the caret stands at its end, the files stay."""
        self.recall.leave()
        self.show(text)

    def hold(self, draft: Draft) -> None:
        """Replace text and files."""
        self.put(draft.text)
        self.attachments = draft.attachments
        if self.vim is not None:
            self.vim.begin()
            self.post_message(self.ModeChanged())

    def take(self) -> Draft:
        """Give away text and files; Up brings them back."""
        written = self.written
        if written:
            self.recall.remember(written)
        self.hold(Draft())
        return written

    # -- keys: what sends or breaks the line is handled here, in the order in which the keys came
    async def on_key(self, event: events.Key) -> None:
        """Handle Enter, and the keys of the open menu, before anything typed after them."""
        self._go_on()
        action = self._ordered_actions().get(event.key)
        if action is None and self.vim is not None and await self.vim.take(event):
            event.stop()
            event.prevent_default()
            self.post_message(self.ModeChanged())
        elif action is not None:
            event.stop()
            event.prevent_default()
            if action == "send":
                await self.offer_paths()
            await self.run_action(action if action != "send" else f"send({event.time})")
        elif event.key == "enter":
            event.prevent_default()
        elif event.is_printable:
            self._last_key = event.time

    def _go_on(self) -> None:
        """More comes: an Enter that still waits was a line break."""
        pending, self._enter = self._enter, None
        if pending is not None:
            pending.stop()
            self.insert("\n")

    def _ordered_actions(self) -> Mapping[str, str]:
        if not self._bound:
            self._bound = {
                key: active.binding.action
                for key, active in self.screen.active_bindings.items()
                if active.node is self and active.binding.id in ("send", "newline")
            }
        if not self.open_menu:
            return self._bound
        keys = keys_of(self.app)
        return self._bound | {key: does for action, does in _MENU.items() for key in keys.of(action)}

    def action_send(self, at: float | None = None) -> None:
        """Send the draft, or run the command it is; in a burst of keys, only after a pause."""
        if at is not None and at - self._last_key < BURST:
            self._enter = self.set_timer(PAUSE, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self._enter = None
        chosen = self.complete_path()
        if chosen is not None and (chosen.folder or not self.text.startswith("/")):
            return
        if self.menu is not None and self.menu.pointed:
            self.complete_model()
        draft = self.draft
        if draft.startswith("/") and self._run(draft):
            return
        if written := self.take():
            self.post_message(self.Submitted(written))

    def _run(self, draft: str) -> bool:
        """Run the command that the draft is, or complete it. False if it is a message."""
        from tui.app import commands

        typed = commands.parse(draft)
        if typed is None:
            return False
        menu = self.open_menu
        chosen = menu.command if menu else None
        known = (*commands.COMMANDS, *self.saved())
        command = (
            commands.find(typed.name, known) or chosen or next(iter(commands.completions(draft, known)), None)
        )
        if command is not None and command.needed and not typed.argument:
            self.put(f"/{command.name} ")
            return True
        if command is not None and command.saved:
            self.put(f"/{command.name} {typed.argument}".rstrip())
            return False
        if command is not None:
            self.put("")
        self.post_message(self.Commanded(command.name if command else typed.name, typed.argument))
        return True

    def action_newline(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection)

    # -- earlier prompts
    def action_older(self) -> None:
        """The caret up; on an empty composer, the prompt before this one."""
        if not self.written and self.queued:
            self.post_message(self.TakeBack())
        elif (self.recall.begun or not self.written) and self.cursor_at_first_line:
            self._recall(1)
        else:
            self.action_cursor_up()

    def action_newer(self) -> None:
        """The caret down; among recalled prompts, the one after this one."""
        if self.recall.begun and self.cursor_at_last_line:
            self._recall(-1)
        else:
            self.action_cursor_down()

    def _recall(self, step: int) -> None:
        draft = self.recall.step(step)
        if draft is not None:
            self.show(draft.text)
            self.attachments = draft.attachments

    # -- keys that an empty or short draft has no use for: the conversation scrolls instead
    def action_cursor_page_up(self) -> None:
        """A page up; in a draft that is all seen, in the conversation."""
        if self._all_seen:
            self.post_message(self.Scrolled("page_up"))
        else:
            super().action_cursor_page_up()

    def action_cursor_page_down(self) -> None:
        """A page down; in a draft that is all seen, in the conversation."""
        if self._all_seen:
            self.post_message(self.Scrolled("page_down"))
        else:
            super().action_cursor_page_down()

    def action_cursor_line_start(self, select: bool = False) -> None:
        """To the begin of the line; of the conversation while nothing is written."""
        if self.text:
            super().action_cursor_line_start(select)
        else:
            self.post_message(self.Scrolled("scroll_home"))

    def action_cursor_line_end(self, select: bool = False) -> None:
        """To the end of the line; of the conversation if the caret is at the end of the draft already."""
        if select or self.cursor_location != self.document.end:
            super().action_cursor_line_end(select)
        else:
            self.post_message(self.Scrolled("scroll_end"))

    @property
    def _all_seen(self) -> bool:
        return self.wrapped_document.height <= self.content_size.height

    # -- editing
    def action_undo(self) -> None:
        """The app has one undo, to which typing belongs: see ``undo_typing``."""
        raise SkipAction()

    def undo_typing(self) -> None:
        """Undo the newest change of the draft."""
        super().action_undo()

    @on(CompletingArea.Changed)
    def _changed(self) -> None:
        self.offer_completions()
        self.recall.follow(self.draft)

    async def on_paste(self, event: events.Paste) -> None:
        """Insert a paste, which its own line breaks never send."""
        event.prevent_default()
        event.stop()
        self._go_on()
        self._last_key = event.time
        await self.take_paste(event.text)

    async def take_paste(self, text: str) -> None:
        """Insert a paste; in a command, a path is its argument."""
        from tui.app import commands

        if commands.parse(self.text) is None:
            await super().take_paste(text)
        else:
            self.take_in(text)

    def action_paste(self) -> None:
        """Take what the system's clipboard holds."""
        self.post_message(self.FromClipboard())
