"""Makes ``models.json.gz``: ``python -m tui.providers.make_facts LITELLM_JSON``.

The source is ``model_prices_and_context_window_backup.json`` of the package ``litellm`` (MIT). Only what
Segue shows is kept, for the vendors that it has, under their names here.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("models.json.gz")
NOTICE = """Made from model_prices_and_context_window_backup.json of litellm, https://github.com/BerriAI/litellm

MIT License

Copyright (c) 2023 Berri AI

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""

# Their provider, and what its keys begin with, for each of our vendors.
_VENDORS = {
    "openai": ("openai", ""),
    "anthropic": ("anthropic", ""),
    "gemini": ("gemini", "gemini/"),
    "groq": ("groq", "groq/"),
    "mistral": ("mistral", "mistral/"),
    "deepseek": ("deepseek", "deepseek/"),
    "xai": ("xai", "xai/"),
    "together": ("together_ai", "together_ai/"),
    "fireworks": ("fireworks_ai", "fireworks_ai/"),
    "cerebras": ("cerebras", "cerebras/"),
    "perplexity": ("perplexity", "perplexity/"),
    "bedrock": ("bedrock_mantle", "bedrock_mantle/"),
    "moonshot": ("moonshot", "moonshot/"),
    "zai": ("zai", "zai/"),
    "dashscope": ("dashscope", "dashscope/"),
    "deepinfra": ("deepinfra", "deepinfra/"),
    "vercel": ("vercel_ai_gateway", "vercel_ai_gateway/"),
    "gigachat": ("gigachat", "gigachat/"),
}
_COSTS = (
    "input_cost_per_token",
    "output_cost_per_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
)
_LIMIT = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_MODES = {"perplexity": ("responses",)}  # its chat completions ended in September 2026
_NOT_CHAT = re.compile(
    r"^ft:|\b(audio|tts|realtime|transcribe|image|lyria|embed\w*|guard|prompt-guard|computer-use|robotics|container"
    r"|deep-research|search-api|search-preview|safeguard)\b"
)


def main(arguments: list[str]) -> int:
    """Write the file from the JSON named on the command line."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    source = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    today = datetime.now(UTC).date()
    providers = {name: dict(sorted(facts(source, name, today))) for name in _VENDORS}
    head = {"notice": NOTICE, "date": today.isoformat()}
    lines = [head, *([name, models] for name, models in providers.items())]
    packed = "\n".join(json.dumps(line, separators=(",", ":"), ensure_ascii=False) for line in lines)
    TARGET.write_bytes(gzip.compress(packed.encode(), 9, mtime=0))
    count = sum(map(len, providers.values()))
    print(f"{TARGET}: {count} models, {TARGET.stat().st_size} bytes")
    return 0


def facts(source: Mapping[str, Any], vendor: str, today: date) -> Iterator[tuple[str, list[Any]]]:
    """``model, [input limit, output limit, $ in, $ out, flags, …]`` of each chat model.

    $ is dollars for a million tokens. The flags are letters: ``v`` sees pictures, ``r`` reasons. Then come,
    as far as there are any: $ for tokens read from the cache and for those written to it; how many tokens a
    prompt has from which on all prices are others, and these four. What the source does not say is null.
    """
    theirs, prefix = _VENDORS[vendor]
    for key, row in source.items():
        if row.get("litellm_provider") != theirs or not key.startswith(prefix) or _NOT_CHAT.search(key):
            continue
        if row.get("mode") not in _MODES.get(vendor, ("chat", "responses")):
            continue
        if row.get("deprecation_date", "9999") <= today.isoformat():
            continue
        flags = "v" * bool(row.get("supports_vision")) + "r" * bool(row.get("supports_reasoning"))
        limits = [_whole(row.get("max_input_tokens")), _whole(row.get("max_output_tokens"))]
        yield key.removeprefix(prefix), [*limits, *_prices(row)[:2], flags, *_more(row)]


def _prices(row: Mapping[str, Any], above: str = "") -> list[float | None]:
    """In, out, read from the cache, written to it: of a short prompt, or of one above a limit."""
    prices = [_million(row.get(f"{name}{above}")) for name in _COSTS]
    thought = row.get("output_cost_per_reasoning_token")
    if thought is not None and thought != row.get("output_cost_per_token"):
        prices[1] = None  # what a reply costs depends on how it came
    prices[3] = prices[3] or None  # 0 says that nothing is charged apart, not that it is free
    return prices


def _more(row: Mapping[str, Any]) -> list[float | None]:
    limits = sorted(int(found[1]) for name in row if (found := _LIMIT.fullmatch(name)))
    more = _prices(row)[2:]
    if limits:
        one = len(limits) == 1  # of several, only what is below all is sure
        more += [limits[0] * 1000, *(_prices(row, f"_above_{limits[0]}k_tokens") if one else ())]
    while more and more[-1] is None:
        del more[-1]
    return more


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and value > 0 else None


def _million(price: Any) -> float | None:
    return float(f"{price * 1e6:.6g}") if isinstance(price, int | float) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
