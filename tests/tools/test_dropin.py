"""Tools in files of the person's own: functions whose hints and docstring say what they take."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
from importlib.metadata import EntryPoint

import pytest

from tui.tools.dropin import BrokenToolError, DropIn, Package, drop_ins
from tui.tools.schema import wrong_arguments
from tui.tools.toolbox import Toolbox


def nothing(step):
    pass


@pytest.fixture
def tools_of(tmp_path):
    async def load(source, name="mine"):
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        return {tool.spec.name: tool for tool in await DropIn(path).tools()}

    return load


async def result(tool, **arguments):
    return await tool.call(arguments, nothing)


async def test_a_function_with_a_docstring_is_a_tool_and_a_helper_without_is_none(tools_of):
    tools = await tools_of(
        '''
def weather(city: str, days: int = 1) -> str:
    """Says how the weather will be.

    From a table.

    Args:
        city: Its name,
            in any language.
        days (int): How many.

    Returns:
        Words.
    """
    return helper(city) * days

def helper(x):
    return f"sun in {x} "

def _hidden():
    """Not for models."""
'''
    )
    assert list(tools) == ["weather"]
    spec = tools["weather"].spec
    assert spec.description == "Says how the weather will be.\n\nFrom a table."
    assert spec.schema == {
        "type": "object",
        "properties": {
            "city": {"description": "Its name, in any language.", "type": "string"},
            "days": {"description": "How many.", "type": "integer", "default": 1},
        },
        "required": ["city"],
        "additionalProperties": False,
    }
    assert (await result(tools["weather"], city="Oslo", days=2)).text == "sun in Oslo sun in Oslo "


async def test_each_kind_of_hint_becomes_a_schema_and_its_values_come_as_they_are_hinted(tools_of):
    tools = await tools_of(
        '''
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Optional

class Colour(Enum):
    RED = "red"
    BLUE = "blue"

@dataclass
class Place:
    lat: float
    name: str = ""

def all_kinds(
    a: str, b: int, c: float, d: bool, e: list[int], f: dict[str, float], g: Literal["x", "y"], h: Colour,
    i: Optional[str], j: Annotated[int, "how many"], k: Place, l: list, m: dict, n: Any, o: int | None = None,
    p: list[Place] | None = None,
):
    """Shows what came.

    :param a: the first
    :returns: a text
    """
    return repr((a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p))
'''
    )
    schema = tools["all_kinds"].spec.schema
    assert tools["all_kinds"].spec.description == "Shows what came."
    place = {
        "type": "object",
        "properties": {"lat": {"type": "number"}, "name": {"type": "string"}},
        "required": ["lat"],
        "additionalProperties": False,
    }
    assert schema["properties"] == {
        "a": {"description": "the first", "type": "string"},
        "b": {"type": "integer"},
        "c": {"type": "number"},
        "d": {"type": "boolean"},
        "e": {"type": "array", "items": {"type": "integer"}},
        "f": {"type": "object", "additionalProperties": {"type": "number"}},
        "g": {"enum": ["x", "y"]},
        "h": {"enum": ["red", "blue"]},
        "i": {"type": ["string", "null"]},
        "j": {"type": "integer", "description": "how many"},
        "k": place,
        "l": {"type": "array", "items": {}},
        "m": {"type": "object", "additionalProperties": {}},
        "n": {},
        "o": {"type": ["integer", "null"], "default": None},
        "p": {"anyOf": [{"type": "array", "items": place}, {"type": "null"}], "default": None},
    }
    given = {
        **{"a": "s", "b": 1.0, "c": 2, "d": True, "e": [1], "f": {"z": 1}, "g": "x", "h": "red", "i": None},
        **{"j": 3, "k": {"lat": 1}, "l": [1], "m": {}, "n": "any", "p": [{"lat": 2, "name": "n"}]},
    }
    (declared,) = Toolbox(tools.values()).specs
    assert wrong_arguments(given, declared.schema) == []
    assert (await result(tools["all_kinds"], **given)).text == (
        "('s', 1, 2.0, True, [1], {'z': 1.0}, 'x', <Colour.RED: 'red'>, None, 3, Place(lat=1.0, name=''), "
        "[1], {}, 'any', None, [Place(lat=2.0, name='n')])"
    )


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ("a,\n    b: int", "line 2: odd is no tool: a has no hint of its type"),
        ("a: int,\n    b: set", "line 3: odd is no tool: b: set is none of: str, int"),
        ("a: int,\n    *b: int", "line 3: odd is no tool: b can't be given by its name"),
        ("a: dict[int, str]", "line 2: odd is no tool: a: dict is none of"),
        ("a: 'Nowhere'", "line 1: odd is no tool: its hints can't be read: name 'Nowhere'"),
    ],
)
async def test_a_hint_that_json_can_not_give_is_told_with_its_line(tools_of, parameters, reason):
    with pytest.raises(BrokenToolError) as caught:
        await tools_of(f'def odd(\n    {parameters}):\n    """Doc."""\n')
    assert reason in caught.value.message
    assert "mine.py" in caught.value.message


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(:", "SyntaxError"),
        ("import nowhere_at_all", "ModuleNotFoundError"),
        ("1 / 0", "line 1"),
        ("raise SystemExit(3)", "SystemExit"),
        ("x = 1", "has no tool"),
    ],
)
async def test_a_broken_file_is_told_and_where(tools_of, source, reason):
    with pytest.raises(BrokenToolError) as caught:
        await tools_of(source)
    assert reason in str(caught.value)
    assert "mine.py" in str(caught.value)


async def test_a_broken_file_takes_no_other_with_it(tmp_path):
    (tmp_path / "a.py").write_text("1 / 0")
    (tmp_path / "b.py").write_text('def fine():\n    """Is fine."""\n')
    (tmp_path / "_c.py").write_text("1 / 0")
    (tmp_path / "d.txt").write_text("")
    first, second = drop_ins(tmp_path)
    with pytest.raises(BrokenToolError):
        await first.tools()
    assert [tool.spec.name for tool in await second.tools()] == ["fine"]
    assert list(drop_ins(tmp_path / "none")) == []


async def test_every_call_is_asked_for_and_it_may_do_anything(tools_of):
    tool = (await tools_of('def f():\n    """Does."""'))["f"]
    assert tool.scope({}) == ""
    assert (tool.spec.read_only, tool.spec.destructive, tool.spec.open_world) == (False, True, True)
    assert tool.origin.endswith("mine.py")


async def test_what_a_new_description_says_is_asked_again(tools_of):
    one = (await tools_of('def f():\n    """Reads."""', "one"))["f"]
    same = (await tools_of('def f():\n    """Reads."""', "one"))["f"]
    other = (await tools_of('def f():\n    """Reads, and sends it away."""', "one"))["f"]
    assert one.spec.fingerprint(one.origin) == same.spec.fingerprint(same.origin)
    assert one.spec.fingerprint(one.origin) != other.spec.fingerprint(other.origin)


async def test_a_function_that_blocks_holds_nobody_up(tools_of):
    tools = await tools_of(
        '''
import threading
gate = threading.Event()
def wait():
    """Waits."""
    gate.wait()
    return "through"
def open_gate():
    """Opens."""
    gate.set()
'''
    )
    waiting = asyncio.create_task(result(tools["wait"]))
    await asyncio.sleep(0)
    await result(tools["open_gate"])
    assert (await waiting).text == "through"


async def test_an_async_function_runs_and_is_stopped_with_its_call(tools_of):
    tools = await tools_of(
        '''
import asyncio, threading
stopped, begun = threading.Event(), threading.Event()
async def short(n: int):
    """Counts."""
    await asyncio.sleep(0)
    return n + 1
async def endless():
    """Never ends."""
    begun.set()
    try:
        await asyncio.Event().wait()
    finally:
        stopped.set()
def was_stopped():
    """Says."""
    return stopped.wait(10)
def has_begun():
    """Says."""
    return begun.wait(10)
'''
    )
    assert (await result(tools["short"], n=1)).text == "2"
    call = asyncio.create_task(result(tools["endless"]))
    assert (await result(tools["has_begun"])).text == "true"
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await result(tools["was_stopped"])).text == "true"


async def test_what_goes_wrong_is_an_outcome_with_its_line(tools_of):
    tools = await tools_of(
        '''
def fails():
    """Fails."""
    raise ValueError("no such city")
def leaves():
    """Leaves."""
    raise SystemExit(1)
def stops():
    """Stops."""
    next(iter(()))
def takes(n: int):
    """Takes."""
'''
    )
    outcome = await result(tools["fails"])
    assert outcome.is_error
    assert outcome.text.startswith("ValueError: no such city (")
    assert outcome.text.endswith("mine.py, line 4)")
    for name in ("leaves", "stops"):
        assert (await result(tools[name])).is_error
    assert "'x' is no int" in (await result(tools["takes"], n="x")).text


async def test_what_it_prints_is_given_to_the_model_and_not_to_the_screen(tools_of, capfd):
    tools = await tools_of(
        '''
import sys
print("loading")
def says():
    """Prints."""
    print("one")
    sys.stdout.write("two\\n")
    print("three", file=sys.stderr)
def both():
    """Prints and returns."""
    print("aside")
    sys.stdout.buffer.write(b"raw")
    return {"a": [1]}
async def later():
    """Prints on a loop."""
    print("later")
'''
    )
    assert (await result(tools["says"])).text == "one\ntwo\nthree"
    assert (await result(tools["both"])).text == '{"a": [1]}\n\n[printed]\naside'
    assert (await result(tools["later"])).text == "later"
    print("ours")
    assert capfd.readouterr().out == "ours\n"


async def test_a_tool_that_asks_at_the_keyboard_finds_nothing_there_and_the_program_goes_on_reading(
    tools_of, monkeypatch
):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"typed\n")))
    tools = await tools_of(
        '''
import sys
def asks():
    """Asks."""
    return input("name? ")
def reads():
    """Reads."""
    return [sys.stdin.read(), sys.stdin.buffer.read().decode(), *sys.stdin]
async def later():
    """Reads on a loop."""
    return sys.stdin.readline() or "nothing"
'''
    )
    asked = await result(tools["asks"])
    assert asked.is_error and "EOFError" in asked.text
    assert (await result(tools["reads"])).text == '["", ""]'
    assert (await result(tools["later"])).text == "nothing"
    assert sys.stdin.readline() == "typed\n"


CHILD = "import sys; print('out'); print('err', file=sys.stderr); print(repr(sys.stdin.read()))"


@pytest.mark.parametrize(
    "starts",
    [
        "subprocess.run([sys.executable, '-c', CHILD])",
        "subprocess.Popen([sys.executable, '-c', CHILD]).wait()",
        "os.system(shlex.join([sys.executable, '-c', CHILD]) if os.name == 'posix' else CMD)",
        "asyncio.run(started())",
    ],
)
async def test_a_program_that_a_tool_starts_has_no_terminal(tools_of, capfd, starts):
    tools = await tools_of(
        f"""
