"""Thinking that a model writes into its answer, between marks of its own: told apart from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct, field

from tui.chat.chunks import Reasoning
from tui.engine.surroundings import Surroundings


class WasReasoning(Struct, frozen=True):
    """The text of the reply that was given so far is thinking: its end had a mark, its beginning none."""


Piece = str | Reasoning | WasReasoning


class _Role(Enum):
    OPEN = auto()
    """Thinking begins."""
    CLOSE = auto()
    """Thinking ends."""
    ANSWER = auto()
    """The answer begins, where there was thinking."""
    TOKEN = auto()
    """The answer begins, as a token of the model says, which nobody writes by hand."""
    END = auto()
    """The answer ends, if its beginning was marked."""


_ELEMENTS = ("think", "thinking", "thought", "thoughts", "reason", "reasoning")
_OF_ONE_VENDOR = ("seed:think", "mm:think", "longcat_think")
_PAIRS = [(f"<{name}>", f"</{name}>") for name in (*_ELEMENTS, *_OF_ONE_VENDOR)] + [
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
    ("<|channel|>commentary<|message|>", "<|end|>"),
    ("<|channel>thought", "<channel|>"),
]
_ANSWERS = [
    (_Role.ANSWER, "<answer>", "</answer>"),
    (_Role.TOKEN, "<|begin_of_solution|>", "<|end_of_solution|>"),
    (_Role.TOKEN, "<|START_RESPONSE|>", "<|END_RESPONSE|>"),
    (_Role.TOKEN, "<|start|>assistant", "<|return|>"),
    (_Role.TOKEN, "<|channel|>final<|message|>", "<|return|>"),
]
_MARKS: dict[str, tuple[_Role, str]] = {
    # Each mark in lower case: what it does, and the mark that ends what it begins.
    **{close.lower(): (_Role.CLOSE, "") for _, close in _PAIRS},
    **{end.lower(): (_Role.END, "") for _, _, end in _ANSWERS},
    **{begin.lower(): (role, end.lower()) for role, begin, end in _ANSWERS},
    **{begin.lower(): (_Role.OPEN, close.lower()) for begin, close in _PAIRS},
}
_BEGINNINGS = frozenset(mark[:size] for mark in _MARKS for size in range(1, len(mark)))
_LONGEST = max(map(len, _MARKS))
_TOKENS = re.compile(
    rf"(?P<run>`+|~+)|(?P<line>\n)|(?P<mark>{'|'.join(map(re.escape, _MARKS))})", re.IGNORECASE | re.ASCII
)
_LOWER = {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class _State(Enum):
    START = auto()
    """Nothing has come but blanks."""
    THOUGHT = auto()
    AFTER = auto()
    """Thinking has ended; blanks that follow belong to its mark."""
    TEXT = auto()


class Thinking(Struct):
    """Takes the text of a reply in pieces and tells thinking from answer; how it is cut makes no difference.

    A mark in code, or in the middle of a sentence, is text. An end without a beginning makes thinking of what
    came before it.
    """

    known: bool = False
    """Whether the model has thought before in this reply, here or beside its text."""
    _state: _State = _State.START
    _held: str = ""
    """What may be the beginning of a mark or of a line's end, or a mark before the character that decides."""
    _blanks: list[str] = field(default_factory=list)
    """Those before the first word."""
    _end: str = ""
    """The mark that ends the open thinking."""
    _ends: set[str] = field(default_factory=set)
    """Marks that may end the answer."""
    _unopened: bool = False
    """Whether the mark that has just ended thinking had no beginning."""
    _apart: bool = False
    """Whether the thinking that comes is parted from what was thought before."""
    _around: Surroundings = field(default_factory=Surroundings)
    _found: list[Piece] = field(default_factory=list)

    def feed(self, text: str) -> Iterator[Piece]:
        """The pieces that ``text`` decides."""
        text = self._held + text
        end = len(text) - _unfinished(text)
        self._held = text[self._read(text, end) :]
        return self._told()

    def release(self) -> Iterator[Piece]:
        """What was held back, since something else comes between: no mark goes over it."""
        text, self._held = self._held, ""
        self._read(text, len(text), last=True)
        return self._told()

    def close(self) -> Iterator[Piece]:
        """What was held back, and what is left to say of it."""
        text, self._held = self._held, ""
        self._read(text, len(text), last=True)
        if self._state is _State.START:
            self._found += self._blanks
            self._blanks = []
        elif self._unopened and not self.known:
            self._found.append(WasReasoning())
        self._unopened = False
        return self._told()

    def _read(self, text: str, end: int, *, last: bool = False) -> int:
        """Read up to ``end``, or to a mark there before the character that decides. Returns how far."""
        at = 0
        for match in _TOKENS.finditer(text, 0, end):
            is_mark = match.lastgroup == "mark"
            after = text[match.end() : match.end() + 1]
            if is_mark and not after and not last:
                end = match.start()
                break
            self._plain(text[at : match.start()])
            at = match.end()
            if not (is_mark and self._follow(match[0].translate(_LOWER), after)):
                self._plain(match[0])
        self._plain(text[at:end])
        return end

    def _told(self) -> Iterator[Piece]:
        """What was found, in as few pieces as possible; what is turned before it is told is told right."""
        found, self._found = self._found, []
        turn = max(
            (place for place, piece in enumerate(found) if isinstance(piece, WasReasoning)), default=-1
        )
        if turn >= 0:
            found[:turn] = [Reasoning(piece) if isinstance(piece, str) else piece for piece in found[:turn]]
            found = [found[turn], *(piece for piece in found if not isinstance(piece, WasReasoning))]
        return _joined(found)

    # -- text
    def _plain(self, text: str) -> None:
        if self._state in (_State.START, _State.AFTER) and not (text := self._begin(text)):
            return
        if not text:
            return
        if self._state is _State.TEXT:
            self._found.append(text)
        else:
            self._found.append(Reasoning(f"\n\n{text}" if self._apart else text))
            self._apart = False
            self.known = True
        self._around.see(text)

    def _begin(self, text: str) -> str:
        """Begin the answer, if ``text`` has more than blanks. Returns the text without those of a mark."""
        begun = text.lstrip()
        if not begun:
            self._blanks += [text] if self._state is _State.START else []
            return ""
        if self._state is _State.START:
            self._found += self._blanks
            begun = text
        elif self._unopened:
            self._found.append(WasReasoning())
            self.known = True
        self._state, self._unopened, self._blanks = _State.TEXT, False, []
        return begun

    # -- marks
    def _follow(self, mark: str, after: str) -> bool:
        """Follow a mark before the character ``after``. Returns False if it is only talked about."""
        role, end = _MARKS[mark]
        if self._state is _State.THOUGHT:
            return self._in_thought(role, mark, end, after)
        if role is _Role.OPEN:
            return self._open(end, after)
        if role is _Role.END or mark in self._ends:
            return mark in self._ends and not self._around.code
        if role is _Role.ANSWER:
            return self._begin_answer(end)
        if not self._closes(after):
            return False
        if role is _Role.TOKEN:
            self._ends |= {end, "<|end|>"}
        self._unopened = self._unopened or self._state is _State.TEXT
        self._enter(_State.AFTER)
        return True

    def _in_thought(self, role: _Role, mark: str, end: str, after: str) -> bool:
        if role is _Role.TOKEN:
            self._ends |= {end, "<|end|>"}
        elif mark != self._end or (self._around.in_span and after == "`"):
            return False
        self._enter(_State.AFTER)
        return True

    def _open(self, end: str, after: str) -> bool:
        if self._state is _State.TEXT and not self._opens(after):
            self._around.spoken = True
            return False
        if self._unopened:  # two thoughts, of which the first had no beginning
            self._found.append(WasReasoning())
        self._apart = self.known or self._unopened
        self._unopened = False
        self._blanks = []
        self.known = True
        self._end = end
        self._ends.clear()
        self._enter(_State.THOUGHT)
        return True

    def _begin_answer(self, end: str) -> bool:
        follows = self.known and self._state is _State.AFTER
        self._ends |= {end} if follows else set()
        return follows

    def _enter(self, state: _State) -> None:
        self._state = state
        self._around = Surroundings()

    def _opens(self, after: str) -> bool:
        """Whether thinking begins in the midst of the answer."""
        around = self._around
        if around.code:
            return False
        return around.line_begins or around.parts_sentences(after, known=self.known)

    def _closes(self, after: str) -> bool:
        """Whether a mark without a beginning ends what was thinking."""
        if self._state is _State.START:
            return self.known or after == "\n" or not after.isspace()
        if self._state is _State.AFTER:
            return True
        around = self._around
        if around.code:
            return False
        return around.line_begins or (not around.spoken and around.parts_words(after))


def _unfinished(text: str) -> int:
    """How many characters at the end of ``text`` may be the beginning of a mark, or of a line's end."""
    if text.endswith("\r"):
        return 1
    tail = text[-_LONGEST:].translate(_LOWER)
    return next((size for size in range(len(tail), 0, -1) if tail[-size:] in _BEGINNINGS), 0)


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one."""
    place = 0
    while place < len(pieces):
        end = place + 1
        while end < len(pieces) and type(pieces[end]) is type(pieces[place]):
            end += 1
        yield _one([*pieces[place:end]])
        place = end


def _one(pieces: list[Piece]) -> Piece:
    first = pieces[0]
    if isinstance(first, str):
        return "".join(piece for piece in pieces if isinstance(piece, str))
    if isinstance(first, Reasoning):
        return Reasoning("".join(piece.text for piece in pieces if isinstance(piece, Reasoning)))
    return first
