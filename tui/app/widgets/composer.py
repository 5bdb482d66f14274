"""Where the next message is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widgets import TextArea

from tui.app.widgets.pastes import Pastes
from tui.app.widgets.recall import Recall
from tui.chat.attachment import Attachment
from tui.chat.draft import Draft
from tui.text import clean

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.app.widgets.slash_menu import SlashMenu

BURST = 0.02
"""Seconds between two keys that no hand types: a paste in a terminal that does not mark pastes."""
PAUSE = 0.04
"""Seconds without a key after which Enter in such a burst was meant to send."""

_MENU_KEYS = {"up": "choose(-1)", "down": "choose(1)", "escape": "close_menu"}


class Composer(TextArea):
    """A text area in which Enter sends. It grows with its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", tooltip="Send the message", id="send"),
        Binding(
            "shift+enter,alt+enter,ctrl+j", "newline", "New line", tooltip="Begin a new line", id="newline"
        ),
        Binding(
            "up", "older", "Earlier prompt", tooltip="Recall an earlier prompt while it is empty", id="older"
        ),
        Binding("down", "newer", "Later prompt", tooltip="Back to the later prompt", id="newer"),
        Binding("tab", "complete", "Complete", tooltip="Complete the slash command", id="complete"),
    ]

    @dataclass
    class Submitted(Message):
        """A message to send; the composer is empty again."""

        draft: Draft

    @dataclass
    class Commanded(Message):
        """A slash command."""

        name: str
        argument: str

    @dataclass
    class Copied(Message):
        """Selected text, for the clipboard."""

        text: str

    @dataclass
    class TakeBack(Message):
        """Up on an empty composer, while a prompt is queued."""

    @dataclass
    class Scrolled(Message):
        """A key that moves the caret nowhere: the conversation scrolls instead."""

        action: str
        """The transcript's action: page_up, page_down, scroll_home or scroll_end."""

    @dataclass
    class FilesChanged(Message):
        """Other files go along with the draft."""

    attachments: var[tuple[Attachment, ...]] = var(())
    """The files that go along with the draft."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.menu: SlashMenu | None = None
        """The menu above, once it is there."""
        self.queued = False
        """Whether a prompt of this conversation is queued: Up takes it back."""
        self.recall = Recall()
        """Earlier prompts."""
        self._pastes = Pastes()
        self._last_key = 0.0
        self._enter: Timer | None = None
        self._bound: Mapping[str, str] = {}

    # -- the draft
    @property
    def draft(self) -> str:
        """The text that would be sent."""
        return self._pastes.unfold(self.text)

    @property
    def written(self) -> Draft:
        """What would be sent: the text, and the files that go along."""
        return Draft(self.draft, self.attachments)

    def put(self, text: str) -> None:
        """Replace the text; the caret stands at its end, the files stay."""
        self.recall.leave()
        self._show(text)

    def hold(self, draft: Draft) -> None:
        """Replace text and files."""
        self.put(draft.text)
        self.attachments = draft.attachments

    def take(self) -> Draft:
        """Give away text and files; Up brings them back."""
        written = self.written
        if written:
            self.recall.remember(written)
        self.hold(Draft())
        return written

    def attach(self, files: Iterable[Attachment]) -> None:
        """Let files go along; one that does already goes along once."""
        self.attachments = tuple(dict.fromkeys((*self.attachments, *files)))

    def detach(self, place: int = -1) -> None:
        """Let a file not go along after all."""
        kept = list(self.attachments)
        del kept[place]
        self.attachments = tuple(kept)

    def watch_attachments(self) -> None:
        """Tell; Textual calls this."""
        self.post_message(self.FilesChanged())

    def take_in(self, text: str) -> None:
        """Insert text from outside at the caret; a long one is folded."""
        shown = self._pastes.fold(clean(text.replace("\r\n", "\n").replace("\r", "\n")))
        self.replace(shown, *self.selection)
        self.move_cursor(self.selection.end)

    def _show(self, text: str) -> None:
        self.load_text(self._pastes.fold(clean(text)))
        self.move_cursor(self.document.end)

    # -- keys: what sends or breaks the line is handled here, in the order in which the keys came
    async def on_key(self, event: events.Key) -> None:
        """Handle Enter, and the keys of the open menu, before anything typed after them."""
        self._go_on()
        action = self._ordered_actions().get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
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
        return {**self._bound, **_MENU_KEYS} if self._open_menu else self._bound

    @property
    def _open_menu(self) -> SlashMenu | None:
        return self.menu if self.menu is not None and self.menu.is_open else None

    def action_send(self, at: float | None = None) -> None:
        """Send the draft, or run the command it is; in a burst of keys, only after a pause."""
        if at is not None and at - self._last_key < BURST:
            self._enter = self.set_timer(PAUSE, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self._enter = None
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
        menu = self._open_menu
        chosen = menu.command if menu else None
        command = commands.find(typed.name) or chosen or next(iter(commands.completions(draft)), None)
        if command is not None and command.needed and not typed.argument:
            self.put(f"/{command.name} ")
            return True
        if command is not None:
            self.put("")
        self.post_message(self.Commanded(command.name if command else typed.name, typed.argument))
        return True

    def action_newline(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection)

    def action_complete(self) -> None:
        """Complete the chosen slash command."""
        menu = self._open_menu
        command = menu.command if menu else None
        if command is None:
            raise SkipAction()
        self.put(f"/{command.name} " if command.argument else f"/{command.name}")

    def action_choose(self, step: int) -> None:
        """Choose another command of the open menu."""
        if self.menu is not None:
            self.menu.move(step)

    def action_close_menu(self) -> None:
        """Close the menu; the draft stays."""
        if self.menu is not None:
            self.menu.close()

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
            self._show(draft.text)
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

    # -- drawing
    def render_line(self, y: int) -> Strip:
        """Draw a line; without a cell of room there is nothing that could be wrapped to it."""
        return super().render_line(y) if self.content_size.width > 0 else Strip.blank(self.size.width)

    # -- editing
    @on(TextArea.Changed)
    def _changed(self) -> None:
        if self.menu is not None:
            self.menu.offer(self.text)
        self.recall.follow(self.draft)

    async def on_paste(self, event: events.Paste) -> None:
        """Insert a paste: safe to show, folded if it is long, and never sent by its own line breaks."""
        event.prevent_default()
        event.stop()
        self._go_on()
        self._last_key = event.time
        self.take_in(event.text)

    def action_delete_left(self) -> None:
        """Delete a character, or a folded paste as a whole; where there is no text, the last file."""
        if not self.text and self.attachments:
            self.detach()
            return
        row, column = self.cursor_location
        start = self._pastes.token_before(self.document[row], column) if self.selection.is_empty else None
        if start is None:
            super().action_delete_left()
        else:
            self.delete((row, start), (row, column))

    def action_copy(self) -> None:
        """Copy what is selected; without a selection the key is free for others."""
        if not self.selected_text:
            raise SkipAction()
        self.post_message(self.Copied(self.selected_text))

    def action_cut(self) -> None:
        """Cut what is selected, or the line."""
        selected = self.selected_text or f"{self.document[self.cursor_location[0]]}\n"
        super().action_cut()
        self.post_message(self.Copied(selected))

    def action_undo(self) -> None:
        """Undo typing; with nothing to undo the key is free for others."""
        if not self.text and not self.history.undo_stack:
            raise SkipAction()
        super().action_undo()