import asyncio, os, shlex, subprocess, sys
CHILD = {CHILD!r}
CMD = subprocess.list2cmdline([sys.executable, "-c", CHILD])
async def started():
    await (await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD)).wait()
def starts():
    \"\"\"Starts a program.\"\"\"
    {starts}
"""
    )
    said = (await result(tools["starts"])).text
    assert sorted(said.split()) == ["''", "err", "out"]
    assert capfd.readouterr() == ("", "")


FORKS = {
    "a bare fork": "child = os.fork(); (child or run())",
    "a fork that writes itself": "child = os.fork(); (child or write())",
    "os.spawnv": "child = os.spawnv(os.P_NOWAIT, sys.executable, COMMAND)",
    "posix_spawn": "child = os.posix_spawn(sys.executable, COMMAND, os.environ)",
    "posix_spawn into a group": ("child = os.posix_spawn(sys.executable, COMMAND, os.environ, setpgroup=0)"),
    "posix_spawnp": "child = os.posix_spawnp(sys.executable, COMMAND, os.environ)",
    "a popen with a function before": (
        "child = subprocess.call(COMMAND, preexec_fn=lambda: None, start_new_session=True)"
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")
@pytest.mark.parametrize("forks", FORKS)
async def test_nor_has_one_that_is_forked(tools_of, capfd, forks):
    child = "import os; print('alone', os.getsid(0) == os.getpid()); print(repr(os.read(0, 9)))"
    tools = await tools_of(
        f"""
