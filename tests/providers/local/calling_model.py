"""A model of a hundred kilobytes that calls a tool whatever it is asked, and then answers.

Its weights say which token follows which and nothing else, so the real engine gives the same on any machine:
its template, its grammar for calls, its parser and its stream are all at work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.providers.local.conftest import CONTEXT, byte_letters

WIDTH = 32
TEMPLATE = """\
{%- if tools %}<|im_start|>system
You may call these functions:
<tools>
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
</tools>
For each call, return JSON in tags:
<tool_call>
{"name": <name>, "arguments": <arguments>}
</tool_call><|im_end|>
{% endif %}
{%- for m in messages %}
{%- if m.role == "assistant" and m.tool_calls %}<|im_start|>assistant
{%- if m.content %}
{{ m.content }}
{%- endif %}
{%- for call in m.tool_calls %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{% elif m.role == "tool" %}<|im_start|>user
<tool_response>
{{ m.content }}
</tool_response><|im_end|>
{% else %}<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% if messages[-1].role == "tool" %}<|told|>{% endif %}{% endif %}"""


def write_calling_model(path: Path, tool: str, arguments: Mapping[str, Any], answer: str) -> None:
    """Write the file of a model that calls ``tool``, and says ``answer`` once it has the result."""
    letters = [chr(point) for point in byte_letters()]

    def coded(text: str) -> str:
        return "".join(letters[byte] for byte in text.encode())

    call = json.dumps({"name": tool, "arguments": arguments})
    said = [coded(text) for text in ("<tool_call>\n", call, "\n</tool_call>", answer)]
    tokens = [*letters, "<|im_start|>", "<|im_end|>", "<|told|>", *said]
    kinds = [gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.NORMAL] * len(said)
    newline, start, end, told = tokens.index(coded("\n")), 256, 257, 258
    opening, body, closing, last = range(259, 263)
    follows = [
        (newline, opening), (opening, body), (body, closing), (closing, end), (told, last), (last, end),
    ]  # fmt: skip
    inner = np.zeros((len(tokens), WIDTH), dtype=np.float32)
    outer = np.zeros((len(tokens), WIDTH), dtype=np.float32)
    inner[:, 0] = outer[end, 0] = 1.0
    for direction, (before, after) in enumerate(follows, start=1):
        inner[before] = np.eye(WIDTH, dtype=np.float32)[direction]
        outer[after, direction] = 20.0

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(start)
    writer.add_eos_token_id(end)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", inner)
    writer.add_tensor("output.weight", outer)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((WIDTH, WIDTH), dtype=np.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
