"""``segue usage``: what was spent."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec.structs import asdict

from tui.chat.context import shorten
from tui.chat.spending import By, Sum, dollars, sums, total, unpriced_words
from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, say, write, write_json
from tui.engine.workspace import Workspace
from tui.errors import NotFoundError, UsageError
from tui.text import one_line

_BAR, _EIGHTHS = 24, " ▏▎▍▌▋▊▉"
_HEAD = ("replies", "read", "kept", "written", "cost")
_LONGEST_NAME = 48


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--by",
        type=By,
        choices=list(By),
        default=By.DAY,
        metavar="day|model|provider|conversation",
        help="what is summed up together; day, unless said otherwise",
    )
    parser.add_argument("--since", metavar="DATE", help="from this day on, as in 2026-11-01")
    parser.add_argument("--bars", action="store_true", help="a bar for each row instead of numbers of tokens")
    parser.add_argument("--json", action="store_true", help="write one JSON document")


def run(args: argparse.Namespace) -> int:
    """Say what was spent."""
    since = _since(args.since)

    async def usage(workspace: Workspace) -> int:
        await workspace.store.look_for_changes()
        if workspace.store.line.alone:
            say("The server of the history can't be reached: this is what is known of it on this machine.")
        spent = await workspace.store.spending(since)
        rows = sums(spent, args.by)
        titles = await _titles(workspace, rows) if args.by is By.CONVERSATION else {}
        if args.json:
            write_json([_document(row, titles) for row in rows])
            return DONE
        if not rows:
            say("Nothing was spent yet." if since is None else f"Nothing was spent since {args.since}.")
            return DONE
        whole = total(spent)
        (_bars if args.bars else _table)(rows, whole, titles)
        if words := unpriced_words(whole.unpriced):
            say(f"{words[:1].upper()}{words[1:]} in the cost.")
        return DONE

    return run_with_workspace(usage)


def _since(written: str | None) -> datetime | None:
    """The beginning of a day on the reader's clock.

    Raises:
        UsageError: It is no day.
    """
    if written is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(written), datetime.min.time()).astimezone()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{one_line(written)} is no day", "As in --since 2026-11-01.") from None


async def _titles(workspace: Workspace, rows: Sequence[Sum]) -> Mapping[str, str]:
    """The titles of conversations by their keys; those that are gone have none."""
    found: dict[str, str] = {}
    for row in rows:
        try:
            found[row.key] = (await workspace.store.load_conversation(int(row.key or 0))).title
        except NotFoundError:
            found[row.key] = ""
    return found


def _document(row: Sum, titles: Mapping[str, str]) -> dict[str, Any]:
    document = {**asdict(row), "cost": round(row.cost, 9)}
    return {**document, "title": titles[row.key] or None} if row.key in titles else document


def _name(row: Sum, titles: Mapping[str, str]) -> str:
    if row.key not in titles:
        return one_line(row.key, _LONGEST_NAME) or "–"
    return one_line(f"{row.key or '–'}  {titles[row.key] or 'deleted'}", _LONGEST_NAME)


def _cost(row: Sum) -> str:
    """What it cost; a dash where nothing of it has a known price."""
    return dollars(row.cost) if row.cost or not row.unpriced else "–"


def _table(rows: Sequence[Sum], whole: Sum, titles: Mapping[str, str]) -> None:
    lines: list[tuple[str, ...]] = [("", *_HEAD)]
    for name, row in [*((_name(row, titles), row) for row in rows), ("in all", whole)]:
        counts = (row.input_tokens, row.cached_tokens, row.output_tokens)
        lines.append((name, str(row.replies), *map(shorten, counts), _cost(row)))
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for name, *fields in lines:
        right = "  ".join(f"{field:>{width}}" for field, width in zip(fields, widths[1:], strict=True))
        write(f"{name:{widths[0]}}  {right}\n")


def _bars(rows: Sequence[Sum], whole: Sum, titles: Mapping[str, str]) -> None:
    most = max(row.cost for row in rows) or 1.0
    names = [_name(row, titles) for row in rows]
    width, costs = max(map(len, (*names, "in all"))), [_cost(row) for row in (*rows, whole)]
    wide = max(map(len, costs))
    for name, row, cost in zip(names, rows, costs, strict=False):
        write(f"{name:{width}}  {cost:>{wide}}  {_bar(row.cost / most)}".rstrip() + "\n")
    write(f"{'in all':{width}}  {costs[-1]:>{wide}}\n")


def _bar(share: float) -> str:
    full, eighths = divmod(round(share * _BAR * 8), 8)
    return "█" * full + _EIGHTHS[eighths].strip()
