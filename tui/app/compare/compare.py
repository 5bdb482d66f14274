"""One prompt, several models: their replies side by side."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.timer import Timer

from tui.app.actions import Action
from tui.app.compare.compare_lines import (
    ColumnState,
    CompareStatus,
    CompareTabs,
    CompareTitle,
    in_all,
    so_far,
)
from tui.app.compare.comparison import ComparisonActs, Outcome, names_of
from tui.app.compare.differences import Differences
from tui.app.compare.lone_message import PromptText
from tui.app.compare.reply_column import ReplyColumn
from tui.app.keymap import bind
from tui.app.life import has_gone
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Layer
from tui.app.messages.message_list import MessageList
from tui.app.messages.reply_standing import of_ended, of_live
from tui.app.messages.reply_status import ReplyStatus
from tui.app.theme.grid import WIDE
from tui.app.theme.page import Page, grid_of
from tui.chat.message import Message
from tui.engine.conversation_service import ConversationService

_PAD_AND_BAR = 3
"""Cells right of a text: pad, air, scroll bar."""


class _ComparePage(Page):
    """A page on which replies stand side by side."""

    replies = 0

    def edges(self, width: int) -> dict[str, tuple[int, int]]:
        """The outer texts' edges; the widgets of texts begin at the rail and end with the scroll bar."""
        left = grid_of(self.app).side_by_side(width, self.replies)[1]
        return {"rail": (left - 2, left - _PAD_AND_BAR), "text": (left, left)}


