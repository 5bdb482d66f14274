"""What of a block depends on the one before it: offsets, gaps and folds."""

from __future__ import annotations

from collections.abc import Sequence

from tui.markdown import DEEPEST
from tui.rendering.flat_blocks import Block
from tui.rendering.source import Source


def set_spacing(blocks: Sequence[Block], source: Source, before: Block | None) -> None:
    """Fill in what depends on the block before: offsets, gaps and folds."""
    for block in blocks:
        block.start = source.start(block.first)
        last = block.last - 1
        while last > block.first and not source.line(last).strip():
            last -= 1
        block.end = source.end(last)
        block.shared = _shared(before, block)
        block.gap = _gap(before, block, source)
        block.folds = _folds(before)
        if block.kind == "end":
            block.folds = block.folds[:-1]
        before = block


def _shared(before: Block | None, block: Block) -> int:
    count = 0
    if before:
        for mine, theirs in zip(block.path, before.path, strict=False):
            if mine != theirs:
                break
            count += 1
    return count


def _gap(before: Block | None, block: Block, source: Source) -> int:
    """One blank row between blocks; inside a list as many as its source has, at most one."""
    if before is None or block.kind == "end":
        return 0
    if before.kind == "alert" or (before.kind == block.kind == "definition" and before.last == block.first):
        return 0
    shared = block.shared
    in_list = bool(shared) and block.path[shared - 1].kind != "quote"
    if shared < min(len(block.path), len(before.path)):
        mine, theirs = block.path[shared], before.path[shared]
        in_list = in_list or (mine.kind == "item" == theirs.kind and mine.group == theirs.group)
        in_list = in_list or mine.kind == "note" == theirs.kind
    if not in_list:
        return 1
    return not source.line(block.first - 1).strip("> \t") if block.first > before.first else 0


def _folds(before: Block | None) -> tuple[int, ...]:
    if before is None:
        return ()
    opens = before.kind == "details" and len(before.folds) < DEEPEST
    return (*before.folds, before.start) if opens else before.folds
