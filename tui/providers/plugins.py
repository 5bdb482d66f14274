"""Providers from outside: packages with an entry point, files in the config folder's ``providers/``.

Their names are known without importing anything. A broken one raises when it is loaded, and only then.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from msgspec import Struct

from tui.entry_points import entry_points
from tui.errors import ErrorKind, ProviderError, SegueError
from tui.paths import python_files
from tui.providers.base import AsyncGeneratorProvider, ProviderModelMixin
from tui.providers.foreign import MODULE, guarded, kept_off
from tui.secret import redact
from tui.text import one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "segue.providers"
_REASON_LENGTH = 300
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_.-]+")


class Source(Protocol):
    """A provider from outside, of which the name is known before it is loaded."""

    @property
    def kind(self) -> Literal["plugin", "drop-in", "g4f"]:
        """What sort of outside."""
        ...

    @property
    def name(self) -> str:
        """The provider's name."""
        ...

    @property
    def origin(self) -> str:
        """Where it comes from, for the person."""
        ...

    def load(self) -> type[AsyncGeneratorProvider]:
        """Import it.

        Raises:
            ProviderError: It is broken.
        """
        ...


class Package(Struct, frozen=True):
    """A provider of an installed package: ``NAME = "module:Class"`` in the group ``segue.providers``."""

    point: EntryPoint
    kind: Literal["plugin"] = "plugin"

    @property
    def name(self) -> str:
        """The provider's name."""
        return provider_name(self.point.name)

    @property
    def origin(self) -> str:
        """Where it comes from, for the person."""
        return f"the package {self.point.dist.name}" if self.point.dist else self.point.value

    def load(self) -> type[AsyncGeneratorProvider]:
        """Import it.

        Raises:
            ProviderError: It is broken.
        """
        with harmless(self.origin), kept_off():
            return _checked(self.point.load())


class DropIn(Struct, frozen=True):
    """A provider in a file of the person's own."""

    path: Path
    kind: Literal["drop-in"] = "drop-in"

    @property
    def name(self) -> str:
        """The provider's name: that of the file."""
        return provider_name(self.path.stem)

    @property
    def origin(self) -> str:
        """Where it comes from, for the person."""
        return str(self.path)

    def load(self) -> type[AsyncGeneratorProvider]:
        """Run the file and find the provider in it.

        Raises:
            ProviderError: It is broken.
        """
        with harmless(self.origin), kept_off():
            return _checked(_only_provider(_run(self.path), self.path.stem))


def packages() -> Iterator[Package]:
    """The providers of installed packages."""
    yield from map(Package, entry_points(GROUP))


def drop_ins(folder: Path) -> Iterator[DropIn]:
    """The providers in the person's files in ``folder``.

    Raises:
        ConfigError: The folder is there and can't be read.
    """
    yield from map(DropIn, python_files(folder))


def provider_name(text: str) -> str:
    """``text`` as the part of a model id before its slash."""
    return _NOT_IN_A_NAME.sub("-", text.lower()).strip("-") or "unnamed"


@contextmanager
def harmless(origin: str) -> Iterator[None]:
    """Turn whatever foreign code raises into a ProviderError that names the file and line.

    Raises:
        ProviderError: The code inside the block failed.
    """
    try:
        yield
    except SegueError:
        raise
    except (Exception, SystemExit) as error:
        text = one_line(redact(f"{type(error).__name__}: {error}"), _REASON_LENGTH)
        raise ProviderError(
            f"{one_line(origin)} is broken: {text}", _place_of(error), kind=ErrorKind.INTERNAL
        ) from error


def _place_of(error: BaseException) -> str:
    """Where ``error`` happened, for a person who can mend it there."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    file, line = last.filename, last.lineno
    if isinstance(error, SyntaxError) and error.filename:  # its frames are those of Python's importer
        file, line = error.filename, error.lineno
    return f"It happened in {one_line(file)}, line {line}."


def _run(path: Path) -> ModuleType:
    name = f"{MODULE}{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _only_provider(module: ModuleType, stem: str) -> Any:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__ and _answers(value)
    ]
    named = [value for value in found if value.__name__.lower() == stem.lower()]
    if len(named or found) != 1:
        names = ", ".join(value.__name__ for value in found) or "none"
        raise TypeError(f"one class with create_async_generator is expected, and there is: {names}")
    return (named or found)[0]


def _answers(value: Any) -> bool:
    return callable(getattr(value, "create_async_generator", None))


def _checked(found: Any) -> type[AsyncGeneratorProvider]:
    """``found`` if it is a provider class, with the mixin if it came without."""
    if not isinstance(found, type) or not _answers(found):
        raise TypeError("it is not a class with create_async_generator")
    missing = tuple(
        base for base in (AsyncGeneratorProvider, ProviderModelMixin) if not issubclass(found, base)
    )
    whole: type[AsyncGeneratorProvider] = type(
        found.__name__, (found, *missing), {"__module__": found.__module__, **guarded(found)}
    )
    return whole
