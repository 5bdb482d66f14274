"""A random model of a quarter megabyte: the real engine runs it, nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

CONTEXT = 8192


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama with one layer, random weights and one token for each byte."""
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    embedding, heads, forward = 64, 4, 128
    tokens = [chr(point) for point in byte_letters()] + ["<|im_start|>", "<|im_end|>", "th"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(embedding)
    writer.add_block_count(1)
    writer.add_feed_forward_length(forward)
    writer.add_head_count(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * 2 + [gguf.TokenType.NORMAL]
    )
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(256)
    writer.add_eos_token_id(257)
    writer.add_chat_template(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}"
    )
    random = np.random.default_rng(1)
    shapes = {
        "token_embd": (len(tokens), embedding),
        "output": (len(tokens), embedding),
        "blk.0.attn_q": (embedding, embedding),
        "blk.0.attn_k": (embedding, embedding),
        "blk.0.attn_v": (embedding, embedding),
        "blk.0.attn_output": (embedding, embedding),
        "blk.0.ffn_gate": (forward, embedding),
        "blk.0.ffn_up": (forward, embedding),
        "blk.0.ffn_down": (embedding, forward),
    }
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", random.standard_normal(shape).astype(np.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(embedding, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def byte_letters() -> list[int]:
    """The letter that byte-level tokenizers use for each byte, as GPT-2 does."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [byte if byte in printable else next(others) for byte in range(256)]
