"""What is known of a model. Nothing is guessed: an unknown fact is None and shown as a dash."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelInfo:
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
    vision: bool | None = None
    reasoning: bool | None = None
    available: bool = True
    reason: str | None = None
    """Why it can't be used now, for the person."""

    @property
    def provider(self) -> str:
        """The part before the first slash."""
        return split_id(self.id)[0]

    @property
    def name(self) -> str:
        """The provider's own name of the model."""
        return split_id(self.id)[1]


def split_id(model_id: str) -> tuple[str, str]:
    """``openrouter/openai/gpt-6`` is provider ``openrouter``, model ``openai/gpt-6``.

    A bare provider name has the empty model: the provider's default.
    """
    provider, _, model = model_id.partition("/")
    return provider, model
