"""The contract of a provider: declarative attributes and one async generator.

The shape is that of the AI365VIP documentation: ``class X(AsyncGeneratorProvider, ProviderModelMixin)`` with
a ``create_async_generator`` class method. A class holds no state that changes: found models live in the
catalogue, a key arrives as ``api_key=``, an endpoint from the config file is a subclass made at load time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, NotRequired, Protocol, TypedDict

from msgspec import Struct, field

from tui.chat.chunks import Chunk, Native
from tui.chat.model import ModelInfo, Pictures
from tui.errors import ModelNotSupportedError, Refusal
from tui.parameters import PARAMETERS
from tui.providers.timeouts import PICTURES
from tui.secret import Secret


class TextPart(TypedDict):
    """A piece of text in a message's content."""

    type: Literal["text"]
    text: str
    native: NotRequired[Native]
    """As its vendor has it, of a reply by the same model."""


class ImageURL(TypedDict):
    """Where a picture is: ``data:image/png;base64,…`` or an https URL."""

    url: str


class ImagePart(TypedDict):
    """A picture in a message's content."""

    type: Literal["image_url"]
    image_url: ImageURL
    native: NotRequired[Native]
    """As its vendor has it, where the same model made it."""


class FileData(TypedDict):
    """A file as a ``data:`` URL."""

    filename: str
    file_data: str


class FilePart(TypedDict):
    """A file in a message's content."""

    type: Literal["file"]
    file: FileData


class ReasoningPart(TypedDict):
    """What the same model thought."""

    type: Literal["reasoning"]
    text: str
    native: Native | None


class ToolCallPart(TypedDict):
    """A tool that the model asked for."""

    type: Literal["tool_call"]
    id: str
    """Ours."""
    name: str
    """As models call it."""
    arguments: Mapping[str, Any]
    native: Native | None


class ToolResultPart(TypedDict):
    """What a tool gave back."""

    type: Literal["tool_result"]
    id: str
    """That of the call."""
    name: str
    text: str
    is_error: bool
    files: Sequence[ImagePart | FilePart]


class VendorPart(TypedDict):
    """What the vendor itself ran for the same model, as a search of the web."""

    type: Literal["vendor"]
    native: Native


ContentPart = TextPart | ImagePart | FilePart | ReasoningPart | ToolCallPart | ToolResultPart | VendorPart


class ChatMessage(TypedDict):
    """One message as it goes to a provider; ``role`` is system, user, assistant or tool.

    Only providers with ``tools`` get calls, thoughts and the role ``tool``: its message has the results of
    all calls of the assistant's message before it, in their order.
    """

    role: str
    content: str | Sequence[ContentPart]


class Declaration(Protocol):
    """A tool as models are told of it."""

    @property
    def name(self) -> str:
        """As models call it: fit for every wire format."""
        ...

    @property
    def description(self) -> str:
        """What it does."""
        ...

    @property
    def schema(self) -> Mapping[str, Any]:
        """JSON Schema of its arguments, fit for every wire format."""
        ...


ToolChoice = Literal["auto", "none"]
Thoughts = Literal["none", "signed", "bound", "plain"]
"""Which thoughts go back to the model that had them: none, those with a signature, those only behind the same
prefix, or all in plain words."""
TOOLS = "tools"
"""The name of tools as a whole among what is refused."""
SEARCH = "search"
"""The name of the vendor's search of the web there."""
TRANSPORT = frozenset({"allow_http_key", "ca_file", "refused", "timeouts", "wait"})
"""Arguments that concern the way to the server, see ``http.open_stream``."""

Messages = Sequence[ChatMessage] | Sequence[dict[str, str]]
AsyncResult = AsyncIterator[Chunk]


class Search(NamedTuple):
    """What searches of the web by a vendor cost."""

    price: float | None = None
    """US dollars for a thousand; None where it is not known."""
    unit: str = "searches"
    """What is counted."""


