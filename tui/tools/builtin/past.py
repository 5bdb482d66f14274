"""``search_history``: what was said in earlier conversations; temporary ones are kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from tui.chat.conversation import SearchHit
from tui.checked import count, text
from tui.errors import SegueError
from tui.text import one_line
from tui.tools.tool import Outcome, Progress, Step, ToolSpec

MOST = 20
"""Hits that are given at once."""


class History(Protocol):
    """The part of a history that finds."""

    async def search(self, query: str, *, limit: int = 50, offset: int = 0) -> Sequence[SearchHit]:
        """Full-text search, newest first. Any typed text is safe."""
        ...


SEARCH_HISTORY = ToolSpec(
    server="",
    name="search_history",
    description=(
        "Searches the person's earlier conversations in this program. All words must be there; "
        '"a phrase" in quotes; after:2026-01-01 and before:2026-02-01 limit the time, in:title looks at '
        "titles alone. Gives titles and the places where the words stand, newest first."
    ),
    schema={
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "Words that must be there"},
            "skip": {
                "type": "integer",
                "minimum": 0,
                "description": f"Hits to skip; {MOST} come at once",
            },
        },
        "required": ["query"],
    },
    read_only=True,
    destructive=False,
    open_world=False,
)


class SearchHistory(Struct, frozen=True):
    """The tool."""

    history: History
    origin: str = "Segue"
    spec: ToolSpec = SEARCH_HISTORY

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """Nothing: it stays on this machine, with whoever has the conversation."""
        return None

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Search."""
        query, skip = text(arguments.get("query")).strip(), count(arguments.get("skip")) or 0
        progress(Step(one_line(query, 80)))
        if not query:
            return Outcome("There is nothing to search for", is_error=True)
        try:
            hits = await self.history.search(query, limit=MOST + 1, offset=skip)
        except SegueError as error:
            return Outcome(str(error), is_error=True)
        lines = [_line(hit) for hit in hits[:MOST]]
        more = [f"[there are more: skip {skip + MOST}]"] if len(hits) > MOST else []
        return Outcome("\n\n".join([*lines, *more]) or "Nothing was found")


def _line(hit: SearchHit) -> str:
    who = f", {hit.role}" if hit.role else ""
    title = one_line(hit.title, 200) or "untitled"
    return "\n".join(filter(None, (f"{title} ({hit.updated_at:%Y-%m-%d}{who})", hit.snippet.strip())))
