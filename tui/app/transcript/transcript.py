"""What the reader does with a message: choose it, act on it, copy it or a part of it, follow a link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message as TextualMessage
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.background import in_background, in_thread
from tui.app.keymap import bind, keys_of
from tui.app.messages.look import put
from tui.app.messages.message_view import BODY, MessageView, Place
from tui.app.messages.rows import Target
from tui.app.transcript.numbers import Numbers, Part, code_parts, link_parts
from tui.app.transcript.selectable_list import SelectableList
from tui.app.transcript.walk import Walk
from tui.app.transcript.window import Window
from tui.chat.message import Message
from tui.errors import SegueError

if TYPE_CHECKING:
    from tui.rendering.document import Document

_SOON = 0.3
"""Seconds after which it is said that something takes its time."""
_VERSION = "choose('{}_version')"


class Transcript(SelectableList, can_focus=True):
    """The conversation that is read."""

    FOCUS_ON_CLICK = False  # the composer keeps the focus; a click works all the same
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.MESSAGE_UP, "walk(-1)"),
        bind(Action.MESSAGE_DOWN, "walk(1)"),
        bind(Action.LINE_UP, "line(-1)"),
        bind(Action.LINE_DOWN, "line(1)"),
        bind(Action.MESSAGE_COPY, "copy"),
        bind(Action.MESSAGE_CODE, "copy_code"),
        bind(Action.MESSAGE_LINK, "open_link"),
        bind(Action.MESSAGE_EDIT, "choose('edit')"),
        bind(Action.MESSAGE_RETRY, "choose('retry')"),
        bind(Action.MESSAGE_RESUME, "choose('resume')"),
        bind(Action.MESSAGE_MODEL, "choose('other_model')"),
        bind(Action.MESSAGE_COMPARE, "choose('compare')"),
        bind(Action.VERSION_PREVIOUS, _VERSION.format("previous")),
        bind(Action.VERSION_NEXT, _VERSION.format("next")),
        bind(Action.MESSAGE_BRANCH, "choose('branch')"),
        bind(Action.MESSAGE_PIN, "choose('pin')"),
        bind(Action.MESSAGE_SUM, "choose('compact')"),
        bind(Action.MESSAGE_DELETE, "choose('delete')"),
        bind(Action.MESSAGE_DELETE_BELOW, "choose('delete_below')"),
        bind(Action.MESSAGE_FOLD, "fold"),
        bind(Action.MESSAGE_LINES, "select_lines"),
        bind(Action.HIT_NEXT, "next_hit(1)"),
        bind(Action.HIT_PREVIOUS, "next_hit(-1)"),
        bind(Action.MESSAGE_LEAVE, "leave"),
    ]

    @dataclass
    class Chosen(TextualMessage):
        """The person chose to do something with a message.

        Copying, folding, selecting and links are done by the transcript itself.
        """

        action: str
        """retry, other_model, compare, edit, resume, branch, pin, compact, delete, delete_below,
        previous_version, next_version."""
        message_id: int

    @dataclass
    class KeysChanged(TextualMessage):
        """Numbers came or went: keys mean something else now."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._numbers = Numbers(lambda: self.post_message(self.KeysChanged()))
        self._walk: Walk | None = None
        self._read: set[int] = set()
        """Messages that are being read whole."""
        self._doing = ""
        self._held: list[events.Key] = []

    @property
    def numbered(self) -> int:
        """How many parts of the chosen message have a number, of which one is to be chosen."""
        return len(self._numbers)

    # -- choosing a message
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of a message are free for others while none is chosen, those of hits without any."""
        if action in ("choose", "copy", "copy_code", "open_link", "fold", "select_lines", "leave"):
            return self.selected is not None
        return self.found if action == "next_hit" else True

    def walk(self, step: int) -> None:
        """Choose the message above (-1) or below (1); at first, the hit or the last one in view."""
        window = self._window
        if window is None or not window.ids:
            return
        if self.selected is None:
            if step > 0:
                return
            origin = self.screen.focused if self.screen.focused is not self else None
            self._walk = Walk(origin, self._anchor, self._anchor)
            hit = self._hit_in_view(window)
            self._choose(self._last_in_view(window) if hit is None else hit)
            return
        index = window.index[self.selected] + step
        if index >= len(window.ids):
            self.action_leave()
        elif index >= 0:
            self._choose(index)
            self._bring(self._show_chosen)

    def _choose(self, index: int) -> None:
        assert self._window is not None
        self.selected = self._window.ids[index]
        self.screen.set_focus(self, scroll_visible=False)

    def _last_in_view(self, window: Window) -> int:
        """The last message of which a line is in view, by index."""
        end = min(self.top + self.size.height, window.column.total)
        index = window.at(max(0, end - 1))[0]
        begins_below = self._span(window, window.ids[index])[0] >= end
        return index - 1 if begins_below and index else index

    def _hit_in_view(self, window: Window) -> int | None:
        """The message of the current hit, by index, where a line of it is in view."""
        index = None if self._hit is None else window.index.get(self._hit.message_id)
        if index is None:
            return None
        first, end = self._span(window, window.ids[index])
        return index if first < self.top + self.size.height and end > self.top else None

    def _show_chosen(self) -> None:
        """Have the chosen message in view; of one that is taller, what is seen stays."""
        assert self._window is not None and self.selected is not None
        first, end = self._span(self._window, self.selected)
        height = self.size.height
        if end - first <= height or end <= self.top or first >= self.top + height:
            self.show_message(self.selected)

    def _bring(self, act: Callable[[], object]) -> None:
        """Let ``act`` scroll on the way of a walk; the place from before can still come back."""
        super()._bring(act)
        if self._walk is not None:
            self._walk.here = self._anchor

    def _go_back(self) -> None:
        """Have the place from before the walk again, unless the reader has scrolled since."""
        walk = self._walk
        self.selected = None
        if walk is not None and walk.here is self._anchor is not walk.before:
            self._anchor = walk.before
            self._settle()

    def _reopen(self, window: Window, path: list[int], messages: list[Message], at: int | None) -> None:
        super()._reopen(window, path, messages, at)
        if self._walk is not None:  # the place from before is one of another path
            self._walk.before = self._walk.here = self._anchor

    def watch_selected(self) -> None:
        """Draw the rail of the chosen message; without one, give the keys back to where they came from."""
        self._lines = None
        self._numbers.clear()
        self.refresh()
        walk = self._walk
        if self.selected is None and walk is not None:
            self._walk = None
            walk.give_back(self)

    def action_walk(self, step: int) -> None:
        """Choose the message above or below."""
        self.walk(step)

    def action_line(self, step: int) -> None:
        """Extend the selected lines, or choose another message, or scroll."""
        if self._lines is not None:
            self.extend_lines(step)
        elif self.selected is not None:
            self.walk(step)
        elif step < 0:
            self.action_scroll_up()
        else:
            self.action_scroll_down()

    def action_leave(self) -> None:
        """Close what is open here; then give the focus back to where it came from."""
        if self._numbers:
            self._numbers.clear()
            self.refresh()
        elif not self.end_lines():
            self._go_back()

    def action_choose(self, action: str) -> None:
        """Do something with the chosen message, one thing at a time."""
        if self.selected is not None and not self._doing:
            self._doing = action
            self.post_message(self.Chosen(action, self.selected))

    def done(self) -> None:
        """What was chosen is done; what was typed into a prompt that was on its way there goes into it."""
        held, self._held, self._doing = self._held, [], ""
        for key in held:
            self._hand_on(key)

    def _hand_on(self, key: events.Key) -> None:
        focused = self.screen.focused
        if focused is not None and focused is not self:
            focused.post_message(events.Key(key.key, key.character))

    def action_select_lines(self) -> None:
        """Begin to select lines of the chosen message."""
        if self.selected is not None:
            self.select_lines(self.selected)

    def action_fold(self) -> None:
        """Open or close the reasoning of the chosen message."""
        if self.selected is not None:
            self.fold(self.selected)

    async def action_next_hit(self, step: int) -> None:
        """Go to the next hit, or the one before."""
        try:
            await self.next_hit(step)
        except SegueError as error:
            self.notify(str(error), severity="error", markup=False)

    def fold(self, message_id: int) -> None:
        """Open or close the reasoning of a message, or show all; what is at the top stays there."""
        view = self._view(message_id)
        if view is not None and view.limited:
            in_background(self, "read whole", self._read_whole, view)
        elif view is not None:
            self._change(view, view.fold)

    async def _read_whole(self, view: MessageView) -> None:
        """Read all of a text that was too long for it; the keys go on meanwhile."""
        document, message_id = view.document, view.message.id
        if document is None or message_id in self._read:
            return
        self._read.add(message_id)
        reading = asyncio.ensure_future(in_thread(document.read_whole))
        if not (await asyncio.wait({reading}, timeout=_SOON))[0]:
            self.notify("Reading all of it …", markup=False)
        whole = await reading
        self._read.discard(message_id)
        if view is self._view(message_id) and view.document is document:
            self._take(view, whole)

    def _take(self, view: MessageView, whole: Document) -> None:
        """Show the text of a message as another document; the words at the top of the view stay there."""
        window = self._window
        anchor = window.anchor(self.top) if window and not self.following else None
        here = anchor is not None and anchor.place.block == BODY and self._index_of(view) == anchor.index
        offset = view.offset(anchor.place.row) if anchor and here else 0
        view.take(whole)
        if anchor and here:
            anchor.place = Place(BODY, view.body.locate(offset)[0])
        self._anchor = anchor
        self._settle()

    # -- copying
    def action_copy(self) -> None:
        """Copy the selected lines, or the chosen message."""
        view = self._view(self.selected)
        if self._lines is not None and (lines := self.screen.get_selected_text()):
            self.copy_text(lines)
            self.action_leave()
        elif view is not None:
            self.copy_text(view.message.text if not view.message.live else view.body.source)

    # -- parts of a message
    def action_copy_code(self) -> None:
        """Copy a block of code of the chosen message; of several, ask which."""
        view = self._view(self.selected)
        if view is not None:
            self._ask(view, code_parts(view, self._seen(view)), "There is no code in this message")

    def action_open_link(self) -> None:
        """Show where a link of the chosen message leads; of several, ask which."""
        view = self._view(self.selected)
        if view is not None:
            self._ask(view, link_parts(view, self._seen(view)), "There is no link in view")

    def _seen(self, view: MessageView) -> range:
        """The rows of a message that are in view."""
        first = self.top - self._top_of(view)
        return range(first, first + self.size.height)

    def _ask(self, view: MessageView, parts: list[Part], none: str) -> None:
        """Do what the only part does; of several, number them and wait for a key."""
        if not parts:
            self.notify(none, markup=False)
        elif len(parts) == 1:
            self._do(parts[0].target, view)
        else:
            self._numbers.show(view.message.id, parts)
            line = self._top_of(view) + parts[0].row
            self._bring(lambda: self.show_line(line))
            self.refresh()

    async def on_key(self, event: events.Key) -> None:
        """Do what a key is for, before the next one; a number chooses a part, others end that."""
        target, view = None, self._view(self.selected)
        if self._numbers and event.key not in keys_of(self.app).of(Action.MESSAGE_LEAVE):
            target = self._numbers.pick(event.character)
            self._numbers.clear()
            self.refresh()
        if target is not None and view is not None:
            self._do(target, view)
        elif self.screen.focused is not self:  # it came before the focus went elsewhere
            self._hand_on(event)
        elif self.selected is None and event.is_printable and not self.found:
            return  # a letter of what is written
        elif self._doing == "edit":
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

    def _index_of(self, view: MessageView) -> int:
        assert self._window is not None
        return self._window.index[view.message.id]

    def _top_of(self, view: MessageView) -> int:
        assert self._window is not None
        return self._window.column.top(self._index_of(view))

    # -- acting
    def clicked(self, view: MessageView, row: int, cell: int) -> None:
        """Do what stands under the pointer."""
        target = view.target(row, cell)
        if target is not None:
            self._do(target, view)
        else:
            self._change(view, lambda: view.toggle(row))

    def _do(self, target: Target, view: MessageView) -> None:
        """Do what a part of a message is for."""
        if target.action == "link":
            from tui.app.transcript.link_sheet import LinkSheet

            self.app.push_screen(LinkSheet(target.value))
        elif target.action == "fold":
            self.fold(view.message.id)
        elif target.action == "copy_code":
            self.copy_text(target.value)
        else:
            self.post_message(self.Chosen(target.action, view.message.id))

    # -- drawing
    def _row(self, view: MessageView, index: int, row: int) -> Strip:
        strip, look = super()._row(view, index, row), view.look
        for cell, number in self._numbers.on_row(view.message.id, row):
            strip = put(strip, look.edge + cell, number, look.ink.accent + Style(reverse=True))
        return strip
