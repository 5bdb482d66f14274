"""How things stand: the title, the status line and the keys, as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import key_name
from tui.app.messages.reply_standing import asking, of_elsewhere, of_ended, of_live, to_download
from tui.app.messages.reply_status import ReplyStatus
from tui.app.status import key_line
from tui.app.status.key_line import Hint, KeyLine
from tui.app.status.status_line import Fill, Mark, StatusLine
from tui.app.status.title_line import TitleLine
from tui.chat.message import Message, Role
from tui.chat.model import split_id
from tui.engine.project import name_of
from tui.errors import HistoryError
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.context import (
        Context,
        WithAsking,
        WithElsewhere,
        WithFirstModel,
        WithTranscript,
        WithWriting,
    )

    class _Context(
        Context, WithTranscript, WithWriting, WithAsking, WithElsewhere, WithFirstModel, Protocol
    ): ...


NEW_TITLE = "New conversation"


class StatusPresenter:
    """Keeps the lines round the conversation true."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._screen = context.screen
        self._ended: tuple[int, ReplyStatus] | None = None
        self._namesakes: dict[str, bool] = {}
        """Which models have one, until other models are known."""
        self._catalogue = context.session.workspace.catalogue
        self._catalogue.subscribe(self._namesakes.clear)
        self._ticker = context.screen.set_interval(1.0, self.refresh_status, pause=True)

    # -- what they say
    def refresh(self) -> None:
        """Show everything as it is now."""
        service, title = self._context.session.current, self._screen.query_one(TitleLine)
        title.title = service.conversation.title or NEW_TITLE
        title.tags = service.conversation.tags
        title.temporary = service.conversation.temporary
        self.refresh_status()
        self.refresh_keys()

    def count_soon(self) -> None:
        """Count the tokens of the conversation again."""
        in_background(self._screen, "count", self._count, exclusive=True)

    async def _count(self) -> None:
        service = self._context.session.current
        try:
            used = await service.tokens() if service.conversation.id else 0
        except HistoryError:
            return  # told where the history is used for more than a number
        self._screen.query_one(StatusLine).fill = Fill(used, service.window)

    def refresh_status(self) -> None:
        """Show what goes on; the clock ticks only while a reply comes."""
        status, service = self._screen.query_one(StatusLine), self._context.session.current
        live = service.live
        model = live.reply.message.model if live else None
        if not self._context.first_model.needed:
            model = model or service.conversation.model
        status.model, status.visible = model, True
        status.hue = service.hue(model) if model else "sky"
        status.has_namesake = self._has_namesake(model)
        status.marks = self._marks(model or service.conversation.model)
        line = self._context.session.workspace.store.line
        status.elsewhere = (line.words, line.brief, line.briefest) if line.words else ()
        if live is not None:
            asks = service.key in self._context.asking.waiting
            status.reply = asking(live) if asks else of_live(live, status.hue)
            self._ticker.resume()
            return
        self._ticker.pause()
        if self._context.elsewhere.writes:
            status.reply = of_elsewhere(status.hue)
            return
        ended = self._ended
        status.reply = ended[1] if ended and ended[0] == service.key else self._unasked(model)

    def _has_namesake(self, model: str | None) -> bool:
        if model and model not in self._namesakes:
            self._namesakes[model] = self._catalogue.has_namesake(model)
        return self._namesakes.get(model or "", False)

    def _marks(self, answering: str | None) -> tuple[Mark, ...]:
        """What is particular about how models answer here; what is changed by a key comes first."""
        tools, conversation = self._context.session.tools, self._context.session.current.conversation
        then = one_line(split_id(conversation.model or "")[1], 24)
        effort = one_line(str(conversation.parameters.get("reasoning_effort", "")), 12)
        marks = {
            Mark(f"then {then}", f"then {then}"): conversation.model not in (answering, None),
            Mark(f"{effort} effort", effort): bool(effort),
            Mark("system", "system"): bool(conversation.system),
            Mark("parameters", "set"): bool(conversation.parameters.keys() - {"reasoning_effort"}),
            Mark("tools", "tools"): bool(tools.on(conversation)),
            Mark("search", "search"): tools.searches(conversation),
            Mark("draws", "draws"): tools.draws(conversation),
            Mark(f"project {one_line(name_of(conversation.project), 24)}", "project"): bool(
                conversation.project
            ),
        }
        return tuple(mark for mark, on in marks.items() if on)

    def _unasked(self, model: str | None) -> ReplyStatus:
        """How a model stands that has not answered yet."""
        size = self._context.session.workspace.registry.download_of(model or "")
        return to_download(size) if size else ReplyStatus()

    def ended(self, message: Message, tokens: int) -> None:
        """Remember how the last reply of the conversation that is read ended."""
        self._ended = (self._context.session.current.key, of_ended(message, tokens))

    def refresh_keys(self) -> None:
        """Show the keys that matter now."""
        keys, mode = self._context.keys, self._context.writing.vim_mode
        hints = key_line.hints(keys, self._keys())
        following: Sequence[Hint] = ()
        if keys.begun:
            from tui.app.status.which_key import of_begun

            following = of_begun(self._screen, keys)
            hints = (Hint(key_name(keys.begun), ""), *following)
        elif self._context.transcript.selected is not None:
            from tui.app.status.which_key import of_a_message, of_numbers

            numbers = of_numbers(self._context.transcript.numbered, keys)
            following = () if numbers else of_a_message(self._screen, keys, self._impossible)
            hints = numbers or hints
        elif mode is not None and not self._context.asking.shown:
            following = [Hint(key, words) for key, words in self._context.writing.vim_following]
            hints = (Hint(mode, ""), *(following or hints))
        self._offer(following)
        self._screen.query_one("#keys", KeyLine).hints = hints
        over = self._screen.has_class("-overlay")
        below = key_line.BELOW_OVERLAY if over else key_line.BELOW_SIDEBAR
        self._screen.query_one("#sidebar-keys", KeyLine).hints = key_line.hints(keys, below)

    def _offer(self, following: Sequence[Hint]) -> None:
        """Have the keys shown that may follow; what shows them comes with the first of them."""
        panels = self._screen.query("#following")
        if not following and not panels:
            return
        from tui.app.status.which_key import WhichKey

        if not panels:
            self._screen.query_one("#main").mount(WhichKey(id="following"))
        self._screen.query_one(WhichKey).offer(following)

    def _keys(self) -> key_line.Said:
        context, service = self._context, self._context.session.current
        if context.asking.shown:
            return key_line.ASKED
        chosen = service.conversation.nodes.get(context.transcript.selected or 0)
        if chosen is not None:
            return self._keys_of(chosen.role)
        if self._screen.query_one("#conversations").has_focus:
            return key_line.SIDEBAR
        if self._screen.query("FindBar:focus-within"):
            return key_line.FINDING
        if context.writing.editing is not None:
            return key_line.EDITING
        if service.busy:
            return key_line.LIVE
        if context.elsewhere.writes:
            return key_line.ELSEWHERE
        return key_line.FOUND if context.transcript.found else key_line.IDLE

    def _keys_of(self, role: Role) -> key_line.Said:
        if self._context.transcript.found:
            return key_line.HIT
        others: Mapping[Role, key_line.Said] = {Role.SYSTEM: key_line.SUMMARY, Role.USER: key_line.PROMPT}
        said = others.get(role, key_line.MESSAGE)
        left_out = self._context.transcript.named_below | self._impossible
        return {action: words for action, words in said.items() if action not in left_out}

    @property
    def _impossible(self) -> frozenset[Action]:
        """What can't be done with a message just now."""
        return key_line.AT_REST if self._context.session.current.busy else frozenset()