class AsyncGeneratorProvider(ABC):
    """A provider whose reply is an async generator of chunks."""

    url: ClassVar[str] = ""
    """Base address of the service, without a trailing slash."""
    url_given: ClassVar[bool] = False
    """Whether a person gave the address: it may lack a part, or lead to a server that knows less."""
    api_endpoint: ClassVar[str] = ""
    """Path of the chat call, appended to ``url``."""
    working: ClassVar[bool] = True
    """False where the service is known not to answer; ``note`` says why."""
    note: ClassVar[str] = ""
    """A remark for the person: why it does not work, who runs it."""
    label: ClassVar[str] = ""
    """The name to show; empty where the provider's own name will do."""
    needs_auth: ClassVar[bool] = False
    """Whether it answers only with a key."""
    reads_pdf: ClassVar[bool] = False
    """Whether it takes PDF as files; to others their text is sent."""
    schemas: ClassVar[bool] = False
    """Whether it takes ``schema=``, the JSON Schema that an answer must fit."""
    key_variables: ClassVar[Sequence[str]] = ()
    """Environment variables that may hold its key; the first one that is set wins."""
    format: ClassVar[str] = ""
    """The wire format, as ``Native`` names it."""
    tools: ClassVar[bool] = False
    """Whether it takes ``tools``, and calls, results and thoughts in its messages."""
    thoughts: ClassVar[Thoughts] = "none"
    cache_field: ClassVar[str] = ""
    """The field that says which requests belong together, so that what they share is read once."""
    cache_header: ClassVar[str] = ""
    """The header that says so."""
    search_price: ClassVar[float | None] = None
    """US dollars for a thousand searches of the web that its vendor runs, where that is known."""

    @classmethod
    def search(cls, model: str) -> Search | None:
        """What it costs that its vendor searches the web for this model; None where it can't.

        Where it can, it takes ``search``.
        """
        return None

    @classmethod
    def pictures(cls, model: str) -> Pictures:
        """When this model makes pictures; then it is sent those that models made before.

        Where it has to be asked, it takes ``draw``.
        """
        return "never"

    @classmethod
    def answering(cls, model: str, pictures: Pictures) -> type[AsyncGeneratorProvider]:
        """Who answers for this model: this class, or the same server by another wire format.

        Args:
            model: The provider's own name of the model.
            pictures: When it makes pictures.
        """
        return cls

    @classmethod
    @abstractmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncResult:
        """Send ``messages`` to ``model`` and yield the reply's chunks as they come.

        Args:
            model: The provider's own name of the model.
            messages: The conversation, oldest first; a system prompt is its first message.
            proxy: Proxy for this request, as a URL.
            **kwargs: ``api_key`` (str) and the parameters ``temperature``, ``top_p``, ``max_tokens``,
                ``reasoning_effort``, ``seed``, ``stop``. A provider ignores what it does not know.
                One with a ``cache_field`` or ``cache_header`` also gets ``cache_key``, the same for all
                requests of a conversation.
                One with ``tools`` also gets ``tools`` (a list of ``Declaration``) and ``tool_choice``, one
                that can ``search`` also ``search``, one that makes ``pictures`` where it is asked ``draw``,
                and one of which it is told when it does also ``pictures``.

        Returns:
            An async generator of chunks: text as ``str``, the rest as the types of ``tui.chat.chunks``.
            A provider whose wire format has an end mark yields ``Finish``.
            A call comes whole, at the end, as a ``ToolCall`` without our id and with its name on the wire.

        Raises:
            aiohttp.ClientResponseError: The server answered with an HTTP error.
            ProviderError: Anything else went wrong.
        """


class ProviderModelMixin:
    """The models of a provider, their aliases and the default one."""

    default_model: ClassVar[str] = ""
    models: ClassVar[Sequence[str]] = ()
    """Models that are known without asking; empty where only the server knows."""
    model_aliases: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def get_models(cls) -> list[str]:
        """The models known without asking the server."""
        return list(cls.models) or ([cls.default_model] if cls.default_model else [])

    @classmethod
    def get_model(cls, model: str = "") -> str:
        """The provider's own name of ``model``: the default for none, an alias resolved.

        Raises:
            ModelNotSupportedError: The provider lists its models and ``model`` is not among them.
        """
        if not model and cls.default_model:
            return cls.default_model
        if model in cls.model_aliases:
            return cls.model_aliases[model]
        if cls.models and model not in cls.get_models():
            raise ModelNotSupportedError(
                f"Model is not supported: {model} in: {cls.__name__}",
                f"It has: {', '.join(cls.get_models())}",
            )
        return model

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """Ask the server which models it has. ``ModelInfo.id`` holds the bare model name.

        Raises:
            ProviderError: The list could not be had.
        """
        return [ModelInfo(id=name) for name in cls.get_models()]


def text_of(content: str | Sequence[ContentPart] | None) -> str:
    """The text of a message's content, without its pictures and files."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part["text"] for part in content if part["type"] == "text")


def format_prompt(messages: Messages) -> str:
    """The whole conversation as one text, for services that take a single prompt.

    One message is its own text; several become ``Role: text`` lines that end in ``Assistant:``.

    Raises:
        ValueError: There is no message.
    """
    if not messages:
        raise ValueError("messages is empty")
    if len(messages) == 1:
        return text_of(messages[0]["content"])
    lines = [f"{m['role'].capitalize()}: {text_of(m['content'])}" for m in messages]
    return "\n".join([*lines, "Assistant:"])


SYSTEM = "system"
"""The name of the system prompt among what is refused, in whatever field a wire format sends it."""


def system_in_front(messages: Messages) -> Messages:
    """The messages with the system prompt at the beginning of the person's first one."""
    system = "\n\n".join(text_of(m["content"]) for m in messages if m["role"] == SYSTEM)
    turns = [ChatMessage(role=m["role"], content=m["content"]) for m in messages if m["role"] != SYSTEM]
    if not system:
        return turns
    place = next((place for place, turn in enumerate(turns) if turn["role"] == "user"), None)
    if place is None:
        return [ChatMessage(role="user", content=system), *turns]
    content = turns[place]["content"]
    whole = (
        f"{system}\n\n{content}"
        if isinstance(content, str)
        else [TextPart(type="text", text=system), *content]
    )
    return [*turns[:place], ChatMessage(role="user", content=whole), *turns[place + 1 :]]


