"""``segue history``: the conversations, from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

from tui.chat.conversation import Summary
from tui.chat.message import Message, Role
from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, iso, message_json, say, write, write_json
from tui.engine.workspace import Workspace
from tui.text import one_line

PAGE = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")

    def add(name: str, words: str, *arguments: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=f"{words.capitalize()}.")
        for argument in arguments:
            command.add_argument(argument.lower(), metavar=argument, type=int if argument == "ID" else str)
        return command

    add("list", "list the conversations, newest first").add_argument("--json", action="store_true")
    add("search", "find messages that contain all words of Q", "Q").add_argument(
        "--json", action="store_true"
    )
    add("show", "show a conversation", "ID").add_argument("--json", action="store_true")
    add("rename", "give a conversation a title", "ID", "TITLE")
    add("delete", "move a conversation to the trash", "ID")
    add("undelete", "take a conversation back from the trash", "ID")


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    commands: dict[str, Callable[[Workspace, argparse.Namespace], Awaitable[None]]] = {
        "list": _list,
        "search": _search,
        "show": _show,
        "rename": _rename,
        "delete": _delete,
        "undelete": _undelete,
    }

    async def work(workspace: Workspace) -> int:
        await commands[args.what](workspace, args)
        return DONE

    return run_with_workspace(work)


async def _list(workspace: Workspace, args: argparse.Namespace) -> None:
    rows: list[Summary] = []
    while page := await workspace.store.list_conversations(limit=PAGE, offset=len(rows)):
        rows += page
    if args.json:
        write_json([_summary_json(row) for row in rows])
        return
    for row in rows:
        model = one_line(row.model or "–")
        write(
            f"{row.id:>6}  {row.updated_at.astimezone():%Y-%m-%d %H:%M}  {one_line(row.title)}  ({model})\n"
        )


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
    }


async def _search(workspace: Workspace, args: argparse.Namespace) -> None:
    hits = await workspace.store.search(args.q, limit=PAGE)
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
        write(f"\n{_speaker(message)}\n{message.text.rstrip()}\n")


def _speaker(message: Message) -> str:
    if message.role is Role.ASSISTANT:
        ended = "" if message.status.value == "complete" else f" ({message.status.value})"
        return f"{one_line(message.model or 'assistant')}{ended}:"
    return "you:" if message.role is Role.USER else "system:"


async def _rename(workspace: Workspace, args: argparse.Namespace) -> None:
    await workspace.store.load_conversation(args.id)  # a clear error where there is none
    await workspace.store.update_conversation(args.id, title=one_line(args.title), titled=True)


async def _delete(workspace: Workspace, args: argparse.Namespace) -> None:
    await workspace.store.delete_conversation(args.id)
    say(f"In the trash for 30 days; to take it back: segue history undelete {args.id}")


async def _undelete(workspace: Workspace, args: argparse.Namespace) -> None:
    await workspace.store.restore_conversation(args.id)
