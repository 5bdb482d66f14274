"""The servers of the Model Context Protocol of one run of the program, with our way to other machines."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from tui.config import Config
from tui.credentials import Credentials
from tui.paths import Paths
from tui.providers.address import is_private
from tui.providers.proxy import proxy_for
from tui.secret import Secret
from tui.tools.mcp.elicitation import Person
from tui.tools.mcp.network import Network
from tui.tools.mcp.server import McpServer
from tui.tools.mcp.servers import McpServers, nobody_is_told


def mcp_servers(
    config: Config,
    paths: Paths,
    credentials: Credentials,
    *,
    person: Person | None = None,
    changed: Callable[[McpServer], None] = nobody_is_told,
) -> McpServers:
    """The servers that are configured; each is started by its first use.

    Args:
        config: The settings.
        paths: The program's folders.
        credentials: Has the keys to which the settings refer.
        person: Who is asked what a server wants to know; None where nobody can be.
        changed: Told when it is otherwise with a server.
    """

    def key(name: str) -> Secret | None:
        found = credentials.find(name)
        return found.secret if found else None

    network = Network(lambda url: proxy_for(url, config.proxy), _tls, is_private)
    return McpServers(config.mcp, paths, network, key, person=person, changed=changed)


def _tls() -> ssl.SSLContext:
    from tui.providers.http import tls_context  # brings the HTTP client, which a program needs not

    return tls_context()
