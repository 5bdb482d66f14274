"""A PDF on standard input to its text, page by page, as JSON on standard output.

Arguments: bytes of memory.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress

LONGEST = 1_000_000
"""Characters that are given back."""
MOST_PAGES = 500


def limit_memory(size: int) -> None:
    """Let this process take no more, where the system can say so."""
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):  # macOS knows the limit, and takes none
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main() -> None:
    """Run as a script."""
    limit_memory(int(sys.argv[1]))
    import logging

    logging.disable()
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted and not reader.decrypt(""):
        raise SystemExit("it is locked with a password")
    pages: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > LONGEST:
            break
    sys.stdout.write(json.dumps({"pages": pages, "of": len(reader.pages)}))


if __name__ == "__main__":
    main()
