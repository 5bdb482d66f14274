"""The picker's list: which models a filter finds, in which groups, and how each is drawn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.style import Style
from textual.strip import Strip

from tui.app.lists.fuzzy import Candidate, Filter
from tui.app.lists.row_list import Row, Sentence
from tui.app.theme.ink import APART, Ink, Pen, width_of
from tui.chat.model import ModelInfo
from tui.rendering.spans import Span
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


class GroupHead(Struct, frozen=True):
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
        left: list[Span[Style]] = [*_dot(self.mark, ink), Span(self.title, ink.dim)]
        if self.remark:
            left.append(Span(f"   {self.remark}", ink.dim))
        line = pen.line(left, _columns(pen, ink.dim) if self.first else ())
        return [line] if self.first else [pen.blank(), line]


class ConnectRow(Struct, frozen=True):
    """Leads to the providers, and to a server by its address."""

    key: Hashable = ("connect", "")
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        mine = chosen is self
        left: list[Span[Style]] = [
            Span("+ ", pen.ink.dim),
            Span("Connect a provider or a server …", pen.ink.strong if mine else pen.ink.soft),
        ]
        return [pen.line(left, tinted=mine, railed=mine)]


class ModelRow(Struct, eq=False):
    """One model."""

    group: str
    info: ModelInfo
    candidate: Candidate
    """Its id, made safe."""
    shown_from: int
    """Where the shown part of the id begins: the provider's name is left out below its own head."""
    filter: Filter
    mark: str
    """``marked``, or a health dot in groups that mix providers."""
    usable: bool
    hue: str | None = None
    """The model's hue, where it speaks in this conversation."""
    download: int = 0
    """Bytes that its first reply fetches."""
    height: int = 1

    @property
    def key(self) -> Hashable:
        """Group and id: one model may stand in several groups."""
        return self.group, self.info.id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Name, context, prices."""
        mine = chosen is self
        left = [*_dot(self.mark, pen.ink), *self._name(pen.ink, mine)]
        right = self._facts(pen)
        if self.download and self.usable:
            left += self._download(pen, pen.text_width - width_of(left) - width_of(right) - APART)
        return [pen.line(left, right, tinted=mine, railed=mine)]

    def _download(self, pen: Pen, room: int) -> list[Span[Style]]:
        size = f"   {self.download / 1e6:.0f} MB"
        words = f"{size} to download"
        return [Span(words if len(words) <= room else size, pen.ink.dim)]

    def _name(self, ink: Ink, mine: bool) -> list[Span[Style]]:
        label = self.candidate.text
        name_at = max(self.shown_from, label.rfind("/") + 1)
        name = ink.strong if mine else ink.ink
        if self.hue:
            name = ink.hues.get(f"{self.hue}", name)
        if not self.usable:
            return [Span(label[self.shown_from :], ink.soft if mine else ink.dim)]
        lit = self.filter.places(self.candidate)
        spans: list[Span[Style]] = []
        for at in range(self.shown_from, len(label)):
            style = ink.accent if at in lit else ink.dim if at < name_at else name
            if spans and spans[-1].look is style:
                spans[-1] = Span(spans[-1].text + label[at], style)
            else:
                spans.append(Span(label[at], style))
        return spans

    def _facts(self, pen: Pen) -> list[Span[Style]]:
        if pen.text_width < _COLUMNS_FROM:
            return []
        info, dim = self.info, pen.ink.dim
        money = "free" if info.input_price == 0 and info.output_price == 0 else price(info.output_price)
        left = "" if money == "free" else price(info.input_price)
        room = "pictures" if info.pictures == "only" else tokens(info.context)
        text = f"{room:>8}{left:>9}{money:>7}"
        return [Span(text, dim)]


class ProviderRow(Struct, frozen=True):
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
        left: list[Span[Style]] = [
            *_dot("off", pen.ink),
            Span(self.label, name),
            Span(f"   {self.reason}", pen.ink.dim),
        ]
        return [pen.line(left, tinted=mine, railed=mine)]


def _columns(pen: Pen, style: Style) -> list[Span[Style]]:
    if pen.text_width < _COLUMNS_FROM:
        return []
    return [Span(f"{'context':>8}{'$/M in, out':>16}", style)]


def _dot(mark: str, ink: Ink) -> list[Span[Style]]:
    dots = {"ok": Span("● ", ink.success), "slow": Span("● ", ink.warning), "off": Span("◦ ", ink.dim)}
    dots["marked"] = Span("✓ ", ink.accent)
    return [dots.get(mark, Span("  ", Style.null()))]


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


class _Known(Struct, eq=False):
    """A model, with what every filter needs of it, and how well the last one fitted."""

    info: ModelInfo
    provider: str
    candidate: Candidate
    usable: bool
    score: float = 0.0


class _Group(Struct):
    """Some of the models that were found."""

    name: str
    provider: str
    """Empty where the group mixes providers."""
    models: list[_Known]
    bonus: float = 0.0

    @property
    def score(self) -> float:
        """How good its best model is."""
        return max(model.score for model in self.models) + self.bonus


class ModelShelf:
    """All models, and what a filter leaves of them."""

    def __init__(
        self,
        recents: Sequence[str],
        favourites: Sequence[str],
        hues: Mapping[str, str],
        downloads: Mapping[str, int],
    ) -> None:
        self.recents = tuple(recents)
        self.favourites = tuple(favourites)
        self.marked: tuple[str, ...] = ()
        self.leads_on = False
        """Whether one can go on from here to connect more: said above all models, and where nothing fits."""
        self._hues = hues
        self._downloads = downloads
        self._providers: dict[str, ProviderEntry] = {}
        self._models: list[_Known] = []
        self._candidates: dict[str, Candidate] = {}
        self._query = ""
        self._found: list[_Known] = []

    def fill(self, models: Iterable[ModelInfo], providers: Iterable[ProviderEntry]) -> None:
        """Take what is known now."""
        self._providers = {entry.name: entry for entry in providers}
        self._models = [self._known(info) for info in models]
        self._query, self._found = "", self._models

    def _known(self, info: ModelInfo) -> _Known:
        provider = info.provider
        entry = self._providers.get(provider)
        usable = info.available and (entry is None or entry.available)
        return _Known(info, provider, self._candidate(info.id), usable)

    def _candidate(self, text: str) -> Candidate:
        if text not in self._candidates:
            self._candidates[text] = Candidate(one_line(text, _LIMIT))
        return self._candidates[text]

    @property
    def count(self) -> int:
        """How many models there are."""
        return len(self._models)

    @property
    def found(self) -> int:
        """How many the last filter let through."""
        return len(self._found)

    def rows(self, query: str) -> list[Row]:
        """The list for a filter. The best match is the first row that can be chosen."""
        wanted = Filter(query)
        self._find(query, wanted)
        groups = self._groups()
        if wanted.words:
            groups.sort(key=lambda group: -group.score)
            for group in groups:
                group.models.sort(key=lambda model: -model.score)
        rows: list[Row] = []
        for group in groups:
            rows.append(self._head(group, first=not rows))
            rows += self._rows_of(group, wanted)
        rows += self._others(wanted, first=not rows)
        if not rows:
            rows = [Sentence("Nothing fits." if wanted.words else "No models are known yet.")]
            return [*rows, Sentence(), ConnectRow()] if self.leads_on else rows
        return [ConnectRow(), Sentence(), *rows] if self.leads_on and not wanted.words else rows

    def _find(self, query: str, wanted: Filter) -> None:
        """Score each model; a filter that was only continued looks at what was left."""
        pool = self._found if query.startswith(self._query) else self._models
        self._query, self._found = query, []
        for model in pool:
            score = wanted.score(model.candidate)
            if score is not None:
                model.score = score if model.usable else score - UNAVAILABLE
                self._found.append(model)

    def _groups(self) -> list[_Group]:
        """Recent, favourites, then a group for each provider: those that can answer first."""
        groups = []
        mixed = {"Recent": self.recents, "Favourites": self.favourites}
        if any(mixed.values()):
            by_id = {model.info.id: model for model in self._found}
            for name, ids in mixed.items():
                models = [by_id[i] for i in dict.fromkeys(ids) if i in by_id]
                if models:
                    groups.append(_Group(name, "", models, RECENT_BONUS))
        own: dict[str, list[_Known]] = {}
        for model in self._found:
            own.setdefault(model.provider, []).append(model)
        places = {name: place for place, name in enumerate(self._providers)}
        names = sorted(own, key=lambda name: (not self._up(name), places.get(name, len(places))))
        return groups + [_Group(f"provider {name}", name, own[name]) for name in names]

    def _up(self, name: str) -> bool:
        return name in self._providers and self._providers[name].available

    def _mark(self, name: str) -> str:
        if not self._up(name):
            return "off"
        return "slow" if self._providers[name].health.reason else "ok"

    def _head(self, group: _Group, *, first: bool) -> GroupHead:
        if not group.provider:
            return GroupHead(group.name, first=first)
        entry = self._providers.get(group.provider)
        if entry is None:
            remark = "unavailable: no such provider now"
        elif entry.available:
            remark = entry.health.reason
        else:
            remark = f"unavailable: {entry.reason}" if entry.reason else "unavailable"
        return GroupHead(
            one_line(group.provider), self._mark(group.provider), one_line(remark, _LIMIT), first
        )

    def _rows_of(self, group: _Group, wanted: Filter) -> list[ModelRow]:
        mixed = not group.provider
        return [
            ModelRow(
                group.name,
                model.info,
                model.candidate,
                0 if mixed else model.candidate.text.find("/") + 1,
                wanted,
                self._mark_of(model, mixed),
                model.usable,
                self._hues.get(model.info.id),
                self._downloads.get(model.info.id, 0),
            )
            for model in group.models
        ]

    def _mark_of(self, model: _Known, mixed: bool) -> str:
        if model.info.id in self.marked:
            return "marked"
        return self._mark(model.provider) if mixed else ""

    def _others(self, wanted: Filter, *, first: bool) -> list[Row]:
        """The providers without a model, and why."""
        with_models = {model.provider for model in self._models}
        rows: list[Row] = []
        for name, entry in self._providers.items():
            if name not in with_models and wanted.score(self._candidate(name)) is not None:
                reason = (entry.health.reason if entry.available else entry.reason) or "no models known yet"
                rows.append(ProviderRow(name, one_line(name), one_line(reason, _LIMIT)))
        return [GroupHead("Without models", first=first), *rows] if rows else []
