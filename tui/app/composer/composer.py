"""Where the next message is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.app.actions import Action
from tui.app.composer.completion import Completion
from tui.app.composer.files import Files
from tui.app.keymap import bind, keys_of
from tui.app.lists.writing_area import WritingArea
from tui.chat.draft import Draft
from tui.text import typed

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.app.commands import Command
    from tui.app.composer.slash_menu import SlashMenu
    from tui.app.composer.vim_keys import VimKeys
    from tui.chat.attachment import Attachment

ASK = "Ask, or / for commands"
ASK_NEXT = "Write the next message; it is sent when this reply ends"

BURST = 0.02
"""Seconds between two keys that no hand types: a paste in a terminal that does not mark pastes."""
PAUSE = 0.04
"""Seconds without a key after which Enter in such a burst was meant to send."""

ALONE = 0.6
"""Seconds without another key after which a letter that is offered begins no text."""

_CLOSING = {Action.MENU_CLOSE: "close_menu"}
_MENU = {Action.MENU_UP: "choose(-1)", Action.MENU_DOWN: "choose(1)", **_CLOSING}
"""What the keys of the open menu do, before all that they do otherwise; one that is about to open can be
closed already."""


class Composer(WritingArea):
    """A text area in which Enter sends. It grows with its text.

    Each thing that it does besides is a part of its own: ``files`` go along, ``completion`` says what the
    draft may become, ``recall`` has earlier prompts, ``vim`` its keys. An Enter may be one of a paste.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SEND, "send"),
        bind(Action.NEWLINE, "newline"),
        bind(Action.OLDER, "older"),
        bind(Action.NEWER, "newer"),
        bind(Action.DELETE_LEFT, "delete_left"),
        bind(Action.PASTE, "paste"),
        bind(Action.COMPLETE, "complete"),
    ]

    class FilesChanged(Message):
        """Other files go along, or are offered."""

    class Commanded(Message):
        """A slash command."""

        def __init__(self, name: str, argument: str) -> None:
            super().__init__()
            self.name = name
            self.argument = argument

    class Submitted(Message):
        """A message to send; the composer is empty again."""

        def __init__(self, draft: Draft) -> None:
            super().__init__()
            self.draft = draft

    class ModeChanged(Message):
        """Vim's keys mean something else now."""

    class TakeBack(Message):
        """Up on an empty composer, while a prompt is queued."""

    class FromClipboard(Message):
        """What the system's clipboard holds is wanted: a terminal pastes no images."""

    class Offered(Message):
        """A key that is offered under the last message, while nothing is written."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    class Scrolled(Message):
        """A key that moves the caret nowhere: the conversation scrolls instead."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action
            """The transcript's action: page_up, page_down, scroll_home or scroll_end."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.vim: VimKeys | None = None
        """Vim's keys, if they are wanted."""
        self.queued = False
        """Whether a prompt of this conversation is queued: Up takes it back."""
        self.recall = Recall()
        """Earlier prompts."""
        self.saved: Callable[[], Sequence[Command]] = tuple
        """The prompts that are kept as files, once that is known."""
        self.files = Files(self, self._tell_of_files)
        self.completion = Completion(self, self._attach_path, lambda: self.saved())
        self._enter = Enter(self.set_timer, self._send)
        self._bound: Mapping[str, str] = {}
        self.offered_keys: Callable[[], Mapping[str, Action]] = dict
        """Keys that do something while nothing is written, and what."""
        self._letter = Letter(self.set_timer)
        self._all_bound: Mapping[str, list[Binding]] | None = None
        """The bindings before any key was freed."""

    def free(self, keys: Set[str]) -> None:
        """Leave just these keys to what is bound to them by name; a text field has some of its own."""
        own = self._bindings.key_to_bindings
        if self._all_bound is None:
            self._all_bound = dict(own)
        for key, bindings in self._all_bound.items():
            own[key] = [binding for binding in bindings if binding.id] if key in keys else bindings

    # -- the draft
    @property
    def written(self) -> Draft:
        """The text, and the files that go along."""
        return Draft(self.draft, self.files.attached)

    @property
    def blank(self) -> bool:
        """Whether nothing is written; a letter that may yet do something instead is not counted."""
        return not self.written or self._letter.waits

    def put(self, text: str) -> None:
        """Replace the text; the caret stands at its end, the files stay."""
        self.recall.leave()
        self.show(text)

    def hold(self, draft: Draft) -> None:
        """Replace text and files."""
        self.put(draft.text)
        self.files.hold(draft.attachments)
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

    @property
    def newest_change(self) -> object | None:
        """What ``undo_typing`` takes back; the same object as long as nothing is changed after it."""
        batches = self.history.undo_stack
        return self.files.newest_change or (batches[-1][-1] if batches else None)

    def undo_typing(self) -> None:
        """Undo the newest change of the draft: what was typed, or done to the files."""
        if self.files.newest_change is not None:
            self.files.undo()
        else:
            super().action_undo()

    def action_undo(self) -> None:
        """The app has one undo, to which typing belongs: see ``undo_typing``."""
        raise SkipAction()

    # -- files
    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files that go along."""
        return self.files.attached

    @property
    def offered(self) -> tuple[Attachment, ...]:
        """The files whose paths were pasted last: they may go along."""
        return self.files.offered

    def attach(self, files: Iterable[Attachment]) -> None:
        """Let files go along."""
        self.files.attach(files)

    def _attach_path(self, path: str) -> None:
        self.post_message(self.Commanded("attach", path))

    def _tell_of_files(self) -> None:
        self.post_message(self.FilesChanged())

    def detach(self, place: int = -1) -> None:
        """Let a file not go along after all."""
        self.files.detach(place)

    def action_delete_left(self) -> None:
        """Delete to the left of the caret; where there is no text, the last file."""
        if not self.text and self.files.attached:
            self.files.detach()
        else:
            super().action_delete_left()

    # -- what comes from outside
    async def on_paste(self, event: events.Paste) -> None:
        """Insert a paste, which its own line breaks never send."""
        event.prevent_default()
        event.stop()
        self._go_on()
        self._enter.typed(event.time)
        await self.take_paste(event.text)

    async def take_paste(self, text: str) -> None:
        """Insert a paste. Dropped files come as their paths: images and PDF go along, texts are offered.

        A path is often pasted for its own sake, but never that of an image: it says nothing to a model.
        In a command, a path is its argument.
        """
        from tui.app import commands
        from tui.chat.attachment import Kind
        from tui.engine.attaching import read_dropped  # after the first paint

        if commands.parse(self.text) is not None:
            self.take_in(text)
            return
        files = await read_dropped(text)
        if files and not any(file.kind is Kind.TEXT for file in files):
            self.files.attach(files, text)
            return
        start = min(self.selection)
        self.take_in(text)
        self.files.offer(files, start, self.cursor_location)

    def action_paste(self) -> None:
        """Take what the system's clipboard holds."""
        self.post_message(self.FromClipboard())

    async def take_clipboard(self) -> None:
        """Take what the clipboard holds: an image goes along; where none is reached, what was copied here.

        Raises:
            UsageError: It holds nothing that can be taken.
        """
        from tui.system.clipboard_image import NothingHeldError, read_clipboard

        try:
            held = await read_clipboard()
        except NothingHeldError:
            if not self.app.clipboard:
                raise
            held = self.app.clipboard
        if isinstance(held, str):
            await self.take_paste(held)
        else:
            self.files.attach([held])

    # -- the menu above
    @property
    def menu(self) -> SlashMenu | None:
        """The menu above, once anything was offered."""
        return self.completion.menu

    @property
    def open_menu(self) -> SlashMenu | None:
        """The menu, while it is shown."""
        return self.completion.open_menu

    async def action_complete(self) -> None:
        """Attach what is offered, open the folded paste, or complete the chosen command or path."""
        if self.files.offered:
            self.files.attach_offered()
        elif self.open_paste():
            return
        elif not await self.completion.complete():
            raise SkipAction()

    def action_choose(self, step: int) -> None:
        """Choose another command of the open menu."""
        self.completion.choose(step)

    def action_close_menu(self) -> None:
        """Close the menu; the draft stays."""
        self.completion.close()

    # -- keys: what sends or breaks the line is handled here, in the order in which the keys came
    async def on_key(self, event: events.Key) -> None:
        """Handle Enter, and the keys of the open menu, before anything typed after them."""
        self._go_on()
        if self._takes_offered(event):
            event.stop()
            event.prevent_default()
            return
        action = self._ordered_actions().get(event.key)
        if action is None and self.vim is not None and await self.vim.take(event):
            event.stop()
            event.prevent_default()
            self.post_message(self.ModeChanged())
        elif action is not None:
            event.stop()
            event.prevent_default()
            if action == "send":
                await self.completion.offer_paths()
            await self.run_action(action if action != "send" else f"send({event.time})")
        elif event.key == "enter":
            event.prevent_default()
        elif event.is_printable:
            self._enter.typed(event.time)

    def _takes_offered(self, event: events.Key) -> bool:
        """Whether a key is one of those that are offered: if no other follows, it does what it says.

        A letter may begin a text: it is written, and taken back if it stays alone.
        """
        action = None if self.written else self.offered_keys().get(event.key)
        if action is None:
            return False
        if event.character is None or not event.is_printable or (self.vim and not self.vim.writes):
            self.post_message(self.Offered(action))
            return True
        self._enter.typed(event.time)
        self.history.checkpoint()
        self.insert(event.character)
        self._letter.hold(partial(self._do_instead, action, self.newest_change))
        return True

    def _do_instead(self, action: Action, letter: object) -> None:
        """Do what a letter stands for, unless the draft is another one now, or the keys are another's."""
        if self.newest_change is letter and self.has_focus:
            self.undo()
            self.post_message(self.Offered(action))
        else:
            self.post_message(self.Changed(self))

    def _go_on(self) -> None:
        """More comes: a letter that still waits is one of a text, an Enter was a line break."""
        if self._letter.go_on():
            self.post_message(self.Changed(self))
        if self._enter.go_on():
            self.insert("\n")

    def _ordered_actions(self) -> Mapping[str, str]:
        if not self._bound:
            self._bound = self.bound(Action.SEND, Action.NEWLINE)
        if not self.completion.may_offer:
            return self._bound
        keys, offered = keys_of(self.app), _MENU if self.open_menu else _CLOSING
        menu = {key: does for action, does in offered.items() for key in keys.of(action)}
        return {**self._bound, **menu}

    # -- sending
    def action_send(self, at: float | None = None) -> None:
        """Send the draft, or run the command it is; in a burst of keys, only after a pause."""
        self._enter.press(at)

    def _send(self) -> None:
        chosen = self.completion.complete_path()
        if chosen is not None and (chosen.goes_on or not self.text.startswith("/")):
            return
        if self.menu is not None and self.menu.pointed:
            self.completion.complete_model()
        draft = self.draft
        if draft.startswith("/") and self._run(draft):
            return
        if written := self.take():
            self.post_message(self.Submitted(written))

    def _run(self, draft: str) -> bool:
        """Run the command that the draft is, or complete it. False if it is a message."""
        from tui.app import commands

        menu = self.open_menu
        chosen = menu.command if menu else None
        if chosen is not None and chosen.name.endswith(":"):  # its prompts are offered next
            self.put(f"/{chosen.name}")
            return True
        served = self.completion.served
        if served is not None and (named := served.prompt(draft)):
            self.put("")
            takes = menu is not None and (menu.pointed or not served.completes(draft))
            rest = chosen.name.partition(":")[2] if chosen and takes else named.rest
            self.post_message(self.Commanded(f"{named.server}:", rest))
            return True
        typed = commands.parse(draft)
        if typed is None:
            return False
        known = (*commands.COMMANDS, *self.saved())
        command = (
            commands.find(typed.name, known) or chosen or next(iter(commands.completions(draft, known)), None)
        )
        if command is not None and command.needed and not typed.argument:
            whole = f"/{command.name} "
            if command.saved or draft != whole:  # who wants it all the same asks once more
                self.put(whole)
                return True
        if command is not None and command.saved:
            self.put(f"/{command.name} {typed.argument}".rstrip())
            return False
        if command is not None:
            self.put("")
        self.post_message(self.Commanded(command.name if command else typed.name, typed.argument))
        return True

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
            self.files.hold(draft.attachments)

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

    @on(WritingArea.Changed)
    def _changed(self) -> None:
        self.files.follow_text()
        self.completion.offer()
        self.recall.follow(self.draft)


