"""The block structure of a text, or of its last lines inside the lists that are still open."""

from __future__ import annotations

from typing import Any, Literal

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from tui.faults import attempt
from tui.markdown import DEEPEST
from tui.rendering.flat_blocks import CONTAINERS, CONTENT, FAULT, LISTS, Block, Flattener, Path
from tui.rendering.limits import BLOCKS
from tui.rendering.parser import markdown

Env = dict[str, Any]


class _TooManyError(Exception):
    """There are more blocks than are read at once."""


class _State(StateBlock):
    """Notes the indent that was asked of each block, which the tokens do not say, and counts them."""

    indents: dict[int, int]
    too_deep = False
    room: float = 0
    """How many blocks may still come."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        if nesting == 0 or ttype in CONTAINERS:
            self.room -= 1
            if self.room < 0:
                raise _TooManyError
        self.indents[len(self.tokens)] = self.blkIndent
        token = super().push(ttype, tag, nesting)
        self.too_deep = self.too_deep or self.level >= DEEPEST
        return token


def parse_blocks(
    text: str,
    env: Env,
    base: int = 0,
    path: Path = (),
    before: Path = (),
    again: Path = (),
    most: float = BLOCKS,
) -> list[Block]:
    """The blocks of ``text``, whose first line is the source's line ``base``.

    ``path`` are the items that are open when the text begins; its lines are read as theirs until one is
    indented too little, then as the parent's. ``before`` is the path of the block before: a list in it may
    go on. ``again`` is the path of a block that is parsed again: its quotes open anew, but are the same.
    What can't be parsed is one block, as it stands; so is what comes after the first ``most`` blocks.
    """
    return attempt(
        lambda: _parse(text, env, base, path, before, again, most), lambda: [_raw(text, base, FAULT)]
    )


def _raw(text: str, base: int, why: str = "") -> Block:
    return Block("raw", (), base, base + text.count("\n") + 1, text, why)


def _parse(text: str, env: Env, base: int, path: Path, before: Path, again: Path, most: float) -> list[Block]:
    parser = markdown()
    blocks: list[Block] = []
    state = _State(text, parser, env, [])
    state.room = most
    line = 0
    for depth in range(len(path), -1, -1):
        state.tokens, state.indents = [], {}
        state.blkIndent = path[depth - 1].indent if depth else 0
        try:
            parser.block.tokenize(state, line, state.lineMax)
            line = state.line
        except _TooManyError:
            state.tokens, line = _whole_blocks(state.tokens, line)
        closed = path[depth] if depth < len(path) else before[depth] if depth < len(before) else None
        flattener = Flattener(path[:depth], base, state.indents, closed, again)
        blocks += flattener.run(state.tokens)
        if line >= state.lineMax or state.room < 0:
            break
    if state.too_deep:  # markdown-it would leave out what is inside
        return [_raw(text, base)]
    if state.room < 0:
        rest = "\n".join(text.split("\n")[line:])
        blocks.append(_raw(rest.rstrip(), base + line))
    return blocks


def _whole_blocks(tokens: list[Token], line: int) -> tuple[list[Token], int]:
    """The tokens up to the last block that came to its end, and the line after it."""
    count = len(tokens)
    while count and tokens[count - 1].nesting >= 0 and tokens[count - 1].type not in CONTENT:
        count -= 1
    for token in tokens[:count]:
        if token.map and token.nesting >= 0:
            # Of what is still open the end is not known.
            line = max(line, token.map[0] + 1 if token.type in CONTAINERS | LISTS else token.map[1])
    return tokens[:count], line
