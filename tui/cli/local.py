"""``segue local``: the models that run on this machine."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import aclosing
from typing import Any

from tui.cli.output import DONE, INTERRUPTED, complain, say, write, write_json
from tui.cli.progress import ProgressLine
from tui.config import Config, load_config
from tui.paths import Paths
from tui.providers.local.availability import why_not
from tui.providers.local.library import LocalModel, LocalModels
from tui.providers.local.models import DEFAULT_MODEL, PROVIDER
from tui.text import one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="list|pull")
    listing = commands.add_parser("list", help="the models, and which of them are here")
    pulling = commands.add_parser(
        "pull", help="bring a model to this machine; Ctrl+C stops, the next pull goes on"
    )
    pulling.add_argument(
        "model", nargs="?", default=DEFAULT_MODEL, metavar="MODEL", help="as local list names it"
    )
    for command in (listing, pulling):
        command.add_argument("--json", action="store_true", help="write one JSON document")


def run(args: argparse.Namespace) -> int:
    """List the models, or fetch one."""
    paths = Paths.default()
    config = load_config(paths.config_file)
    for problem in config.problems:
        complain(problem)
    models = LocalModels(paths.cache, config.local_models)
    if reason := why_not():
        say(f"segue: models can't run here: {reason}")
    if args.what == "list":
        _list(models, as_json=args.json)
        return DONE
    return _pull(models, config, args)


def _list(models: LocalModels, *, as_json: bool) -> None:
    found = models.list()
    if as_json:
        write_json([_document(model) for model in found])
        return
    width = max(len(one_line(model.name)) for model in found)
    for model in found:
        size = f"{model.bytes / 1_000_000:.0f} MB" if model.bytes else "–"
        state = "here" if model.present else "not here"
        about = " · ".join(filter(None, (model.title, model.licence, model.note)))
        write(f"{one_line(model.name):{width}}  {size:>8}  {state:8}  {one_line(about)}\n")


def _pull(models: LocalModels, config: Config, args: argparse.Namespace) -> int:
    name = args.model.removeprefix(f"{PROVIDER}/")
    try:
        asyncio.run(_fetch(models, name, config.proxy))
    except KeyboardInterrupt:
        say("segue: stopped; what has come is kept, and the next pull goes on from there")
        return INTERRUPTED
    model = models.find(name)
    if args.json:
        write_json(_document(model))
    else:
        write(f"{model.path}\n")
    return DONE


async def _fetch(models: LocalModels, name: str, proxy: str | None) -> None:
    with ProgressLine() as line:
        async with aclosing(models.pull(name, proxy)) as steps:
            async for progress in steps:
                line.show(progress)


def _document(model: LocalModel) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name,
        "title": model.title,
        "licence": model.licence,
        "bytes": model.bytes,
        "present": model.present,
        "path": str(model.path),
        "note": model.note,
    }
