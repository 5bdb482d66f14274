"""The model on this machine as a provider: fetched and started on first use, then like any other server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar, cast

from tui.chat.chunks import Chunk, Progress, Work
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers.base import Answers, AsyncGeneratorProvider, Messages, ProviderModelMixin
from tui.providers.local.availability import why_not
from tui.providers.local.library import LocalModels
from tui.providers.local.models import DEFAULT_MODEL, NOTE
from tui.providers.local.runner import CONTEXT, Runner

_SERVER = {
    # It closes the connection after each reply without saying so: a request that follows at once would fail.
    "headers": {"Connection": "close"},
    "extra_body": {"return_progress": True},
}


class LocalProvider(AsyncGeneratorProvider, ProviderModelMixin):
    """The part of the provider that is not talking; the class of a wire format follows it.

    ::

        type("Local", (LocalProvider, OpenAIChat), {"library": LocalModels(…), "runner": Runner(…)})
    """

    library: ClassVar[LocalModels]
    """The models that may be asked for."""
    runner: ClassVar[Runner]
    """The child processes; whoever made it closes it."""
    default_model = DEFAULT_MODEL
    note = NOTE

    @classmethod
    def get_models(cls) -> list[str]:
        """The names of all models, fetched or not."""
        return [model.name for model in cls.library.list()]

    @classmethod
    def get_model(cls, model: str = "") -> str:
        """``model``, or the default for none.

        Raises:
            ModelNotSupportedError: There is no such model.
        """
        return cls.library.find(model or cls.default_model).name

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models of the library; running them costs nothing."""
        reason = why_not()
        return [
            ModelInfo(
                id=model.name,
                context=min(CONTEXT, model.context or CONTEXT),
                input_price=0.0,
                output_price=0.0,
                vision=False,
                available=reason is None,
                reason=reason,
            )
            for model in cls.library.list()
        ]

    @classmethod
    async def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk]:
        """Fetch the model if it is not here, start it if it does not run, then ask it.

        Raises:
            ProviderError: It can't run here, can't be had or loaded, or stopped during the reply.
        """
        if reason := why_not():
            raise ProviderError(f"No model can run on this machine: {reason}", kind=ErrorKind.UNAVAILABLE)
        name = cls.get_model(model)
        async with aclosing(cls.library.pull(name, proxy)) as steps:
            async for progress in steps:
                yield progress
        found = cls.library.find(name)
        async with cls.runner.serving(found) as child:
            if not child.loaded:
                yield Progress(f"Loading {found.title}")
            while not await child.ready():  # said again and again: silence would be taken for a fault
                yield Progress(f"Loading {found.title}")
            # The server's port is known only now: this request is made by a class that has its address.
            bound = type(cls.__name__, (cls,), {"url": f"{await child.url()}/v1", **_SERVER})
            yield Progress("Reading the conversation", work=Work.READING)
            wire = cast(Answers, super(LocalProvider, bound))
            chunks = wire.create_async_generator(name, messages, **{**kwargs, "api_key": child.key})
            try:
                async with aclosing(cast(AsyncGenerator[Chunk], chunks)):
                    async for chunk in chunks:
                        yield chunk
            except ProviderError as error:
                raise await child.explain(error) from error
