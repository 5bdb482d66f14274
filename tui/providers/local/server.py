"""What runs in the child process: one model behind an OpenAI-compatible server on a free loopback port.

Started by path, as ``python server.py MODEL NAME CONTEXT THREADS``, so that it imports nothing of Segue. The
key that callers must send is in ``SEGUE_LOCAL_KEY``. One line of JSON on stdout says where the server
listens, or why there is none. The process ends when its stdin closes, so it can't outlive its parent, however
that died.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TextIO

# Threads that wait must sleep, not spin: beside two busy neighbours, spinning made 64 tokens take over 40 s.
# OpenMP reads this once, when the engine is loaded.
os.environ["OMP_WAIT_POLICY"] = "passive"
os.environ["GOMP_SPINCOUNT"] = "0"

KEY_VARIABLE = "SEGUE_LOCAL_KEY"


def main(model: str, name: str, context: str, threads: str) -> None:
    """Serve ``model`` until stdin closes."""
    answer = _own_stdout()
    try:
        server = _start(model, name, int(context), int(threads))
    except (ImportError, RuntimeError, ValueError, OSError) as error:
        print(json.dumps({"error": str(error)}), file=answer, flush=True)
        sys.exit(1)
    print(json.dumps({"url": server.listening_address}), file=answer, flush=True)
    sys.stdin.buffer.read()
    # The engine's threads may be in the middle of a reply: no clean-up, the system does it at once.
    os._exit(0)


def _start(model: str, name: str, context: int, threads: int):  # type: ignore[no-untyped-def]
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {name}
    params.n_ctx = context
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [os.environ.pop(KEY_VARIABLE)]
    params.cors_origins = ""
    params.endpoint_slots = False
    params.ui = False
    return xllamacpp.Server(params)


def _own_stdout() -> TextIO:
    """Keep stdout for our one line: whatever the engine prints goes to stderr, which is the log."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answer


if __name__ == "__main__":
    main(*sys.argv[1:])
