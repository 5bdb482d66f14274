"""A provider is tried before it is kept: what it lists, one word of a reply, what it can do.

A server's wire format is found by asking in each; what it is asked in vain is learnt as by any request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.message import Message
from tui.chat.model import ModelInfo, words_first
from tui.chat.parts import Image, Part, of_kind, picture_of
from tui.config import Config, ProviderConfig
from tui.credentials import Credentials, Found
from tui.engine.engine import Engine
from tui.engine.events import Event, PartAdded, ReasoningAdded, TextAdded
from tui.engine.limits import Limits
from tui.engine.workspace import Workspace
from tui.errors import ErrorKind, ModelNotSupportedError, ProviderError
from tui.paths import Paths
from tui.providers.address import likely_formats
from tui.providers.catalogue import Catalogue
from tui.providers.registry import Registry
from tui.secret import Secret
from tui.text import one_line

PROMPT = "Say hello in one word."
PATIENCE = 60.0
"""Seconds that the first word may take."""
_MODELS = 3
"""Of a list, so many are asked for a word: the first may be one that can't chat."""
_ELSEWHERE = frozenset(
    {ErrorKind.CONNECT, ErrorKind.OFFLINE, ErrorKind.TLS, ErrorKind.PROXY, ErrorKind.TIMEOUT}
)
"""Troubles on the way, which are the same in every wire format."""
_NOT_THIS_MODEL = frozenset({ErrorKind.NOT_FOUND, ErrorKind.INVALID, ErrorKind.UNAVAILABLE})
Tell = Callable[[str], None]


class Word(Struct, frozen=True):
    """The first word of a reply."""

    model_id: str
    text: str
    """Empty where a picture came in its place."""
    seconds: float
    """Until it came."""
    thinks: bool
    """Whether thinking came before it."""
    info: ModelInfo | None = None

    @property
    def said(self) -> str:
        """What came, and what the model can do, in a sentence or two."""
        came = f"says “{one_line(self.text, 30)}”" if self.text else "makes a picture"
        said = f"{one_line(self.model_id)} {came} after {self.seconds:.1f} s."
        can = ["thinks first"] if self.thinks or (self.info and self.info.reasoning) else []
        can += ["takes images"] if self.info and self.info.vision else []
        can += [f"has room for {self.info.context:,} tokens"] if self.info and self.info.context else []
        return f"{said} It {', '.join(can)}." if can else said


class FoundServer(Struct, frozen=True):
    """A server that answers."""

    name: str
    settings: ProviderConfig
    """What the config has to say of it, without its key."""
    models: Sequence[ModelInfo]
    word: Word


class _Pasted(Credentials):
    """The key that a person just gave, before it is kept."""

    def __init__(self, paths: Paths, config: Config, key: Secret) -> None:
        super().__init__(paths, config)
        self._found = Found(key, "what was pasted")

    def known(self, account: str, variables: Sequence[str] = ()) -> str | None:
        """It is there."""
        return self._found.source

    def find(self, account: str, variables: Sequence[str] = ()) -> Found | None:
        """The key."""
        return self._found


async def try_server(
    workspace: Workspace,
    name: str,
    url: str,
    key: Secret | None,
    model: str = "",
    tell: Tell = lambda words: None,
) -> FoundServer:
    """Find out how a server speaks, which models it has, and whether one of them answers.

    Args:
        workspace: The program's parts; nothing of them is changed.
        name: What the provider will be called.
        url: Its address.
        key: Its key, if it needs one.
        model: The model to ask, where the server lists none.
        tell: Told what goes on.

    Raises:
        SegueError: It doesn't answer, or not with a word.
    """
    refused: ProviderError | None = None
    for kind in likely_formats(url):
        settings = ProviderConfig(type=kind, url=url, models=(model,) if model else ())
        registry = _registry(workspace, name, settings, key)
        tell(f"Asking {url} as {kind} …")
        try:
            models = await registry.discover(name)
        except ProviderError as error:
            if error.kind in _ELSEWHERE:
                raise
            if refused is None or (error.kind is ErrorKind.AUTH and refused.kind is not ErrorKind.AUTH):
                refused = error
            continue
        if models:
            return await _with_a_word(workspace, registry, name, settings, models, tell)
    if refused is not None and refused.kind is ErrorKind.AUTH:
        raise refused
    if model:
        return await _without_a_list(workspace, name, url, key, model, tell)
    why = f": {one_line(refused.message, 200)}" if refused else ""
    raise ModelNotSupportedError(f"It lists no models{why}", "Name one, if it is there all the same.")