class Enter:
    """Tells an Enter that sends from one that came in a burst of keys, and breaks a line there."""

    def __init__(self, wait: Callable[[float, Callable[[], None]], Timer], send: Callable[[], None]) -> None:
        """Begin with no key.

        Args:
            wait: Calls something in so many seconds.
            send: Sends.
        """
        self._wait = wait
        self._send = send
        self._last_key = 0.0
        self._waits: Timer | None = None

    def typed(self, at: float) -> None:
        """A key that writes something came, or a paste."""
        self._last_key = at

    def press(self, at: float | None) -> None:
        """Send; in a burst of keys, only after a pause."""
        if at is not None and at - self._last_key < BURST:
            self._waits = self._wait(PAUSE, self._send_now)
        else:
            self._send_now()

    def _send_now(self) -> None:
        self._waits = None
        self._send()

    def go_on(self) -> bool:
        """More comes. Returns whether an Enter still waited: it was a line break."""
        waits, self._waits = self._waits, None
        if waits is not None:
            waits.stop()
        return waits is not None


class Letter:
    """A letter that was written, and does something instead where no other key follows."""

    def __init__(self, wait: Callable[[float, Callable[[], None]], Timer]) -> None:
        """Begin with none; ``wait`` calls something in so many seconds."""
        self._wait = wait
        self._waits: Timer | None = None

    def hold(self, act: Callable[[], None]) -> None:
        """Wait whether more follows; if not, ``act``."""
        self._waits = self._wait(ALONE, partial(self._alone, act))

    def _alone(self, act: Callable[[], None]) -> None:
        self._waits = None
        act()

    @property
    def waits(self) -> bool:
        """Whether it is not known yet what the letter is."""
        return self._waits is not None

    def go_on(self) -> bool:
        """More comes. Returns whether a letter still waited: it is one of a text."""
        waits, self._waits = self._waits, None
        if waits is not None:
            waits.stop()
        return waits is not None