class Compare(Layer[Outcome]):
    """Shows replies to one prompt as they come; dismissed with an ``Outcome``."""

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = ""
    BEARS_QUESTIONS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.COMPARE_PREVIOUS, "choose(-1)"),
        bind(Action.COMPARE_NEXT, "choose(1)"),
        bind(Action.COMPARE_GO_ON, "go_on"),
        bind(Action.COMPARE_KEEP, "keep"),
        bind(Action.COMPARE_ADD, "add"),
        bind(Action.COMPARE_COPY, "copy"),
        bind(Action.COMPARE_AGAIN, "again"),
        bind(Action.COMPARE_WORDS, "words"),
        bind(Action.COMPARE_MERGE, "merge"),
        bind(Action.COMPARE_FOLD, "fold"),
        bind(Action.COMPARE_UP, "scroll('scroll_up')"),
        bind(Action.COMPARE_DOWN, "scroll('scroll_down')"),
        bind(Action.COMPARE_PAGE_UP, "scroll('page_up')"),
        bind(Action.COMPARE_PAGE_DOWN, "scroll('page_down')"),
        bind(Action.COMPARE_BEGIN, "scroll('scroll_home')"),
        bind(Action.COMPARE_END, "scroll('scroll_end')"),
        bind(Action.COMPARE_INTERRUPT, "interrupt"),
        bind(Action.COMPARE_CLOSE, "leave"),
    ]

    def __init__(self, service: ConversationService, prompt: Message, acts: ComparisonActs) -> None:
        """Make the screen, without a reply.

        Args:
            service: The conversation.
            prompt: What is answered.
            acts: Does what the person asks for.
        """
        super().__init__()
        self.service = service
        self.prompt = prompt
        self._acts = acts
        self.columns: list[ReplyColumn] = []
        """The replies, from left to right."""
        self.place = 0
        """Which column is the chosen one."""
        self._first = 0
        self._ticker: Timer | None = None
        # Kept, not asked for: replies go on while the screen opens and closes.
        self._page = _ComparePage(id="compare")
        self._title = CompareTitle(classes="text")
        self._question = PromptText().add_class("rail")
        self._tabs = CompareTabs(classes="text")
        self._replies = Container(id="replies", classes="rail")
        self._status = CompareStatus(classes="text")
        self._hints = Hints().add_class("text")

    def compose(self) -> ComposeResult:
        """Title, prompt, replies, status, keys."""
        with self._page:
            yield from (
                self._title,
                self._question,
                self._tabs,
                self._replies,
                self._status,
                self._hints,
            )

    async def on_mount(self) -> None:
        """Show the prompt; the clock ticks only while a reply comes."""
        self._ticker = self.set_interval(1.0, self.refresh_states, pause=True)
        text = self._question
        text.contents = self.service.contents
        await text.show(self.service.conversation, self.prompt, self.service.messages)
        text.fit()

    # -- the replies
    @property
    def ids(self) -> list[int]:
        """The messages of all columns."""
        return [column.message.id for column in self.columns]

    @property
    def chosen(self) -> ReplyColumn | None:
        """The column that the keys act on."""
        return self.columns[self.place] if self.columns else None

    async def add(self, message: Message, instead_of: int | None = None) -> None:
        """Show one more reply, or a new version in the place of one."""
        if has_gone(self):
            return
        column, replies = ReplyColumn(message), self._replies
        old = self.column(instead_of) if instead_of is not None else None
        if old is None:
            self.columns.append(column)
            await replies.mount(column)
        else:
            self.columns[self.columns.index(old)] = column
            await replies.mount(column, after=old)
            await old.remove()
        self._arrange()
        column.text.contents = self.service.contents
        await column.show(self.service.conversation, self.service.messages)
        self.refresh_states()

    def column(self, message_id: int) -> ReplyColumn | None:
        """The column of a message."""
        return next((column for column in self.columns if column.message.id == message_id), None)

    def feed(self, message_id: int, text: str = "", reasoning: str = "") -> None:
        """A piece of a reply came."""
        column = self.column(message_id)
        if column is not None:
            column.text.feed(message_id, text, reasoning)

    def show_again(self, message: Message) -> None:
        """What has come of a reply is another text now."""
        column = self.column(message.id)
        if column is not None:
            column.text.replace(message)

    def end(self, message: Message) -> None:
        """A reply has ended."""
        column = self.column(message.id)
        if column is not None:
            column.end(message)
            self.refresh_states()

    # -- what is seen
    def choose(self, message_id: int) -> None:
        """Choose a reply, and have it in view."""
        if message_id in self.ids:
            self.place = self.ids.index(message_id)
            self._arrange()
            self.refresh_states()
            self._acts.choose(message_id)

    def on_resize(self, event: events.Resize) -> None:
        """As many columns as there is room for."""
        self._arrange()

    def _arrange(self) -> None:
        """Have the chosen column in view, and as many beside it as there is room for."""
        slots = grid_of(self.app).side_by_side(self.size.width, len(self.columns))[0]
        self._first = max(0, min(self._first, self.place, len(self.columns) - slots))
        self._first = max(self._first, self.place - slots + 1)
        self._page.replies = len(self.columns)
        replies = self._replies
        replies.styles.grid_size_columns = slots
        for place, column in enumerate(self.columns):
            column.display = self._first <= place < self._first + slots
            column.chosen = place == self.place
        self._status.slots = slots
        count = len(self.columns)
        seen = (
            f"{self._first + 1}–{self._first + slots} of {count}"
            if slots > 1
            else f"{self.place + 1} of {count}"
        )
        self._title.seen = seen if count > slots else ""
        self._tell()

    def refresh_states(self) -> None:
        """Say what each reply does, and for how long."""
        live = [self._say(column) for column in self.columns]
        if self._ticker is not None:
            (self._ticker.resume if any(live) else self._ticker.pause)()
        self._tell()

    def _say(self, column: ReplyColumn) -> bool:
        """Say below a reply what it does. Returns whether it comes."""
        live = self.service.coming(column.message.id)
        message = column.message
        if live is not None:
            column.say(so_far(live))
        elif not message.live:
            column.say(in_all(message, self.service.cost(message)))
        return live is not None

    def _tell(self) -> None:
        """Bring the lines round the replies up to date."""
        states = self._states()
        slots = self._status.slots
        self._status.states = states[self._first : self._first + slots]
        tabs, title = self._tabs, self._title
        tabs.states, tabs.shown = states, states[self.place].message_id if states else 0
        title.title = self.service.conversation.title
        title.temporary = self.service.conversation.temporary
        for column, state in zip(self.columns, states, strict=True):
            column.head.name_shown, column.head.hue = state.name, state.hue
        self._show_keys()

    def _states(self) -> tuple[ColumnState, ...]:
        names = names_of([column.message.model or "" for column in self.columns])
        return tuple(
            ColumnState(column.message.id, name, hue, self._status_of(column, hue))
            for column, name in zip(self.columns, names, strict=True)
            for hue in [self.service.hue(column.message.model or "")]
        )

    def _status_of(self, column: ReplyColumn, hue: str) -> ReplyStatus:
        live = self.service.coming(column.message.id)
        if live is not None:
            return of_live(live, hue)
        ended = of_ended(column.message, 0)
        return replace(ended, word="done" if ended.word == "ready" else ended.word, rate="", clock="")

    def _show_keys(self) -> None:
        chosen = self.chosen
        coming = chosen is not None and self.service.coming(chosen.message.id) is not None
        again = ["compare-again"] if chosen is not None and chosen.message.failure else []
        wide = self.size.width >= WIDE
        self._hints.show(
            *(
                "compare-previous",
                "compare-go-on",
                *again,
                "compare-keep",
                "compare-add",
                "compare-words",
                "compare-merge",
                "compare-close",
            ),
            compare_close="stop" if coming else "close",
            compare_keep="keep both" if len(self.columns) <= 2 else "keep all",
            compare_go_on="go on with this one" if wide else "go on",
            compare_add="add a model" if wide or not again else "add",
        )

    # -- keys
    def action_choose(self, step: int) -> None:
        """Choose the reply before or after."""
        place = self.place + step
        if 0 <= place < len(self.columns):
            self.choose(self.ids[place])

    def action_go_on(self) -> None:
        """Go on with the chosen reply."""
        self._end(Outcome.GO_ON)

    def action_keep(self) -> None:
        """Keep all, and close."""
        self._end(Outcome.KEEP)

    def action_leave(self) -> None:
        """Stop the chosen reply; otherwise close."""
        if self.chosen is None or not self._acts.stop(self.chosen.message.id):
            self._end(Outcome.CLOSE)

    def _end(self, outcome: Outcome) -> None:
        """Close, once there is something to choose among."""
        if self.columns and not self._acts.opening:
            self.dismiss(outcome)

    def action_interrupt(self) -> None:
        """Copy what is selected, or stop the chosen reply."""
        selected = self.get_selected_text()
        if selected:
            self._acts.copy(selected)
            self.clear_selection()
        elif self.chosen is None or not self._acts.stop(self.chosen.message.id):
            raise SkipAction()

    def action_add(self) -> None:
        """Let one more model answer."""
        self._acts.add()

    def action_again(self) -> None:
        """Let the model of the chosen reply answer once more."""
        if self.chosen is not None:
            self._acts.again(self.chosen.message.id)

    def action_words(self) -> None:
        """Show word by word how the chosen reply differs from the others."""
        others = [column.message for column in self.columns if column is not self.chosen]
        if self.chosen is None or not others:
            return
        messages = [self._as_it_is(message) for message in (self.chosen.message, *others)]
        names = names_of([message.model or "" for message in messages])
        self.app.push_screen(Differences(messages[0], messages[1:], names))

    def _as_it_is(self, message: Message) -> Message:
        """A message with all that has come of it."""
        live = self.service.coming(message.id)
        return live.snapshot() if live is not None else message

    def action_merge(self) -> None:
        """Let a model write one reply from all."""
        self._acts.merge([column.message for column in self.columns])

    def action_copy(self) -> None:
        """Copy the chosen reply."""
        if self.chosen is not None:
            self.chosen.text.copy_message(self.chosen.message.id)

    def action_fold(self) -> None:
        """Show the thinking of the chosen reply, or hide it."""
        if self.chosen is not None:
            self.chosen.text.fold(self.chosen.message.id)

    async def action_scroll(self, action: str) -> None:
        """Scroll the chosen reply."""
        if self.chosen is not None:
            await self.chosen.text.run_action(action)

    # -- the mouse
    @on(ReplyColumn.Pointed)
    @on(CompareTabs.Pointed)
    def _pointed(self, event: ReplyColumn.Pointed | CompareTabs.Pointed) -> None:
        self.choose(event.message_id)

    @on(MessageList.Chosen)
    def _asked(self, event: MessageList.Chosen) -> None:
        event.stop()
        if event.action is Action.MESSAGE_RETRY:
            self._acts.again(event.message_id)
