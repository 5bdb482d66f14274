"""The conversation that a person means by its number or its title."""

from __future__ import annotations

from tui.errors import NotFoundError, UsageError
from tui.history.store import HistoryStore, ListFilter
from tui.text import one_line

_NAMED = 5


async def find_conversation(store: HistoryStore, words: str, *, deleted: bool = False) -> int:
    """Its id: the number itself, the whole title in any case, or a part of the title of just one.

    Args:
        store: The history.
        words: A number or a title.
        deleted: It is in the trash.

    Raises:
        NotFoundError: None is meant.
        UsageError: Several may be.
    """
    if words.strip().isdecimal():
        return int(words)
    rows = await store.list_conversations(ListFilter(title=words, deleted=deleted), limit=1000)
    whole = [row for row in rows if one_line(row.title).casefold() == one_line(words).casefold()]
    found = whole or rows
    if not found:
        raise NotFoundError(
            f"There is no conversation with the title {one_line(words)}", "segue history list has all."
        )
    if len(found) > 1:
        names = ", ".join(f"{row.id} {one_line(row.title, 40)}" for row in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise UsageError(
            f"{len(found)} conversations have {one_line(words)} in their titles", f"{names}{more}."
        )
    return found[0].id
