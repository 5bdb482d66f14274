"""``segue ask``: one prompt, its reply on standard output, or those of several models. The app's engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from tui.chat.draft import Draft
from tui.chat.message import Message
from tui.chat.parts import to_json
from tui.cli.answer import Answer
from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, FAILED, complain, failure_json, usage_json, write, write_json
from tui.engine.attaching import read_attachment
from tui.engine.choice import find_model
from tui.engine.conversation_service import ConversationService
from tui.engine.reply import Reply
from tui.engine.session import Session
from tui.engine.workspace import Workspace
from tui.errors import NotFoundError, SegueError, UsageError
from tui.installing import ENGINE, how_to_install
from tui.text import one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="standard input is added to it")
    parser.add_argument(
        "-m",
        "--model",
        dest="models",
        action="append",
        default=[],
        metavar="MODEL",
        help="PROVIDER/MODEL; given several times, each of them answers",
    )
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
    parser.add_argument(
        "--json", action="store_true", help="write one JSON document; of several models, a list"
    )
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
        session = Session(workspace, temporary=args.no_save)
        service, models = await _begin(session, args)
        answers: list[Answer] = []
        try:
            async for reply in _replies(service, models, Draft(text, tuple(files))):
                name = reply.message.model if len(models) > 1 else None
                answers.append(Answer(reply, raw=args.raw, name=one_line(name or "")))
            if args.json:
                documents = [_document(await answer.whole()) for answer in answers]
                write_json(documents if len(models) > 1 else documents[0])
            else:
                await _write(answers)
        finally:
            for answer in answers:
                await answer.stop()
        all_well = len(answers) == len(models) and not any(answer.failed for answer in answers)
        return DONE if all_well else FAILED

    return run_with_workspace(ask, temporary=args.no_save)


async def _write(answers: Sequence[Answer]) -> None:
    for place, answer in enumerate(answers):
        if place:
            write("\n")
        await answer.write()


def _prompt(given: str | None) -> str:
    parts = [given] if given else []
    if not sys.stdin.isatty():
        parts.append(sys.stdin.read())
    return "\n\n".join(part for part in parts if part.strip())


async def _begin(session: Session, args: argparse.Namespace) -> tuple[ConversationService, Sequence[str]]:
    """The conversation, with the first model as its own, and all models that are asked."""
    service = await (_last(session) if args.resume else session.new())
    models = await _models(session, args.models, service.conversation.model)
    system = service.conversation.system if args.system is None else args.system
    await service.change(model=models[0], system=system)
    return service, models


async def _last(session: Session) -> ConversationService:
    found = await session.workspace.store.last_used()
    if found is None:
        raise NotFoundError("There is no conversation to go on with")
    return await session.find(found)


async def _models(session: Session, asked: Sequence[str], used: str | None) -> Sequence[str]:
    workspace = session.workspace
    if asked:
        known = (find_model(words, workspace.registry, workspace.catalogue) for words in asked)
        return list(dict.fromkeys(known))
    model = used or await session.choose_model()
    if model:
        return [model]
    raise UsageError(
        "No model can be used yet",
        "Set a provider's key (segue models lists them), or install the model of this machine: "
        + how_to_install(ENGINE),
    )


async def _replies(
    service: ConversationService, models: Sequence[str], prompt: Draft
) -> AsyncIterator[Reply]:
    """Store the prompt, and prepare a version of its reply by each model; the first is the one that is shown.

    One that can't begin takes no other with it, unless it had the prompt.
    """
    first = await service.ask(prompt.text, prompt.attachments, models[0])
    yield first
    for model in models[1:]:
        try:
            yield await service.retry(first.message.id, model)
        except SegueError as error:
            complain(error)
    await service.show(first.message.id)


def _document(message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "reasoning": message.reasoning,
        "model": message.model,
        "status": message.status.value,
        "usage": usage_json(message.usage),
        "conversation": message.conversation_id,
        "message": message.id,
        "error": failure_json(message.failure),
        "sources": [{"url": s.url, "title": s.title} for s in message.sources],
        "notices": list(message.notices),
        "parts": list(map(to_json, message.parts)),
    }
