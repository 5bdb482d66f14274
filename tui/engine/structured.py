"""Answers that are JSON of a given shape: asked for in words and in each vendor's own way, checked here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.model import Pictures
from tui.engine.resolver import Resolver
from tui.errors import UsageError
from tui.providers.base import Answers, AsyncResult, ChatMessage, Messages, Target, TextPart
from tui.text import one_line
from tui.tools.schema import check_schema, sanitised, wrong_value

_FENCE = re.compile(r"^```[\w-]*[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_LARGEST_FILE = 1_000_000


class Checked(NamedTuple):
    """An answer that was looked at."""

    value: Any
    """What it says; None where it is no JSON."""
    text: str
    """The JSON in it, as it was written; the whole answer where there is none."""
    wrong: list[str]
    """What does not fit; nothing where all does."""


class Shape(Struct, frozen=True):
    """What an answer must be."""

    schema: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Shape:
        """The shape that a file of JSON Schema describes.

        Raises:
            UsageError: There is none in it.
        """
        shown = one_line(str(path))
        try:
            with path.expanduser().open("rb") as file:
                schema = json.loads(file.read(_LARGEST_FILE))
        except OSError as error:
            raise UsageError(f"{shown} can't be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{shown} is no JSON: {one_line(str(error), 200)}") from None
        try:
            check_schema(schema)
            wrong_value(None, schema)  # what it refers to is there
        except UsageError as error:
            raise UsageError(f"{shown}: {error.message}", error.hint) from None
        return cls(schema)

    @property
    def native(self) -> Mapping[str, Any] | None:
        """The schema as vendors take it; None where they take none like it."""
        return sanitised(self.schema).schema if self.schema.get("type") == "object" else None

    @property
    def words(self) -> str:
        """How it is asked for."""
        schema = json.dumps(self.schema, ensure_ascii=False)
        return f"Answer with JSON alone, no other words, that fits this JSON schema:\n{schema}"

    def check(self, answer: str) -> Checked:
        """Look at an answer; JSON that stands in a fence is one, too."""
        reason = ""
        for text in (answer.strip(), *(match[1].strip() for match in _FENCE.finditer(answer))):
            try:
                value = json.loads(text, parse_constant=_no_number)
            except (ValueError, RecursionError) as error:
                reason = reason or str(error)
                continue
            return Checked(value, text, wrong_value(value, self.schema))
        return Checked(None, answer, [f"It is no JSON: {one_line(reason, 200)}"])

    def again(self, checked: Checked) -> str:
        """What is said of an answer that does not fit."""
        wrong = "\n".join(f"- {words}" for words in checked.wrong)
        return f"That does not fit the schema:\n{wrong}\n\nAnswer again, with the JSON alone."


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


class ShapedResolver(Struct, frozen=True):
    """Finds who answers, and lets them answer in a shape."""

    inner: Resolver
    shape: Shape

    async def target(self, model_id: str) -> Target:
        """The model, which is told the shape with every request."""
        target = await self.inner.target(model_id)
        return replace(target, provider=_Shaped(target.provider, self.shape))

    async def pictures(self, model_id: str) -> Pictures:
        """When the model makes pictures."""
        return await self.inner.pictures(model_id)


class _Shaped:
    """A provider that is told the shape of the answer, in words and by its own means."""

    def __init__(self, provider: Answers, shape: Shape) -> None:
        self._provider = provider
        self._shape = shape

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def create_async_generator(
        self, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncResult:
        """Ask, with the shape."""
        native = self._shape.native
        if native is not None and getattr(self._provider, "schemas", False):
            kwargs["schema"] = native
        asked = _with_words(messages, self._shape.words)
        return self._provider.create_async_generator(model, asked, proxy, **kwargs)


def _with_words(messages: Messages, words: str) -> Messages:
    """The messages with ``words`` at the end of what the person said last; calls may follow that."""
    place = max((n for n, message in enumerate(messages) if message["role"] == "user"), default=None)
    if place is None:
        return messages
    content = messages[place]["content"]
    whole = (
        f"{content}\n\n{words}" if isinstance(content, str) else [*content, TextPart(type="text", text=words)]
    )
    return [*messages[:place], ChatMessage(role="user", content=whole), *messages[place + 1 :]]
