"""Changes of a text: the part that is taken, what is put in its place, and where the caret is then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tui import graphemes
from tui.app.composer.vim.buffer import first_word, line_end, line_start


class Span(Struct, frozen=True):
    """From ``start`` to before ``end``."""

    start: int
    end: int
    lines: bool = False
    """Whole lines, without the last line break."""

    def with_break(self, text: str) -> tuple[int, int]:
        """The range that takes the lines out: with the line break after them, else the one before."""
        if self.end < len(text):
            return self.start, self.end + 1
        return max(0, self.start - 1), self.end


def whole_lines(text: str, one: int, other: int) -> Span:
    """The lines of two places and all between."""
    return Span(line_start(text, min(one, other)), line_end(text, max(one, other)), lines=True)


def without_last_break(text: str, start: int, end: int) -> Span:
    """What ``w`` takes: its last word's line break stays, and the blanks that follow it."""
    taken = text[start:end].rstrip(" \t")
    if taken.endswith("\n"):
        end = start + len(taken.rstrip("\n"))
    return Span(start, max(end, start))


def with_whole(folded: Sequence[tuple[int, int]], span: Span) -> Span:
    """A span that has each of the folded pastes as a whole if it has a part of it."""
    touched = [(start, end) for start, end in folded if start < span.end and span.start < end]
    if not touched or span.start == span.end:
        return span
    return replace(span, start=min(span.start, touched[0][0]), end=max(span.end, touched[-1][1]))


INDENT = "    "


class Register(Struct, frozen=True):
    """What was taken last, to be put."""

    text: str = ""
    lines: bool = False


class Edit(Struct, frozen=True):
    """``text`` in the place of ``start`` to ``end``."""

    start: int
    end: int
    text: str
    caret: int


def delete(text: str, span: Span) -> Edit:
    """Take a part out; of lines, also one line break."""
    if not span.lines:
        return Edit(span.start, span.end, "", span.start)
    start, end = span.with_break(text)
    left = text[:start] + text[end:]
    return Edit(start, end, "", first_word(left, min(start, len(left))))


def indent(text: str, span: Span, deeper: bool) -> Edit:
    """Move the lines of a whole span to the right or the left."""
    lines = text[span.start : span.end].split("\n")
    if deeper:
        lines = [INDENT + line if line else line for line in lines]
    else:
        lines = [line[min(len(INDENT), len(line) - len(line.lstrip())) :] for line in lines]
    return Edit(span.start, span.end, "\n".join(lines), span.start + len(lines[0]) - len(lines[0].lstrip()))


def join(text: str, at: int, breaks: int) -> Edit:
    """Put the next lines behind the line of ``at``, with one blank between words."""
    start = end = line_end(text, at)
    joined, place = "", start
    for _ in range(breaks):
        if end == len(text):
            break
        word, last = first_word(text, end + 1), line_end(text, end + 1)
        before = joined or text[start - 1 : start]
        place = start + len(joined)
        joined += (" " if word < last and before.strip() else "") + text[word:last]
        end = last
    return Edit(start, end, joined, place)


def put(text: str, at: int, register: Register, after: bool, count: int) -> Edit:
    """Put what was taken, before or after ``at`` or its line."""
    start, end = line_start(text, at), line_end(text, at)
    if register.lines:
        lines = "\n".join([register.text] * count)
        place = end if after else start
        caret = place + after + len(register.text) - len(register.text.lstrip())
        return Edit(place, place, f"\n{lines}" if after else f"{lines}\n", caret)
    place = min(graphemes.after(text, at), end) if after else at
    new = register.text * count
    return Edit(place, place, new, place + graphemes.before(new, len(new)))


def write_over(text: str, span: Span, folded: Sequence[tuple[int, int]], character: str) -> Edit:
    """Put a character in the place of each that is not folded."""

    def over(old: str) -> str:
        return "".join("\n" if old[start] == "\n" else character for start, _ in graphemes.spans(old))

    new = _but_for(folded, text, span, over)
    return Edit(span.start, span.end, new, span.start + graphemes.before(new, len(new)))


def swap_case(text: str, span: Span, folded: Sequence[tuple[int, int]], caret: int) -> Edit:
    """Small letters become big, and big ones small; those of folded pastes are none."""
    return Edit(span.start, span.end, _but_for(folded, text, span, str.swapcase), caret)


def _but_for(folded: Sequence[tuple[int, int]], text: str, span: Span, change: Callable[[str], str]) -> str:
    """A span with ``change`` made to all but the folded pastes in it."""
    parts, at = [], span.start
    for start, end in folded:
        if span.start <= start and end <= span.end:
            parts += [change(text[at:start]), text[start:end]]
            at = end
    return "".join([*parts, change(text[at : span.end])])