def pictures_of(provider: object, model: str, told: Pictures | None = None) -> Pictures:
    """When a model makes pictures.

    Args:
        provider: Its provider; one of somebody else may not know.
        model: The provider's own name of it.
        told: What the person or the server's list says; it wins.
    """
    if told or not hasattr(provider, "pictures"):
        return told or "never"
    own: Pictures = provider.pictures(model)
    return own


class Answers(Protocol):
    """The part of a provider class that answers."""

    def create_async_generator(
        self, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncResult:
        """Yield the reply's chunks."""
        ...


class Abilities(Struct, frozen=True):
    """What a model can be sent, and whose own forms it knows."""

    tools: bool = False
    """Whether it takes calls, results and thoughts."""
    format: str = ""
    provider: str = ""
    model: str = ""
    thoughts: Thoughts = "none"

    @property
    def model_id(self) -> str:
        """``PROVIDER/MODEL``."""
        return f"{self.provider}/{self.model}"

    def knows(self, native: Native | None) -> bool:
        """Whether a part's own form came from this very model."""
        if native is None:
            return False
        came_from = native.format, native.provider, native.model
        return came_from == (self.format, self.provider, self.model)


class Target(Struct, frozen=True):
    """One model of one provider, ready to be asked."""

    model_id: str
    """``PROVIDER/MODEL``, aliases resolved."""
    provider: Answers
    model: str
    """The provider's own name of the model."""
    proxy: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the config fixes for this provider."""
    key: Secret | None = None
    """Goes to the provider as ``api_key``; a Secret up to there, so that nothing on the way prints it."""
    key_source: str = ""
    """Where the key came from, for the person."""
    patience: float | None = None
    """Seconds that its first word may take, where that is not the usual time."""
    refused: frozenset[str] = frozenset()
    """What of a request is known to be refused, see ``Refusal``."""
    learn: Callable[[Refusal], None] = lambda refusal: None
    """Told what was refused, once the request went well without it."""
    told: Pictures | None = None
    """When it makes pictures, where the person or its server's list says that."""

    @property
    def abilities(self) -> Abilities:
        """What it can be sent, as far as is known."""
        able = getattr(self.provider, "tools", False) is True and TOOLS not in self.refused
        able = able and self.pictures != "only"
        form: str = getattr(self.provider, "format", "")
        thoughts: Thoughts = getattr(self.provider, "thoughts", "none")
        return Abilities(able, form, self.model_id.partition("/")[0], self.model, thoughts)

    @property
    def search(self) -> Search | None:
        """What it costs that its vendor searches the web; None where it can't."""
        cost: Search | None = self.provider.search(self.model) if hasattr(self.provider, "search") else None
        return cost if SEARCH not in self.refused and self.pictures != "only" else None

    @property
    def pictures(self) -> Pictures:
        """When it makes pictures."""
        return pictures_of(self.provider, self.model, self.told)

    def makes_pictures(self, *, draw: bool) -> bool:
        """Whether it makes pictures in a conversation in which models may, or may not."""
        return self.pictures in ("always", "only") or (draw and self.pictures == "asked")

    def waits(self, *, draw: bool) -> float | None:
        """Seconds that its first word, or picture, may take; None for the usual time."""
        if not self.makes_pictures(draw=draw):
            return self.patience
        return self.options.get("wait") or max(self.patience or 0.0, PICTURES.headers)

    def stream(
        self,
        messages: Messages,
        parameters: Mapping[str, Any],
        *,
        tools: Sequence[Declaration] = (),
        tool_choice: ToolChoice = "auto",
        search: bool = False,
        draw: bool = False,
        cache_key: str = "",
    ) -> AsyncResult:
        """Ask: an async generator of chunks.

        Args:
            messages: As the engine makes them for ``abilities``.
            parameters: Temperature and the like.
            tools: What the model may call; left out where it takes none.
            tool_choice: ``none`` where it must answer without a call.
            search: Whether its vendor shall search the web, where it can.
            draw: Whether it may make pictures, where it has to be asked.
            cache_key: The same for all requests that begin alike.
        """
        arguments = {**self.options, **{k: value for k, value in parameters.items() if k in PARAMETERS}}
        if fields := self.refused - {SYSTEM}:
            arguments["refused"] = fields
        if SYSTEM in self.refused:
            messages = system_in_front(messages)
        if tools and self.abilities.tools:
            arguments |= {"tools": tuple(tools), "tool_choice": tool_choice}
        if search and self.search is not None:
            arguments["search"] = True
        if draw and self.pictures == "asked":
            arguments["draw"] = True
        if self.told:
            arguments["pictures"] = self.told
        if self.makes_pictures(draw=draw):
            arguments.setdefault("timeouts", PICTURES)
        if cache_key and any(getattr(self.provider, name, "") for name in ("cache_field", "cache_header")):
            arguments["cache_key"] = cache_key
        if self.key:
            arguments["api_key"] = self.key.reveal()
        return self.provider.create_async_generator(self.model, messages, self.proxy, **arguments)
