"""What stands round the conversation: title, status, keys, sidebar, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tui.app.background import in_background
from tui.app.grid import WIDE
from tui.app.widgets.key_line import Hint, KeyLine
from tui.app.widgets.notice_line import NoticeLine
from tui.app.widgets.queue_line import QueueLine
from tui.app.widgets.sidebar import Sidebar
from tui.app.widgets.status_line import Fill, Situation, StatusLine
from tui.app.widgets.title_line import TitleLine
from tui.errors import HistoryError

if TYPE_CHECKING:
    from tui.app.screens.chat import ChatScreen
    from tui.chat.message import Message

ASK = "Ask, or / for commands"
ASK_NEXT = "Write the next message; it is sent when this reply ends"
LISTED = 200
"""Conversations in the sidebar; the list behind Ctrl+R has them all."""
NEW_TITLE = "New conversation"

_ALWAYS = {"model": "model", "message-up": "messages", "help": "keys"}
_IDLE_KEYS = {"send": "send", "palette": "commands", **_ALWAYS}
_LIVE_KEYS = {"stop": "stop", "send": "queue", **_ALWAYS}
_EDITING_KEYS = {"send": "send as a new version", "stop": "leave it as it was"}
_SIDEBAR_KEYS = {"sidebar-up": "choose", "sidebar-open": "open", "sidebar-leave": "back to writing"}
_MESSAGE_KEYS = {
    "message-line-up": "walk",
    "message-copy": "copy",
    "message-code": "copy code",
    "message-branch": "branch",
    "message-leave": "back to writing",
}


class Frame:
    """Keeps the frame of the chat screen true."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._ended: tuple[int, Situation] | None = None

    def begin(self) -> None:
        """Start the clock that ticks while a reply comes, and show the empty frame."""
        self._ticker = self._screen.set_interval(1.0, self.refresh_status, pause=True)
        self.refresh()
        self._screen.query_one("#sidebar-keys", KeyLine).hints = (
            self._hint("new", "new"),
            self._hint("conversations", "all"),
        )

    # -- the sidebar's place
    def toggle_sidebar(self) -> None:
        """Show or hide the sidebar: beside the page where there is room, else over it."""
        screen = self._screen
        if screen.size.width >= WIDE:
            screen.toggle_class("-page-only")
            screen.back_to_writing()
        elif screen.has_class("-overlay"):
            self.close_overlay()
            screen.back_to_writing()
        else:
            screen.add_class("-overlay")
            screen.query_one(Sidebar).list.focus()

    def close_overlay(self) -> None:
        """Hide a sidebar that lies over the page."""
        self._screen.remove_class("-overlay")

    # -- what it says
    def refresh(self) -> None:
        """Show everything as it is now."""
        screen = self._screen
        if screen.is_open:
            chat = screen.desk.chat
            title = screen.query_one(TitleLine)
            title.title = chat.conversation.title or NEW_TITLE
            title.tags = chat.conversation.tags
            title.temporary = chat.conversation.temporary
            screen.query_one(QueueLine).prompts = tuple(chat.queue)
            screen.composer.queued = bool(chat.queue)
            screen.composer.placeholder = ASK_NEXT if chat.busy else ASK
            in_background(screen, "count", self._count, exclusive=True)
        else:
            screen.composer.placeholder = ASK
        self.refresh_status()
        self.refresh_keys()

    async def _count(self) -> None:
        chat = self._screen.desk.chat
        try:
            used = await chat.tokens() if chat.conversation.id else 0
        except HistoryError:
            return  # told where the history is used for more than a number
        self._screen.query_one(StatusLine).fill = Fill(used, chat.window)

    def refresh_status(self) -> None:
        """Show what goes on; the clock ticks only while a reply comes."""
        screen = self._screen
        if not screen.is_open:
            return
        status, chat = screen.query_one(StatusLine), screen.desk.chat
        live = chat.live
        model = (live.reply.message.model if live else None) or chat.conversation.model
        status.model = model
        status.hue = chat.hue(model) if model else "sky"
        if live is not None:
            from tui.app.situation import of_live

            status.situation = of_live(live, status.hue)
            self._ticker.resume()
            return
        self._ticker.pause()
        ended = self._ended
        status.situation = ended[1] if ended and ended[0] == chat.key else Situation()

    def ended(self, message: Message, tokens: int) -> None:
        """Remember how the last reply of the conversation that is read ended."""
        from tui.app.situation import of_ended

        self._ended = (self._screen.desk.chat.key, of_ended(message, tokens))

    # -- keys
    def refresh_keys(self) -> None:
        """Show the keys that matter now."""
        self._screen.query_one("#keys", KeyLine).hints = tuple(self._keys())

    def _keys(self) -> list[Hint]:
        screen = self._screen
        if screen.is_open and screen.transcript.selected is not None:
            return self._hints(_MESSAGE_KEYS)
        if screen.query_one(Sidebar).list.has_focus:
            return self._hints(_SIDEBAR_KEYS)
        if screen.actions.editing is not None:
            return self._hints(_EDITING_KEYS)
        return self._hints(_LIVE_KEYS if screen.is_open and screen.desk.chat.busy else _IDLE_KEYS)

    def _hints(self, keys: Mapping[str, str]) -> list[Hint]:
        return [self._hint(binding_id, words) for binding_id, words in keys.items()]

    def _hint(self, binding_id: str, words: str) -> Hint:
        from tui.app.widgets.hints import key_name

        key = self._screen.segue.key_for(binding_id)
        name = "↑↓" if words in ("walk", "choose") else key_name(key)
        return Hint(name, words, key)

    # -- the sidebar
    def list_soon(self) -> None:
        """Read the list of conversations again."""
        if self._screen.is_open:
            in_background(self._screen, "list", self._list, exclusive=True)

    async def _list(self) -> None:
        screen = self._screen
        desk = screen.desk
        try:
            summaries = await desk.workspace.store.list_conversations(limit=LISTED)
        except HistoryError as error:
            screen.query_one(NoticeLine).add(str(error))
            return
        current = None if desk.chat.conversation.temporary else desk.chat.conversation.id
        screen.query_one(Sidebar).show(
            summaries, current, desk.live_hues, frozenset(desk.unread), datetime.now().astimezone().date()
        )
