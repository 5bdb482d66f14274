"""Short-lived tokens, for vendors that take not the key itself but what is got or made with it."""

from __future__ import annotations

import base64
import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from msgspec.structs import replace

from tui.credentials import Found
from tui.digest import sha256
from tui.errors import ErrorKind, MissingKeyError, ProviderError
from tui.secret import Secret

GIGACHAT_URL = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"
AWS_KEY = "AWS_ACCESS_KEY_ID"
_EARLY_SECONDS = 60.0
"""A token is got anew so long before it expires."""
_AWS_SECONDS = 3600


class Tokens:
    """Makes a token of a key, and keeps those that a server gave."""

    def __init__(self) -> None:
        self._kept: dict[Secret, tuple[Secret, float]] = {}

    async def of(self, vendor: str, found: Found, way: Mapping[str, Any]) -> Found:
        """``found`` with the token that ``vendor`` wants in place of its key; unchanged where it wants none.

        Args:
            vendor: The built-in vendor's name.
            found: The key and where it came from.
            way: Options of ``http.open_stream`` for the way to the server.

        Raises:
            ProviderError: No token could be had.
        """
        if vendor == "gigachat":
            return replace(found, secret=await self._gigachat(found.secret, way))
        if vendor == "bedrock" and found.source == AWS_KEY:
            return replace(found, secret=_bedrock(found.secret))
        return found

    async def _gigachat(self, key: Secret, way: Mapping[str, Any]) -> Secret:
        """By OAuth: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-token."""
        from tui.providers.http import fetch_json
        from tui.providers.sent import Sent

        token, until = self._kept.get(key, (key, 0.0))
        if time.time() < until - _EARLY_SECONDS:
            return token
        given = await fetch_json(
            os.environ.get("GIGACHAT_AUTH_URL") or GIGACHAT_URL,
            method="POST",
            headers={
                "Accept": "application/json",
                "Authorization": f"Basic {key.reveal()}",
                "RqUID": str(uuid.uuid4()),
            },
            form={"scope": os.environ.get("GIGACHAT_SCOPE") or "GIGACHAT_API_PERS"},
            api_key=key.reveal(),
            **way,
        )
        said = Sent(given)
        if not said.text("access_token"):
            raise ProviderError("GigaChat gave no access token", kind=ErrorKind.PROTOCOL)
        token = Secret(said.text("access_token"))
        self._kept[key] = token, (said.number("expires_at") or 0.0) / 1000
        return token


def _bedrock(access_key: Secret) -> Secret:
    secret = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not secret:
        raise MissingKeyError(
            f"Amazon Bedrock needs more than {AWS_KEY}", "Set AWS_SECRET_ACCESS_KEY, and AWS_REGION."
        )
    region, session = os.environ.get("AWS_REGION", ""), os.environ.get("AWS_SESSION_TOKEN", "")
    return bedrock_token(access_key, Secret(secret), session, region, datetime.now(UTC))


def bedrock_token(access_key: Secret, secret_key: Secret, session: str, region: str, now: datetime) -> Secret:
    """A key for Amazon Bedrock, good for an hour: a signed address (Signature Version 4) as a text.

    Made as aws-bedrock-token-generator makes it; nobody is asked.
    """
    import hmac  # it loads OpenSSL's hashes

    host, day, moment = "bedrock.amazonaws.com", f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{day}/{region}/bedrock/aws4_request"
    query = {
        "Action": "CallWithBearerToken",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{access_key.reveal()}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(_AWS_SECONDS),
        **({"X-Amz-Security-Token": session} if session else {}),
        "X-Amz-SignedHeaders": "host",
    }
    asked = urlencode(query, quote_via=quote, safe="-_.~")
    request = f"POST\n/\n{asked}\nhost:{host}\n\nhost\n{sha256(b'')}"
    signed = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{sha256(request.encode())}"
    key = b"AWS4" + secret_key.reveal().encode()
    for part in (*scope.split("/"), signed):
        key = hmac.digest(key, part.encode(), "sha256")
    address = f"{host}/?{asked}&X-Amz-Signature={key.hex()}&Version=1"
    return Secret(f"bedrock-api-key-{base64.b64encode(address.encode()).decode()}")
