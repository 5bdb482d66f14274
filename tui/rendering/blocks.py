"""The block structure of a text, or of its last lines inside the lists that are still open."""

from __future__ import annotations

from typing import Any, Literal

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from tui.rendering.flat_blocks import Flattener, Leaf, Path
from tui.rendering.parser import DEEPEST, markdown

Env = dict[str, Any]


class _State(StateBlock):
    """Notes the indent that was asked of each block, which the tokens do not say."""

    indents: dict[int, int]
    too_deep = False

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        self.indents[len(self.tokens)] = self.blkIndent
        token = super().push(ttype, tag, nesting)
        self.too_deep = self.too_deep or self.level >= DEEPEST
        return token


def parse_blocks(
    text: str, env: Env, base: int = 0, path: Path = (), before: Path = (), again: Path = ()
) -> list[Leaf]:
    """The leaves of ``text``, whose first line is the source's line ``base``.

    ``path`` are the items that are open when the text begins; its lines are read as theirs until one is
    indented too little, then as the parent's. ``before`` is the path of the leaf before: a list in it may
    go on. ``again`` is the path of a leaf that is parsed again: its quotes open anew, but are the same.
    """
    parser = markdown()
    leaves: list[Leaf] = []
    state = _State(text, parser, env, [])
    line = 0
    for depth in range(len(path), -1, -1):
        state.tokens, state.indents = [], {}
        state.blkIndent = path[depth - 1].indent if depth else 0
        parser.block.tokenize(state, line, state.lineMax)
        closed = path[depth] if depth < len(path) else before[depth] if depth < len(before) else None
        flattener = Flattener(path[:depth], base, state.indents, closed, again)
        leaves += flattener.run(state.tokens)
        line = state.line
        if line >= state.lineMax:
            break
    if state.too_deep:  # markdown-it would leave out what is inside
        return [Leaf("raw", (), base, base + text.count("\n") + 1, text)]
    return leaves
