"""The models that a word after ``/model`` or ``/compare`` may become."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from tui.app.lists.fuzzy import Filter, best_first

Models = Callable[[], Sequence[str]]
"""Gives the ids of the models that can be used now."""
_MOST = 50
_ONE = re.compile(r"/model\s+(?P<words>\S.*)", re.DOTALL)
_SEVERAL = re.compile(r"/compare\s(?:.*[\s,])?(?P<words>[^\s,]+)", re.DOTALL)


class TypedModel(NamedTuple):
    """What is typed of a model at the end of a draft."""

    start: int
    """Where it begins."""
    words: str


def typed_model(draft: str) -> TypedModel | None:
    """The model that is typed at the end of ``draft``; None if none is."""
    match = _ONE.fullmatch(draft) or _SEVERAL.fullmatch(draft)
    return match and TypedModel(match.start("words"), match["words"])


def candidates(typed: TypedModel, models: Models) -> list[str]:
    """The ids that ``typed`` may become, best first; none once it is one of them."""
    known = models()
    if typed.words in known:
        return []
    return list(islice(best_first(known, Filter(typed.words), lambda name: [name]), _MOST))
