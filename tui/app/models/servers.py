"""Servers that a person adds: tried, kept in the config with their keys beside it, and there at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from tui.engine.workspace import Workspace
from tui.errors import SegueError, UsageError
from tui.paths import unwritten
from tui.providers.address import address_in, host_of, is_loopback, name_for
from tui.providers.registry import ProviderEntry
from tui.secret import Secret
from tui.text import counted, one_line

if TYPE_CHECKING:
    from tui.app.context import Context


def _plain(url: str) -> str:
    """An address for comparison: written in one way, without its version."""
    return address_in(url).replace("//localhost", "//127.0.0.1").removesuffix("/v1")


class Servers:
    """What the form for a server works on."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._heard: dict[str, str] = {}
        """The model of each provider that gave a word when it was tried."""

    def tried(self, provider: str) -> str:
        """The model of a provider that was tried last; where none was, the provider."""
        return self._heard.get(provider, provider)

    @property
    def _workspace(self) -> Workspace:
        return self._context.session.workspace

    def address_in(self, written: str) -> str:
        """The address in what was typed; empty where there is none."""
        return address_in(written)

    def name_for(self, url: str) -> str:
        """A name for the server at an address: that of who is known there, else a new one."""
        known = self._known_at(url)
        taken = [entry.name for entry in self._workspace.registry.providers()]
        return known.name if known else name_for(url, taken)

    def _known_at(self, url: str) -> ProviderEntry | None:
        """The provider that is there already; on this machine only one that answers, as any has a port."""
        host, config = host_of(_plain(url)), self._workspace.config
        for entry in self._workspace.registry.providers():
            own = config.provider(entry.name).url
            here = _plain(own) == _plain(url) if own else entry.host == host
            if entry.host and here and (entry.available or not is_loopback(url)):
                return entry
        return None

    async def hear(self, provider: str) -> str:
        """Ask a provider for one word, and say what came.

        Raises:
            SegueError: There came none.
        """
        from tui.engine.trial import first_of

        workspace = self._workspace
        entry = workspace.registry.entry(provider)
        models = [info.id for info in workspace.catalogue.models() if info.provider == provider]
        usual = f"{provider}/{entry.default_model}"
        asked = [usual] if usual in models else models
        word = await first_of(workspace, workspace.registry, asked[:3])
        self._heard[provider] = word.model_id
        return f"{counted(len(models), 'model')}. {word.said}"

    async def add(
        self, name: str, url: str, key: Secret | None, model: str, tell: Callable[[str], None]
    ) -> tuple[str, str]:
        """Try a server, and keep it if it answers. Returns its name, and what was found.

        Raises:
            SegueError: It doesn't answer, or can't be kept.
        """
        if known := self._known_at(url):
            return known.name, await self._known_one(known, key, tell)
        from tui.engine.trial import try_server

        self._refuse(name)
        found = await try_server(self._workspace, name, url, key, model, tell)
        changes: dict[tuple[str, ...], Any] = {
            ("providers", name, "type"): found.settings.type,
            ("providers", name, "url"): url,
        }
        if found.settings.models:
            changes["providers", name, "models"] = list(found.settings.models)
        await self._keep(name, key, changes)
        self._heard[name] = found.word.model_id
        where = f"Kept as {name} in {self._workspace.config.path.name}" + (
            ", its key in keys.json." if key else "."
        )
        return name, f"{counted(len(found.models), 'model')}. {found.word.said}\n{where}"

    def _refuse(self, name: str) -> None:
        taken = {entry.name.casefold() for entry in self._workspace.registry.providers()}
        if name.casefold() in taken:
            raise UsageError(f"There is a provider {one_line(name)} already", "Give it another name.")
        if not name or "/" in name or not name.isprintable():
            raise UsageError("A name has no slash, and is one line", "As in lab.")

    async def _keep(self, name: str, key: Secret | None, changes: Any) -> None:
        async with self._key_kept(name, key):
            await self._context.change_settings(changes)
        await self._workspace.catalogue.refresh([name])

    @asynccontextmanager
    async def _key_kept(self, account: str, key: Secret | None) -> AsyncIterator[None]:
        """Keep a key, and put back what was there if the rest does not come about.

        Raises:
            SegueError: It can't be kept.
        """
        if key is None:
            yield
            return
        credentials = self._workspace.credentials
        before = await asyncio.to_thread(credentials.kept, account)
        try:
            await asyncio.to_thread(credentials.store, account, key)
        except OSError as error:
            raise unwritten(credentials.file, error) from error
        try:
            yield
        except BaseException:  # also where nobody waits for it any more
            with suppress(OSError, SegueError):  # why it did not come about is said
                if before is None:
                    credentials.forget(account)
                else:
                    credentials.store(account, before)
            raise

    async def _known_one(self, entry: ProviderEntry, key: Secret | None, tell: Callable[[str], None]) -> str:
        """Connect a provider that is known by its name."""
        workspace = self._workspace
        tell(f"That is {entry.title}, which is known here …")
        async with self._key_kept(entry.account, key):
            await workspace.catalogue.refresh([entry.name])
            if problem := workspace.catalogue.problems.get(entry.name):
                raise problem
            if not workspace.registry.entry(entry.name).available:
                raise UsageError(f"{entry.title} can't be used: {entry.reason}")
            return f"It is {entry.name} here. {await self.hear(entry.name)}"
