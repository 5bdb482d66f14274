"""Tools of the person's own: functions in ``tools/NAME.py`` beside the config, and in installed packages.

Each function of a file that has a docstring is a tool; its hints and docstring say what it takes. Every call
is asked for. What is broken raises when its tools are asked for, and harms no other file.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tui.checked import words
from tui.entry_points import entry_points
from tui.errors import SegueError
from tui.paths import python_files
from tui.secret import redact
from tui.text import clean, one_line
from tui.tools.apart import run_apart
from tui.tools.outputs import caught_output
from tui.tools.signature import Signature, SignatureError, signature_of
from tui.tools.tool import Outcome, Progress, Tool, ToolSpec

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "segue.tools"
_REASON_LENGTH = 300


class BrokenToolError(SegueError):
    """A file or package whose tools can't be used; says where it is broken."""


class Function(Struct, frozen=True):
    """A tool that is a function."""

    spec: ToolSpec
    origin: str
    signature: Signature
    function: Callable[..., Any]

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """Every call is asked for, by the tool."""
        return ""

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Call it, in a thread of its own. What it prints is given along with what it returns."""
        with caught_output() as printed:
            try:
                given = self.signature.arguments(arguments)
                returned = await run_apart(lambda: self.function(**given))
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                return Outcome(_failure(error), is_error=True)
        return _outcome(returned, clean(printed.getvalue()).strip())


def _outcome(returned: Any, printed: str) -> Outcome:
    if isinstance(returned, Outcome):
        return returned
    if returned is None:
        return Outcome(printed or "[done]")
    plain = asdict(returned) if is_dataclass(returned) and not isinstance(returned, type) else returned
    said = words(plain)
    return Outcome(f"{said}\n\n[printed]\n{printed}" if printed else said)


def _failure(error: BaseException) -> str:
    text = redact(f"{type(error).__name__}: {error}")
    return f"{one_line(text, 1000)} ({_place_of(error)})"


def _place_of(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:  # its frames are those of Python's importer
        return f"{one_line(error.filename)}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{one_line(frames[-1].filename)}, line {frames[-1].lineno}" if frames else "no line is known"


class DropIn:
    """The tools in one file, as a source."""

    name = instructions = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def tools(self) -> Sequence[Tool]:
        """Run the file, and take its functions.

        Raises:
            BrokenToolError: It is broken.
        """
        return await _tools(str(self.path), lambda: list(_functions(_run(self.path))))

    async def close(self) -> None:
        """Nothing was begun."""


class Package:
    """The tools of one entry point: a function, or a module of them, as a source."""

    name = instructions = ""

    def __init__(self, point: EntryPoint) -> None:
        self._point = point

    async def tools(self) -> Sequence[Tool]:
        """Import it, and take its functions.

        Raises:
            BrokenToolError: It is broken.
        """
        origin = f"the package {self._point.dist.name}" if self._point.dist else self._point.value

        def load() -> list[Callable[..., Any]]:
            found = self._point.load()
            return list(_functions(found)) if isinstance(found, ModuleType) else [found]

        return await _tools(origin, load)

    async def close(self) -> None:
        """Nothing was begun."""


def drop_ins(folder: Path) -> Iterator[DropIn]:
    """The tools in the person's files in ``folder``.

    Raises:
        ConfigError: The folder is there and can't be read.
    """
    yield from map(DropIn, python_files(folder))


def packages() -> Iterator[Package]:
    """The entry points of installed packages."""
    yield from map(Package, entry_points(GROUP))


async def _tools(origin: str, load: Callable[[], list[Callable[..., Any]]]) -> Sequence[Tool]:
    """The functions that ``load`` gives, as tools: it runs elsewhere, and may print."""
    try:
        with caught_output():
            functions = await run_apart(load)
        if not functions:
            raise BrokenToolError(
                f"{one_line(origin)} has no tool", "Each function with a docstring is one; helpers have none."
            )
        return [_tool(origin, function) for function in functions]
    except (SegueError, asyncio.CancelledError):
        raise
    except BaseException as error:
        reason = one_line(redact(f"{type(error).__name__}: {error}"), _REASON_LENGTH)
        raise BrokenToolError(
            f"{one_line(origin)} is broken: {reason}", f"See {_place_of(error)}."
        ) from error


def _tool(origin: str, function: Callable[..., Any]) -> Function:
    if not callable(function):
        raise TypeError(f"{function!r} is no function")
    name = str(getattr(function, "__name__", type(function).__name__))
    try:
        signature = signature_of(function)
    except SignatureError as error:
        raise BrokenToolError(
            f"{one_line(origin)}, line {error.line}: {one_line(name)} is no tool: {one_line(str(error))}"
        ) from None
    spec = ToolSpec(server="", name=name, description=signature.description, schema=signature.schema)
    return Function(spec, origin, signature, function)


def _functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """The tools of a module: its own functions that have a docstring, in their order."""
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__
        if own and not name.startswith("_") and value.__doc__:
            yield value


def _run(path: Path) -> ModuleType:
    name = f"segue_tool_{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = sys.modules[name] = module_from_spec(spec)  # dataclasses look for their module there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
