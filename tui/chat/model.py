"""What is known of a model, what a request to it took, and its hue in a conversation.

Nothing is guessed: an unknown fact is None and shown as a dash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Literal, TypeVar, get_args
from zlib import crc32

from msgspec import Struct


class Usage(Struct, frozen=True):
    """Tokens and cost as the server counted them. A later one replaces an earlier one."""

    input_tokens: int | None = None
    """Tokens of the whole prompt, cached ones included."""
    output_tokens: int | None = None
    """Tokens of the reply, reasoning included."""
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    """Of the prompt's, those that the vendor had read before and kept."""
    cost: float | None = None
    """US dollars: what the server says, else what the published prices make of the counts; None where neither
    is known."""
    tokens_per_second: float | None = None
    """Only where the server measured it."""
    written_tokens: int | None = None
    """Of the prompt's, those that the vendor keeps from now on and asks another price for."""

    def plus(self, later: Usage) -> Usage:
        """What two requests took together; its cost is known only where that of both is."""
        costs = self.cost, later.cost
        return Usage(
            _sum(self.input_tokens, later.input_tokens),
            _sum(self.output_tokens, later.output_tokens),
            _sum(self.reasoning_tokens, later.reasoning_tokens),
            _sum(self.cached_tokens, later.cached_tokens),
            None if None in costs else _sum(*costs),
            later.tokens_per_second,
            _sum(self.written_tokens, later.written_tokens),
        )


_Count = TypeVar("_Count", int, float)


def _sum(one: _Count | None, other: _Count | None) -> _Count | None:
    return one if other is None else other if one is None else one + other


_ONE_PRICE = 128_000
"""Tokens of a prompt above which some vendors ask more for each: up to here, one price is sure."""
PRICES = (
    "input_price",
    "output_price",
    "cached_price",
    "written_price",
    "long_from",
    "long_input_price",
    "long_output_price",
    "long_cached_price",
    "long_written_price",
)
"""What belongs together in ``ModelInfo``: of one list, and no other's."""
Pictures = Literal["never", "asked", "always", "only"]
"""When a model makes pictures: not at all, where ``draw`` lets it, of itself, or instead of words."""


class ModelInfo(Struct, frozen=True):
    """One model of one provider.

    ``id`` is ``PROVIDER/MODEL``: the part before the first slash is the provider.
    """

    id: str
    context: int | None = None
    """Tokens of prompt and reply that the model can take."""
    max_output: int | None = None
    input_price: float | None = None
    """US dollars for a million tokens; 0.0 where it is free."""
    output_price: float | None = None
    cached_price: float | None = None
    """The same for tokens of the prompt that the vendor has kept, as are the next."""
    written_price: float | None = None
    """For those that it keeps from now on, where it asks another price for that."""
    long_from: int | None = None
    """A prompt of more tokens has the long prices; 0 where there are none, None where that is not known."""
    long_input_price: float | None = None
    long_output_price: float | None = None
    long_cached_price: float | None = None
    long_written_price: float | None = None
    vision: bool | None = None
    reasoning: bool | None = None
    pictures: Pictures | None = None
    available: bool = True
    reason: str | None = None
    """Why it can't be used now, for the person."""

    @classmethod
    def of(cls, facts: Any) -> ModelInfo | None:
        """A model by facts from outside; what is odd is unknown. None where it has no name."""
        from tui.checked import amount, count, text  # here, because no start needs it

        if not isinstance(facts, Mapping) or not text(facts.get("id")):
            return None
        return cls(
            id=facts["id"],
            context=count(facts.get("context")) or None,
            max_output=count(facts.get("max_output")) or None,
            **{name: amount(facts.get(name)) for name in PRICES if name != "long_from"},
            long_from=count(facts.get("long_from")),
            vision=_flag(facts.get("vision")),
            reasoning=_flag(facts.get("reasoning")),
            pictures=_pictures(facts.get("pictures")),
            available=facts.get("available") is not False,
            reason=text(facts.get("reason")) or None,
        )

    def cost(self, usage: Usage) -> float | None:
        """US dollars for one request with this usage; None unless each of its prices is known for sure."""
        if self.free:
            return 0.0
        prompt, output = usage.input_tokens, usage.output_tokens
        prices = None if prompt is None else self._prices(prompt)
        if prompt is None or output is None or prices is None:
            return None
        cached, written = usage.cached_tokens or 0, usage.written_tokens or 0
        counts = (prompt - cached - written, output, cached, written)
        if counts[0] < 0 or any(count and price is None for count, price in zip(counts, prices, strict=True)):
            return None
        return sum((price or 0) * count for count, price in zip(counts, prices, strict=True)) / 1e6

    def reading(self, tokens: int) -> float | None:
        """US dollars for a prompt of so many tokens that is read anew, without its reply."""
        return self.cost(Usage(tokens, 0))

    @property
    def free(self) -> bool:
        """Whether it is known to cost nothing."""
        return (self.input_price, self.output_price) == (0, 0)

    def _prices(self, prompt: int) -> tuple[float | None, ...] | None:
        """Of the prompt, the reply, what was kept and what is to be; None where one is not sure."""
        if prompt <= (_ONE_PRICE if self.long_from is None else self.long_from or prompt):
            return self.input_price, self.output_price, self.cached_price, self.written_price
        if self.long_from is None:
            return None
        return (
            self.long_input_price,
            self.long_output_price,
            self.long_cached_price,
            self.long_written_price,
        )

    @property
    def provider(self) -> str:
        """The part before the first slash."""
        return split_id(self.id)[0]

    @property
    def name(self) -> str:
        """The provider's own name of the model."""
        return split_id(self.id)[1]


def words_first(models: Iterable[ModelInfo]) -> list[ModelInfo]:
    """The models, those last that make nothing but pictures: the first one may be asked by itself."""
    return sorted(models, key=lambda model: model.pictures == "only")


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _pictures(value: Any) -> Pictures | None:
    return value if value in get_args(Pictures) else None


def split_id(model_id: str) -> tuple[str, str]:
    """``openrouter/openai/gpt-6`` is provider ``openrouter``, model ``openai/gpt-6``.

    A bare provider name has the empty model: the provider's default.
    """
    provider, _, model = model_id.partition("/")
    return provider, model


HUES = ("sky", "violet", "teal", "orchid", "leaf")
"""The names of the hues, in the order in which a conversation takes the next free one."""


def hue_of(model_id: str, hues: MutableMapping[str, str]) -> str:
    """The hue of a model, the same in every run; if another model has it here, the next free one.

    Args:
        model_id: ``PROVIDER/MODEL``.
        hues: The conversation's hues by model; a new one is added.
    """
    if hues.get(model_id) not in HUES:
        first = crc32(model_id.encode("utf-8", "replace")) % len(HUES)
        row = [HUES[(first + step) % len(HUES)] for step in range(len(HUES))]
        hues[model_id] = next((hue for hue in row if hue not in hues.values()), row[0])
    return hues[model_id]
