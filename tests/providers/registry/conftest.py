"""A registry in a home of its own, with no key or address of the machine that runs the tests."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tui.config import Config, load_config
from tui.credentials import Credentials
from tui.paths import Paths
from tui.providers.address import variables_in
from tui.providers.catalogue import Catalogue
from tui.providers.registry import Registry
from tui.providers.vendors import vendors


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for vendor in vendors().values():
        for name in (*vendor.keys, *vendor.urls, *variables_in(vendor.url)):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def without_g4f(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether gpt4free is installed here is no concern of a test that brings no package of its own."""
    if "classes" not in request.fixturenames:
        monkeypatch.setattr("tui.providers.registry.find_spec", lambda name: None)


@dataclass
class Setup:
    """The folders of one person, and the registry made from what is in them."""

    paths: Paths

    def config(self, text: str) -> None:
        self.paths.config.mkdir(parents=True, exist_ok=True)
        self.paths.config_file.write_text(textwrap.dedent(text), encoding="utf-8")
        self.paths.config_file.chmod(0o600)

    def drop_in(self, name: str, code: str) -> Path:
        folder = self.paths.config / "providers"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.py"
        file.write_text(textwrap.dedent(code), encoding="utf-8")
        return file

    @property
    def settings(self) -> Config:
        return load_config(self.paths.config_file)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.paths, self.settings)

    def registry(self) -> Registry:
        return Registry(self.settings, self.credentials, self.paths)

    def catalogue(self, registry: Registry | None = None) -> Catalogue:
        return Catalogue(registry or self.registry())


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log"))


@dataclass
class ListServer:
    """Answers ``GET /v1/models`` with its rows, or fails; keeps the headers it got."""

    url: str = ""
    rows: list[dict[str, object]] = field(default_factory=lambda: [{"id": "big"}, {"id": "small"}])
    status: int = 200
    headers: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        if self.status != 200:
            return web.json_response({"error": {"message": "the list is closed"}}, status=self.status)
        return web.json_response({"object": "list", "data": self.rows})


@pytest.fixture
async def server() -> Iterator[ListServer]:
    serves = ListServer()
    app = web.Application()
    app.router.add_get("/v1/models", serves.answer)
    async with TestServer(app, host="127.0.0.1") as running:
        serves.url = str(running.make_url("/v1"))
        yield serves


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Put a package with an entry point of the group ``segue.providers`` on the path."""

    def install(name: str, point: str, code: str) -> None:
        site = tmp_path / "site-packages"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[segue.providers]\n{point}\n")
        (site / f"{name}.py").write_text(textwrap.dedent(code))
        monkeypatch.syspath_prepend(site)

    return install
