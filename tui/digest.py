"""What a content is known by, and names that nothing else has.

The modules of the standard library for both load OpenSSL, half a megabyte: not before the first digest.
"""

from __future__ import annotations

import os


def sha256(data: bytes) -> str:
    """The SHA-256 of ``data``, in hexadecimal."""
    from hashlib import sha256 as digest_of

    return digest_of(data).hexdigest()


def new_name(size: int) -> str:
    """A name that nobody else makes, nor guesses: ``size`` random bytes, in hexadecimal."""
    return os.urandom(size).hex()
