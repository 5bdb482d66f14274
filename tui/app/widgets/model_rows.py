"""The picker's list: which models a filter finds, in which groups, and how each is drawn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from tui.app.fuzzy import Candidate, Fit, fit
from tui.app.widgets.ink import Ink, Part, Pen
from tui.app.widgets.row_list import Row
from tui.chat.model import ModelInfo
from tui.text import one_line

if TYPE_CHECKING:
    from tui.providers.registry import ProviderEntry

RECENT_BONUS = 6.0
"""What it is worth that a model was used lately: less than one letter."""
UNAVAILABLE = 24.0
"""Against models that cannot answer: less than what parts a word from letters strewn over a name."""
_CONTEXT_END, _INPUT_END = 16, 7
"""Cells from the right edge of the text to the end of the columns ``context`` and ``in``."""
_COLUMNS_FROM = 52
"""Narrower lists show names only."""
_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Note:
    """A line that only says something."""

    text: str
    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One dim line."""
        return [pen.line([(self.text, pen.ink.dim)])]


@dataclass(frozen=True, slots=True)
class GroupHead:
    """The name of a group; for a provider its health and, in the same line, what is wrong."""

    title: str
    mark: str = ""
    """``ok``, ``slow``, ``off``, or nothing where the group is no provider."""
    remark: str = ""
    first: bool = False
    """The first head of the list names the columns; the others have a blank line above."""
    key: Hashable | None = None

    @property
    def height(self) -> int:
        """A blank line and the head."""
        return 1 if self.first else 2

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """The head."""
        ink = pen.ink
        left: list[Part] = [*_dot(self.mark, ink), (self.title, ink.dim)]
        if self.remark:
            left.append((f"   {self.remark}", ink.dim))
        line = pen.line(left, _columns(pen, ink.dim) if self.first else ())
        return [line] if self.first else [pen.blank(), line]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model."""

    group: str
    info: ModelInfo
    label: str
    """The id, made safe."""
    shown_from: int
    """Where the shown part of ``label`` begins: the provider's name is left out below its own head."""
    fit: Fit | None
    mark: str = ""
    """A health dot, in groups that mix providers."""
    usable: bool = True
    hue: str | None = None
    """The model's hue, where it speaks in this conversation."""
    height: int = 1

    @property
    def key(self) -> Hashable:
        """Group and id: one model may stand in several groups."""
        return self.group, self.info.id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Name, context, prices."""
        mine = chosen is self
        left = [*_dot(self.mark, pen.ink), *self._name(pen.ink, mine)]
        return [pen.line(left, self._facts(pen), tinted=mine, railed=mine)]

    def _name(self, ink: Ink, mine: bool) -> list[Part]:
        path, _, _ = self.label[self.shown_from :].rpartition("/")
        name_at = self.shown_from + (len(path) + 1 if path else 0)
        name = ink.strong if mine else ink.ink
        if self.hue:
            name = ink.hues.get(f"{self.hue}", name)
        if not self.usable:
            return [(self.label[self.shown_from :], ink.soft if mine else ink.dim)]
        lit = set(self.fit.positions) if self.fit else set()
        parts: list[Part] = []
        for at in range(self.shown_from, len(self.label)):
            style = ink.accent if at in lit else ink.dim if at < name_at else name
            if parts and parts[-1][1] is style:
                parts[-1] = (parts[-1][0] + self.label[at], style)
            else:
                parts.append((self.label[at], style))
        return parts

    def _facts(self, pen: Pen) -> list[Part]:
        if pen.text_width < _COLUMNS_FROM:
            return []
        info, dim = self.info, pen.ink.dim
        money = "free" if info.input_price == 0 and info.output_price == 0 else price(info.output_price)
        left = "" if money == "free" else price(info.input_price)
        text = f"{tokens(info.context):>8}{left:>9}{money:>7}"
        return [(text, dim)]


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider that has no models to show because something is missing; choosing it connects it."""

    provider: str
    label: str
    reason: str
    height: int = 1

    @property
    def key(self) -> Hashable:
        """The provider."""
        return "connect", self.provider

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Name and what is missing."""
        mine = chosen is self
        name = pen.ink.soft if mine else pen.ink.dim
        left: list[Part] = [*_dot("off", pen.ink), (self.label, name), (f"   {self.reason}", pen.ink.dim)]
        return [pen.line(left, tinted=mine, railed=mine)]


def _columns(pen: Pen, style: Style) -> list[Part]:
    if pen.text_width < _COLUMNS_FROM:
        return []
    return [(f"{'context':>8}{'$/M in, out':>16}", style)]


def _dot(mark: str, ink: Ink) -> list[Part]:
    dots = {"ok": ("● ", ink.success), "slow": ("● ", ink.warning), "off": ("◦ ", ink.dim)}
    return [dots.get(mark, ("  ", Style.null()))]


def tokens(count: int | None) -> str:
    """A number of tokens in at most five cells: ``131k``, ``1M``; a dash where it is not known."""
    if count is None:
        return "–"
    if count >= 1_000_000:
        return f"{count / 1_000_000:.3g}M" if count % 1_048_576 else f"{count // 1_048_576}M"
    return f"{count // 1000}k" if count >= 1000 else str(count)


def price(dollars: float | None) -> str:
    """Dollars for a million tokens; a dash where it is not known."""
    if dollars is None:
        return "–"
    return f"{dollars:.2f}" if dollars >= 0.01 or dollars == 0 else f"{dollars:.4f}"


@dataclass(slots=True)
class _Found:
    """A model that the filter lets through."""

    info: ModelInfo
    candidate: Candidate
    fit: Fit | None
    score: float


class ModelShelf:
    """All models, and what a filter leaves of them."""

    def __init__(self, recents: Sequence[str], favourites: Sequence[str], hues: Mapping[str, str]) -> None:
        self.recents = tuple(recents)
        self.favourites = tuple(favourites)
        self._hues = hues
        self._providers: dict[str, ProviderEntry] = {}
        self._models: dict[str, ModelInfo] = {}
        self._candidates: dict[str, Candidate] = {}
        self._last: tuple[str, list[_Found]] | None = None

    def fill(self, models: Iterable[ModelInfo], providers: Iterable[ProviderEntry]) -> None:
        """Take what is known now."""
        self._providers = {entry.name: entry for entry in providers}
        self._models = {info.id: info for info in models}
        self._last = None

    @property
    def count(self) -> int:
        """How many models there are."""
        return len(self._models)

    @property
    def found(self) -> int:
        """How many the last filter let through."""
        return len(self._last[1]) if self._last else 0

    def usable(self, info: ModelInfo) -> bool:
        """Whether the model can answer now."""
        entry = self._providers.get(info.provider)
        return info.available and (entry is None or entry.available)

    def rows(self, query: str) -> list[Row]:
        """The list for a filter. The best match is the first row that can be chosen."""
        found = self._find(query)
        groups = self._groups(found)
        if query.split():
            groups.sort(key=lambda group: -max(model.score for model in group[2]))
            for _, _, models in groups:
                models.sort(key=lambda model: -model.score)
        rows: list[Row] = []
        for name, head, models in groups:
            rows.append(self._head(name, head, first=not rows))
            rows += [self._row(name, model) for model in models]
        rows += self._others(query, first=not rows)
        return rows or [Note("Nothing fits." if query.split() else "No models are known yet.")]

    def _others(self, query: str, *, first: bool) -> list[Row]:
        """The providers without a model, and why."""
        with_models = {info.provider for info in self._models.values()}
        rows: list[Row] = []
        for name, entry in self._providers.items():
            if name in with_models or (query.split() and fit(query, self._candidate(name)) is None):
                continue
            reason = entry.health.reason if entry.available else entry.reason
            rows.append(ProviderRow(name, one_line(name), one_line(reason or "no models known yet", _LIMIT)))
        return [GroupHead("Without models", first=first), *rows] if rows else []

    def _find(self, query: str) -> list[_Found]:
        """Each model that fits; a filter that was only continued looks at what was left."""
        words = query.split()
        if self._last and words and query.startswith(self._last[0]):
            pool: Iterable[ModelInfo] = [found.info for found in self._last[1]]
        else:
            pool = self._models.values()
        result = []
        for info in pool:
            candidate = self._candidate(info.id)
            match = fit(query, candidate) if words else None
            if words and match is None:
                continue
            score = match.score if match else 0.0
            if not self.usable(info):
                score -= UNAVAILABLE
            result.append(_Found(info, candidate, match, score))
        self._last = (query, result)
        return result

    def _candidate(self, model_id: str) -> Candidate:
        if model_id not in self._candidates:
            self._candidates[model_id] = Candidate(one_line(model_id, _LIMIT))
        return self._candidates[model_id]

    def _groups(self, found: list[_Found]) -> list[tuple[str, str, list[_Found]]]:
        """Recent, favourites, then a group for each provider: those that can answer first."""
        by_id = {model.info.id: model for model in found}
        groups = []
        for name, ids in (("Recent", self.recents), ("Favourites", self.favourites)):
            models = [_lifted(by_id[i]) for i in dict.fromkeys(ids) if i in by_id]
            if models:
                groups.append((name, "", models))
        own: dict[str, list[_Found]] = {}
        for model in found:
            own.setdefault(model.info.provider, []).append(model)
        order = list(self._providers)
        names = sorted(own, key=lambda n: (not self._up(n), order.index(n) if n in order else len(order)))
        return groups + [(f"provider {name}", name, own[name]) for name in names]

    def _up(self, name: str) -> bool:
        return name in self._providers and self._providers[name].available

    def _mark(self, name: str) -> str:
        if not self._up(name):
            return "off"
        return "slow" if self._providers[name].health.reason else "ok"

    def _head(self, group: str, provider: str, *, first: bool) -> GroupHead:
        if not provider:
            return GroupHead(group, first=first)
        entry = self._providers.get(provider)
        if entry is None:
            remark = "unavailable: no such provider now"
        elif entry.available:
            remark = entry.health.reason
        else:
            remark = f"unavailable: {entry.reason}" if entry.reason else "unavailable"
        return GroupHead(one_line(provider), self._mark(provider), one_line(remark, _LIMIT), first)

    def _row(self, group: str, model: _Found) -> ModelRow:
        label = model.candidate.text
        mixed = not group.startswith("provider ")
        return ModelRow(
            group=group,
            info=model.info,
            label=label,
            shown_from=0 if mixed else label.find("/") + 1,
            fit=model.fit,
            mark=self._mark(model.info.provider) if mixed else "",
            usable=self.usable(model.info),
            hue=self._hues.get(model.info.id),
        )


def _lifted(model: _Found) -> _Found:
    return _Found(model.info, model.candidate, model.fit, model.score + RECENT_BONUS)