import os, subprocess, sys, warnings
COMMAND = [sys.executable, "-c", {child!r}]
def run():
    os.execv(sys.executable, COMMAND)
def write():
    os.write(1, b"alone %r\\n%r" % (os.getsid(0) == os.getpid(), os.read(0, 9)))
    os._exit(0)
def starts():
    \"\"\"Starts a program.\"\"\"
    with warnings.catch_warnings(action="ignore") if sys.version_info >= (3, 12) else open(os.devnull):
        {FORKS[forks]}
    child and os.waitpid(child, 0)
"""
    )
    said = (await result(tools["starts"])).text
    assert said.split() == ["alone", "True", "b''"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
async def test_one_that_is_given_a_terminal_of_its_own_keeps_it(tools_of):
    tools = await tools_of(
        """
import os, pty, sys
def starts():
    \"\"\"Starts a program.\"\"\"
    child, terminal = pty.fork()
    if not child:
        os.write(1, b"%r" % os.isatty(0))
        os._exit(0)
    said = os.read(terminal, 99).decode()
    os.waitpid(child, 0)
    return said
"""
    )
    assert "True" in (await result(tools["starts"])).text


async def test_what_a_tool_asks_of_a_program_it_is_given(tools_of, capfd):
    tools = await tools_of(
        """
