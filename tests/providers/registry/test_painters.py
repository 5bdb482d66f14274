"""Who makes nothing but pictures: the person says it, or the list, or the class of the provider."""

from __future__ import annotations

import pytest

HI = [{"role": "user", "content": "Hi"}]
SIGNS = """
    @classmethod
    def _request_headers(cls, key):
        return {"X-Signed": "yes"}
"""
ANSWERS = """
    @classmethod
    async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
        yield f"{model}, by me"
"""
MINE = """
from tui.providers.formats.openai_chat import OpenAIChat
from tui.providers.formats.openai_responses import OpenAIResponses

class Mine({base}):
    url = "https://mine.example/v1"
    models = ["flux-dev"]
"""


@pytest.mark.parametrize("base", ["OpenAIChat", "OpenAIResponses"])
async def test_where_there_is_an_images_endpoint_a_name_is_enough(setup, base):
    setup.drop_in("mine", MINE.format(base=base))
    registry = setup.registry()
    target = await registry.target("mine/flux-dev")
    assert await registry.pictures("mine/flux-dev") == target.pictures == "only"
    assert target.provider.format == "openai-images"


async def test_where_there_is_none_a_name_says_nothing(setup):
    """Ollama runs models that write prompts for pictures; it makes none."""
    registry, model = setup.registry(), "ollama/stable-diffusion-writer"
    target = await registry.target(model)
    assert await registry.pictures(model) == target.pictures == "never"
    assert target.provider.format == "ollama"
    assert target.abilities.tools
    assert setup.catalogue(registry).info(model).pictures is None


async def test_a_vendor_whose_pictures_are_made_elsewhere_is_asked_as_ever(setup):
    """By the config's list there is no row that says anything."""
    setup.config("""
        [providers.fireworks]
        key = "sk-12345678"
        models = ["accounts/fireworks/models/flux-1-dev-fp8"]
        """)
    registry, model = setup.registry(), "fireworks/accounts/fireworks/models/flux-1-dev-fp8"
    target = await registry.target(model)
    assert await registry.pictures(model) == target.pictures == "never"
    assert setup.catalogue(registry).info(model).pictures is None


@pytest.mark.parametrize("base", ["OpenAIChat", "OpenAIResponses"])
@pytest.mark.parametrize("code", [SIGNS, ANSWERS])
async def test_a_class_with_code_of_its_own_is_asked_itself(setup, base, code):
    setup.drop_in("mine", MINE.format(base=base) + code)
    registry = setup.registry()
    target = await registry.target("mine/flux-dev")
    assert target.provider is registry.load("mine")
    assert target.pictures == "never"


async def test_what_the_person_says_of_a_model_wins(setup, server):
    setup.config(f"""
        [providers.lab]
        url = "{server.url}"
        pictures = {{ my-mix = "only", flux-writer = "never", painter = "never" }}
        """)
    server.rows = [{"id": name} for name in ("flux-writer", "my-mix", "flux-dev")]
    server.rows.append({"id": "painter", "type": "image"})
    registry = setup.registry()
    catalogue = setup.catalogue(registry)
    await catalogue.refresh(["lab"])
    found = {model.name: model.pictures for model in catalogue.models() if model.provider == "lab"}
    assert found == {"flux-writer": "never", "painter": "never", "my-mix": "only", "flux-dev": "only"}
    for name, pictures in found.items():
        target = await registry.target(f"lab/{name}")
        assert await registry.pictures(f"lab/{name}") == target.pictures == pictures
        assert target.provider.format == ("openai-images" if pictures == "only" else "openai")
