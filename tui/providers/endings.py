"""Why a reply ended, in the words of every wire format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.chat.chunks import FinishReason

_WORDS = {
    FinishReason.LENGTH: "length max_tokens max_output_tokens max_length model_length token_limit "
    "max_completion_tokens model_context_window_exceeded context_length_exceeded",
    FinishReason.FILTER: "content_filter content_filtered filter safety refusal blacklist blocklist "
    "sensitive recitation prohibited_content spii image_safety moderation guardrail guardrail_intervened",
    FinishReason.TOOL: "tool_calls tool_call tool_use function_call malformed_function_call "
    "unexpected_tool_call",
    FinishReason.STOP: "stop end end_turn eos eos_token stop_sequence complete completed other load",
}
_REASONS = {word: reason for reason, words in _WORDS.items() for word in words.split()}
_NOT_YET = frozenset(
    (
        "",
        "null",
        "none",
        "nil",
        "undefined",
        "false",
        "finish_reason_unspecified",
        "unspecified",
        "in_progress",
    )
)
_FAILED = frozenset({"error", "failed", "failure"})
_BADLY = _FAILED | {
    *("server_error", "internal_error", "internal_server_error", "network_error", "timeout", "timed_out"),
    *("abort", "aborted", "cancelled", "canceled", "insufficient_system_resource", "unavailable"),
    *("overloaded", "engine_overloaded"),
}


def finish_of(value: Any, other: FinishReason = FinishReason.STOP) -> FinishReason | None:
    """The reason that a server names.

    Args:
        value: What stands in the field, of any kind.
        other: What a word means that nobody knows.

    Returns:
        None where the reply has not ended.
    """
    if isinstance(value, Mapping):
        value = value.get("type") or value.get("reason")
    if not isinstance(value, str):
        return FinishReason.STOP if value else None
    word = _word(value)
    return None if word in _NOT_YET | _BADLY else _REASONS.get(word, other)


def ended_badly(value: Any) -> bool:
    """Whether the reason is that something failed."""
    return isinstance(value, str) and _word(value) in _BADLY


def failure_words(value: Any) -> str:
    """What is said of a reply that ended badly, where the server has no words for it."""
    word = _word(value) if isinstance(value, str) else ""
    more = "" if not word or word in _FAILED else f": {word.replace('_', ' ')}"
    return f"the model failed{more}"


def _word(value: str) -> str:
    return value.strip().lower().replace("-", "_").replace(" ", "_")
