"""Rows of tables: every cell is read, also where a row has more of them than its table has columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token

_PIPE = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_TICKS = re.compile("`+")


def install(parser: MarkdownIt) -> None:
    """Take the place of markdown-it's rule, which leaves out what is too much in a row."""
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def split_row(row: str, columns: int) -> list[str]:
    """The cells of a row, with the spaces round them.

    In a row of too many, bars in code part nothing; what is still too much belongs to the last cell.
    """
    body = row.strip()
    parts = _PIPE.split(body) if "\\|" in body else body.split("|")
    if body.startswith("|"):
        del parts[0]
    if len(parts) > 1 and body.endswith("|") and not parts[-1]:
        del parts[-1]
    if len(parts) > columns > 0:
        parts = _with_code_whole(parts) if "`" in body else parts
        parts[columns - 1 :] = ["|".join(parts[columns - 1 :])] if len(parts) >= columns else []
    return parts


def _with_code_whole(parts: Sequence[str]) -> list[str]:
    """The cells, where code that was parted is one again."""
    cells: list[str] = []
    index = 0
    while index < len(parts):
        end = _end_of_code(parts, index)
        cells.append("|".join(parts[index:end]))
        index = end
    return cells


def _end_of_code(parts: Sequence[str], start: int) -> int:
    """Behind the part in which all code ends that begins in a part; behind that part, if it never does."""
    opened = ""
    for index in range(start, len(parts)):
        for ticks in _TICKS.findall(parts[index]):
            opened = "" if ticks == opened else opened or ticks
        if not opened:
            return index + 1
    return start + 1


def alignments(head: str, dashes: str) -> list[str]:
    """The marks of each column in the row of dashes; as many as the head has, though it may be one off."""
    marks = [cell.strip() for cell in dashes.strip().strip("|").split("|")]
    count = len(split_row(head, 0))
    return [*marks, *[""] * count][: max(count, 1)]


def is_one_off(head: str, dashes: str) -> bool:
    """Whether two lines begin a table whose row of dashes has a column too many, or too few."""
    if not _DASHES.fullmatch(dashes.strip()) or "|" not in dashes or "|" not in head:
        return False
    columns = len(split_row(head, 0))
    return columns > 1 and abs(columns - len(dashes.strip().strip("|").split("|"))) == 1


def healed(state: StateBlock, first: int, end: int) -> bool:
    """Whether such a table begins at a line."""
    if first + 1 >= end or state.sCount[first + 1] < state.blkIndent:
        return False
    if state.is_code_block(first) or state.is_code_block(first + 1):
        return False
    head, dashes = (
        state.src[state.bMarks[i] + state.tShift[i] : state.eMarks[i]] for i in (first, first + 1)
    )
    return is_one_off(head, dashes)


def _mended(state: StateBlock, first: int, end: int) -> bool:
    """Read a table whose row of dashes is one off, as if that were right."""
    last = first
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        last += 1
    rows = state.getLines(first, last, state.blkIndent, False).split("\n")
    marks = alignments(rows[0], rows[1])
    rows[1] = f"|{'|'.join(mark or '---' for mark in marks)}|"
    state.md.block.parse("\n".join(rows), state.md, state.env, state.tokens)
    state.line = last
    return True


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    count = len(state.tokens)
    if not table(state, first, end, silent):
        if not healed(state, first, end):
            return False
        return silent or _mended(state, first, end)
    if not silent:
        _give_all_cells(state, state.tokens[count:])
    return True


def _give_all_cells(state: StateBlock, tokens: Sequence[Token]) -> None:
    columns = sum(token.type == "th_open" for token in tokens)
    cells: Iterator[str] = iter(())
    for token in tokens:
        if token.type == "tr_open" and token.map:
            line = token.map[0]
            row = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
            cells = iter(split_row(row, columns))
        elif token.type == "inline":
            token.content = next(cells, "").strip().replace("\\|", "|")
