"""Which addresses a page may be read from, in every spelling."""

from __future__ import annotations

import pytest

from tui.tools.builtin.guard import Guard, RefusedError, is_public, place_of, resolve

LOOPBACK = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://0.0.0.0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://localhost/",
    "http://127.0.0.1./",
    "http://LOCALHOST./",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
]


async def reach(url: str, guard: Guard) -> None:
    place = place_of(url)
    await guard.addresses(place.host, place.port)


@pytest.mark.parametrize("url", LOOPBACK)
async def test_this_machine_is_refused_however_it_is_spelled(url):
    with pytest.raises(RefusedError):
        await reach(url, Guard(resolve=resolve))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.88.99.1",
            "192.0.0.8",
            "224.0.0.1",
        ),
        *(
            "168.63.129.16",
            "255.255.255.255",
            "fe80::1",
            "fe80::1%eth0",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
        ),
        *("64:ff9b::808:808", "64:ff9b:1::1", "2002:808:808::", "2001:0:1::1", "::ffff:8.8.8.8", "::8.8.8.8"),
        *("2606:4700::5efe:7f00:1", "2001:db8::1", "3fff::1", "5f00::1", "no address", ""),
    ],
)
def test_what_is_not_public_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_what_is_public_is_known(address):
    assert is_public(address)


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::1"], []])
async def test_a_name_that_stands_for_a_private_address_is_refused(found):
    async def answer(host, port):
        return found

    with pytest.raises(RefusedError):
        await reach("https://innocent.example/", Guard(resolve=answer))


async def test_a_public_name_is_let_through_with_its_addresses():
    async def answer(host, port):
        return ["93.184.215.14"]

    assert await Guard(resolve=answer).addresses("example.com", 443) == ["93.184.215.14"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://user@example.com/", "http://user:pass@example.com/", "http://example.com\\@10.0.0.1/"),
        *(
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com",
            "javascript:1",
            "data:text/html,x",
        ),
        *("http://", "http:///path", "example.com", "", "http://exa mple.com/", "http://[::1", "http://a:0/"),
        *(
            "http://example.com:99999/",
            "http://example.com/\u202e",
            "http://[fe80::1%25eth0]/",
            "http://1.2.3/",
        ),
    ],
)
def test_what_is_no_plain_address_is_refused(url):
    with pytest.raises(RefusedError):
        place_of(url)


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://Example.com/a?b#c", "example.com"),
        ("http://example.com:80/", "example.com"),
        ("https://example.com:8443/", "example.com:8443"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://[2606:4700::1]:8080/", "[2606:4700::1]:8080"),
    ],
)
def test_what_is_asked_for_is_the_host_and_an_odd_port(url, scope):
    assert place_of(url).scope == scope


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.1:8000"])
async def test_a_private_host_that_was_allowed_is_let_through(allowed):
    assert await Guard([allowed]).addresses("127.0.0.1", 8000) == ("127.0.0.1",)


async def test_an_allowed_port_opens_no_other_and_an_allowed_name_no_other():
    guard = Guard(["127.0.0.1:8000", "wiki.home"])
    for host, port in (("127.0.0.1", 8001), ("127.0.0.2", 8000), ("localhost", 8000)):
        with pytest.raises(RefusedError):
            await guard.addresses(host, port)
