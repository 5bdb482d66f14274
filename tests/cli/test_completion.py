"""The shells complete the command line: what is typed, and what there is to name."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.cli.completion import SHELLS
from tui.cli.main import COMMANDS
from tui.history.sqlite.history import open_history

if sys.platform == "win32":
    pytest.skip("there are no such shells on Windows", allow_module_level=True)

import pyte

PROGRAM = Path(sys.executable).with_name("segue")
PATIENCE = 30.0
STARTS = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i"),
}
TAUGHT = {
    "bash": "bind 'set show-all-if-ambiguous on'; eval \"$(segue completion bash)\"",
    "zsh": 'autoload -U compinit && compinit -u -D; eval "$(segue completion zsh)"',
    "fish": "segue completion fish | source",
}
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not installed here")


@pytest.fixture
def filled(lab):
    """A home with models, a prompt and two conversations."""
    settings = lab.config.read_text().replace('["big", "small"]', '["big", "small", "qwen3:8b"]')
    lab.configure(f'{settings}\n[mcp.notes]\ncommand = "notes-server"\ntools = ["add"]\n')
    tools = lab.config.parent / "tools"
    tools.mkdir()
    (tools / "mine.py").write_text('def note_down(text: str):\n    """Notes it."""\n\ndef nothing(): ...\n')
    prompts = lab.config.parent / "prompts"
    prompts.mkdir()
    (prompts / "fix.md").write_text("Mend this: {input}")
    personas = lab.config.parent / "personas"
    personas.mkdir()
    (personas / "poet.md").write_text("In verse.")
    skill = lab.path / ".agents" / "skills" / "commit"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text("---\nname: commit\ndescription: Writes one\n---\nWrite one.")
    asyncio.run(keep_conversations(lab.history, "Kyoto in four days", "Bread & salt"))
    return lab


async def keep_conversations(path: Path, *titles: str) -> None:
    history = await open_history(path)
    for title in titles:
        conversation = await history.create_conversation(model="lab/big", title=title)
        await history.add_message(conversation.id, None, Role.USER, prompt_parts(title))
    await history.close()


# -- what the shell is answered
@pytest.fixture
def offered(filled) -> Callable[[str], list[str]]:
    """What is offered behind a line."""

    def offered(line: str) -> list[str]:
        asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_SHELL": "fish", "_ARGCOMPLETE_IFS": "\n"}
        asked |= {"_ARGCOMPLETE_SUPPRESS_SPACE": "1", "_ARGCOMPLETE_DFS": "\t", "COMP_TYPE": ""}
        asked |= {"COMP_LINE": line, "COMP_POINT": str(len(line.encode()))}
        answer = filled.path / "answer"
        answer.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-m", "tui"],
            env={**filled.env, **asked, "_ARGCOMPLETE_STDOUT_FILENAME": str(answer)},
            cwd=Path(__file__).parents[2],
            timeout=60,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return [row.partition("\t")[0] for row in answer.read_text().splitlines()]

    return offered


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("segue ", {*COMMANDS}),
        ("segue mod", {"models"}),
        ("segue --o", {"--open"}),
        ("segue ask --mo", {"--model"}),
        ("segue ask -m lab/", {"lab/big", "lab/small", "lab/qwen3:8b"}),
        ("segue -m lab/q", {"lab/qwen3:8b"}),
        ("segue history re", {"rename"}),
        ("segue history export --format ", {"md", "json", "html"}),
        ("segue history show ky", {"Kyoto in four days"}),
        ("segue history show 1", {"1"}),
        ("segue --open Br", {"Bread & salt"}),
        ("segue keys set anthr", {"anthropic"}),
        ("segue config get auto_", {"auto_title"}),
        ("segue config set vim ", {"true", "false"}),
        ("segue config set providers.lab.type ge", {"gemini"}),
        ("segue ask /", {"/fix", "/commit"}),
        ("segue ask -p ", {"poet"}),
        ("segue --persona po", {"poet"}),
        ("segue config set theme segue-l", {"segue-light"}),
        ("segue config set theme nor", {"nord"}),
        ("segue config set tools.use web", {"web_fetch"}),
        ("segue ask --tool no", {"note_down", "notes", "notes__add"}),
        ("segue ask --yes-tool no", {"note_down", "notes__add"}),
        ("segue ask --yes-tool notes", {"notes__add"}),
        ("segue mcp test ", {"notes"}),
        ("segue mcp login n", {"notes"}),
        ("segue local pull smol", {"smollm2-135m"}),
        ("segue completion ", {*SHELLS}),
        ("segue nonsense and ", set()),
    ],
)
def test_what_is_offered(offered, line, words):
    assert set(offered(line)) == words


def test_nothing_is_made_where_there_is_no_history_yet(home):
    environment = {**home.env, "_ARGCOMPLETE": "1", "COMP_LINE": "segue --open ", "COMP_POINT": "13"}
    answer = home.path / "answer"
    environment["_ARGCOMPLETE_STDOUT_FILENAME"] = str(answer)
    subprocess.run(
        [sys.executable, "-m", "tui"], env=environment, cwd=Path(__file__).parents[2], check=True, timeout=60
    )
    assert answer.read_text() == "" and not home.history.exists() and not home.config.exists()


# -- real shells
class Shell:
    """A shell in a pseudo-terminal, and what stands there."""

    def __init__(self, name: str, env: dict[str, str], folder: Path) -> None:
        import fcntl
        import pty
        import termios

        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (40, 120))
        self.process = subprocess.Popen(
            STARTS[name],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={
                **env,
                "PATH": f"{PROGRAM.parent}{os.pathsep}{env['PATH']}",
                "TERM": "xterm",
                "PS1": "ready> ",
            },
            cwd=folder,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def see(self, *words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not all(word in self.text for word in words):
            assert time.monotonic() < deadline, f"not seen: {words}\n{self.text}"
            if select.select([self._master], [], [], 0.2)[0]:
                data = os.read(self._master, 65536)
                if b"\x1b[c" in data or b"\x1b[0c" in data:
                    self.type("\x1b[?62c")  # what a terminal says of itself when fish asks
                self._stream.feed(data)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture(params=list(STARTS))
def shell(request, filled, tmp_path) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} here")
    opened = Shell(request.param, filled.env, tmp_path)
    opened.type(f"{TAUGHT[request.param]}; echo ta''ught\n")
    opened.see("taught")
    yield opened
    opened.close()


def test_a_real_shell_completes_commands_models_and_titles(shell):
    shell.type("segue mod\t")
    shell.see("segue models")
    shell.type("\x15segue ask -m lab/qw\t")
    shell.see("segue ask -m lab/qwen3:8b")
    shell.type("\x15segue history export Kyo\t")
    shell.see("Kyoto\\ in\\ four\\ days")
    shell.type("\n")
    shell.see("# Kyoto in four days")  # and the whole line means that conversation


def test_a_real_shell_lists_what_may_follow(shell):
    shell.type("segue config set vi\t")
    shell.see("segue config set vim")
    shell.type("\x15segue history \t\t")
    shell.see("rename", "undelete", "export")


def test_the_line_that_turns_it_on_is_told(home):
    told = home.segue("completion", "--help").stdout
    assert all(line in told for _, line in SHELLS.values())
    assert "Traceback" not in home.segue("completion", "tcsh", code=2).stderr
