"""A server of tools that writes down what it carries out: ``python ledger_server.py FILE``.

A line is in the file before the answer leaves, so the file tells what was done whoever is killed.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

FILE = sys.argv[1]
TOOL = {
    "name": "do",
    "inputSchema": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "takes": {"type": "number"}},
        "required": ["name"],
    },
}


def answer(message: dict[str, Any]) -> dict[str, Any]:
    match message["method"]:
        case "initialize":
            version = message["params"]["protocolVersion"]
            about = {"name": "ledger", "version": "1"}
            return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": about}
        case "tools/list":
            return {"tools": [TOOL]}
        case "tools/call":
            given = message["params"]["arguments"]
            time.sleep(given.get("takes", 0))
            with open(FILE, "a", encoding="utf-8") as file:
                file.write(f"{given['name']}\n")
            return {"content": [{"type": "text", "text": f"gave {given['name']}"}]}
        case _:
            return {}


for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked and asked.get("method") != "server/discover":
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": answer(asked)}), flush=True)
    elif "id" in asked:
        error = {"code": -32601, "message": "Method not found"}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}), flush=True)
