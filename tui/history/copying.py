"""All of one history into another, whichever kinds they are; again and again, each time what is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from msgspec import Struct
from msgspec.structs import replace

from tui.errors import HistoryUnreachableError
from tui.history.bundles import bundle_of
from tui.history.preferences import Preference, to_take
from tui.history.spent_rows import alike
from tui.history.store import KEPT_PROMPTS, HistoryStore, ListFilter

_PAGE = 500
LISTS = (ListFilter(), ListFilter(archived=True), ListFilter(deleted=True))
"""In which all conversations are."""


class Copied(Struct, frozen=True):
    """How far a copy is."""

    done: int = 0
    """Conversations that were looked at,"""
    total: int = 0
    """of so many,"""
    added: int = 0
    """and so many that were not there;"""
    grown: int = 0
    """and messages that were not, of those that were."""


async def copy_all(
    source: HistoryStore, target: HistoryStore, tell: Callable[[Copied], None] = lambda copied: None
) -> Copied:
    """Write every conversation of ``source`` to ``target``, oldest first; of those there what they lack.

    Each is one transaction: one that was cut short goes on the next time. What lies in the trash goes into
    the trash. Prompts to recall and what the person prefers go along; of that the newest counts.

    Raises:
        HistoryUnreachableError: Not all of ``source`` can be read now.
        HistoryError: One of them can't be read or written.
    """
    await source.look_for_changes()
    listed = {row_id: deleted async for row_id, deleted in _ids(source)}
    _check_all_there(source)
    copied = Copied(total=len(listed))
    for row_id, deleted in sorted(listed.items()):
        bundle = await bundle_of(source, row_id)
        [made] = await target.add_conversations([bundle])
        grown = await target.add_missing(bundle) if made is None else 0
        if made is not None and deleted:
            await target.delete_conversation(made)
        copied = Copied(copied.done + 1, len(listed), copied.added + (made is not None), copied.grown + grown)
        tell(copied)
    await _copy_spending(source, target)
    await _copy_prompts(source, target)
    await target.take(to_take(await source.kept(Preference), await target.kept(Preference)))
    _check_all_there(source)
    return copied


def _check_all_there(source: HistoryStore) -> None:
    """Refuse to take a part for the whole, where the rest is on a server that can't be reached."""
    if source.line.alone:
        raise HistoryUnreachableError(
            "Not all of the history can be copied: the rest is on its server, which can't be reached now",
            "Try again when it is.",
        )


async def _copy_spending(source: HistoryStore, target: HistoryStore) -> None:
    """What was spent on what came along is known by now; the rest is what stays when replies are deleted."""
    there = await target.spending()
    known = {alike(spent) for spent in there}
    for spent in await source.spending():
        if alike(spent) not in known:
            await target.note_spending(replace(spent, conversation_id=None, message_id=None))


async def _copy_prompts(source: HistoryStore, target: HistoryStore) -> None:
    there = set(await target.prompts(KEPT_PROMPTS))
    for text in reversed(await source.prompts(KEPT_PROMPTS)):
        if text not in there:
            await target.remember_prompt(text)


async def _ids(store: HistoryStore) -> AsyncIterator[tuple[int, bool]]:
    for chosen in LISTS:
        offset = 0
        while page := await store.list_conversations(chosen, limit=_PAGE, offset=offset):
            for row in page:
                yield row.id, chosen.deleted
            offset += len(page)
