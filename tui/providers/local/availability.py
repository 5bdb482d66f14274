"""Whether this machine can run a model, and if not, why: asked without importing the engine."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

from tui.installing import ENGINE, how_to_install

_X86_64 = frozenset({"x86_64", "amd64"})
_ARM64 = frozenset({"aarch64", "arm64"})
_USUAL = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
"""Where systems keep their libraries: a look there costs less than to load one."""


def installed() -> bool:
    """Whether the engine is installed (the extra ``local``)."""
    return find_spec(ENGINE) is not None


def why_not() -> str | None:
    """Why no model can run here, with what to do about it; None where one can."""
    if not installed():
        if supported():
            return f"the engine is not installed: {how_to_install(ENGINE)}"
        return "there is no engine for this platform yet: connect a provider instead"
    if sys.platform == "linux" and not _loads("libgomp.so.1"):
        return "the system lacks libgomp.so.1: apt-get install libgomp1"
    return None


def supported() -> bool:
    """Whether the engine's wheels exist for this platform."""
    import platform
    import sysconfig

    machine = platform.machine().lower()
    if sys.platform == "linux":
        return machine in _X86_64 | _ARM64 and "musl" not in str(sysconfig.get_config_var("SOABI"))
    if sys.platform == "win32":
        return machine in _X86_64
    return sys.platform == "darwin"


def _loads(library: str) -> bool:
    if any(os.path.exists(f"{folder}/{library}") for folder in _USUAL):
        return True
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
