"""Each small value knows when it was set, so that of two machines the newer one counts."""

from __future__ import annotations

STATEMENTS = (
    "ALTER TABLE here.state ADD COLUMN set_at bigint NOT NULL DEFAULT 0",  # microseconds since 1970
)
