"""``segue ask``: one prompt, its reply on standard output, or those of several models. The app's engine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, assert_never

from tui.chat.attachment import Attachment
from tui.chat.draft import Draft
from tui.chat.message import Message
from tui.chat.parts import BETWEEN, ToolCall, ToolResult, of_kind, parts_texts, rounds_of, to_json
from tui.cli.assemble import run_with_workspace
from tui.cli.made_pictures import MadePictures
from tui.cli.output import DONE, FAILED, complain, failure_json, say, usage_json, write, write_json
from tui.cli.part_lines import change_of, line_of
from tui.cli.piped import piped_text
from tui.config import load_config
from tui.engine.conversation_service import ConversationService
from tui.engine.events import (
    CallChanged,
    Event,
    Finished,
    Noticed,
    PartAdded,
    ReasoningAdded,
    Saved,
    Started,
    TextAdded,
    TextWasReasoning,
    Unsaved,
    Waiting,
    Working,
)
from tui.engine.mentioning import read_mentioned
from tui.engine.reply import Reply
from tui.engine.saved_prompts import SavedPrompt, TypedPrompt, several_prompts, with_values
from tui.engine.session import Session
from tui.engine.session_events import SessionEvent, Warned
from tui.engine.structured import Checked, Shape, ShapedResolver
from tui.engine.tools import DRAW, SEARCH, turned
from tui.engine.workspace import Workspace
from tui.errors import NotFoundError, SegueError, UsageError
from tui.history.query import ASK
from tui.installing import ENGINE, how_to_install
from tui.paths import Paths
from tui.text import one_line
from tui.tools.approval import OnlyThese


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="standard input is added to it")
    parser.add_argument(
        "values", nargs="*", metavar="NAME=VALUE", help="variables of a prompt that is kept as a file"
    )
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
        "-p", "--persona", metavar="PERSONA", help="who the model is to be, by its file's name"
    )
    parser.add_argument(
        "-a",
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        help="a file, a folder, a pattern, a page's address or @SERVER:URI that goes along; several times",
    )
    parser.add_argument(
        "--json", action="store_true", help="write one JSON document; of several models, a list"
    )
    parser.add_argument(
        "--schema",
        metavar="FILE",
        help="the answer is JSON that fits this JSON schema; asked for once more where it does not",
    )
    parser.add_argument(
        "--tool",
        dest="tools",
        action="append",
        default=[],
        metavar="TOOL|SERVER",
        help="a tool, or a server with all of its tools, that the model may ask for; several times",
    )
    parser.add_argument(
        "--yes-tool",
        dest="yes_tools",
        action="append",
        default=[],
        metavar="TOOL",
        help="a tool that is carried out when the model asks for it; all others are not; several times",
    )
    parser.add_argument(
        "--max-rounds",
        type=int,
        metavar="N",
        help="how often the model may use tools before it must answer",
    )
    parser.add_argument(
        "--search", action="store_true", help="let the model's vendor search the web, at its price"
    )
    parser.add_argument(
        "--draw", action="store_true", help="let the model have its vendor make pictures, at its price"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write the reply's pictures to a new file, or to a folder; the second one is FILE-2. "
        "Without an ending the name gets that of the picture's kind; nothing is converted",
    )
    parser.add_argument("--raw", action="store_true", help="write the reply exactly, control characters too")
    parser.add_argument("--no-save", action="store_true", help="keep nothing on disk")


def run(args: argparse.Namespace) -> int:
    """Ask, and write the reply."""
    files = _files(args.attach)
    prompt = _prompt(with_values(args.prompt or "", args.values))
    if not prompt and not files:
        raise UsageError("There is nothing to ask", 'Say it: segue ask "PROMPT", or on standard input.')
    if args.no_save and args.resume:
        raise UsageError("--no-save keeps no conversation that --continue could go on with")
    if args.max_rounds is not None and args.max_rounds < 1:
        raise UsageError("--max-rounds must be at least 1", "Without --tool the model uses none.")
    shape = _shape(args)
    made = MadePictures(args.output, kept=not args.no_save)

    async def ask(workspace: Workspace) -> int:
        typed = workspace.saved_prompts.typed(prompt)
        if typed is None and args.values:
            raise several_prompts(args.values)
        for doubt in workspace.saved_prompts.wrong_in(typed.prompt.name) if typed else ():
            say(f"segue: {doubt}")
        text = typed.text() if typed else prompt
        named = await read_mentioned(args.prompt or "", workspace.elsewhere)
        for words in (*named.brought, *named.troubles):
            say(f"segue: {words}")
        draft = Draft(text, tuple(dict.fromkeys((*files, *named.files))))
        if shape is not None:
            return await _ask_for(shape, workspace, args, draft, typed)
        session = Session(workspace, temporary=args.no_save)
        session.subscribe(_say_warning)
        service, models = await _begin(session, args, typed)
        await made.check(workspace.registry, models, asked=args.draw)
        outputs: list[ReplyOutput] = []
        try:
            async for reply in _replies(service, models, draft):
                name = reply.message.model if len(models) > 1 else None
                outputs.append(ReplyOutput(reply, raw=args.raw, name=one_line(name or "")))
            if args.json:
                documents = await _documents(service, outputs, made)
                write_json(documents if len(models) > 1 else documents[0])
            else:
                await _write(service, outputs, made)
        finally:
            for output in outputs:
                await output.stop()
        all_came = len(outputs) == len(models) and not any(output.failed for output in outputs)
        return DONE if made.end() and all_came else FAILED

    return run_with_workspace(ask, temporary=args.no_save)


def _shape(args: argparse.Namespace) -> Shape | None:
    """What the answer must be, where that is said."""
    if args.schema is None:
        return None
    if len(args.models) > 1:
        raise UsageError("--schema asks one model", "Give -m once.")
    if args.output is not None:
        raise UsageError("--schema asks for words", "-o is for pictures.")
    return Shape.read(Path(args.schema))


async def _ask_for(
    shape: Shape,
    workspace: Workspace,
    args: argparse.Namespace,
    prompt: Draft,
    typed: TypedPrompt | None,
) -> int:
    """Ask for an answer that fits, once more where it does not, and write it."""
    workspace.engine.resolver = ShapedResolver(workspace.engine.resolver, shape)
    session = Session(workspace, temporary=args.no_save)
    session.subscribe(_say_warning)
    service, models = await _begin(session, args, typed)
    message, checked = await _answer(shape, await service.ask(prompt.text, prompt.attachments, models[0]))
    if checked.wrong and message.failure is None:
        say(f"segue: the answer does not fit ({one_line(checked.wrong[0])}); asking once more")
        message, checked = await _answer(shape, await service.ask(shape.again(checked), (), models[0]))
    if args.json:
        write_json(
            {
                **_document(message, service.cost(message)),
                "value": checked.value,
                "schema_errors": checked.wrong,
            }
        )
    elif checked.text.strip():
        write(checked.text if checked.text.endswith("\n") else f"{checked.text}\n", raw=args.raw)
    if message.failure:
        complain(SegueError(message.failure.message, message.failure.hint))
    elif checked.wrong:
        complain(SegueError("The answer does not fit the schema: " + "; ".join(checked.wrong)))
    return FAILED if message.failure or checked.wrong else DONE


async def _answer(shape: Shape, reply: Reply) -> tuple[Message, Checked]:
    output = ReplyOutput(reply, raw=True)
    try:
        message = await output.whole()
    finally:
        await output.stop()
    return message, shape.check(message.text)


def _files(targets: Sequence[str]) -> tuple[Attachment, ...]:
    if not targets:
        return ()
    from tui.cli.attached import read_files

    paths = Paths.default()
    return read_files(targets, load_config(paths.config_file), paths)


async def _write(service: ConversationService, outputs: Sequence[ReplyOutput], made: MadePictures) -> None:
    for place, output in enumerate(outputs):
        if place:
            write("\n")
        await output.write()
        await made.take(service, await output.whole())


async def _documents(
    service: ConversationService, outputs: Sequence[ReplyOutput], made: MadePictures
) -> list[dict[str, Any]]:
    documents = []
    for output in outputs:
        message = await output.whole()
        await made.take(service, message)
        documents.append({**_document(message, service.cost(message)), "pictures": made.document(message)})
    return documents


def _prompt(given: str | None) -> str:
    parts = [given] if given else []
    if not sys.stdin.isatty():
        parts.append(piped_text())
    return "\n\n".join(part for part in parts if part.strip())


async def _begin(
    session: Session, args: argparse.Namespace, typed: TypedPrompt | None
) -> tuple[ConversationService, Sequence[str]]:
    """The conversation, with the first model as its own, and all models that are asked.

    What a prompt that is kept as a file says of persona and model counts where the command line says nothing.
    """
    if not args.resume:
        await _look_for_project(session)
        if not args.models and await session.look_first():
            await session.workspace.catalogue.refresh(session.workspace.catalogue.stale())
    service = await (_last(session) if args.resume else session.new())
    said = typed.prompt if typed else SavedPrompt("", "")
    model = "" if args.models else said.model
    wanted = await session.as_wanted(service, args.persona or said.persona, model, said.parameters)
    models = await _models(session, args.models, wanted.get("model", service.conversation.model))
    await service.change(**wanted)
    system = service.conversation.system if args.system is None else args.system
    if not args.resume:
        await service.change(begun_by=ASK)
    await service.change(model=models[0], system=system, tools=await _equip(session, args, service))
    return service, models


async def _look_for_project(session: Session) -> None:
    """Say that there is a project; it counts only where the person has accepted it before."""
    await session.look_for_project()
    projects = session.projects
    for problem in projects.problems:
        complain(problem)
    if (project := projects.used) is not None:
        say(f"segue: in the project {project.name} ({project.shown_folder})")
    elif (project := projects.unasked) is not None:
        why = "its file has changed since you spoke of it" if projects.changed else "it is not accepted yet"
        say(f"segue: the project in {project.shown_folder} does not count: {why}; segue there asks you")


async def _equip(session: Session, args: argparse.Namespace, service: ConversationService) -> tuple[str, ...]:
    """Let models have the tools that are named, and no others: nobody is there who could be asked.

    Returns:
        What the conversation keeps of it.
    """
    tools, named = session.tools, [*args.tools, *args.yes_tools]
    tools.use_no_others()
    session.asker = OnlyThese(args.yes_tools, refused=_say_refused, option="--yes-tool")
    if args.max_rounds is not None:
        session.workspace.engine.limit_rounds(args.max_rounds)
    if named:
        await tools.check_names(args.tools, args.yes_tools)
    kept = service.conversation.tools
    vendor = {SEARCH: args.search, DRAW: args.draw}
    for name in [*named, *(name for name, wanted in vendor.items() if wanted)]:
        kept = turned(kept, name, True)
    return kept


async def _last(session: Session) -> ConversationService:
    found = await session.workspace.store.last_used()
    if found is None:
        raise NotFoundError("There is no conversation to go on with")
    return await session.find(found)


async def _models(session: Session, asked: Sequence[str], used: str | None) -> Sequence[str]:
    workspace = session.workspace
    for problem in workspace.registry.problems:
        complain(problem)
    if asked:
        return list(dict.fromkeys([_named(found) for found in await session.find_models(asked)]))
    model = used or await session.choose_model()
    if model:
        return [model]
    raise UsageError(
        "No model can be used yet",
        "Set a provider's key (segue models lists them), or install the model of this machine: "
        + how_to_install(ENGINE),
    )


def _named(found: str | UsageError) -> str:
    if isinstance(found, UsageError):
        raise found
    return found


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


def _say_warning(event: SessionEvent) -> None:
    if isinstance(event, Warned):
        say(f"segue: {one_line(event.words)}")


def _say_refused(tool: str) -> None:
    name = one_line(tool)
    say(f"segue: the tool {name} was not allowed; --yes-tool {name} allows it")


def _document(message: Message, cost: float | None) -> dict[str, Any]:
    calls = of_kind(message.parts, ToolCall)
    results = {result.call: result for result in of_kind(message.parts, ToolResult)}
    return {
        "text": message.text,
        "reasoning": message.reasoning,
        "model": message.model,
        "status": message.status.value,
        "usage": usage_json(message.usage),
        "cost": cost,
        "conversation": message.conversation_id,
        "message": message.id,
        "error": failure_json(message.failure),
        "sources": [{"url": s.url, "title": s.title} for s in message.sources],
        "notices": list(message.notices),
        "tool_calls": [_call(call, results.get(call.id)) for call in calls],
        "rounds": rounds_of(message.parts),
        "parts": list(map(to_json, message.parts)),
    }


def _call(call: ToolCall, result: ToolResult | None) -> dict[str, Any]:
    return {
        "id": call.id,
        "server": call.server,
        "name": call.name,
        "arguments": dict(call.arguments),
        "state": call.state.value,
        "is_error": result.is_error if result else False,
        "result": result.text if result else None,
        "seconds": result.seconds if result else None,
    }


class ReplyOutput:
    """Begins to come at once, and is held until it is written: several come at the same time."""

    def __init__(self, reply: Reply, *, raw: bool, name: str = "") -> None:
        """Let the reply come.

        Args:
            reply: What comes.
            raw: Write it exactly, control characters too.
            name: Whose it is, where that has to be said.
        """
        self._reply = reply
        self._raw = raw
        self._name = name
        self._about = f"{name}: " if name else ""
        self._held: list[str] = []
        self._begun = self._parted = False
        """Whether a text came, and something since that parts it from the next."""
        self._streams = False
        self._unwritten: BrokenPipeError | SegueError | None = None
        self._last = "\n"
        self._said = ""
        self._attempt = 1
        self._task = asyncio.create_task(reply.run(self._take))

    @property
    def failed(self) -> bool:
        """Whether it has not come to its end, or not to the disk."""
        return bool(self._reply.message.failure or self._reply.unsaved)

    async def whole(self) -> Message:
        """Wait for its end, and write nothing."""
        return await self._task

    async def write(self) -> None:
        """Write it as it comes, below its name if that has to be said.

        Raises:
            BrokenPipeError: The reader of standard output has gone; the reply is stopped, and kept so far.
            SegueError: Standard output takes no more, likewise.
        """
        if self._name:
            write(f"# {self._name}\n\n")
        self._streams = True
        self._write("".join(self._held))
        try:
            message = await self._task
        except asyncio.CancelledError:
            if self._unwritten:
                raise self._unwritten from None
            raise
        self._end(message)

    async def stop(self) -> None:
        """Stop it if it still comes, and keep its text."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _take(self, event: Event) -> None:
        match event:
            case TextAdded(text=text):
                self._take_text(text)
            case ReasoningAdded():
                self._parted = True
            case TextWasReasoning():
                self._take_back()
            case PartAdded(part=part):
                self._parted = self._parted or parts_texts(part)
                self._say(line_of(part, live=True))
            case Waiting():
                self._say_attempt(event)
            case Working(progress=progress):
                self._say(progress.text)
            case Noticed(text=text):
                self._say(text)
            case Unsaved(reason=reason):
                self._say(f"The reply is not saved: {reason}")
            case CallChanged(call=call):
                self._say(change_of(call))
            case Started() | Saved() | Finished():
                pass
            case _:
                assert_never(event)

    def _take_text(self, text: str) -> None:
        """Write a text, or hold it; one that something parts from the text before begins a paragraph."""
        if self._parted and self._begun:
            text = BETWEEN + text
        self._parted, self._begun = False, True
        if self._streams:
            self._write(text)
        else:
            self._held.append(text)

    def _say_attempt(self, waiting: Waiting) -> None:
        if waiting.attempt != self._attempt:
            self._attempt = waiting.attempt
            when = f" in {waiting.seconds} s" if waiting.seconds > 1 else ""
            self._say(f"{waiting.reason}; trying {waiting.attempt}/{waiting.attempts}{when}")

    def _write(self, text: str) -> None:
        if self._unwritten or not text:
            return
        try:
            write(text, raw=self._raw)
        except (BrokenPipeError, SegueError) as error:
            self._unwritten = error
            self._task.cancel()
        self._last = text[-1]

    def _take_back(self) -> None:
        """What came was thinking. What stands on standard output stays there, parted from the output."""
        self._held.clear()
        self._parted = self._begun = False
        if self._streams:
            self._write("\n" if self._last == "\n" else "\n\n")
            self._say("What came so far is the model's thinking; its answer follows")

    def _end(self, message: Message) -> None:
        """Finish the last line, and say how it ended if it did not end well."""
        if self._last != "\n":
            write("\n")
        if message.failure:
            complain(SegueError(self._about + message.failure.message, message.failure.hint))
        elif message.status.value in ("length", "filter", "tool", "empty"):
            say(f"segue: {self._about}the reply ended with status “{message.status.value}”")

    def _say(self, text: str) -> None:
        if text and text != self._said:
            say(self._about + text)
            self._said = text
