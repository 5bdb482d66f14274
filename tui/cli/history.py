"""``segue history``: the conversations, from the command line."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, assert_never

from tui.chat.chunks import Progress
from tui.chat.conversation import Summary
from tui.chat.export import about, all_to_json
from tui.chat.message import Message, Role
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    below,
)
from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, FAILED, iso, message_json, say, sentence, write, write_json
from tui.cli.part_lines import in_order, line_of
from tui.cli.progress import ProgressLine
from tui.cli.streams import STREAM, given
from tui.cli.where import history_place, written_place
from tui.config import load_config
from tui.dates import local, minute
from tui.engine.exporting import FORMATS, format_of, render, write_all, write_conversation
from tui.engine.which_conversation import find_conversation
from tui.engine.workspace import Workspace
from tui.errors import UsageError
from tui.history.bundles import all_bundles, bundle_of
from tui.history.copying import Copied, copy_all
from tui.history.store import HistoryStore, ListFilter
from tui.paths import Paths
from tui.secret import redact
from tui.text import counted, one_line

_PLACE = "the path of a file, postgresql://USER@HOST/DATABASE, or service=NAME"
HITS = 500
PAGE = 2000
_TOLD = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")

    def add(name: str, words: str, *arguments: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=sentence(words))
        for argument in arguments:
            command.add_argument(argument.lower(), metavar=argument)
        return command

    told = [
        add("list", "list the conversations, newest first"),
        add("search", "find messages that contain all words of Q", "Q"),
        add("show", "show a conversation", "ID"),
        add(
            "import",
            "take in a file of Segue, ChatGPT, Claude, elia, oterm, llm or parllama; - is standard input",
            "FILE",
        ),
        add("rename", "give a conversation a title", "ID", "TITLE"),
        add("delete", "move a conversation to the trash", "ID"),
        add("undelete", "take a conversation back from the trash", "ID"),
    ]
    for command in told:
        command.add_argument("--json", action="store_true", help="for scripts")
    told[0].add_argument("--here", action="store_true", help="only those of the project of this folder")
    copy = add("copy", "copy all conversations to another place; again, and what is new there")
    copy.add_argument("--from", dest="source", metavar="A", help="the history of this person without it")
    copy.add_argument("--to", dest="target", metavar="B", required=True, help=_PLACE)
    add("place", "say where the history is, and who can read it")
    export = add("export", "write a conversation, or all of them, to a file or standard output")
    export.add_argument("id", nargs="?", metavar="ID", help="all conversations without it")
    export.add_argument("--format", choices=FORMATS, help="from the file's name without it, or Markdown")
    export.add_argument("--json", dest="format", action="store_const", const="json", help="as --format json")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="a new file; - is standard output")


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    if args.what == "copy":
        return _copy(args)
    if args.what == "place":
        return _place()
    commands: dict[str, Callable[[Workspace, argparse.Namespace], Awaitable[None]]] = {
        "list": _list,
        "search": _search,
        "show": _show,
        "export": _export,
        "import": _import,
        "rename": _rename,
        "delete": _delete,
        "undelete": _undelete,
    }

    async def work(workspace: Workspace) -> int:
        await workspace.store.look_for_changes()
        line = workspace.store.line
        if line.words:
            say(f"segue: {f'{line.why} ' if line.why else ''}[{line.words}]")
        if getattr(args, "id", None) is not None:
            args.id = await find_conversation(workspace.store, args.id, deleted=args.what == "undelete")
        await commands[args.what](workspace, args)
        return DONE

    return run_with_workspace(work)


def _copy(args: argparse.Namespace) -> int:
    from tui.history.opening import open_history

    paths = Paths.default()
    config = load_config(paths.config_file)
    mine = history_place(paths, config)
    source = written_place(args.source, paths, config) if args.source else mine
    target = written_place(args.target, paths, config)
    if source == target:
        raise UsageError("Both places are the same", "Name another one with --to.")

    async def work() -> Copied:
        async with AsyncExitStack() as opened:
            one, other = await open_history(source), await open_history(target)
            for store in (one, other):
                opened.push_async_callback(store.close)
                if store.notice:
                    say(store.notice)
            with ProgressLine() as line:
                return await copy_all(
                    one, other, lambda it: line.show(Progress("Copying", it.done, it.total))
                )

    copied = asyncio.run(work())
    known = f"{copied.total - copied.added:,} were there already"
    grown = f"; {counted(copied.grown, 'message')} added to those" if copied.grown else ""
    say(f"{counted(copied.added, 'conversation')} copied, {known}{grown}")
    return DONE


def _place() -> int:
    from tui.history.examination import examine

    paths = Paths.default()
    looks = asyncio.run(examine(history_place(paths, load_config(paths.config_file))))
    for look in looks:
        write(f"{look.name:16}{one_line(redact(look.words))}\n")
    return FAILED if any(look.verdict == "wrong" for look in looks) else DONE


async def _list(workspace: Workspace, args: argparse.Namespace) -> None:
    rows = _rows(workspace.store, await asyncio.to_thread(_here) if args.here else ListFilter())
    if args.json:
        write_json([_summary_json(row) async for row in rows])
        return
    async for row in rows:
        model = one_line(row.model or "–")
        write(f"{row.id:>6}  {minute(local(row.updated_at))}  {one_line(row.title)}  ({model})\n")


def _here() -> ListFilter:
    """The conversations of the project of the folder of work.

    Raises:
        UsageError: There is no project.
    """
    from tui.engine.project import find_project, no_project

    project = find_project()
    if project is None:
        raise no_project()
    return ListFilter(project=str(project.folder))


async def _rows(store: HistoryStore, chosen: ListFilter) -> AsyncIterator[Summary]:
    """The whole list, read as it is used: a reader who has seen enough waits for no more."""
    offset = 0
    while page := await store.list_conversations(chosen, limit=PAGE, offset=offset):
        for row in page:
            yield row
        offset += len(page)


def _summary_json(row: Summary) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "messages": row.messages,
        "model": row.model,
        "tags": list(row.tags),
        "pinned": row.pinned,
        "project": row.project or None,
    }


async def _search(workspace: Workspace, args: argparse.Namespace) -> None:
    hits = await workspace.store.search(args.q, limit=HITS)
    if args.json:
        write_json(
            [
                {
                    "conversation": hit.conversation_id,
                    "message": hit.message_id,
                    "title": hit.title,
                    "snippet": hit.snippet,
                }
                for hit in hits
            ]
        )
        return
    if not hits:
        say(f"Nothing is found for {args.q!r}.")
    for hit in hits:
        write(f"{hit.conversation_id:>6}  {one_line(hit.title)}\n        {one_line(hit.snippet)}\n")


async def _show(workspace: Workspace, args: argparse.Namespace) -> None:
    conversation = await workspace.store.load_conversation(args.id)
    if args.json:
        everything = await workspace.store.messages(sorted(conversation.nodes))
        write_json(
            {
                "id": conversation.id,
                "title": conversation.title,
                "leaf": conversation.leaf,
                "messages": [message_json(message) for message in everything],
            }
        )
        return
    write(f"{one_line(conversation.title)}\n")
    for message in await workspace.store.messages(conversation.path()):
        write(f"\n{_speaker(message)}\n")
        for part in (*in_order(message), *below(message.parts)):
            for line in _lines(part):
                write(f"{line}\n")


def _lines(part: Part) -> Iterator[str]:
    """A part as it is read."""
    match part:
        case Text(text):
            yield text.rstrip()
        case File(file):
            yield f"▸ {one_line(file.name)}  {about(file)}"
        case Image() | ToolCall() | ToolResult():
            yield f"▸ {line_of(part)}"
        case Sources(items):
            yield from (f"{number}. {one_line(f'{it.title} {it.url}')}" for number, it in enumerate(items, 1))
        case Reasoning() | Notice():
            pass
        case _:
            assert_never(part)


def _speaker(message: Message) -> str:
    if message.role is Role.ASSISTANT:
        ended = "" if message.status.value == "complete" else f" ({message.status.value})"
        return f"{one_line(message.model or 'assistant')}{ended}:"
    return "you:" if message.role is Role.USER else "system:"


async def _export(workspace: Workspace, args: argparse.Namespace) -> None:
    store, target = workspace.store, args.output
    if args.id is None:
        if target is None:
            raise UsageError(
                "Name a place for all conversations", "As in -o all.json, or -o FOLDER --format md."
            )
        bundles = [bundle async for bundle in all_bundles(store)]
        form = args.format or format_of(target) or "json"
        if target == STREAM:
            if form != "json":
                raise UsageError(
                    f"All conversations as {form} are many files", "Name a folder, or take --format json."
                )
            write(all_to_json(bundles), raw=True)
            return
        written = write_all(bundles, target, form)
        say(f"{counted(len(bundles), 'conversation')} in {written}")
        return
    bundle = await bundle_of(store, args.id)
    if target in (None, STREAM):
        write(render(bundle, args.format or "md"))
    else:
        say(f"Written to {write_conversation(bundle, target, args.format)}")


async def _import(workspace: Workspace, args: argparse.Namespace) -> None:
    from tui.history.importers import import_file

    with given(Path(args.file)) as file:
        report = await import_file(workspace.store, file)
    if args.json:
        write_json(report)
    else:
        known = f"; {report.known} were here already" if report.known else ""
        came = f"{counted(len(report.added), 'conversation')}, {counted(report.messages, 'message')} added"
        say(f"{report.kind}: {came}{known}")
    for what, count in report.changed.items():
        say(f"  {what}: {count:,}")
    if report.odd:
        values = "1 value is" if report.odd == 1 else f"{report.odd} values are"
        say(f"{values} not what was expected, and left out:")
        for place in report.places[:_TOLD]:
            say(f"  {place}")


async def _rename(workspace: Workspace, args: argparse.Namespace) -> None:
    await workspace.store.load_conversation(args.id)  # a clear error where there is none
    await workspace.store.update_conversation(args.id, title=one_line(args.title), titled=True)
    await _tell(workspace, args)


async def _delete(workspace: Workspace, args: argparse.Namespace) -> None:
    await workspace.store.delete_conversation(args.id)
    await _tell(
        workspace, args, f"In the trash for 30 days; to take it back: segue history undelete {args.id}"
    )


async def _undelete(workspace: Workspace, args: argparse.Namespace) -> None:
    await workspace.store.restore_conversation(args.id)
    await _tell(workspace, args)


async def _tell(workspace: Workspace, args: argparse.Namespace, words: str = "") -> None:
    """Tell what the conversation is now."""
    if args.json:
        now = await workspace.store.load_conversation(args.id)
        write_json({"id": now.id, "title": now.title, "deleted": now.deleted})
    elif words:
        say(words)
