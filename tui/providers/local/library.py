"""The models of this machine: those that we offer and the person's own files."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from tui.chat.chunks import Progress
from tui.errors import ErrorKind, ModelNotSupportedError, ProviderError
from tui.providers.local.models import KNOWN, PROVIDER, KnownModel

_MAGIC = b"GGUF"


class LocalModel(Struct, frozen=True):
    """One model, as the lists show it."""

    name: str
    title: str
    licence: str | None
    """None for the person's own files."""
    bytes: int | None
    """Size of the file; None where it is missing."""
    present: bool
    """Whether the file is on this machine."""
    path: Path
    note: str = ""
    context: int | None = None
    """Tokens that the model was trained on; None where unknown."""
    sampling: Mapping[str, float] = field(default_factory=dict)
    """How the next token is drawn where the request does not say; empty leaves it to the engine."""

    @property
    def id(self) -> str:
        """``PROVIDER/MODEL``, as every other place names it."""
        return f"{PROVIDER}/{self.name}"


class LocalModels:
    """The models that may be asked for by name.

    Args:
        cache_dir: The program's cache; models go into its folder ``models``.
        own: The person's own GGUF files by name; such a name wins over one of ours.
        known: The models that we offer.
    """

    def __init__(
        self,
        cache_dir: Path,
        own: Mapping[str, str | Path] | None = None,
        known: Sequence[KnownModel] = KNOWN,
    ) -> None:
        self._folder = cache_dir / "models"
        self._own = {name: Path(os.path.expanduser(path)) for name, path in (own or {}).items()}
        self._known = {model.name: model for model in known}

    def list(self) -> list[LocalModel]:
        """Ours first, then the person's own."""
        return [self.find(name) for name in dict.fromkeys([*self._known, *self._own])]

    def find(self, name: str) -> LocalModel:
        """The model called ``name``.

        Raises:
            ModelNotSupportedError: There is none.
        """
        if path := self._own.get(name):
            size = path.stat().st_size if os.path.isfile(path) else None
            note = "your own file" if size is not None else f"the file is missing: {path}"
            return LocalModel(name, path.name, None, size, size is not None, path, note)
        if model := self._known.get(name):
            path = self._folder / model.file_name
            return LocalModel(
                name,
                model.title,
                model.licence,
                model.bytes,
                os.path.isfile(path),  # also false where the folder can't be looked into
                path,
                model.note,
                model.context,
                model.sampling,
            )
        names = ", ".join([*self._known, *self._own])
        raise ModelNotSupportedError(f"There is no local model {name}", f"There are: {names}")

    async def pull(self, name: str, proxy: str | None = None) -> AsyncGenerator[Progress]:
        """Bring the model to this machine, if it is not there yet, and say how far it is.

        What was fetched stays when this is cut short; the next call goes on from there.

        Raises:
            ProviderError: It can't be had; the hint says what each source answered.
        """
        model = self.find(name)
        if name in self._own:
            _check_own(model)
        elif not model.present:
            from tui.providers.local.download import download

            async for progress in download(self._known[name], model.path, proxy):
                yield progress


def _check_own(model: LocalModel) -> None:
    hint = f'It is set as "{model.name}" under [local.models] in config.toml.'
    try:
        with model.path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ProviderError(
            f"The model file {model.path} can't be read: {error.strerror}", hint, kind=ErrorKind.UNAVAILABLE
        ) from error
    if magic != _MAGIC:
        raise ProviderError(f"{model.path} is not a GGUF file", hint, kind=ErrorKind.UNAVAILABLE)
