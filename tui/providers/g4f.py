"""A bridge to the providers of gpt4free (extra ``g4f``).

They print, block their loop and send a conversation to hosts that are not always those of their name. So each
reply runs in a thread of its own, and its host is named before the first use. Importing this imports none of
them.
"""

from __future__ import annotations

import ast
import logging
import re
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from msgspec import Struct

from tui.chat.chunks import Chunk, Finish, Image, Notice, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.checked import text
from tui.errors import ErrorKind, ProviderError
from tui.providers.base import TRANSPORT, AsyncGeneratorProvider, Messages, ProviderModelMixin
from tui.providers.content import text_alone
from tui.providers.endings import finish_of
from tui.providers.plugins import harmless, provider_name
from tui.providers.sent import Sent
from tui.providers.thread_stream import apart
from tui.secret import redact
from tui.text import one_line

PREFIX = "g4f-"
OWN_CHOICE = "default"
"""The model of a provider that names none: it chooses itself."""
_LOGGER = logging.getLogger("segue.g4f")
_named: set[str] = set()
"""Providers whose host was named to the person in this run."""
# These ask the network when they are loaded, or make no text.
_LEFT_OUT = re.compile(
    r"^(G4FSpace|OrcaRouter|AgentTools|MarkItDown|CachedSearch|GoogleSearch|SearXNG|YouTube|Local|HailuoAI)$"
    r"|TTS|Image|Flux|StabilityAI|Audio|Media$|Designer|ElevenLabs|OpenAIFM|Template"
)
_LISTS = re.compile(r"(?ms)^    (names|extra) = (\[.*?^    \])")
_ADDRESS = re.compile(r"https?://(?!play\.google\.com/)")  # the page of an app is not its server
_RELAYS = ("g4f.space", "gpt4free.workers.dev")
_KINDS = {
    "MissingAuthError": ErrorKind.AUTH,
    "NoValidHarFileError": ErrorKind.AUTH,
    "PaymentRequiredError": ErrorKind.QUOTA,
    "RateLimitError": ErrorKind.RATE_LIMIT,
    "ConversationLimitError": ErrorKind.RATE_LIMIT,
    "ModelNotFoundError": ErrorKind.NOT_FOUND,
    "ModelNotAllowedError": ErrorKind.NOT_FOUND,
    "MissingRequirementsError": ErrorKind.UNAVAILABLE,
    "ProviderNotWorkingError": ErrorKind.UNAVAILABLE,
    "CloudflareError": ErrorKind.UNAVAILABLE,
    "BadRequestError": ErrorKind.INVALID,
    "TimeoutError": ErrorKind.TIMEOUT,
}


_FIELDS = ("token", "reason", "prompt_tokens", "completion_tokens", "list", "alt")
"""What is read of the things that gpt4free yields."""


class Bridged(Struct, frozen=True):
    """One provider of gpt4free, known by name."""

    class_name: str
    kind: Literal["g4f"] = "g4f"

    @property
    def name(self) -> str:
        """The provider's name here."""
        return PREFIX + provider_name(self.class_name)

    @property
    def origin(self) -> str:
        """Where it comes from, for the person."""
        return f"gpt4free's {self.class_name}"

    def load(self) -> type[AsyncGeneratorProvider]:
        """Import it and build the bridge.

        Raises:
            ProviderError: It can't be loaded, or has no stream of text.
        """
        with harmless(self.origin):
            from g4f.Provider import ProviderLoader

            _silence()
            return _bridge(ProviderLoader.from_name(self.class_name))


def bridged() -> Iterator[Bridged]:
    """The text providers of the installed gpt4free, read from its source: nothing is imported."""
    spec = find_spec("g4f")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in _names(Path(folder) / "Provider"):
            if not _LEFT_OUT.search(name):
                yield Bridged(name)


class G4FProvider(AsyncGeneratorProvider, ProviderModelMixin):
    """What all bridges share; ``source`` is the class of gpt4free."""

    source: ClassVar[Any]
    has_end_mark: ClassVar[bool] = False
    """Whether a stream without a finish reason was cut."""

    @classmethod
    def get_model(cls, model: str = "") -> str:
        """See ``ProviderModelMixin``."""
        return super().get_model(model) or OWN_CHOICE

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that gpt4free lists in its source: nobody is asked before the person chose."""
        return await super().discover_models() or [ModelInfo(id=OWN_CHOICE)]

    @classmethod
    async def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask in a thread of its own. See ``AsyncGeneratorProvider``."""
        for ours in TRANSPORT:
            kwargs.pop(ours, None)
        chosen = "" if model == OWN_CHOICE else model
        texts, left_out = text_alone(messages)

        def ask() -> Any:
            _silence()
            return cls.source.create_async_generator(
                model=chosen, messages=[dict(m) for m in texts], proxy=proxy, stream=True, **kwargs
            )

        if cls.__name__ not in _named:
            _named.add(cls.__name__)
            yield Notice(_who_sees(cls.source, bool(kwargs.get("api_key"))))
        if left_out:
            yield Notice(f"gpt4free gets only text from here; left out: {', '.join(left_out)}")
        finished = False
        try:
            async with aclosing(apart(ask)) as items:
                async for item in items:
                    for chunk in _chunks(item):
                        finished = finished or isinstance(chunk, Finish)
                        yield chunk
        except Exception as error:
            raise _explained(error) from error
        if cls.has_end_mark and not finished:
            raise ProviderError("The reply ended without its end mark", kind=ErrorKind.LOST)