class Recall:
    """The prompts that Up and Down walk through; before the newest is what was not sent yet: nothing."""

    def __init__(self) -> None:
        self._everywhere: list[Draft] = []
        self._here: list[Draft] = []
        self.prompts: Sequence[Draft] = ()
        """Newest first; those of the conversation that is read before all others."""
        self._place = -1

    def know(self, prompts: Sequence[Draft]) -> None:
        """The prompts of all conversations, newest first."""
        self._everywhere = list(prompts)
        self._put_in_order()

    def read(self, prompts: Sequence[Draft]) -> None:
        """The prompts of the conversation that is read, newest first."""
        self._here = list(prompts)
        self._put_in_order()

    def _put_in_order(self) -> None:
        self.leave()
        here = {draft.text for draft in self._here}
        self.prompts = [*self._here, *(draft for draft in self._everywhere if draft.text not in here)]

    @property
    def begun(self) -> bool:
        """Whether a recalled prompt stands in the composer."""
        return 0 <= self._place < len(self.prompts)  # they may have become fewer

    def step(self, step: int) -> Draft | None:
        """The prompt ``step`` places further back; None where there is none."""
        place = max(-1, self._place + step)
        if place >= len(self.prompts):
            return None
        self._place = place
        return self.prompts[place] if place >= 0 else Draft()

    def leave(self) -> None:
        """Another draft stands in the composer."""
        self._place = -1

    def follow(self, text: str) -> None:
        """What stands in the composer is now ``text``; a prompt that was changed is recalled no more."""
        if self.begun and text != typed(self.prompts[self._place].text):
            self.leave()

    def remember(self, draft: Draft) -> None:
        """Put a draft before all others."""
        self._everywhere = [draft, *(earlier for earlier in self._everywhere if earlier != draft)]
        self._here = [draft, *(earlier for earlier in self._here if earlier != draft)]
        self._put_in_order()
