"""What stands in the list of conversations: titles by day, or the hits of a full-text search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from tui.app.conversations.conversation_rows import SummaryRow, grouped
from tui.app.lists.listing import Loaded
from tui.app.lists.row_list import Heading, Row, Sentence
from tui.chat.conversation import SearchHit, Summary
from tui.dates import day_group
from tui.history.query import ASK, Query, parse
from tui.history.store import HistoryStore, ListFilter
from tui.text import counted

PAGE = 100
HITS = 60


class Titles:
    """Conversations, newest first, by day; a page at a time."""

    placeholder = "Type to filter by title, model: tag: from: before: after:"

    def __init__(
        self,
        store: HistoryStore,
        today: Callable[[], date],
        live: Mapping[int, str],
        unread: frozenset[int],
        asking: frozenset[int],
        heading: str = "Conversations",
        view: ListFilter | None = None,
    ) -> None:
        self.heading = heading
        self._store = store
        self._today = today
        self._live = live
        self._unread = unread
        self._asking = asking
        self._view = view or ListFilter()

    async def load(self, text: str, at_least: int) -> Loaded:
        """The newest conversations whose titles fit."""
        chosen = self._filter(text)
        found = await self._store.count_conversations(chosen)
        every = replace(self._view, begun_by=None)
        total = await self._store.count_conversations(every) if text.strip() else found
        note = f"{found:,} of {total:,}" if text.strip() else f"{total:,}"
        page = await self._page(chosen, max(at_least, PAGE), 0)
        apart = await self._apart(text)
        if not page.rows:
            words = "No title fits. The full text may have it." if total else "Nothing is here yet."
            return Loaded([Sentence(words), *apart], 0, False, note)
        return Loaded([*apart, *page.rows], page.count, page.more, note)

    async def _apart(self, text: str) -> list[Row]:
        """How those are found that nobody wrote in: without a filter they are not among the others."""
        if text.strip() or self._view.archived or self._view.deleted:
            return []
        count = await self._store.count_conversations(replace(self._view, begun_by=ASK))
        return (
            [Sentence(f"{counted(count, 'question')} of segue ask: type from:ask"), Sentence()]
            if count
            else []
        )

    async def extend(self, text: str, shown: int, last: Row) -> Loaded:
        """The conversations after those that are shown."""
        return await self._page(self._filter(text), PAGE, shown, last)

    async def _page(self, chosen: ListFilter, limit: int, offset: int, last: Row | None = None) -> Loaded:
        summaries = await self._store.list_conversations(chosen, limit=limit, offset=offset)
        group = self._group(last.summary) if isinstance(last, SummaryRow) else ""
        return Loaded(self._rows(summaries, group), len(summaries), len(summaries) == limit)

    def _filter(self, text: str) -> ListFilter:
        query = parse(text)
        return ListFilter(
            title=" ".join(term.text for term in query.terms),
            tag=query.tags[-1] if query.tags else None,
            model=query.models[-1] if query.models else None,
            begun_by=self._begun_by(query),
            before=query.before,
            after=query.after,
            project=self._view.project,
            archived=self._view.archived,
            deleted=self._view.deleted,
        )

    def _begun_by(self, query: Query) -> str | None:
        """The list has those that people began; a filter finds all."""
        if query.begun_by:
            return query.begun_by[-1]
        return self._view.begun_by if query.empty else None

    def _group(self, summary: Summary) -> str:
        return "Pinned" if summary.pinned else day_group(summary.updated_at, self._today())

    def _rows(self, summaries: Sequence[Summary], group: str) -> list[Row]:
        rows: list[Row] = []
        today = self._today()
        for summary in summaries:
            if self._group(summary) != group:
                rows.append(Heading(self._group(summary), first=not group))
                group = self._group(summary)
            own = summary.id
            marks = self._live.get(own), own in self._unread, own in self._asking
            rows.append(SummaryRow(summary, today, *marks))
        return rows


class FullText:
    """Messages that hold the words, newest first, those of a conversation together."""

    placeholder = "Search all messages, model: tag: from: before: after: in:title"
    heading = "Conversations"

    def __init__(self, store: HistoryStore, today: Callable[[], date]) -> None:
        self._store = store
        self._today = today

    async def load(self, text: str, at_least: int) -> Loaded:
        """The newest hits."""
        total = f"{await self._store.count_conversations():,}"
        if not text.strip():
            return Loaded([Sentence("Type what was said; a hit opens at its message.")], note=total)
        limit = max(at_least, HITS)
        hits = await self._store.search(text, limit=limit)
        rows: list[Row] = [*grouped(hits, self._today(), first=True)] or [
            Sentence("No message has these words.")
        ]
        more = len(hits) == limit
        return Loaded(rows, len(hits), more, f"{_counted(hits, more)} of {total}")

    async def extend(self, text: str, shown: int, last: Row) -> Loaded:
        """The hits after those that are shown."""
        hits = await self._store.search(text, limit=HITS, offset=shown)
        return Loaded(grouped(hits, self._today()), len(hits), len(hits) == HITS)


def _counted(hits: Sequence[SearchHit], more: bool) -> str:
    """``7 messages in 6``: hits and conversations."""
    plus = "+" if more else ""
    messages = "message" if len(hits) == 1 else "messages"
    return f"{len(hits)}{plus} {messages} in {len({hit.conversation_id for hit in hits})}{plus}"
