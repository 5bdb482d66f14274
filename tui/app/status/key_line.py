"""The last line: the few keys that matter now, by what the person does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from rich.cells import cell_len
from rich.style import Style
from textual.reactive import reactive

from tui.app.actions import Action
from tui.app.keymap import Keys
from tui.app.lists.line import Line
from tui.app.theme.ink import Ink, width_of
from tui.rendering.spans import Span

_GAP = "   "
MOST = 5


class Hint(Struct, frozen=True):
    """One key and what it does."""

    key: str
    """As it is shown: ``ctrl+l``, ``alt+↑``."""
    words: str
    press: str = ""
    """The key that a click presses; none if empty."""

    @property
    def width(self) -> int:
        """Its cells."""
        return cell_len(f"{self.key} {self.words}".rstrip())

    def spans(self, ink: Ink) -> list[Span[Style]]:
        """Key and words as they are drawn."""
        click = Style(meta={"@click": f"app.simulate_key('{self.press}')"}) if self.press else Style.null()
        words = [Span(f" {self.words}", ink.dim + click)] if self.words else []
        return [Span(self.key, ink.soft + click), *words]


class KeyLine(Line):
    """The keys that fit; of more, those before the last are left out whole: it is the way out."""

    hints: reactive[tuple[Hint, ...]] = reactive(())
    beside: reactive[str] = reactive("")
    """The id of another line: while that is seen, its keys are named there alone."""

    @property
    def named(self) -> list[Hint]:
        """The keys that are named here, if there is room."""
        lines = self.screen.query(f"#{self.beside}").results(KeyLine) if self.beside else ()
        elsewhere = {hint.press for line in lines if line.region for hint in line.hints if hint.press}
        return [hint for hint in self.hints if hint.press not in elsewhere]

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """Draw name and meaning of each key."""
        hints = [hint.spans(ink) for hint in self.named]
        room = self.content_size.width
        while len(hints) > 1 and sum(map(width_of, hints)) + len(_GAP) * (len(hints) - 1) > room:
            del hints[-2]
        gap = Span(_GAP, Style.null())
        return [span for hint in hints for span in (*hint, gap)][:-1], ()


Said = Mapping[Action, str]
"""Actions, and what each is said to do here."""

_ALWAYS: Said = {Action.MODEL: "model", Action.MESSAGE_UP: "messages", Action.HELP: "keys"}
IDLE: Said = {Action.SEND: "send", Action.PALETTE: "commands", **_ALWAYS}
LIVE: Said = {Action.STOP: "stop", Action.SEND: "queue", **_ALWAYS}
ELSEWHERE: Said = {Action.STOP: "stop it there", **_ALWAYS}
EDITING: Said = {Action.SEND: "send as a new version", Action.STOP: "leave it as it was"}
ASKED: Said = {
    Action.NEW: "new",
    Action.CONVERSATIONS: "all",
    Action.MESSAGE_UP: "messages",
    Action.FIND: "find",
    Action.HELP: "keys",
}
SIDEBAR: Said = {
    Action.SIDEBAR_UP: "choose",
    Action.SIDEBAR_OPEN: "open",
    Action.SIDEBAR_LEAVE: "back to writing",
}
BELOW_SIDEBAR: Said = {Action.NEW: "new", Action.CONVERSATIONS: "all"}
BELOW_OVERLAY: Said = {Action.SIDEBAR_OPEN: "open", Action.SIDEBAR_LEAVE: "close"}
MESSAGE: Said = {
    Action.LINE_UP: "walk",
    Action.MESSAGE_COPY: "copy",
    Action.MESSAGE_CODE: "copy code",
    Action.MESSAGE_RETRY: "again",
    Action.MESSAGE_MODEL: "other model",
    Action.MESSAGE_RESUME: "go on",
    Action.MESSAGE_BRANCH: "branch",
    Action.MESSAGE_DELETE: "delete",
    Action.MESSAGE_LEAVE: "back to writing",
}
PROMPT: Said = {
    Action.LINE_UP: "walk",
    Action.MESSAGE_COPY: "copy",
    Action.MESSAGE_EDIT: "edit",
    Action.MESSAGE_RETRY: "again",
    Action.MESSAGE_BRANCH: "branch",
    Action.MESSAGE_DELETE: "delete",
    Action.MESSAGE_LEAVE: "back to writing",
}
AT_REST = frozenset(
    {
        Action.MESSAGE_EDIT,
        Action.MESSAGE_RETRY,
        Action.MESSAGE_MODEL,
        Action.MESSAGE_RESUME,
        Action.MESSAGE_SUM,
    }
)
"""What can't be done while a reply comes."""
HIT: Said = {
    Action.LINE_UP: "walk",
    Action.HIT_NEXT: "next hit",
    Action.HIT_PREVIOUS: "hit before",
    Action.MESSAGE_COPY: "copy",
    Action.MESSAGE_LEAVE: "back to writing",
}
FINDING: Said = {
    Action.FIND_BAR_NEXT: "next hit",
    Action.FIND_BAR_PREVIOUS: "hit before",
    Action.FIND_BAR_CLOSE: "close",
}
FOUND: Said = {
    Action.SEND: "send",
    Action.MESSAGE_UP: "to the hit",
    Action.STOP: "take the marks away",
    Action.HELP: "keys",
}
SUMMARY: Said = {
    Action.LINE_UP: "walk",
    Action.MESSAGE_FOLD: "show or fold",
    Action.MESSAGE_COPY: "copy",
    Action.MESSAGE_DELETE: "delete",
    Action.MESSAGE_LEAVE: "back to writing",
}


def hints(keys: Keys, said: Said) -> tuple[Hint, ...]:
    """What the keys do, with the keys as they are bound now."""
    return tuple(hint for action, words in said.items() for hint in hint_of(keys, action, words))


def hint_of(keys: Keys, action: Action, words: str) -> tuple[Hint, ...]:
    """The key of one action, if it has any."""
    return tuple(Hint(keys.name(action), words, first) for first in keys.of(action)[:1])
