"""Every row of vendors.toml: it is whole, becomes a class of its wire format, and its key opens it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from types import UnionType
from typing import Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import pytest
from msgspec.structs import fields

from tui.providers import vendors as module
from tui.providers.address import is_loopback
from tui.providers.formats import FORMATS, wire_format
from tui.providers.vendors import Vendor, vendors

ROWS = tomllib.loads(Path(module.__file__).with_name("vendors.toml").read_text(encoding="utf-8"))
ALL = list(vendors().values())
IDS = list(vendors())

DOCUMENTED = """
openai anthropic gemini openrouter groq mistral deepseek xai together fireworks cerebras perplexity
github azure bedrock moonshot zai dashscope huggingface nvidia deepinfra vercel opencode
ollama-cloud gigachat ollama lmstudio llamacpp vllm litellm textgen ai365vip
"""


def written(vendor: Vendor) -> bool:
    return importlib.util.find_spec(f"tui.providers.formats.{FORMATS[vendor.type][0]}") is not None


def test_every_documented_vendor_is_there():
    assert set(vendors()) == set(DOCUMENTED.split())


@pytest.mark.parametrize("vendor", ALL, ids=IDS)
class TestRow:
    def test_has_only_known_fields(self, vendor: Vendor):
        assert set(ROWS[vendor.name]) <= {f.name for f in fields(Vendor)}

    def test_names_a_wire_format(self, vendor: Vendor):
        assert vendor.type in FORMATS

    def test_has_an_address_or_a_variable_for_it(self, vendor: Vendor):
        assert vendor.url or vendor.urls
        if vendor.url:
            parts = urlsplit(vendor.url)
            assert parts.hostname
            assert not vendor.url.endswith("/")
            assert (parts.scheme == "http") == is_loopback(vendor.url), "plain http only on this machine"

    def test_says_how_to_get_a_key_where_it_needs_one(self, vendor: Vendor):
        assert vendor.keys or not vendor.key_needed
        assert all(name.isupper() for name in (*vendor.keys, *vendor.urls))

    def test_becomes_a_class_of_its_format(self, vendor: Vendor, setup, monkeypatch):
        if not written(vendor):
            pytest.skip("the wire format is not there")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://res.openai.azure.com/")
        registry = setup.registry()
        made = registry.load(vendor.name)
        base = wire_format(vendor.type)
        assert issubclass(made, base) and made is not base
        assert made.url.startswith("http") and "{" not in made.url
        assert urlsplit(made.url).netloc == registry.entry(vendor.name).host
        assert made.default_model == vendor.default_model or made.default_model == base.default_model

    def test_has_quirks_that_its_format_knows(self, vendor: Vendor):
        if not written(vendor):
            pytest.skip("the wire format is not there")
        base = wire_format(vendor.type)
        for name, value in vendor.quirks.items():
            [kind] = get_args(get_type_hints(base)[name])  # of ClassVar[…]
            plain = get_origin(kind)
            if plain is Literal:
                assert value in get_args(kind), name
            else:
                assert isinstance(value, kind if plain in (None, UnionType) else plain), name

    def test_is_offered_once_its_key_is_there(self, vendor: Vendor, setup, monkeypatch):
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://res.openai.azure.com")
        registry = setup.registry()
        entry = registry.entry(vendor.name)
        assert not entry.available
        assert entry.reason
        if not vendor.key_needed:
            return
        for name in vendor.keys:
            monkeypatch.setenv(name, "a key")
            entry = registry.entry(vendor.name)
            assert (entry.available, entry.key_source) == (True, name)
            monkeypatch.delenv(name)


def test_the_row_of_ai365vip_says_what_its_class_says():
    if not written(vendors()["ai365vip"]):
        pytest.skip("the wire format is not there")
    row, base = vendors()["ai365vip"], wire_format("ai365vip")
    assert (row.url, row.default_model, list(row.models)) == (base.url, base.default_model, list(base.models))
    assert base.working is False
    assert row.not_working in base.note


def test_the_list_of_providers_is_cheap():
    """In a fresh process: nothing slow is imported, and the whole list takes little time."""
    code = """
import json, sys, time
from pathlib import Path
start = time.process_time()
import tui.providers.registry, tui.providers.catalogue, tui.config, tui.credentials
from tui.paths import Paths
imported = time.process_time() - start
here = Path("/nonexistent")
paths = Paths(here, here, here, here)
config = tui.config.load_config(paths.config_file)
registry = tui.providers.registry.Registry(config, tui.credentials.Credentials(paths, config), paths)
catalogue = tui.providers.catalogue.Catalogue(registry)
start = time.process_time()
catalogue.models()
print(json.dumps([imported, time.process_time() - start, sorted(sys.modules)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported, listed, modules = json.loads(done.stdout)
    assert not {
        "aiohttp",
        "pygments",
        "textual",
        "rich",
        "xllamacpp",
        "tui.providers.formats.openai_chat",
    } & set(modules)
    assert imported < 0.5, "about 0.1 s on an idle machine"
    assert listed < 0.2, "about 0.03 s on an idle machine"
