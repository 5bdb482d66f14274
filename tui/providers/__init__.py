"""Who answers: the contract, one wire format a file, and the lists that are data.

It knows ``chat`` and the leaves; ``engine`` and ``cli`` know it, and the app where a provider is connected.
Read ``base`` first, then ``formats/ollama``, ``stream`` and ``http``.

What a provider is::

    base                    the contract: attributes and one async generator
    formats/                one wire format a file
    vendors                 rows of data become classes
    vendors.toml            the vendors
    local/                  the model that runs on this machine
    g4f                     the providers of gpt4free
    plugins                 packages and files from outside
    foreign                 code that prints, and may hold up the rest
    thread_stream           code that may block its loop

Which there are::

    registry                everyone who can answer
    provider_specs          data, config and environment of one, together
    address                 where it is, and in whose network
    catalogue               the models known now
    lists                   the lists that servers gave, on disk
    listing                 how such a list is read
    facts                   what is known of well-known models
    models.json.gz          those facts
    make_facts              makes them
    health                  how each does, by real use

A request::

    http                    the one way to a server
    proxy                   which proxy
    timeouts                how long each phase may take
    tokens                  short-lived tokens in the place of keys
    content                 what a message holds, for dialects of another shape
    refusals                the request without what the server refused
    most                    how much a server takes, from its refusal
    lessons                 refusals, learnt and kept
    knobs                   which parameters a model takes
    picture_models          models that make nothing but pictures, by their names

A reply::

    response                an open answer: its text under limits
    decode                  bytes to events
    stream                  events to chunks, the same for every dialect
    caching                 what vendors are asked to keep of a prompt
    calls                   tool calls: gathered from pieces, and what goes back
    sent                    what servers send, read without trust
    told                    text that comes twice is told once
    endings                 why a reply ended

What goes wrong::

    complaints              whether an event is an error
    error_parsing           every vendor's error in one shape
    http_error              an HTTP error, as aiohttp's and as ours
    connection_errors       the way to a server, in words
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.providers.formats import MODULES, class_called

if TYPE_CHECKING:
    from tui.providers.formats.ai365vip import AI365VIP
    from tui.providers.formats.anthropic import Anthropic
    from tui.providers.formats.gemini import Gemini
    from tui.providers.formats.ollama import Ollama
    from tui.providers.formats.openai_chat import OpenAIChat
    from tui.providers.formats.openai_images import OpenAIImages
    from tui.providers.formats.openai_responses import OpenAIResponses

__all__ = ["AI365VIP", "Anthropic", "Gemini", "Ollama", "OpenAIChat", "OpenAIImages", "OpenAIResponses"]


def __getattr__(name: str) -> Any:
    """Import a provider when it is named: the package itself must not cost the start aiohttp's time."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return class_called(name)
