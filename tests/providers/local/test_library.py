"""Which models there are, where they come from, and whether this machine can run them."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tui.errors import ModelNotSupportedError
from tui.providers.local.availability import installed, supported, why_not
from tui.providers.local.library import LocalModels
from tui.providers.local.models import KNOWN, Url, Wheels


@pytest.mark.parametrize("model", KNOWN, ids=lambda model: model.name)
def test_what_we_offer_is_known_to_the_byte(model) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert model.licence == "Apache-2.0"
    for source in model.sources:
        match source:
            case Url():
                assert source.address.startswith("https://")
            case Wheels():
                assert sum(part.bytes for part in source.parts) == model.bytes
                assert all("==" in part.requirement for part in source.parts)


def test_ours_come_first_and_one_of_the_persons_own_may_take_a_name(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    models = LocalModels(tmp_path, {"mine": own, "smollm2-135m": own})
    assert [model.name for model in models.list()] == ["qwen2.5-coder-0.5b", "smollm2-135m", "mine"]
    assert models.find("smollm2-135m").path == own
    assert [model.present for model in models.list()] == [False, True, True]


def test_a_model_is_here_once_its_file_has_its_name(tmp_path: Path) -> None:
    models = LocalModels(tmp_path)
    path = models.find("smollm2-135m").path
    assert path.parent == tmp_path / "models"
    path.parent.mkdir()
    path.with_suffix(".part").touch()
    assert not models.find("smollm2-135m").present
    path.touch()
    assert models.find("smollm2-135m").present


def test_the_home_folder_may_be_written_short(tmp_path: Path) -> None:
    assert LocalModels(tmp_path, {"mine": "~/m.gguf"}).find("mine").path == Path.home() / "m.gguf"


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(ModelNotSupportedError, match=r"smollm2-135m"):
        LocalModels(tmp_path).find("llama")


def test_this_machine_can_run_one() -> None:
    assert installed()
    assert why_not() is None


@pytest.mark.parametrize(
    ("system", "machine", "abi", "runs"),
    [
        ("linux", "x86_64", "cpython-311-x86_64-linux-gnu", True),
        ("linux", "aarch64", "cpython-311-aarch64-linux-gnu", True),
        ("linux", "x86_64", "cpython-311-x86_64-linux-musl", False),
        ("linux", "riscv64", "cpython-311-riscv64-linux-gnu", False),
        ("darwin", "arm64", None, True),
        ("win32", "AMD64", None, True),
        ("win32", "ARM64", None, False),
        ("freebsd14", "amd64", None, False),
    ],
)
def test_platforms(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, abi: str | None, runs: bool
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: abi)
    assert supported() is runs
    monkeypatch.setattr("tui.providers.local.availability.ENGINE", "no_such_engine")
    assert ("pip install" if runs else "connect a provider") in str(why_not())


def test_a_slim_container_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr("ctypes.CDLL", missing)
    monkeypatch.setattr("tui.providers.local.availability._USUAL", ())
    assert why_not() == "the system lacks libgomp.so.1: apt-get install libgomp1"


def test_asking_costs_neither_the_engine_nor_an_http_library() -> None:
    program = (
        "import sys, tui.providers.local.provider as local; local.why_not(); "
        "sys.exit(len({'xllamacpp', 'aiohttp'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
