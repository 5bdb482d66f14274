"""Make the pictures of the README from the running app: ``python screenshots/make.py [NAME …]``.

The app, the engine, the history and the providers are the real ones; the models are a server on loopback that
speaks OpenAI's chat completions and answers with what stands in ``stage/``.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from textual.pilot import Pilot  # noqa: E402

from tui.app.app import SegueApp  # noqa: E402
from tui.chat.conversation import Bundle, Conversation, Node  # noqa: E402
from tui.chat.message import Message, Role, Status  # noqa: E402
from tui.chat.parts import Text, prompt_parts  # noqa: E402
from tui.cli.assemble import open_workspace  # noqa: E402
from tui.config import load_config  # noqa: E402
from tui.engine.project import Project, ProjectSettings  # noqa: E402
from tui.engine.start_options import StartOptions  # noqa: E402
from tui.engine.workspace import Workspace  # noqa: E402
from tui.paths import Paths  # noqa: E402
from tui.tools.mcp.elicitation import Entry, Form, Kind, Option, Visit  # noqa: E402

WIDE, NARROW, WIDEST, HUGE = (120, 40), (80, 24), (160, 50), (200, 50)
PATIENCE = 30.0
STAGE = HERE / "stage"
OTHERS = (
    ("Names for a small boat", 0.1),
    ("Reading a flame graph", 0.2),
    ("SQLite on a network disk", 1.1),
    ("Why bread needs salt", 1.2),
    ("Kyoto in four days", 5),
    ("A regex for ISO dates", 5.5),
    ("Rust lifetimes, slowly", 6),
    ("Letter to the landlord", 6.5),
    ("Tuning a bicycle wheel", 40),
    ("Notes on Rilke", 41),
    ("Bayes with three doors", 42),
)
QUESTION = "How do I put a time limit on an asyncio call without leaking its socket?"
LEAVES = "Why are leaves green, and need they be?"
NEXT = "And if the clean-up itself hangs?"


class Server:
    """The models: one answers in code and tables, one thinks first and then stops in the middle."""

    def __init__(self) -> None:
        self.url = ""
        self.hold = asyncio.Event()
        self.breaks = False
        self.texts = {"claude-opus-5": "begun"}
        """What a model says, by the name of a file in ``stage/``; the others give the answer."""
        self.picture = ""
        """The address of one that comes after the words."""
        self.calls: list[tuple[str, dict[str, object]]] = []
        """Tools that are called together by the next reply."""

    async def models(self, request: web.Request) -> web.Response:
        names = {"openai": ["gpt-6-sol", "gpt-6-sol-mini", "gpt-4o"], "anthropic": ["claude-opus-5"]}
        names |= {"ollama": ["gpt-oss:20b", "qwen3:8b"], "lab": ["big", "small"]}
        return web.json_response({"data": [{"id": name} for name in names[request.match_info["vendor"]]]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        model = (await request.json())["model"]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if self.calls:
            for place, (name, arguments) in enumerate(self.calls):
                function = {"name": name, "arguments": json.dumps(arguments)}
                call = {"index": place, "id": f"call_{place}", "type": "function", "function": function}
                await self._event(response, {"delta": {"tool_calls": [call]}})
            self.calls = []
            await self._event(response, {"delta": {}, "finish_reason": "tool_calls"})
            return response
        if model == "claude-opus-5":
            await self._event(response, {"delta": {"reasoning_content": "Cancelling only asks. " * 9}})
            await asyncio.sleep(1.2)
        name = "broken" if self.breaks and model == "claude-opus-5" else self.texts.get(model, "answer")
        text = (STAGE / f"{name}.md").read_text(encoding="utf-8").rstrip("\n")
        for start in range(0, len(text), 12):
            await self._event(response, {"delta": {"content": text[start : start + 12]}})
            await asyncio.sleep(0.01)
        if self.picture:
            image = {"type": "image_url", "image_url": {"url": self.picture}}
            await self._event(response, {"delta": {"images": [image]}})
        if model == "claude-opus-5":
            if not self.breaks:
                await self.hold.wait()
            if request.transport is not None:
                request.transport.abort()
            return response
        await self._event(response, {"delta": {}, "finish_reason": "stop"})
        if model in self.texts:
            usage = {"choices": [], "usage": {"prompt_tokens": 17, "completion_tokens": 126}}
            await response.write(b"data: " + json.dumps(usage).encode() + b"\n\n")
        return response

    async def _event(self, response: web.StreamResponse, choice: dict[str, object]) -> None:
        await response.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_get("/{vendor}/models", self.models)
        app.router.add_post("/{vendor}/chat/completions", self.chat)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            self.hold.set()
            await runner.cleanup()


def dusk() -> str:
    """Hills before a low sun, as a model would send them."""
    from PIL import Image, ImageDraw

    width, height = 640, 400
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line([(0, y), (width, y)], (20 + 150 * y // height, 60, 160 - 120 * y // height))
    draw.ellipse([380, 40, 540, 200], (255, 210, 90))
    draw.polygon([(0, 400), (224, 140), (448, 400)], (30, 80, 60))
    draw.polygon([(256, 400), (448, 200), (640, 400)], (20, 60, 50))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


class Stage:
    """One run of the app in a home of its own."""

    def __init__(self, app: SegueApp, pilot: Pilot[object], server: Server) -> None:
        self.app = app
        self.pilot = pilot
        self.server = server

    @property
    def text(self) -> str:
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)

    async def sees(self, *words: str) -> None:
        """Wait until all words stand on the screen."""
        async with asyncio.timeout(PATIENCE):
            while not all(word in self.text for word in words):
                if self.app._exception is not None:
                    raise self.app._exception
                await self.pilot.pause(0.05)

    async def type(self, text: str) -> None:
        await self.pilot.press(*("space" if c == " " else c for c in text))

    async def say(self, text: str) -> None:
        await self.type(text)
        await self.pilot.press("enter")

    async def first_answer(self) -> None:
        await self.say(QUESTION)
        await self.sees("ClientTimeout", "ready")

    async def switch(self) -> None:
        await self.pilot.press("ctrl+l")
        await self.sees("context")
        await self.type("opus")
        await self.pilot.press("enter")
        await self.sees("Ask, or /")

    async def asked(self, question: Form | Visit | Project) -> None:
        """Something is asked; nobody answers here."""
        features = self.app.main_screen.features
        assert features is not None
        asking = features.asking
        if isinstance(question, Project):
            asks = asking.join(question, "A project was found in")
        else:
            asks = asking.fill(question) if isinstance(question, Form) else asking.visit(question)
        self.waiting = asyncio.ensure_future(asks)

    async def begun(self) -> None:
        await self.first_answer()
        await self.switch()
        await self.say(NEXT)
        await self.sees("must not be cut in")


async def first_run(stage: Stage) -> None:
    await stage.sees("Begin with")
    await stage.pilot.pause(0.5)


async def chat(stage: Stage) -> None:
    await stage.begun()


async def pictures(stage: Stage) -> None:
    stage.server.texts["gpt-6-sol"] = "dusk"
    stage.server.picture = dusk()
    await stage.say("Hills at dusk, please, with a low sun")
    await stage.sees("▀", "picture.png", "ready")


async def picker(stage: Stage) -> None:
    await stage.first_answer()
    await stage.pilot.press("ctrl+l")
    await stage.sees("context")
    await stage.type("gpto")
    await stage.pilot.pause(0.3)


async def conversations(stage: Stage) -> None:
    await stage.first_answer()
    await stage.pilot.press("ctrl+r")
    await stage.sees("Conversations")
    await stage.pilot.press("tab")
    await stage.type("limit")
    await stage.sees("The limit covers")


async def failed(stage: Stage) -> None:
    stage.server.breaks = True
    await stage.first_answer()
    await stage.switch()
    await stage.say(NEXT)
    await stage.sees("retry")
    await stage.pilot.press("alt+up")
    await stage.pilot.pause(0.3)


async def compare(stage: Stage) -> None:
    stage.server.texts = {"gpt-6-sol": "leaves", "claude-opus-5": "noise"}
    stage.app.main_screen.run_command("title", "Leaves and light")
    await stage.sees("Leaves and light")
    await stage.type(LEAVES)
    await stage.pilot.press("ctrl+l")
    for name in ("sol", "opus"):
        await stage.type(name)
        await stage.pilot.press("tab")
    await stage.sees("send to 2 models")
    await stage.pilot.press("enter")
    await stage.sees("two unlike", "tok/s", "gpt-6-sol done")


async def tool(stage: Stage) -> None:
    await stage.first_answer()
    pages = (
        "docs.python.org/3/library/asyncio-task.html",
        "docs.aiohttp.org/en/stable/client_quickstart.html",
    )
    stage.server.calls = [("web_fetch", {"url": f"https://{page}"}) for page in pages]
    await stage.say("Does the library say so itself?")
    await stage.sees("wants to use web_fetch")
    await stage.pilot.pause(0.5)


async def tools_here(stage: Stage) -> None:
    await stage.say("/tools")
    await stage.sees("web_fetch", "convert_time")
    await stage.pilot.pause(0.3)


async def servers_of_tools(stage: Stage) -> None:
    await stage.say("/tools")
    await stage.sees("convert_time")
    await stage.pilot.press("escape")
    await stage.say("/mcp")
    await stage.sees("time", "ready")
    await stage.pilot.pause(0.3)


async def form_of_a_server(stage: Stage) -> None:
    await stage.first_answer()
    entries = (
        Entry("city", "City", required=True, default="Kyoto"),
        Entry("nights", "Nights", Kind.WHOLE, "Between one and fourteen", required=True, least=1, most=14),
        Entry("window", "A room to the garden", Kind.YES_NO, default=True),
        Entry("bed", "Bed", Kind.ONE, options=(Option("futon", "Futon"), Option("bed", "Bed"))),
    )
    await stage.asked(Form("travel", "To look for a room I need to know a few things.", entries))
    await stage.sees("travel asks", "Nights")
    await stage.pilot.press("down")
    await stage.pilot.pause(0.5)


async def address_of_a_server(stage: Stage) -> None:
    os.environ.setdefault("DISPLAY", ":0")  # where a browser can be reached, it is offered
    await stage.first_answer()
    url = "https://pay.travel.example/session/4f1c?return=https%3A%2F%2Ftravel.example%2Fdone"
    await stage.asked(Visit("travel", "The deposit is paid on this page.", url))
    await stage.sees("wants you to open an address")
    await stage.pilot.pause(0.5)


async def settings_and_keys(stage: Stage) -> None:
    await stage.pilot.press("f10")
    await stage.sees("Type to find a setting")
    await stage.pilot.press(*["down"] * 2)
    await stage.pilot.pause(0.3)


async def sheet_of_a_chat(stage: Stage) -> None:
    await stage.first_answer()
    personas = stage.app.workspace.paths.personas
    personas.mkdir()
    about = "description: Says what is wrong before what is right\nparameters:\n  temperature: 0.2\n"
    text = "You review what you are shown.\nSay first what is wrong with it, then what could be simpler."
    (personas / "reviewer.md").write_text(f"---\n{about}---\n{text}\n", encoding="utf-8")
    await stage.say("/persona reviewer")
    await stage.sees("system, parameters")
    await stage.pilot.press("alt+e", "alt+e", "ctrl+o")
    await stage.sees("so far", "reviewer", "0 to 2")
    await stage.pilot.press(*["down"] * 5)
    await stage.pilot.pause(0.3)


async def project_of_a_folder(stage: Stage) -> None:
    await stage.first_answer()
    said = ProjectSettings(
        model="anthropic/claude-opus-5",
        persona="baker",
        system="This is a book on bread for people who have never baked.\n"
        "Weights are in grams, times in hours, and each step says what it is for.\n\n"
        "Ask before you change a recipe: all of them were baked.",
        files=("README.md", "style.md", "recipes/**/*.md"),
        tools=("read_file", "notes"),
    )
    project = Project(Path("/home/ada/bread"), "", said)
    await stage.asked(project)
    await stage.sees("A project was found", "were baked")
    await stage.pilot.pause(0.5)


async def prompt_with_variables(stage: Stage) -> None:
    await stage.first_answer()
    prompts = stage.app.workspace.paths.prompts
    prompts.mkdir()
    language = "language: { description: into which, choices: [German, French, Japanese] }"
    matter = f"description: Translates what follows\nvariables:\n  {language}\n  tone: friendly\n"
    (prompts / "translate.md").write_text(f"---\n{matter}---\nInto {{language}}: {{input}}", encoding="utf-8")
    await stage.say("/translate The limit covers the whole exchange")
    await stage.sees("Translates what follows")
    await stage.type("Jap")
    await stage.pilot.pause(0.3)


async def key_that_is_pressed(stage: Stage) -> None:
    await stage.pilot.press("f10")
    await stage.sees("Type to find a setting")
    await stage.type("keys.sidebar")
    await stage.pilot.press("enter")
    await stage.sees("Press the key")
    await stage.pilot.press("ctrl+n")
    await stage.sees("already the key")


async def server_that_answers(stage: Stage) -> None:
    await stage.say(f"/connect {stage.server.url}/lab/chat/completions")
    await stage.sees("Address")
    await stage.pilot.press("tab", "tab", "ctrl+u", *"lab", "enter")
    await stage.sees("Kept as lab")


async def wide(stage: Stage) -> None:
    stage.server.texts = {"gpt-6-sol": "wide"}
    await stage.say("How do the libraries set a limit?")
    await stage.sees("Short code stays", "ready")


SCENES: dict[str, tuple[Callable[[Stage], Awaitable[None]], tuple[int, int], str]] = {
    "first-run": (first_run, WIDE, "segue-dark"),
    "chat-dark": (chat, WIDE, "segue-dark"),
    "chat-light": (chat, WIDE, "segue-light"),
    "chat-80x24": (chat, NARROW, "segue-dark"),
    "pictures": (pictures, WIDE, "segue-dark"),
    "pictures-80x24": (pictures, NARROW, "segue-light"),
    "compare": (compare, WIDE, "segue-dark"),
    "picker": (picker, WIDE, "segue-dark"),
    "conversations": (conversations, WIDE, "segue-dark"),
    "failed": (failed, WIDE, "segue-dark"),
    "tool": (tool, WIDE, "segue-dark"),
    "tool-80x24": (tool, NARROW, "segue-light"),
    "tools": (tools_here, WIDE, "segue-dark"),
    "tools-80x24": (tools_here, NARROW, "segue-light"),
    "servers": (servers_of_tools, WIDE, "segue-light"),
    "servers-80x24": (servers_of_tools, NARROW, "segue-dark"),
    "form": (form_of_a_server, WIDE, "segue-dark"),
    "form-80x24": (form_of_a_server, NARROW, "segue-light"),
    "address": (address_of_a_server, WIDE, "segue-light"),
    "address-80x24": (address_of_a_server, NARROW, "segue-dark"),
    "settings": (settings_and_keys, WIDEST, "segue-dark"),
    "settings-light": (settings_and_keys, WIDEST, "segue-light"),
    "settings-80x24": (settings_and_keys, NARROW, "segue-dark"),
    "options": (sheet_of_a_chat, WIDE, "segue-dark"),
    "options-light": (sheet_of_a_chat, WIDEST, "segue-light"),
    "options-80x24": (sheet_of_a_chat, NARROW, "segue-dark"),
    "options-80x24-light": (sheet_of_a_chat, NARROW, "segue-light"),
    "project": (project_of_a_folder, WIDE, "segue-dark"),
    "project-80x24": (project_of_a_folder, NARROW, "segue-light"),
    "variables": (prompt_with_variables, WIDE, "segue-dark"),
    "variables-80x24": (prompt_with_variables, NARROW, "segue-light"),
    "settings-key": (key_that_is_pressed, NARROW, "segue-light"),
    "wide": (wide, HUGE, "segue-dark"),
    "wide-light": (wide, WIDEST, "segue-light"),
    "connect": (server_that_answers, WIDEST, "segue-dark"),
    "connect-80x24": (server_that_answers, NARROW, "segue-light"),
}


def settings(server: Server, theme: str, name: str) -> str:
    """The config of a scene; the first run has no model chosen."""
    model = "" if name == "first-run" else 'model = "openai/gpt-6-sol"\n'
    rows = [
        f'[providers.{vendor}]\ntype = "openai"\nurl = "{server.url}/{vendor}"\n'
        for vendor in ("openai", "anthropic", "ollama")
    ]
    tools = '[tools]\nuse = ["web_fetch"]\n'
    if name.startswith(("tools", "servers")):
        tools += '[mcp.time]\ncommand = "mcp-server-time"\n'
    return f'{model}theme = "{theme}"\n{tools}' + "".join(rows)


async def fill(workspace: Workspace) -> None:
    """Conversations of other days."""
    now = datetime.now(UTC)
    bundles = []
    for title, days in OTHERS:
        when = now - timedelta(days=days)
        prompt = Message(1, 0, None, Role.USER, prompt_parts(f"{title}?"), created_at=when)
        said = (Text("There is a limit to it."),)
        reply = Message(2, 0, 1, Role.ASSISTANT, said, "openai/gpt-4o", Status.COMPLETE)
        reply.created_at = reply.finished_at = when
        conversation = Conversation(0, title, when, when, leaf=2, model="openai/gpt-4o", titled=True)
        conversation.add([Node.of(prompt), Node.of(reply)])
        bundles.append(Bundle(conversation, [prompt, reply]))
    await workspace.store.add_conversations(bundles)


def self_contained(svg: str) -> str:
    """The picture without the web fonts that it would fetch; every system has a font of fixed width."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "monospace")


