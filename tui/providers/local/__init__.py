"""The model that runs on this machine: downloaded once, served by a child process, spoken to like any other.

::

    availability.py   can this machine run one, and if not, why
    models.py         the models that we spec, named by the hash of their file
    library.py        those models and the person's own files: which are here, and how to fetch one
    download.py       one file from several sources into the cache
    sources.py        what a source is asked: a URL, or wheels of the package index
    spawn.py          a child process that the terminal and its keys don't reach
    runner.py         child processes: start, reuse, stop
    server.py         what runs in the child
    provider.py       the provider class
    spec.py           what the registry knows of it before it is loaded

Importing this package is cheap; nothing here imports the engine or an HTTP library before it is needed.
"""

from tui.providers.local.availability import installed, why_not
from tui.providers.local.library import LocalModel, LocalModels
from tui.providers.local.models import DEFAULT_MODEL, PROVIDER
from tui.providers.local.provider import LocalProvider
from tui.providers.local.runner import Runner
from tui.providers.local.spec import local_spec

__all__ = [
    "DEFAULT_MODEL",
    "PROVIDER",
    "LocalModel",
    "LocalModels",
    "LocalProvider",
    "Runner",
    "installed",
    "local_spec",
    "why_not",
]
