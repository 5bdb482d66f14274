"""``segue ask``: one prompt, its reply on standard output. The same engine as the app."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, FAILED, complain, failure_json, say, usage_json, write, write_json
from tui.engine.attaching import read_attachment
from tui.engine.choice import choose_model, find_model
from tui.engine.events import Event, Noticed, TextAdded, Unsaved, Waiting, Working
from tui.engine.workspace import Workspace
from tui.errors import NotFoundError, SegueError, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="standard input is added to it")
    parser.add_argument("-m", "--model", metavar="MODEL", help="PROVIDER/MODEL")
    parser.add_argument(
        "-c", "--continue", dest="resume", action="store_true", help="go on with the last conversation"
    )
    parser.add_argument("-s", "--system", metavar="SYSTEM", help="the system prompt")
    parser.add_argument(
        "-a",
        "--attach",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="an image, a PDF or a text that goes along; can be given several times",
    )
    parser.add_argument("--json", action="store_true", help="write one JSON document")
    parser.add_argument("--raw", action="store_true", help="write the reply exactly, control characters too")
    parser.add_argument("--no-save", action="store_true", help="keep nothing on disk")


def run(args: argparse.Namespace) -> int:
    """Ask, and write the reply."""
    files = [read_attachment(path) for path in args.attach]
    prompt = _prompt(args.prompt)
    if not prompt and not files:
        raise UsageError("There is nothing to ask", 'Say it: segue ask "PROMPT", or on standard input.')
    if args.no_save and args.resume:
        raise UsageError("--no-save keeps no conversation that --continue could go on with")

    async def ask(workspace: Workspace) -> int:
        text = workspace.saved_prompts.expand(prompt)
        conversation = await _conversation(workspace, args)
        reply = await workspace.engine.send(conversation, text, attachments=files)
        printer = _Printer(stream=not args.json, raw=args.raw)
        try:
            message = await reply.run(printer.take)
        except asyncio.CancelledError:
            if printer.left_alone:
                raise BrokenPipeError from None
            raise
        if args.json:
            write_json(_document(conversation, message))
        else:
            printer.end(message)
        return FAILED if message.failure or reply.unsaved else DONE

    return run_with_workspace(ask, temporary=args.no_save)


def _prompt(given: str | None) -> str:
    parts = [given] if given else []
    if not sys.stdin.isatty():
        parts.append(sys.stdin.read())
    return "\n\n".join(part for part in parts if part.strip())


async def _conversation(workspace: Workspace, args: argparse.Namespace) -> Conversation:
    store = workspace.store
    conversation = None
    if args.resume:
        newest = await store.list_conversations(limit=1)
        if not newest:
            raise NotFoundError("There is no conversation to go on with")
        conversation = await store.load_conversation(newest[0].id)
    model = conversation.model if conversation else None
    if args.model:
        model = find_model(args.model, workspace.registry, workspace.catalogue)
    model = model or await choose_model(workspace.config, store, workspace.registry, workspace.catalogue)
    if not model:
        raise UsageError(
            "No model can be used yet",
            "Set a provider's key (segue models lists them), or install the model of this machine: "
            "pip install xllamacpp",
        )
    system = args.system if args.system is not None else (conversation or workspace.config).system
    if conversation is None:
        return await store.create_conversation(model=model, system=system)
    conversation.model, conversation.system = model, system
    await store.update_conversation(conversation.id, model=model, system=system)
    return conversation


class _Printer:
    """Writes a reply as it comes; what is not the reply goes to standard error."""

    def __init__(self, *, stream: bool, raw: bool) -> None:
        self._stream = stream
        self._raw = raw
        self._last = "\n"
        self._said = ""
        self._attempt = 1
        self.left_alone = False
        """The reader of standard output has gone; the reply is stopped, and kept so far."""

    def take(self, event: Event) -> None:
        """Write or say one event."""
        match event:
            case TextAdded(text=text) if self._stream and not self.left_alone:
                self._write(text)
            case Waiting() if event.attempt != self._attempt:
                self._attempt = event.attempt
                when = f" in {event.seconds} s" if event.seconds > 1 else ""
                self._say(f"{event.reason}; trying {event.attempt}/{event.attempts}{when}")
            case Working(progress=progress):
                self._say(progress.text)
            case Noticed(text=text):
                self._say(text)
            case Unsaved(reason=reason):
                self._say(f"The reply is not saved: {reason}")

    def _write(self, text: str) -> None:
        try:
            write(text, raw=self._raw)
        except BrokenPipeError:
            self.left_alone = True
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        self._last = text[-1:]

    def end(self, message: Message) -> None:
        """Finish the last line, and say how it ended if it did not end well."""
        if self._last != "\n":
            write("\n")
        if message.failure:
            complain(SegueError(message.failure.message, message.failure.hint))
        elif message.status.value in ("length", "filter", "tool", "empty"):
            say(f"segue: the reply ended with status “{message.status.value}”")

    def _say(self, text: str) -> None:
        if text != self._said:
            say(text)
        self._said = text


def _document(conversation: Conversation, message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "reasoning": message.reasoning,
        "model": message.model,
        "status": message.status.value,
        "usage": usage_json(message.usage),
        "conversation": conversation.id,
        "message": message.id,
        "error": failure_json(message.failure),
        "sources": [{"url": s.url, "title": s.title} for s in message.sources],
        "notices": list(message.notices),
    }