async def _without_a_list(
    workspace: Workspace, name: str, url: str, key: Secret | None, model: str, tell: Tell
) -> FoundServer:
    """Ask a model that no list has, in each wire format."""
    refused: ProviderError | None = None
    for kind in likely_formats(url):
        settings = ProviderConfig(type=kind, url=url, models=(model,))
        registry = _registry(workspace, name, settings, key)
        try:
            return await _with_a_word(workspace, registry, name, settings, [ModelInfo(model)], tell)
        except ProviderError as error:
            refused = refused or error
            if error.kind in _ELSEWHERE | {ErrorKind.AUTH}:
                break
    assert refused is not None
    raise refused


async def _with_a_word(
    workspace: Workspace,
    registry: Registry,
    name: str,
    settings: ProviderConfig,
    models: Sequence[ModelInfo],
    tell: Tell,
) -> FoundServer:
    asked = [f"{name}/{one}" for one in settings.models] or [
        f"{name}/{model.id}" for model in words_first(models)[:_MODELS]
    ]
    word = await first_of(workspace, registry, asked, tell)
    return FoundServer(name, settings, models, word)


async def first_of(
    workspace: Workspace, registry: Registry, model_ids: Sequence[str], tell: Tell = lambda words: None
) -> Word:
    """The first word of the first of these models that gives one.

    Raises:
        ProviderError: None does; it says why the first did not.
    """
    first: ProviderError | None = None
    for model_id in model_ids:
        tell(f"Asking {one_line(model_id)} for a word …")
        try:
            return await _word(workspace, registry, model_id)
        except ProviderError as error:
            first = first or error
            if error.kind not in _NOT_THIS_MODEL:
                break
    raise first or ModelNotSupportedError("It has no model")


async def _word(workspace: Workspace, registry: Registry, model_id: str) -> Word:
    """Ask as the app does, in a history that is forgotten; end it when the first word is there.

    Raises:
        ProviderError: There was none.
    """
    catalogue = Catalogue(registry)
    store = await workspace.open_temporary()
    try:
        engine = Engine(store, registry, catalogue, Limits(first_token=PATIENCE, attempts=1))
        conversation = await store.create_conversation(model=model_id)
        reply = await engine.send(conversation, PROMPT)
        heard, thinks, draws, began = [""], [False], [False], time.monotonic()
        seconds = [0.0]

        def hear(event: Event) -> None:
            thinks[0] = thinks[0] or isinstance(event, ReasoningAdded)
            draws[0] = draws[0] or (isinstance(event, PartAdded) and _is_picture(event.part))
            if isinstance(event, TextAdded) and not heard[0].strip():
                heard[0] += event.text
                seconds[0] = time.monotonic() - began
                if heard[0].strip():
                    running.cancel()

        running = asyncio.ensure_future(reply.run(hear))
        ended: Message | None = None
        try:
            ended = await running
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if this is not None and this.cancelling():  # nobody waits for the word any more
                raise
        if ended is not None and ended.failure:
            raise ProviderError(
                ended.failure.message, ended.failure.hint, kind=ErrorKind(ended.failure.kind or "internal")
            )
        if not (heard[0].strip() or thinks[0] or draws[0]):
            raise ProviderError(f"{model_id} gave no word", kind=ErrorKind.PROTOCOL)
        text = heard[0].strip() or ("" if draws[0] else "…")
        return Word(
            model_id, text, seconds[0] or time.monotonic() - began, thinks[0], catalogue.info(model_id)
        )
    finally:
        await store.close()


def _is_picture(part: Part) -> bool:
    return picture_of(part) is not None or bool(of_kind((part,), Image))


def _registry(workspace: Workspace, name: str, settings: ProviderConfig, key: Secret | None) -> Registry:
    """The providers, with one more that has this key."""
    config = replace(workspace.config, providers={**workspace.config.providers, name: settings})
    credentials = _Pasted(workspace.paths, config, key) if key else Credentials(workspace.paths, config)
    return Registry(config, credentials, workspace.paths)
