"""Vendors that take a short-lived token in place of the key."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from tui.errors import ErrorKind, MissingKeyError, ProviderError
from tui.providers.tokens import bedrock_token
from tui.secret import Secret, redact

CREDENTIALS = base64.b64encode(b"client-id:client-secret").decode()
AWS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")  # of AWS's own documents
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
async def server(start_server):
    """Where GigaChat gives its tokens."""
    return await start_server()


class TestGigaChat:
    @pytest.fixture(autouse=True)
    def credentials(self, monkeypatch, server):
        monkeypatch.setenv("GIGACHAT_CREDENTIALS", CREDENTIALS)
        monkeypatch.setenv("GIGACHAT_AUTH_URL", f"{server.url}/api/v2/oauth")
        monkeypatch.delenv("GIGACHAT_SCOPE", raising=False)

    def gives(self, server, *tokens, seconds=1800.0):
        """Let the server give one token after the other, each good for ``seconds``."""
        left = list(tokens)

        async def answer(exchange):
            until = int((time.time() + seconds) * 1000)
            await exchange.whole(b'{"access_token": "%s", "expires_at": %d}' % (left.pop(0).encode(), until))

        server.answer = answer

    async def test_the_key_buys_a_token_which_is_sent_in_its_place(self, setup, server):
        self.gives(server, "token-number-one")
        target = await setup.registry().target("gigachat/GigaChat-2")
        assert target.key == Secret("token-number-one")
        assert target.key_source == "GIGACHAT_CREDENTIALS"
        [request] = server.requests
        assert (request.method, request.target) == ("POST", "/api/v2/oauth")
        assert request.headers["authorization"] == f"Basic {CREDENTIALS}"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert len(request.headers["rquid"]) == 36
        assert request.body == b"scope=GIGACHAT_API_PERS"

    async def test_the_scope_is_that_of_the_account(self, setup, server, monkeypatch):
        monkeypatch.setenv("GIGACHAT_SCOPE", "GIGACHAT_API_CORP")
        self.gives(server, "token-number-one")
        await setup.registry().target("gigachat/GigaChat-2")
        assert server.requests[0].body == b"scope=GIGACHAT_API_CORP"

    async def test_a_token_is_used_until_it_is_about_to_expire(self, setup, server):
        self.gives(server, "token-number-one", "token-number-two", seconds=1800)
        registry = setup.registry()
        keys = [(await registry.target("gigachat/GigaChat-2")).key for _ in range(3)]
        assert keys == [Secret("token-number-one")] * 3 and len(server.requests) == 1
        self.gives(server, "token-number-three", "token-number-four", seconds=30)
        registry = setup.registry()
        keys = [(await registry.target("gigachat/GigaChat-2")).key for _ in range(2)]
        assert keys == [Secret("token-number-three"), Secret("token-number-four")]

    async def test_a_refused_key_is_told_and_not_shown(self, setup, server):
        server.answer = lambda exchange: exchange.whole(
            b'{"code": 6, "message": "credentials doesn\'t match db data"}', "401 Unauthorized"
        )
        with pytest.raises(ProviderError, match="doesn't match db data") as raised:
            await setup.registry().target("gigachat/GigaChat-2")
        assert raised.value.kind is ErrorKind.AUTH
        assert "The key came from GIGACHAT_CREDENTIALS" in raised.value.hint
        assert CREDENTIALS not in str(raised.value)

    @pytest.mark.parametrize("body", [b"{}", b"[]", b'{"access_token": 5, "expires_at": "soon"}', b"null"])
    async def test_an_answer_without_a_token(self, setup, server, body):
        server.answer = lambda exchange: exchange.whole(body)
        with pytest.raises(ProviderError) as raised:
            await setup.registry().target("gigachat/GigaChat-2")
        assert raised.value.kind is ErrorKind.PROTOCOL

    async def test_a_moved_address_buys_none(self, setup, server):
        """What stands at another address may want the key itself, and the vendor is not told of it."""
        setup.config(
            '[providers.gigachat]\nurl = "http://127.0.0.1:9000/v1"\nkey_env = "GIGACHAT_CREDENTIALS"'
        )
        target = await setup.registry().target("gigachat/GigaChat-2")
        assert target.key == Secret(CREDENTIALS)
        assert server.requests == []

    def test_its_certificates_come_along(self, setup, monkeypatch):
        monkeypatch.setenv("GIGACHAT_CA_BUNDLE_FILE", "/etc/russian.pem")
        assert self.way(setup) == {"ca_file": "/etc/russian.pem"}
        setup.config('[providers.gigachat]\nca_file = "/own.pem"')
        assert self.way(setup) == {"ca_file": "/own.pem"}

    def way(self, setup):
        from tui.providers import registry

        return registry._transport(setup.registry()._spec("gigachat"))


class TestBedrock:
    @pytest.fixture(autouse=True)
    def region(self, monkeypatch):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_REGION", "eu-west-1")

    @pytest.mark.parametrize(
        ("session", "signature"),
        [
            ("", "76231506a626820b73d9987b156c450d192fa834316651caf53cf79a37b410b0"),
            ("FwoGZXIv+tok/en==", "a09cc143f44c9e4c8ec5786435255006a1b12579ab95fe89a96388a132f769b8"),
        ],
    )
    def test_the_signature_is_that_of_amazons_own_library(self, session, signature):
        """Both were made by botocore 1.44's SigV4QueryAuth, as aws-bedrock-token-generator calls it."""
        token = bedrock_token(Secret(AWS[0]), Secret(AWS[1]), session, "eu-west-1", NOON).reveal()
        address = base64.b64decode(token.removeprefix("bedrock-api-key-")).decode()
        assert address.startswith("bedrock.amazonaws.com/?Action=CallWithBearerToken&")
        query = parse_qs(urlsplit(f"https://{address}").query)
        assert query["X-Amz-Signature"] == [signature]
        assert query["Version"] == ["1"]
        assert query.get("X-Amz-Security-Token", [""]) == [session]

    async def test_a_bedrock_key_is_sent_as_it_is(self, setup, monkeypatch):
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-abc")
        assert (await setup.registry().target("bedrock/m")).key == Secret("bedrock-api-key-abc")

    async def test_keys_of_aws_are_used_only_when_the_config_says_so(self, setup, monkeypatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", AWS[0])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", AWS[1])
        assert not setup.registry().entry("bedrock").available
        setup.config('[providers.bedrock]\nkey_env = "AWS_ACCESS_KEY_ID"')
        key = (await setup.registry().target("bedrock/m")).key
        assert key and key.reveal().startswith("bedrock-api-key-")
        assert key.reveal() not in redact(f"token {key.reveal()}")

    async def test_half_of_them_is_not_enough(self, setup, monkeypatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", AWS[0])
        setup.config('[providers.bedrock]\nkey_env = "AWS_ACCESS_KEY_ID"')
        with pytest.raises(MissingKeyError, match="AWS_SECRET_ACCESS_KEY"):
            await setup.registry().target("bedrock/m")
