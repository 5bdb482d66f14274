"""What of a leaf depends on the one before it: offsets, gaps and folds."""

from __future__ import annotations

from collections.abc import Sequence

from tui.markdown import DEEPEST
from tui.rendering.flat_blocks import Leaf
from tui.rendering.source import Source


def place(leaves: Sequence[Leaf], source: Source, before: Leaf | None) -> None:
    """Fill in what depends on the leaf before: offsets, gaps and folds."""
    for leaf in leaves:
        leaf.start = source.start(leaf.first)
        last = leaf.last - 1
        while last > leaf.first and not source.line(last).strip():
            last -= 1
        leaf.end = source.end(last)
        leaf.shared = _shared(before, leaf)
        leaf.gap = _gap(before, leaf, source)
        leaf.folds = _folds(before)
        if leaf.kind == "end":
            leaf.folds = leaf.folds[:-1]
        before = leaf


def _shared(before: Leaf | None, leaf: Leaf) -> int:
    count = 0
    if before:
        for mine, theirs in zip(leaf.path, before.path, strict=False):
            if mine != theirs:
                break
            count += 1
    return count


def _gap(before: Leaf | None, leaf: Leaf, source: Source) -> int:
    """One blank row between blocks; inside a list as many as its source has, at most one."""
    if before is None or leaf.kind == "end":
        return 0
    if before.kind == "alert" or (before.kind == leaf.kind == "definition" and before.last == leaf.first):
        return 0
    shared = leaf.shared
    in_list = bool(shared) and leaf.path[shared - 1].kind != "quote"
    if shared < min(len(leaf.path), len(before.path)):
        mine, theirs = leaf.path[shared], before.path[shared]
        in_list = in_list or (mine.kind == "item" == theirs.kind and mine.group == theirs.group)
        in_list = in_list or mine.kind == "note" == theirs.kind
    if not in_list:
        return 1
    return not source.line(leaf.first - 1).strip("> \t") if leaf.first > before.first else 0


def _folds(before: Leaf | None) -> tuple[int, ...]:
    if before is None:
        return ()
    opens = before.kind == "details" and len(before.folds) < DEEPEST
    return (*before.folds, before.start) if opens else before.folds
