"""Whether the person sits at another machine, whose clipboard this one does not have."""

from __future__ import annotations

from collections.abc import Mapping

SERVED = "SEGUE_SERVED"
"""Set where the app is seen in a browser."""


def is_far(env: Mapping[str, str]) -> bool:
    """Whether the terminal is one of SSH, or a page in a browser, as the environment tells."""
    return any(env.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", SERVED))