def _bridge(source: Any) -> type[AsyncGeneratorProvider]:
    if source is None or not callable(getattr(source, "create_async_generator", None)):
        raise TypeError("it has no stream of text")
    aliases = getattr(source, "model_aliases", None) or {}
    attributes = {
        "source": source,
        "has_end_mark": any(base.__name__ == "OpenaiTemplate" for base in source.__mro__),
        "url": _address(source, False),
        "working": bool(source.working),
        "needs_auth": bool(getattr(source, "needs_auth", False)),
        "label": one_line(getattr(source, "label", None) or source.__name__),
        "note": _who_sees(source, False) if source.working else "gpt4free marks it as not working",
        "default_model": text(getattr(source, "default_model", "")),
        "models": [name for name in getattr(source, "models", None) or () if isinstance(name, str)],
        "model_aliases": {alias: name for alias, name in aliases.items() if isinstance(name, str)},
        "__module__": __name__,
    }
    return type(source.__name__, (G4FProvider,), attributes)


def _who_sees(source: Any, with_key: bool) -> str:
    """Who gets the conversation, in words."""
    host = urlsplit(_address(source, with_key)).hostname
    if not host:
        return "gpt4free sends the conversation to a host that it does not name"
    if _relay(source, with_key) or host.endswith(_RELAYS):
        own = urlsplit(text(getattr(source, "base_url", "")) or text(source.url)).hostname
        instead = f", and not to {own}" if own and own != host else ""
        return f"gpt4free sends the conversation to the relay {host}, a third party{instead}"
    return f"gpt4free sends the conversation to {host}"


def _address(source: Any, with_key: bool) -> str:
    """Where the conversation goes, as far as the class says; a relay where there is one and no key."""
    named = [_relay(source, with_key)]
    named += [text(getattr(source, name, "")) for name in ("api_endpoint", "base_url", "api_base", "url")]
    return next((url for url in named if _ADDRESS.match(url)), "")


def _relay(source: Any, with_key: bool) -> str:
    return "" if with_key else text(getattr(source, "backup_url", ""))


def _chunks(item: Any) -> Iterator[Chunk]:
    """What gpt4free yields, in our types; what is only for its own use is left out."""
    if isinstance(item, str):
        yield item
        return
    kinds = {base.__name__ for base in type(item).__mro__}
    fields = Sent({name: getattr(item, name, None) for name in _FIELDS})
    if "Reasoning" in kinds:
        yield from map(Reasoning, filter(None, [fields.text("token")]))
    elif "FinishReason" in kinds:
        if reason := finish_of(fields.get("reason")):
            yield Finish(reason)
    elif "Usage" in kinds:
        yield Usage(fields.whole("prompt_tokens"), fields.whole("completion_tokens"))
    elif "Sources" in kinds:
        pages = fields.parts("list")
        yield Sources(tuple(Source(p.text("url"), p.text("title", "name")) for p in pages if p.text("url")))
    elif "MediaResponse" in kinds and "HiddenResponse" not in kinds:
        yield from (Image(url, fields.text("alt")) for url in item.get_list() if text(url))


def _explained(error: Exception) -> Exception:
    """One of gpt4free's own errors in ours; the engine explains the others."""
    kinds = [_KINDS[base.__name__] for base in type(error).__mro__ if base.__name__ in _KINDS]
    if not kinds or isinstance(error, TimeoutError):
        return error
    words = one_line(redact(str(error)), 300) or type(error).__name__
    return ProviderError(f"gpt4free: {words}", "Another model may answer.", kind=kinds[0])


def _silence() -> None:
    """Keep its prints and log lines off the screen, where only the answer belongs."""
    logger = logging.getLogger("g4f")
    logger.handlers[:] = [logging.NullHandler()]
    logger.propagate = False
    for name, module in list(sys.modules.items()):
        if name.startswith("g4f.") and module is not None:
            vars(module).setdefault("print", _to_log)


def _to_log(*values: Any, **options: Any) -> None:
    _LOGGER.debug(" ".join(map(str, values)))


def _names(folder: Path) -> Iterator[str]:
    """The class names that ``ProviderLoader`` lists; of the extra ones those whose file is there."""
    found = dict(_LISTS.findall((folder / "__init__.py").read_text(encoding="utf-8")))
    there = {file.stem for file in folder.rglob("*.py")}
    yield from ast.literal_eval(found.get("names", "[]"))
    yield from (name for name in ast.literal_eval(found.get("extra", "[]")) if name in there)
