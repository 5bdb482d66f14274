"""An HTTP error as both families know it: ours, with words, and aiohttp's, with status and headers."""

from __future__ import annotations

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from tui.errors import ErrorKind, ProviderError
from tui.providers.error_parsing import Complaint, Words, hide, retry_after, should_retry
from tui.secret import Secret
from tui.text import clean

_HARMLESS_HEADERS = frozenset({"accept", "content-type", "user-agent", "anthropic-version"})


class ProviderHTTPError(aiohttp.ClientResponseError, ProviderError):
    """The server answered with an HTTP error. Nothing in it holds the key.

    Attributes:
        status: The HTTP status.
        headers: The answer's headers.
        body: The answer's body: safe to show, at most 64 kB.
        vendor_message: The message in it.
    """

    def __init__(
        self,
        words: Words,
        response: aiohttp.ClientResponse,
        key: Secret | None,
        *,
        body: str = "",
        complaint: Complaint | None = None,
    ) -> None:
        complaint = complaint or Complaint()
        headers = CIMultiDict({name: hide(value, key) for name, value in response.headers.items()})
        aiohttp.ClientResponseError.__init__(
            self, _request(response), (), status=response.status, headers=CIMultiDictProxy(headers)
        )
        wait = complaint.retry_after
        wait = retry_after(headers) if wait is None else wait
        words = words.after(wait)
        ProviderError.__init__(
            self,
            hide(words.message, key),
            words.hint,
            kind=words.kind,
            status_code=response.status,
            retry_after=wait,
            param=complaint.param if words.kind is ErrorKind.INVALID else None,
            retryable=should_retry(headers),
        )
        self.body = clean(hide(body, key))
        self.vendor_message = hide(complaint.message, key)

    __str__ = ProviderError.__str__
    __repr__ = ProviderError.__repr__


def _request(response: aiohttp.ClientResponse) -> aiohttp.RequestInfo:
    """What was asked, without user, query and headers that may hold a key."""
    info = response.request_info
    headers = CIMultiDict({k: v for k, v in info.headers.items() if k.lower() in _HARMLESS_HEADERS})
    url = URL(info.url).with_user(None).with_query(None)
    return aiohttp.RequestInfo(url, info.method, CIMultiDictProxy(headers), url)
