"""What stands round the conversation: title, queue, status, keys, sidebar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tui.app.background import in_background
from tui.app.chat_screen import ASK
from tui.app.composer.attached_lines import AttachedLines
from tui.app.composer.queue_line import QueueLine
from tui.app.conversations.sidebar import Conversations, Sidebar
from tui.app.status import key_hints, which_key
from tui.app.status.key_line import Hint, KeyLine
from tui.app.status.reply_status import of_ended, of_live, to_download
from tui.app.status.status_line import Fill, Situation, StatusLine
from tui.app.status.title_line import TitleLine
from tui.chat.message import Role
from tui.chat.model import split_id
from tui.engine.choice import LOCAL
from tui.errors import HistoryError

if TYPE_CHECKING:
    from tui.app.room import ChatRoom
    from tui.chat.message import Message

ASK_NEXT = "Write the next message; it is sent when this reply ends"
LISTED = 200
"""Conversations in the sidebar; the list behind Ctrl+R has them all."""
NEW_TITLE = "New conversation"


class Frame:
    """Keeps the frame of the chat screen true."""

    def __init__(self, room: ChatRoom) -> None:
        self._room = room
        self._screen = room.screen
        self._ended: tuple[int, Situation] | None = None
        self._ticker = room.screen.set_interval(1.0, self.refresh_status, pause=True)

    # -- what it says
    def refresh(self) -> None:
        """Show everything as it is now."""
        screen, chat = self._screen, self._room.session.current
        title = screen.query_one(TitleLine)
        title.title = chat.conversation.title or NEW_TITLE
        title.tags = chat.conversation.tags
        title.temporary = chat.conversation.temporary
        screen.query_one(QueueLine).prompts = tuple(draft.words for draft in chat.queue)
        screen.composer.queued = bool(chat.queue)
        screen.composer.placeholder = ASK_NEXT if chat.busy else ASK
        self.refresh_status()
        self.refresh_files()
        self.refresh_keys()

    def refresh_files(self) -> None:
        """Show the files that go along, and why they can't if that is known."""
        composer, lines = self._screen.composer, self._screen.query_one(AttachedLines)
        lines.files, lines.offered = composer.attachments, composer.offered
        lines.alone = not composer.text
        lines.trouble = self._room.session.current.trouble(composer.attachments)
        lines.set_class(not composer.has_focus, "-away")

    def count_soon(self) -> None:
        """Count the tokens of the conversation again."""
        in_background(self._screen, "count", self._count, exclusive=True)

    async def _count(self) -> None:
        chat = self._room.session.current
        try:
            used = await chat.tokens() if chat.conversation.id else 0
        except HistoryError:
            return  # told where the history is used for more than a number
        self._screen.query_one(StatusLine).fill = Fill(used, chat.window)

    def refresh_status(self) -> None:
        """Show what goes on; the clock ticks only while a reply comes."""
        status, chat = self._screen.query_one(StatusLine), self._room.session.current
        live = chat.live
        model = (live.reply.message.model if live else None) or chat.conversation.model
        status.model = model
        status.hue = chat.hue(model) if model else "sky"
        if live is not None:
            status.situation = of_live(live, status.hue)
            self._ticker.resume()
            return
        self._ticker.pause()
        ended = self._ended
        status.situation = ended[1] if ended and ended[0] == chat.key else self._unasked(model)

    def _unasked(self, model: str | None) -> Situation:
        """How a model stands that has not answered yet."""
        local = model is not None and split_id(model)[0] == LOCAL
        size = self._room.session.workspace.downloads().get(model or "") if local else None
        return to_download(size) if size else Situation()

    def ended(self, message: Message, tokens: int) -> None:
        """Remember how the last reply of the conversation that is read ended."""
        self._ended = (self._room.session.current.key, of_ended(message, tokens))

    def refresh_keys(self) -> None:
        """Show the keys that matter now."""
        composer, keys = self._screen.composer, self._room.app.keys
        hints = key_hints.hints(keys, self._keys())
        following: tuple[Hint, ...] = ()
        if self._room.transcript.selected is not None:
            numbers = which_key.of_numbers(self._room.transcript.numbered, keys)
            following = () if numbers else which_key.of_a_message(self._screen, keys)
            hints = numbers or hints
        elif composer.vim is not None and composer.has_focus:
            following = tuple(Hint(key, words) for key, words in composer.vim.following)
            hints = (Hint(composer.vim.shown, ""), *(following or hints))
        self._screen.query_one(which_key.WhichKey).offer(following)
        self._screen.query_one("#keys", KeyLine).hints = hints
        over = self._screen.has_class("-overlay")
        below = key_hints.BELOW_OVERLAY if over else key_hints.BELOW_SIDEBAR
        self._screen.query_one("#sidebar-keys", KeyLine).hints = key_hints.hints(self._room.app.keys, below)

    def _keys(self) -> key_hints.Said:
        room, screen = self._room, self._screen
        chosen = room.session.current.conversation.nodes.get(room.transcript.selected or 0)
        if chosen is not None:
            return self._keys_of(chosen.role)
        if screen.query_one(Conversations).has_focus:
            return key_hints.SIDEBAR
        if screen.query("FindBar:focus-within"):
            return key_hints.FINDING
        if room.actions.editing is not None:
            return key_hints.EDITING
        if room.session.current.busy:
            return key_hints.LIVE
        return key_hints.FOUND if room.transcript.found else key_hints.IDLE

    def _keys_of(self, role: Role) -> key_hints.Said:
        if self._room.transcript.found:
            return key_hints.HIT
        others: Mapping[Role, key_hints.Said] = {Role.SYSTEM: key_hints.SUMMARY, Role.USER: key_hints.PROMPT}
        return others.get(role, key_hints.MESSAGE)

    # -- the sidebar
    def list_soon(self) -> None:
        """Read the list of conversations again."""
        in_background(self._screen, "list", self._list, exclusive=True)

    async def _list(self) -> None:
        session = self._room.session
        try:
            summaries = await session.workspace.store.list_conversations(limit=LISTED)
        except HistoryError as error:
            self._screen.note(str(error))
            return
        today = datetime.now().astimezone().date()
        sidebar = self._screen.query_one(Sidebar)
        sidebar.show(summaries, session.current_id, session.live_hues, frozenset(session.unread), today)
