"""``segue models``: what can answer."""

from __future__ import annotations

import argparse

from tui.chat.model import ModelInfo
from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, say, write, write_json
from tui.engine.workspace import Workspace
from tui.providers.provider_specs import FOREIGN
from tui.text import one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("filter", nargs="?", default="", metavar="FILTER", help="only ids that contain this")
    parser.add_argument("--json", action="store_true", help="write one JSON document")
    parser.add_argument("--refresh", action="store_true", help="ask the servers now")


def run(args: argparse.Namespace) -> int:
    """List the models."""

    async def models(workspace: Workspace) -> int:
        catalogue = workspace.catalogue
        await catalogue.refresh(None if args.refresh else catalogue.stale())
        found = [m for m in catalogue.models() if args.filter.lower() in m.id.lower()]
        if args.json:
            write_json([_document(model) for model in found])
        else:
            _table(found)
            if not found:
                say(f"No model's id contains {args.filter!r}.")
        for entry in workspace.registry.providers():
            problem = catalogue.problems.get(entry.name)
            wanted = entry.available or entry.kind in FOREIGN  # else it is a server that nobody named
            if problem and wanted and args.filter.lower() in entry.name.lower():
                say(f"{entry.name}: {problem}")
        return DONE

    return run_with_workspace(models)


def _table(models: list[ModelInfo]) -> None:
    width = max((len(one_line(m.id)) for m in models), default=0)
    for model in models:
        known = f"{model.context // 1000}k" if model.context else "–"
        context = "pictures" if model.pictures == "only" else known
        words = "" if model.available else f"  {one_line(model.reason or 'unavailable')}"
        write(f"{one_line(model.id):{width}}  {context:>8}  {_price(model):>14}{words}\n")


def _price(model: ModelInfo) -> str:
    if model.input_price is None or model.output_price is None:
        return "–"
    if not model.input_price and not model.output_price:
        return "free"
    return f"{model.input_price:.2f} {model.output_price:.2f}"


def _document(model: ModelInfo) -> dict[str, object]:
    return {
        "id": model.id,
        "provider": model.provider,
        "available": model.available,
        "reason": model.reason,
        "context": model.context,
        "max_output": model.max_output,
        "input_price": model.input_price,
        "output_price": model.output_price,
        "vision": model.vision,
        "reasoning": model.reasoning,
        "pictures": model.pictures,
    }
