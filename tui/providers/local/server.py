"""What runs in the child process: one model behind an OpenAI-compatible server on a free loopback port.

Started by path, as ``python server.py ORDER``, so that it imports nothing of Segue; ORDER is an ``Order`` in
JSON. The key that callers must send is in ``SEGUE_LOCAL_KEY``. One line of JSON on stdout says where the
server listens, or why there is none. The process ends when its stdin closes, so it can't outlive its parent,
however that died.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO, TypedDict

# Threads that wait must sleep, not spin: beside two busy neighbours, spinning made 64 tokens take over 40 s.
# OpenMP reads this once, when the engine is loaded.
os.environ["OMP_WAIT_POLICY"] = "passive"
os.environ["GOMP_SPINCOUNT"] = "0"

KEY_VARIABLE = "SEGUE_LOCAL_KEY"
BATCH = 128
"""Tokens read at a time: not slower than more, and progress and a stop come every two seconds, not thirty."""

CONVERSATIONS = 512
"""Megabytes for conversations that were read before: coming back to one must not mean reading it again."""


class Order(TypedDict):
    """What to serve."""

    model: str
    """Path of the file."""
    name: str
    context: int
    threads: int
    sampling: Mapping[str, float]
    """How the next token is drawn where the request does not say."""


def main(order: Order) -> None:
    """Serve until stdin closes."""
    answer = _own_stdout()
    try:
        server = _start(order)
    except (ImportError, RuntimeError, ValueError, OSError) as error:
        print(json.dumps({"error": str(error)}), file=answer, flush=True)
        sys.exit(1)
    print(json.dumps({"url": server.listening_address}), file=answer, flush=True)
    sys.stdin.buffer.read()
    # The engine's threads may be in the middle of a reply: no clean-up, the system does it at once.
    os._exit(0)


def _start(order: Order) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.model_alias = {order["name"]}
    params.n_ctx = order["context"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    for name, value in order["sampling"].items():
        setattr(params.sampling, name, value)
    if all(
        device["type"] == xllamacpp.ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU
        for device in xllamacpp.get_device_info()
    ):
        params.fit_params = (
            False  # there is no other memory to fit into; it loads the model twice to find out
        )
        params.n_batch = params.n_ubatch = BATCH
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [os.environ.pop(KEY_VARIABLE)]
    params.cors_origins = ""
    params.cache_ram_mib = CONVERSATIONS
    params.endpoint_slots = False
    params.ui = False
    return xllamacpp.Server(params)


def _own_stdout() -> TextIO:
    """Keep stdout for our one line: whatever the engine prints goes to stderr, which is the log."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answer


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
