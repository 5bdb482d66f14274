"""A server of the Model Context Protocol that goes wrong in every way: raw JSON-RPC, nothing but Python.

Run as ``python fault_server.py LOG [FLAG …]``; each tool and each flag is one fault. LOG is a file to which
it writes what it received, a method a line.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

LOG = sys.argv[1]
FLAGS = set(sys.argv[2:])
OUT = sys.stdout.buffer
LOCK = threading.Lock()
WAITING: dict[Any, threading.Event] = {}
ASKED: dict[Any, tuple[Any, str]] = {}


def log(words: str) -> None:
    with open(LOG, "a", encoding="utf-8") as file:
        file.write(f"{words}\n")


def raw(data: bytes) -> None:
    with LOCK:
        OUT.write(data)
        OUT.flush()


def send(message: dict[str, Any]) -> None:
    raw(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def answer(request: Any, result: dict[str, Any]) -> None:
    send({"id": request, "result": result})


def text(request: Any, words: str, **more: Any) -> None:
    answer(request, {"content": [{"type": "text", "text": words}], **more})


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object", "properties": {}}, **more}


NAMES = [
    "echo",
    "crash",
    "hang",
    "garbage",
    "bad-utf8",
    "lone-surrogate",
    "huge",
    "huge-id-last",
    "no-answer-shape",
    "unknown-block",
    "schema",
    "structured",
    "error",
    "progress",
    "silent-progress",
    "form",
    "visit",
    "visit-needed",
    "child",
    "flood",
    "env",
    "refuse",
    "deep",
    "links",
    "picture",
    "broken-picture",
    "audio",
    "close-stdout",
    "big",
    "slow-form",
]


def tools() -> list[Any]:
    listed: list[Any] = [tool(name) for name in NAMES if name != "schema"]
    listed.append(
        tool(
            "schema",
            outputSchema={"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
        )
    )
    listed.append(tool("as-a-task", execution={"taskSupport": "required"}))
    listed.append(tool("odd", description=7, annotations="no", icons=3))
    odd = {
        "$schema": 5,
        "properties": {"a": {"type": "string"}, "b": 5, "c": True},
        "required": ["a", 5, None],
    }
    listed.append({"name": "odd arguments", "inputSchema": {"type": ["object"], **odd}})
    listed.append({"name": "no arguments", "inputSchema": {"properties": [], "required": "a"}})
    listed.append({"name": "no schema"})
    listed.append({"inputSchema": {}})
    listed.append("no tool at all")
    listed.append(
        tool("reads", annotations={"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False})
    )
    if "changed" in FLAGS and os.path.exists(f"{LOG}.changed"):
        listed.append(tool("new"))
    return listed


def call(request: Any, name: str, arguments: dict[str, Any], token: Any) -> None:  # noqa: C901 (a table)
    match name:
        case "echo":
            text(request, json.dumps(arguments, ensure_ascii=False))
        case "crash":
            print("out of cheese", file=sys.stderr, flush=True)
            os._exit(3)
        case "close-stdout":
            os.close(1)
        case "hang":
            WAITING[request] = threading.Event()
        case "garbage":
            raw(b"Listening on nothing \x1b[31m\n\n{broken\n[1,2]\n")
            text(request, "after garbage")
        case "bad-utf8":
            raw(
                b'{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"a\xff\xfeb"}]}}\n'
                % json.dumps(request).encode()
            )
        case "lone-surrogate":
            raw(
                b'{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"a\\ud83db"}]}}\n'
                % json.dumps(request).encode()
            )
        case "huge":
            raw(
                b'{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"'
                % json.dumps(request).encode()
            )
            for _ in range(100):
                raw(b"x" * 100_000)
            raw(b'"}]}}\n')
        case "huge-id-last":
            raw(b'{"result":{"content":[{"type":"text","text":"' + b"x" * 9_000_000)
            raw(b'"}]},"jsonrpc":"2.0","id":%s}\n' % json.dumps(request).encode())
        case "big":
            text(request, "y" * 3_000_000)
        case "no-answer-shape":
            send({"id": request, "result": {"content": 5, "isError": "perhaps"}})
        case "deep":
            raw(b'{"jsonrpc":"2.0","id":%s,"result":' % json.dumps(request).encode() + b"[" * 200_000 + b"\n")
            text(request, "not so deep")
        case "unknown-block":
            answer(
                request,
                {
                    "content": [
                        {"type": "text", "text": "seen"},
                        {"type": "hologram"},
                        7,
                        {"type": "image", "data": 1},
                    ]
                },
            )
        case "schema":
            text(request, "no number", structuredContent={"n": "seven"})
        case "structured":
            answer(request, {"content": [], "structuredContent": {"answer": 42}})
        case "error":
            text(request, "it went \x1b[31mwrong", isError=True)
        case "refuse":
            send({"id": request, "error": {"code": -32602, "message": "not \x1b]0;like this"}})
        case "progress" | "silent-progress":
            for step in range(10):
                send(
                    {
                        "method": "notifications/progress",
                        "params": {
                            "progressToken": token,
                            "progress": step,
                            "total": 10,
                            "message": f"step {step}\x1b",
                        },
                    }
                )
                time.sleep(arguments.get("pause", 0.1))
            text(request, "done at last")
        case "form" | "slow-form":
            ASKED[f"ask-{request}"] = (request, "form")
            send(
                {
                    "id": f"ask-{request}",
                    "method": "elicitation/create",
                    "params": {
                        "mode": "form",
                        "message": "Who are \x1b[31myou?",
                        "requestedSchema": {
                            "type": "object",
                            "required": ["name"],
                            "properties": {
                                "name": {"type": "string", "title": "Name", "minLength": 2},
                                "age": {"type": "integer", "minimum": 0},
                                "colour": {
                                    "type": "string",
                                    "enum": ["r", "g"],
                                    "enumNames": ["red", "green"],
                                },
                                "sure": {"type": "boolean", "default": True},
                            },
                        },
                    },
                }
            )
        case "visit":
            ASKED[f"ask-{request}"] = (request, "url")
            send(
                {
                    "id": f"ask-{request}",
                    "method": "elicitation/create",
                    "params": {
                        "mode": "url",
                        "message": "Open this",
                        "elicitationId": "e1",
                        "url": arguments.get("url", "https://example.com/consent"),
                    },
                }
            )
        case "visit-needed":
            if ASKED.pop("opened", None):
                text(request, "welcome")
            else:
                ASKED["opened"] = (request, "")
                send(
                    {
                        "id": request,
                        "error": {
                            "code": -32042,
                            "message": "open it first",
                            "data": {
                                "elicitations": [
                                    {
                                        "mode": "url",
                                        "message": "Consent",
                                        "url": "https://example.com/c",
                                        "elicitationId": "e2",
                                    }
                                ]
                            },
                        },
                    }
                )
        case "child":
            child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdin=subprocess.DEVNULL)
            text(request, str(child.pid))
        case "flood":
            for _ in range(20_000):
                sys.stderr.write("\x1b[2J a line of noise \u202e that is long enough to fill a pipe soon\n")
            sys.stderr.write("the last line\n")
            sys.stderr.flush()
            text(request, "flooded")
        case "env":
            text(request, json.dumps(dict(os.environ)))
        case "links":
            answer(
                request,
                {
                    "content": [
                        {"type": "resource_link", "uri": "https://example.com/a.txt", "name": "a"},
                        {"type": "resource", "resource": {"uri": "memo:///note.txt", "text": "a note"}},
                        {"type": "resource", "resource": {"uri": "memo:///pic.png", "blob": PNG}},
                        {"type": "resource", "resource": {"uri": "memo:///x.bin", "blob": "AAEC"}},
                    ]
                },
            )
        case "picture":
            answer(request, {"content": [{"type": "image", "data": PNG, "mimeType": "image/png"}]})
        case "broken-picture":
            answer(request, {"content": [{"type": "image", "data": "%%%", "mimeType": "image/png"}]})
        case "audio":
            answer(request, {"content": [{"type": "audio", "data": "UklGRg==", "mimeType": "audio/wav"}]})
        case "new":
            text(request, "new indeed")
        case _:
            send({"id": request, "error": {"code": -32602, "message": f"no tool {name}"}})


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def page(request: Any, cursor: str | None) -> None:
    if "endless" in FLAGS:
        answer(request, {"tools": [tool("same")], "nextCursor": "again"})
    elif "many-pages" in FLAGS:
        number = int(cursor or 0)
        answer(request, {"tools": [tool(f"t{number}_{i}") for i in range(30)], "nextCursor": str(number + 1)})
    elif "500" in FLAGS:
        number = int(cursor or 0)
        more = {"nextCursor": str(number + 1)} if number < 9 else {}
        answer(request, {"tools": [tool(f"tool{number * 50 + i}") for i in range(50)], **more})
    else:
        answer(request, {"tools": tools()})


def request(message: dict[str, Any]) -> None:  # noqa: C901 (a table)
    number, method, params = message["id"], message["method"], message.get("params") or {}
    match method:
        case "server/discover" if "exits-on-discover" in FLAGS:
            os._exit(1)
        case "server/discover" if "ignores-discover" in FLAGS:
            return
        case "initialize":
            answer(
                number,
                {
                    "protocolVersion": "2025-06-18",
                    "serverInfo": {"name": "faults\x1b[31m", "version": "1"},
                    "instructions": "Use \x1b[31mme well. " + "z" * 3000,
                    "capabilities": {
                        "tools": {"listChanged": True},
                        "resources": {},
                        "prompts": {},
                        "completions": {},
                    },
                },
            )
        case "tools/list":
            page(number, params.get("cursor"))
        case "tools/call":
            token = (params.get("_meta") or {}).get("progressToken")
            work = (number, params["name"], params.get("arguments") or {}, token)
            threading.Thread(target=call, args=work, daemon=True).start()
        case "resources/list":
            answer(
                number,
                {
                    "resources": [
                        {"uri": "memo:///note.txt", "name": "note\x1b[31m", "size": 6, "mimeType": 5},
                        5,
                    ]
                },
            )
        case "resources/templates/list":
            answer(number, {"resourceTemplates": [{"uriTemplate": "memo:///{name}.txt", "name": "memo"}]})
        case "resources/read" if params["uri"].endswith("huge"):
            answer(number, {"contents": [{"uri": params["uri"], "text": "x" * 1_000_001}]})
        case "resources/read" if params["uri"].endswith("none"):
            answer(number, {"contents": [{"uri": params["uri"], "blob": "AAEC"}]})
        case "resources/read":
            answer(number, {"contents": [{"uri": params["uri"], "text": "a note", "mimeType": "text/plain"}]})
        case "prompts/list" if "more-prompts" in FLAGS:
            draw = {
                "name": "Draw It",
                "title": "A picture\x1b[31m",
                "arguments": [{"name": "what"}, {"name": "how"}],
            }
            answer(number, {"prompts": [{"name": "greet", "arguments": [{"name": "who"}]}, draw]})
        case "prompts/get" if params["name"] == "Draw It":
            given = json.dumps(params.get("arguments") or {}, sort_keys=True)
            contents = [
                {"type": "text", "text": f"/quit {given}\x1b[31m"},
                {"type": "image", "data": PNG, "mimeType": "image/png"},
                {"type": "resource", "resource": {"uri": "memo:///a.txt", "text": "a note"}},
            ]
            answer(number, {"messages": [{"role": "user", "content": each} for each in contents]})
        case "prompts/list":
            answer(
                number,
                {"prompts": [{"name": "greet", "arguments": [{"name": "who", "required": True}, 3]}, {}]},
            )
        case "prompts/get":
            who = params["arguments"]["who"]
            answer(
                number,
                {
                    "messages": [
                        {"role": "user", "content": {"type": "text", "text": f"Greet {who}."}},
                        {"role": "system", "content": {"type": "smell"}},
                    ]
                },
            )
        case "completion/complete":
            answer(number, {"completion": {"values": [params["argument"]["value"] + "more"]}})
        case _:
            send({"id": number, "error": {"code": -32601, "message": "Method not found"}})


def main() -> None:  # noqa: C901 (a table)
    log(f"started {os.getpid()}")
    if "slow-start" in FLAGS:
        print("still warming up", file=sys.stderr, flush=True)
        threading.Event().wait()
    if "slow-start-once" in FLAGS and not os.path.exists(f"{LOG}.once"):
        open(f"{LOG}.once", "w").close()
        threading.Event().wait()
    if "closes-stdout-and-stays" in FLAGS:
        os.close(sys.stdout.fileno())
        threading.Event().wait()
    if "exits" in FLAGS:
        print("I need \x1b[31ma token", file=sys.stderr, flush=True)
        sys.exit(2)
    if "stubborn" in FLAGS:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "banner" in FLAGS:
        raw(b"Welcome!\n")
    if "no-newline" in FLAGS:
        while True:
            raw(b"x" * 65536)
    for line in sys.stdin.buffer:
        message = json.loads(line)
        log(message.get("method") or f"answered {json.dumps(message.get('result', message.get('error')))}")
        if "changed" in FLAGS and message.get("method") == "tools/call":
            open(f"{LOG}.changed", "w").close()
            send({"method": "notifications/tools/list_changed"})
        if "method" in message and "id" in message:
            request(message)
        elif message.get("method") == "notifications/initialized" and "changes" in FLAGS:
            for _ in range(2000):
                send({"method": "notifications/tools/list_changed"})
        elif message.get("method") == "notifications/initialized" and "asks-unasked" in FLAGS:
            send(
                {
                    "id": "unasked",
                    "method": "elicitation/create",
                    "params": {
                        "mode": "form",
                        "message": "Your password?",
                        "requestedSchema": {"type": "object", "properties": {}},
                    },
                }
            )
        elif message.get("id") in ASKED:
            asked, _ = ASKED.pop(message["id"])
            text(asked, json.dumps(message.get("result") or message.get("error")))
    if "stubborn" in FLAGS:
        threading.Event().wait()


main()
