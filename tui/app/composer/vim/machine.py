"""The modes, what each key does in them, and what a text was before each change."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from tui import graphemes
from tui.app.composer.vim import edits, motions, objects
from tui.app.composer.vim.buffer import Buffer, first_word, line_end, line_start, on_a_character
from tui.app.composer.vim.edits import Edit, Register, Span, whole_lines, with_whole, without_last_break
from tui.app.composer.vim.grammar import Command, Kind, NonsenseError, parse
from tui.app.composer.vim.motions import MOTIONS, Reach
from tui.text import is_text

_SAME = {"backspace": "h", "space": "l"}
_CHANGES = frozenset("iaIAoOpPJ~rdcxs<>")
"""Acts after which the text is another."""
_BACK = {"f": "F", "F": "f", "t": "T", "T": "t"}

_MOST_STATES = 200


class State(Struct, frozen=True):
    """A text, and where the caret was."""

    text: str
    caret: int


class Undo:
    """States to go back to, and those that were left by going back."""

    def __init__(self) -> None:
        self._before: list[State] = []
        self._after: list[State] = []

    def note(self, state: State) -> None:
        """A change begins; what was left by going back is no more."""
        self._after.clear()
        if not self._before or self._before[-1].text != state.text:
            self._before = [*self._before[1 - _MOST_STATES :], state]

    def back(self, now: State) -> State | None:
        """The state before the last change; None if there is none."""
        return self._step(self._before, self._after, now)

    def forth(self, now: State) -> State | None:
        """The state that was left last; None if the text was changed since."""
        return self._step(self._after, self._before, now)

    @staticmethod
    def _step(source: list[State], other: list[State], now: State) -> State | None:
        while source:
            state = source.pop()
            if state.text != now.text:
                other.append(now)
                return state
        return None


class Mode(Enum):
    """What keys do now."""

    INSERT = "insert"
    NORMAL = "normal"
    VISUAL = "visual"
    VISUAL_LINES = "visual line"


_NOTHING = Register()


class _Change(Struct):
    """What ``.`` does again: a command, and what was written after it."""

    command: Command
    written: str = ""


class _Around(Struct, frozen=True):
    """What stood before and after the caret when writing began."""

    before: str
    after: str

    def written(self, text: str) -> str:
        """What was written between the two; nothing if they changed too."""
        if text.startswith(self.before) and text.endswith(self.after):
            return text[len(self.before) : len(text) - len(self.after)]
        return ""


class Vim:
    """Takes keys, and works on a buffer. It begins in the insert mode: a prompt is mostly written once."""

    def __init__(self, buffer: Buffer, register: Register = _NOTHING) -> None:
        self.mode = Mode.INSERT
        self.register = register
        self.pending = ""
        """The keys of a command that is not whole yet."""
        self._buffer = buffer
        self._undo = Undo()
        self._found = ("f", "")
        self._change: _Change | None = None
        self._around: _Around | None = _Around("", "")
        self._undo.note(self._state)
        self._known = self._state
        """What the last key left."""
        self._anchor = 0
        self._caret = 0
        """Where the caret is in a visual mode: a selection ends after it."""

    def press(self, key: str, character: str | None) -> bool:
        """Do what a key does.

        Args:
            key: Its name.
            character: What it writes, if anything.

        Returns:
            Whether it does anything here; otherwise it is for others.
        """
        self._note_others()
        used = self._press(key, character)
        self._known = self._state
        return used

    def _note_others(self) -> None:
        """What others changed while nothing was being written, such as a paste, is a step of its own."""
        if self.mode is not Mode.INSERT and self._buffer.text != self._known.text:
            self._undo.note(self._known)

    def _press(self, key: str, character: str | None) -> bool:
        if key == "escape":
            return self._escape()
        typed = _SAME.get(key, character)
        if self.mode is Mode.INSERT or typed is None or not all(map(is_text, typed)):
            self.pending = ""
            return False
        self.pending += typed
        try:
            command = parse(self.pending, self._visual)
        except NonsenseError:
            self.pending = ""
            return True
        if command is not None:
            self.pending = ""
            self._do(command)
        return True

    def insert(self) -> None:
        """Write, from here on."""
        self.mode, self.pending = Mode.INSERT, ""
        caret, text = self._buffer.caret, self._buffer.text
        self._around = _Around(text[:caret], text[caret:])

    @property
    def _state(self) -> State:
        return State(self._buffer.text, self._buffer.caret)

    # -- modes
    @property
    def _visual(self) -> bool:
        return self.mode in (Mode.VISUAL, Mode.VISUAL_LINES)

    @property
    def _at(self) -> int:
        return on_a_character(self._buffer.text, self._caret if self._visual else self._buffer.caret)

    def _escape(self) -> bool:
        if self.mode is Mode.NORMAL:
            waited, self.pending = bool(self.pending), ""
            return waited
        at = self._at if self._visual else self._buffer.caret
        if self.mode is Mode.INSERT:
            if self._change is not None and self._around is not None:
                self._change.written = self._around.written(self._buffer.text)
            self._around = None
            at = max(line_start(self._buffer.text, at), graphemes.before(self._buffer.text, at))
        self._rest(at)
        return True

    def _rest(self, at: int) -> None:
        self.mode, self.pending = Mode.NORMAL, ""
        self._buffer.go(on_a_character(self._buffer.text, at))

    def _look(self, mode: Mode, anchor: int, caret: int) -> None:
        """Select from anchor to caret, both with their character, or their lines."""
        text = self._buffer.text
        self.mode, self._anchor, self._caret = mode, anchor, on_a_character(text, caret)
        span = self._selected
        forward = self._caret >= anchor
        self._buffer.select(*((span.start, span.end) if forward else (span.end, span.start)))

    @property
    def _selected(self) -> Span:
        text = self._buffer.text
        if self.mode is Mode.VISUAL_LINES:
            return whole_lines(text, self._anchor, self._caret)
        start, end = sorted((self._anchor, self._caret))
        # Others may have made it shorter.
        span = Span(min(start, len(text)), graphemes.after(text, min(end, len(text))))
        return with_whole(self._buffer.folded, span)

    # -- commands
    def _do(self, command: Command) -> None:
        if command.key == "." and command.kind is Kind.ACT:
            self._again()
            return
        if (command.kind is Kind.ACT and command.key in _CHANGES) or command.operator in tuple("dc<>"):
            self._undo.note(self._state)
            self._change = self._change if self._visual else _Change(command)
        if command.kind is Kind.ACT:
            self._act(command)
        elif self._visual:
            self._reach(command)
        elif command.operator:
            self._operate_on(command)
        else:
            target = self._target(command)
            if target is not None:
                self._rest(target)

    def _again(self) -> None:
        change = self._change
        if change is None:
            return
        self._do(change.command)
        if self.mode is Mode.INSERT:
            caret = self._buffer.caret
            self._buffer.replace(caret, caret, change.written)
            self._rest(caret + graphemes.before(change.written, len(change.written)))
        self._change = change

    def _reach(self, command: Command) -> None:
        """Let the selection reach somewhere else."""
        if command.kind is Kind.OBJECT:
            found = objects.find(self._buffer.text, self._at, command.key == "a", command.character)
            if found is not None and found[0] < found[1]:
                self._look(Mode.VISUAL, found[0], found[1] - 1)
            return
        target = self._target(command)
        if target is not None:
            self._look(self.mode, self._anchor, target)

    def _target(self, command: Command) -> int | None:
        """Where a motion leads; None if it leads nowhere."""
        text, at, count = self._buffer.text, self._at, command.count or 1
        key, wanted = command.key, command.character
        if key == "g":
            return motions.to_line(text, count)
        if key == "G":
            return motions.to_line(text, command.count or text.count("\n") + 1)
        if key in "fFtT":
            self._found = (key, wanted)
        elif key in ";,":
            key, wanted = self._found
            key = _BACK[key] if command.key == "," else key
        if key in "fFtT":
            return motions.to_character(text, at, key, wanted, count) if wanted else None
        return MOTIONS[key].lead(text, at, count)

    # -- operators
    def _operate_on(self, command: Command) -> None:
        span = self._span(command)
        if span is not None:
            self._operate(command.operator, span)

    def _span(self, command: Command) -> Span | None:
        text, at, count = self._buffer.text, self._at, command.count or 1
        if command.kind is Kind.LINES:
            return whole_lines(text, at, MOTIONS["j"].lead(text, at, count - 1))
        if command.kind is Kind.OBJECT:
            found = objects.find(text, at, command.key == "a", command.character)
            return Span(*found) if found else None
        if command.key in "wW" and command.operator == "c" and not text[at : at + 1].isspace():
            at_end = MOTIONS[command.key.replace("w", "e").replace("W", "E")].lead(text, at - 1, count)
            return Span(at, graphemes.after(text, at_end))
        target = self._target(command)
        if target is None:
            return None
        return self._span_to(command.key, at, target)

    def _span_to(self, key: str, at: int, target: int) -> Span:
        text = self._buffer.text
        reach = MOTIONS[key].reach if key in MOTIONS else Reach.LINES if key in "gG" else Reach.UP_TO
        if reach is Reach.LINES:
            return whole_lines(text, at, target)
        start, end = sorted((at, target))
        if key in "wW":
            return without_last_break(text, start, end)
        with_it = reach is Reach.WITH or (key in "ft;," and target > at)
        return Span(start, min(graphemes.after(text, end) if with_it else end, line_end(text, end)))

    def _operate(self, operator: str, span: Span) -> None:
        buffer = self._buffer
        if operator in "<>":
            lines = whole_lines(buffer.text, span.start, span.end)
            self._apply(edits.indent(buffer.text, lines, deeper=operator == ">"))
            return
        span = with_whole(buffer.folded, span)
        taken = buffer.text[span.start : span.end]
        self.register = Register(taken, span.lines)
        if operator == "y":
            buffer.copy(taken)
            self._rest(span.start)
        elif operator == "c":
            buffer.replace(span.start, span.end, "")
            buffer.go(span.start)
            self.insert()
        else:
            self._apply(edits.delete(buffer.text, span))

    def _apply(self, edit: Edit) -> None:
        self._buffer.replace(edit.start, edit.end, edit.text)
        self._rest(edit.caret)

    # -- what is neither motion nor operator
    def _act(self, command: Command) -> None:
        key, count = command.key, command.count or 1
        if self._visual and key in "dcyxs<>":
            span = self._selected
            self._operate({"x": "d", "s": "c"}.get(key, key), span)
        elif key in "vV":
            self._switch(Mode.VISUAL if key == "v" else Mode.VISUAL_LINES)
        elif self._visual and key == "o":
            self._look(self.mode, self._caret, self._anchor)
        elif key in "iaIAoO":
            self._begin(key)
        elif key in "pP":
            self._put(key == "p", count)
        elif key in "uU":
            self._go_back(key, count)
        elif key == "J":
            self._join(count)
        else:
            self._rewrite(command, count)

    def _go_back(self, key: str, count: int) -> None:
        for _ in range(count):
            state = (self._undo.back if key == "u" else self._undo.forth)(self._state)
            if state is not None:
                self._buffer.replace(0, len(self._buffer.text), state.text)
                self._rest(state.caret)

    def _switch(self, mode: Mode) -> None:
        if self.mode is mode:
            self._rest(self._caret)
        else:
            self._look(mode, self._anchor if self._visual else self._at, self._at)

    def _begin(self, key: str) -> None:
        buffer, at = self._buffer, self._at
        start, end = line_start(buffer.text, at), line_end(buffer.text, at)
        if key in "oO":
            place = end if key == "o" else start
            buffer.replace(place, place, "\n")
            buffer.go(end + 1 if key == "o" else start)
        else:
            buffer.go(
                {
                    "i": at,
                    "a": min(graphemes.after(buffer.text, at), end),
                    "I": first_word(buffer.text, at),
                    "A": end,
                }[key]
            )
        self.insert()

    def _put(self, after: bool, count: int) -> None:
        buffer, register = self._buffer, self.register
        if not register.text and not register.lines:
            return
        if not self._visual:
            self._apply(edits.put(buffer.text, self._at, register, after, count))
            return
        span = self._selected
        self.register = Register(buffer.text[span.start : span.end], span.lines)
        caret = span.start + max(0, len(register.text) - 1)
        self._apply(Edit(span.start, span.end, register.text, caret))

    def _join(self, count: int) -> None:
        text, at, breaks = self._buffer.text, self._at, max(1, count - 1)
        if self._visual:
            span = self._selected
            at, breaks = span.start, max(1, text.count("\n", span.start, span.end))
        self._apply(edits.join(text, at, breaks))

    def _rewrite(self, command: Command, count: int) -> None:
        """``r`` and ``~``: characters become others."""
        text, at = self._buffer.text, self._at
        span = self._selected if self._visual else Span(at, MOTIONS["l"].lead(text, at, count))
        if not self._visual and sum(1 for _ in graphemes.spans(text[span.start : span.end])) < count:
            return
        folded = self._buffer.folded
        span = with_whole(folded, span)
        if command.key == "r":
            self._apply(edits.write_over(text, span, folded, command.character))
        else:
            self._apply(edits.swap_case(text, span, folded, span.start if self._visual else span.end))