import os, subprocess, sys
def asks():
    \"\"\"Asks a program.\"\"\"
    command = [sys.executable, "-c", "print(input())"]
    given = subprocess.run(command, input="in", capture_output=True, text=True)
    failed = subprocess.run([sys.executable, "-c", "raise SystemExit(3)"]).returncode
    return given.stdout.strip(), failed, os.system("exit 3") == (3 << 8 if os.name == "posix" else 3)
"""
    )
    assert (await result(tools["asks"])).text == '["in", 3, true]'
    assert capfd.readouterr() == ("", "")


async def test_a_program_that_writes_without_end_neither_waits_nor_fills_the_memory(tools_of):
    tools = await tools_of(
        """
import subprocess, sys
def floods():
    \"\"\"Writes 20 MB.\"\"\"
    subprocess.run([sys.executable, "-c", "for _ in range(200): print('x' * 100_000)"])
    return "done"
"""
    )
    text = (await result(tools["floods"])).text
    assert text.startswith("done") and len(text) < 200_000


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/tty")
async def test_a_program_that_a_tool_starts_can_t_open_the_terminal_by_its_name(tools_of):
    tools = await tools_of(
        """
import os, subprocess, sys
def session():
    \"\"\"Its session.\"\"\"
    child = subprocess.run([sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())"],
                           stdout=subprocess.PIPE, text=True)
    return child.stdout.strip()
"""
    )
    assert (await result(tools["session"])).text == "True"


def test_programs_of_others_are_started_as_they_are(capfd):
    from tui.tools.outputs import caught_output

    with caught_output():
        pass
    subprocess.run([sys.executable, "-c", "print('ours')"], check=True)
    assert capfd.readouterr().out == "ours\n"


async def test_while_a_tool_prints_the_answer_of_another_thread_is_written(tools_of, capfd):
    tools = await tools_of(
        '''
import threading
begun, gate = threading.Event(), threading.Event()
def says():
    """Prints."""
    begun.set()
    gate.wait(10)
    print("tool")
def meanwhile():
    """Waits."""
    begun.wait(10)
def go():
    """Goes."""
    gate.set()
'''
    )
    call = asyncio.create_task(result(tools["says"]))
    await result(tools["meanwhile"])
    print("answer")
    other = threading.Thread(target=lambda: print("other"))
    other.start()
    other.join()
    sys.stdout.flush()
    await result(tools["go"])
    assert (await call).text == "tool"
    assert capfd.readouterr().out == "answer\nother\n"


async def test_what_it_returns_is_told_as_json_or_as_it_is(tools_of):
    tools = await tools_of(
        '''
from dataclasses import dataclass
from tui.tools.tool import Outcome
@dataclass
class Point:
    x: int
def a():
    """A."""
    return Point(1)
def b():
    """B."""
    return Outcome("bad", is_error=True)
def c():
    """C."""
'''
    )
    assert (await result(tools["a"])).text == '{"x": 1}'
    assert (await result(tools["b"])).is_error
    assert (await result(tools["c"])).text == "[done]"


async def test_an_installed_package_offers_one_by_an_entry_point(tmp_path, monkeypatch):
    (tmp_path / "pack.py").write_text('def f(a: int):\n    """Adds."""\n    return a + 1\n')
    monkeypatch.syspath_prepend(tmp_path)
    for value in ("pack:f", "pack"):
        (tool,) = await Package(EntryPoint("adds", value, "segue.tools")).tools()
        assert (await tool.call({"a": 1}, nothing)).text == "2"
    with pytest.raises(BrokenToolError, match="nowhere"):
        await Package(EntryPoint("x", "nowhere_at_all:f", "segue.tools")).tools()