async def shoot(name: str) -> None:
    """Play one scene and keep its picture."""
    scene, size, theme = SCENES[name]
    server = Server()
    async with server.serving():
        with tempfile.TemporaryDirectory() as home:
            paths = Paths(*(Path(home, part) for part in ("config", "data", "cache", "log")))
            paths.config.mkdir()
            paths.config_file.write_text(settings(server, theme, name), encoding="utf-8")
            config = load_config(paths.config_file)

            async def opened() -> Workspace:
                workspace = await open_workspace(paths, config)
                if name != "first-run":
                    await fill(workspace)
                await workspace.catalogue.refresh(["openai", "anthropic", "ollama"])
                return workspace

            app = SegueApp(config, opened, StartOptions())
            async with app.run_test(size=size) as pilot:
                stage = Stage(app, pilot, server)
                if name != "first-run":
                    await stage.sees("Ask, or /", "gpt-6-sol")
                await scene(stage)
                (HERE / f"{name}.svg").write_text(self_contained(app.export_screenshot()), encoding="utf-8")
                await pilot.press("ctrl+q")
    print(f"screenshots/{name}.svg")


def main() -> None:
    """Make all pictures, or those that are named."""
    for variable in [name for name in os.environ if name.endswith("_API_KEY")]:
        del os.environ[variable]
    for name in sys.argv[1:] or SCENES:
        asyncio.run(shoot(name))


if __name__ == "__main__":
    main()
