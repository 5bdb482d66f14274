"""What the reader does with a message: choose it, act on it, copy it or a part of it, follow a link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message as TextualMessage
from textual.selection import Selection

from tui.app.actions import Action
from tui.app.keymap import bind, keys_of
from tui.app.messages.footer import Reach, offered
from tui.app.messages.message_list import MessageList
from tui.app.messages.pager import Load
from tui.app.messages.picture_files import save_picture
from tui.app.messages.picture_lines import PictureAct
from tui.app.transcript.line_selection import LineSelection
from tui.app.transcript.message_actions import CHOSEN
from tui.app.transcript.numbers import (
    Numbered,
    Numbers,
    code_parts,
    fold_parts,
    open_parts,
    picture_parts,
    save_parts,
)
from tui.app.transcript.walk import Walk
from tui.chat.conversation import Conversation
from tui.errors import SegueError
from tui.rendering.spans import Target

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView

_NO_CODE = "There is no code in this message"


class Transcript(MessageList, can_focus=True):
    """The conversation that is read, with the keys of its messages.

    Its own parts: ``way`` leads from message to message and back, ``lines`` are those that are selected with
    the keys, ``numbers`` stand on parts of a message among which one is to be chosen.
    """

    FOCUS_ON_CLICK = False  # the composer keeps the focus; a click works all the same
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.MESSAGE_UP, "walk(-1)"),
        bind(Action.MESSAGE_DOWN, "walk(1)"),
        bind(Action.LINE_UP, "line(-1)"),
        bind(Action.LINE_DOWN, "line(1)"),
        bind(Action.MESSAGE_COPY, "copy"),
        bind(Action.MESSAGE_CODE, "copy_code"),
        bind(Action.MESSAGE_SAVE, "save_code"),
        bind(Action.MESSAGE_PIPE, "pipe_code"),
        bind(Action.MESSAGE_LINK, "open_link"),
        bind(Action.MESSAGE_OUTSIDE, "open_outside"),
        *(bind(action, f"choose('{action.name}')") for action in CHOSEN),
        bind(Action.MESSAGE_FOLD, "fold"),
        bind(Action.MESSAGE_LINES, "select_lines"),
        bind(Action.HIT_NEXT, "next_hit(1)"),
        bind(Action.HIT_PREVIOUS, "next_hit(-1)"),
        bind(Action.MESSAGE_LEAVE, "leave"),
    ]

    class KeysChanged(TextualMessage):
        """Numbers came or went: keys mean something else now."""

    class PipeAsked(TextualMessage):
        """A block of code is to be given to a command."""

        def __init__(self, code: str, language: str) -> None:
            super().__init__()
            self.code = code
            self.language = language

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.way = Walk(self.viewport, self.finder)
        self.lines = LineSelection(self.viewport)
        self.numbers = Numbers(lambda: self.post_message(self.KeysChanged()))
        self.overlays.append(self.numbers)
        self._reach = Reach.AT_ONCE
        self._doing: Action | None = None
        self._held: list[events.Key] = []

    @property
    def numbered(self) -> int:
        """How many parts of the chosen message have a number, of which one is to be chosen."""
        return len(self.numbers)

    # -- choosing a message
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of a message are free for others while none is chosen, those of hits without any."""
        if action in (
            "choose",
            "copy",
            "copy_code",
            "save_code",
            "pipe_code",
            "open_link",
            "open_outside",
            "fold",
            "select_lines",
            "leave",
        ):
            return self.selected is not None
        return self.found if action == "next_hit" else True

    def walk(self, step: int) -> None:
        """Choose the message above (-1) or below (1); at first, the hit or the last one in view."""
        window = self.viewport.window
        if window is None or not window.ids:
            return
        if self.selected is None:
            if step < 0:
                self.way.begin(self.screen.focused if self.screen.focused is not self else None)
                self._choose(window.ids[self.way.first(window)])
            return
        index = window.index[self.selected] + step
        if index >= len(window.ids):
            self.action_leave()
        elif index >= 0:
            self._choose(window.ids[index])
            self.way.show(window.ids[index])

    def pointed(self, message_id: int, *, rail: bool) -> None:
        """Choose the message that was clicked; a click on the chosen one leads back.

        While something is written the keys stay with it, unless the rail was clicked: it says what is chosen.
        """
        if message_id == self.selected:
            self.action_leave()
            return
        if self.selected is None and self._reach is Reach.WALK and not rail:
            return
        if self.selected is None:
            self.way.begin(self.screen.focused if self.screen.focused is not self else None)
        self._choose(message_id)

    def _choose(self, message_id: int) -> None:
        self.selected = message_id
        self.screen.set_focus(self, scroll_visible=False)

    # -- the keys that are offered under the last message
    def let_keys_work(self, *, at_once: bool) -> None:
        """The keys under the last message work at once, or only when it is chosen."""
        self._reach = Reach.AT_ONCE if at_once else Reach.WALK
        window = self.viewport.window
        if window is not None and window.keys_reach is not self._reach:
            window.keys_reach = self._reach
            window.restand()
            self.viewport.settle()

    @property
    def offered(self) -> Mapping[str, Action]:
        """The actions that are offered under the last message while it is in view, by their keys."""
        window = self.viewport.window
        view = window.views.get(window.ids[-1]) if window is not None and window.ids else None
        if view is None or not self.following or window is None or window.keys_reach is not Reach.AT_ONCE:
            return {}
        keys = keys_of(self.app)
        return {key: does for does, bound in offered(view.message).items() for key in keys.of(bound)}

    @property
    def named_below(self) -> frozenset[Action]:
        """The actions whose keys stand under the chosen message."""
        window = self.viewport.window
        view = window.views.get(self.selected or 0) if window is not None else None
        return frozenset(offered(view.message).values()) if view is not None else frozenset()

    def do_offered(self, action: Action) -> None:
        """Do what is offered under the last message."""
        window = self.viewport.window
        if window is not None and window.ids:
            self.post_message(self.Chosen(action, window.ids[-1]))

    async def open(self, conversation: Conversation, load: Load, at: int | None = None) -> None:
        """Show a conversation, or another path of it."""
        await super().open(conversation, load, at)
        self.let_keys_work(at_once=self._reach is Reach.AT_ONCE)
        self.way.stay()  # the place from before is one of another path

    def watch_selected(self) -> None:
        """Draw the rail of the chosen message; without one, give the keys back to where they came from."""
        self.lines.clear()
        self.numbers.clear()
        super().watch_selected()
        if self.selected is None:
            self.way.end(self)

    def action_walk(self, step: int) -> None:
        """Choose the message above or below."""
        self.walk(step)

    def action_line(self, step: int) -> None:
        """Extend the selected lines, or choose another message, or scroll."""
        if self.lines:
            self.lines.extend(step)
            self._show_lines()
        elif self.selected is not None:
            self.walk(step)
        elif step < 0:
            self.action_scroll_up()
        else:
            self.action_scroll_down()

    def action_leave(self) -> None:
        """Close what is open here; then give the focus back to where it came from."""
        if self.numbers:
            self.numbers.clear()
            self.refresh()
        elif self.lines:
            self.lines.clear()
            self.screen.clear_selection()
        else:
            self.way.go_back()
            self.selected = None

    def action_choose(self, name: str) -> None:
        """Do something with the chosen message, one thing at a time."""
        if self.selected is not None and self._doing is None:
            self._doing = Action[name]
            self.post_message(self.Chosen(self._doing, self.selected))

    def done(self) -> None:
        """What was chosen is done; what was typed into a prompt that was on its way there goes into it."""
        held, self._held, self._doing = self._held, [], None
        for key in held:
            self._hand_on(key)

    def _hand_on(self, key: events.Key) -> None:
        focused = self.screen.focused
        if focused is not None and focused is not self:
            focused.post_message(events.Key(key.key, key.character))

    def action_fold(self) -> None:
        """Open or close what folds in the chosen message; of several, ask which."""
        view = self.viewport.view(self.selected)
        if view is not None and view.folds and not view.limited:
            self._ask(fold_parts, "There is nothing to open in view")
        elif self.selected is not None:
            self.fold(self.selected)

    async def action_next_hit(self, step: int) -> None:
        """Go to the next hit, or the one before."""
        try:
            await self.next_hit(step)
        except SegueError as error:
            self.notify(str(error), severity="error", markup=False)

    # -- selecting lines, copying
    def action_select_lines(self) -> None:
        """Begin to select lines of the chosen message."""
        if self.selected is not None and self.lines.begin(self.selected):
            self._show_lines()

    def _show_lines(self) -> None:
        """Have the end of the selected lines in view, and draw them."""
        if hidden := self.lines.hidden_below:
            self.way.bring(lambda: self.viewport.go(self.top + hidden))
        if selection := self.lines.selection:
            self.screen.selections = {self: selection}

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection; without one, no lines are selected."""
        if selection is None:
            self.lines.clear()
        super().selection_updated(selection)

    def action_copy(self) -> None:
        """Copy the selected lines, or the chosen message."""
        if self.lines and (text := self.screen.get_selected_text()):
            self.copy_text(text)
            self.action_leave()
        elif self.selected is not None:
            self.copy_message(self.selected)

    # -- parts of a message
    def action_copy_code(self) -> None:
        """Copy a block of code of the chosen message; of several, ask which."""
        self._ask(partial(code_parts, Action.MESSAGE_CODE), _NO_CODE)

    def action_save_code(self) -> None:
        """Save a block of code or a picture of the chosen message to a file; of several, ask which."""
        self._ask(save_parts, "There is no code and no picture in this message")

    def action_pipe_code(self) -> None:
        """Give a block of code of the chosen message to a command; of several, ask which."""
        self._ask(partial(code_parts, Action.MESSAGE_PIPE), _NO_CODE)

    def do(self, target: Target, message_id: int) -> None:
        """Do what a part of a message is for."""
        if target.action is Action.MESSAGE_PIPE:
            self.post_message(self.PipeAsked(target.value, target.language))
        else:
            super().do(target, message_id)

    def action_open_link(self) -> None:
        """Show where a link leads, a picture alone, or the source of what is drawn; of several, ask which."""
        self._ask(open_parts, "There is no link and no picture in view, and nothing drawn")

    def action_open_outside(self) -> None:
        """Open a picture of the chosen message with the system's program; of several, ask which."""
        self._ask(partial(picture_parts, PictureAct.OUTSIDE), "There is no picture in this message")

    async def save_newest(self, typed: str) -> bool:
        """Save the newest picture or block of code.

        Args:
            typed: The name of a file, which is not there yet; one is asked for without it.

        Returns:
            Whether there is any.

        Raises:
            SegueError: It can't be written.
        """
        window = self.viewport.window
        for message_id in reversed(window.ids if window else []):
            view = self.viewport.view(message_id) if await self.pager.reach(message_id) else None
            if view is not None and (parts := save_parts(view, range(view.height))):
                await self._save(parts[-1].target, message_id, typed)
                return True
        return False

    async def _save(self, target: Target, message_id: int, typed: str) -> None:
        if not typed:
            self.do(target, message_id)
        elif isinstance(target.action, PictureAct):
            if picture := self.picture_file(message_id, target.value):
                await save_picture(self.app, picture, typed)
        else:
            from tui.engine.exporting import place_of, save_text, suggested_name

            place = place_of(typed, suggested_name(target.language))
            await asyncio.to_thread(save_text, f"{target.value}\n", place)
            self.notify(f"Saved to {place}", markup=False)

    def _ask(self, find: Callable[[MessageView, range], list[Numbered]], none: str) -> None:
        """Do what the only part does; of several, number them and wait for a key."""
        view, window = self.viewport.view(self.selected), self.viewport.window
        if view is None or window is None:
            return
        parts = find(view, self.viewport.rows_of(view))
        if not parts:
            self.notify(none, markup=False)
        elif len(parts) == 1:
            self.do(parts[0].target, view.message.id)
        else:
            self.numbers.show(view.message.id, parts)
            line = window.top(view) + parts[0].row
            self.way.bring(lambda: self.viewport.show_line(line))
            self.refresh()

    async def on_key(self, event: events.Key) -> None:
        """Do what a key is for, before the next one; a number chooses a part, others end that."""
        target = None
        if self.numbers and event.key not in keys_of(self.app).of(Action.MESSAGE_LEAVE):
            target = self.numbers.pick(event.character)
            self.numbers.clear()
            self.refresh()
        if target is not None and self.selected is not None:
            self.do(target, self.selected)
        elif self.screen.focused is not self:  # it came before the focus went elsewhere
            self._hand_on(event)
        elif self.selected is None and event.is_printable and not self.found:
            return  # a letter of what is written
        elif self._doing is Action.MESSAGE_EDIT:
            self._held.append(event)
        elif not (self._doing and event.is_printable) and not await self._ran(event.key):
            return
        event.stop()
        event.prevent_default()

    async def _ran(self, key: str) -> bool:
        """Do what a key is bound to here. False if it is free for others."""
        active = self.screen.active_bindings.get(key)
        if active is None or active.node is not self:
            return False
        await self.run_action(active.binding.action)
        return True
