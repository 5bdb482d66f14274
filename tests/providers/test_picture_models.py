"""Which models make nothing but pictures, by the vendors' own names."""

from __future__ import annotations

import pytest

from tui.providers.picture_models import changes_none, makes_only_pictures

PAINTERS = [
    *("gpt-image-1", "gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest", "openai/gpt-image-2"),
    *(
        "dall-e-2",
        "dall-e-3",
        "azure/dall-e-3",
        "grok-2-image-1212",
        "grok-imagine-image",
        "grok-imagine-image-pro",
    ),
    *(
        "black-forest-labs/flux.2-pro",
        "black-forest-labs/FLUX.1-schnell",
        "flux",
        "flux-1-dev",
        "bfl/flux-kontext-max",
    ),
    *("stable-diffusion-3.5", "stablediffusion", "stabilityai/sdxl", "sd-turbo", "sd3.5", "sd-xl-1.0"),
    *(
        "bytedance-seed/seedream-4.5",
        "google/imagen-4.0-generate",
        "imagen-4",
        "qwen/qwen-image-edit",
        "z-image-turbo",
    ),
    *("hunyuan-image-3", "glm-image", "cogview-4", "recraft/recraft-v3", "ideogram-v3"),
]
TALKERS = [
    *("gpt-6-sol", "gpt-5-image", "openai/gpt-5-image-mini", "google/gemini-3-pro-image-preview"),
    *(
        "gemini-2.5-flash-image",
        "grok-4.6",
        "claude-opus-5-5",
        "imagenet-chat",
        "fluxus-70b",
        "influx",
        "sdk-helper",
    ),
    *("qwen3-vl", "llama-4", "pixtral-large", "sd1l-chat"),
    *("brxce/stable-diffusion-prompt-generator", "flux-prompt-enhance", "qwen-image-prompt-writer"),
    *("sd-3-prompts", "glm-image-captioner", "dreamshaper-chat", "recraft-llm"),
]


@pytest.mark.parametrize("name", PAINTERS)
def test_these_make_nothing_but_pictures(name):
    assert makes_only_pictures(name)


@pytest.mark.parametrize("name", TALKERS)
def test_these_have_words(name):
    assert not makes_only_pictures(name)


def test_some_make_them_from_words_alone():
    assert [name for name in PAINTERS if changes_none(name)] == [
        "dall-e-3",
        "azure/dall-e-3",
        "grok-2-image-1212",
    ]
