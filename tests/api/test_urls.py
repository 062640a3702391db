"""Checks of URLs and hosts."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Connection
from mimecast_secops.api.errors import Consequence, Misconfigured
from mimecast_secops.api.urls import check_url, is_internal, is_loopback
from tests.api.clients import APPLICATION

# where requests may go

REFUSED = [
    ("http://api.services.mimecast.com", "must begin with https://"),
    ("HTTP://api.services.mimecast.com", "must begin with https://"),
    ("http://10.0.0.1", "must begin with https://"),
    ("http://127.0.0.1.example.com", "must begin with https://"),
    ("http://localhost.example.com", "must begin with https://"),
    ("http://[2001:db8::1]", "must begin with https://"),
    ("http://0.0.0.0", "must begin with https://"),
    ("ftp://api.services.mimecast.com", "must be a URL"),
    ("file:///etc/passwd", "must be a URL"),
    ("https://", "must be a URL"),
    ("", "must be a URL"),
    ("https://user@api.services.mimecast.com", "must not have a user name"),
    ("https://user:marked@api.services.mimecast.com", "must not have a user name"),
    ("http://127.0.0.1@evil.example", "must not have a user name"),
    ("https://api.services.mimecast.com?x=1", "a query"),
    ("https://api.services.mimecast.com#x", "a fragment"),
    ("https://api services.mimecast.com", "has a character"),
    ("https://api.services.mimecast.com/\r\nHost: x", "has a character"),
    ("https://apì.example", "has a character"),
    ("https://api.example:99999", "is not a URL"),
    ("https://api.example:port", "is not a URL"),
    ("https://[bad", "is not a URL"),
]
ACCEPTED = [
    ("https://api.services.mimecast.com", "https://api.services.mimecast.com"),
    ("https://api.services.mimecast.com/", "https://api.services.mimecast.com"),
    ("  https://api.services.mimecast.com//  ", "https://api.services.mimecast.com"),
    ("eu-api.mimecast.com", "https://eu-api.mimecast.com"),
    ("https://gateway.example:8443/mime/cast/", "https://gateway.example:8443/mime/cast"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://127.8.9.10", "http://127.8.9.10"),
    ("http://localhost:1", "http://localhost:1"),
    ("http://LOCALHOST:1", "http://LOCALHOST:1"),
    ("http://[::1]:80", "http://[::1]:80"),
]


@pytest.mark.parametrize(("url", "words"), REFUSED)
def test_an_api_root_that_would_reveal_the_credentials_is_refused(url: str, words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        Connection(url, APPLICATION)
    assert str(caught.value).startswith("API Root ")
    assert words in str(caught.value)
    assert "marked" not in str(caught.value)
    assert caught.value.consequence is Consequence.FIX


@pytest.mark.parametrize(("url", "kept"), ACCEPTED)
def test_an_api_root_has_no_trailing_slash(url: str, kept: str) -> None:
    assert Connection(url, APPLICATION).api_root == kept


@given(st.text() | st.text().map("http://{}".format) | st.text().map("https://{}".format))
def test_every_text_is_a_safe_url_or_misconfigured(text: str) -> None:
    try:
        url = check_url(text, "API Root")
    except Misconfigured:
        return
    assert url.isascii()
    assert url.lower().startswith(("https://", "http://"))
    if not url.lower().startswith("https://"):
        host = url[7:].split("/")[0]
        assert "localhost" in host.lower() or "127." in host or "[" in host


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("127.255.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LocalHost", True),
        ("localhost.", False),
        ("0.0.0.0", False),
        ("128.0.0.1", False),
        ("2130706433", False),
        ("127.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, is_local: bool) -> None:
    assert is_loopback(host) is is_local


@given(st.text() | st.from_regex(r"[0-9a-fx.:%\[\]]{0,40}", fullmatch=True))
def test_every_text_is_internal_or_not(host: str) -> None:
    if is_loopback(host):
        assert is_internal(host)
    assert is_internal(host) in (True, False)


@given(st.ip_addresses())
def test_an_address_that_is_not_public_is_internal(address: IPv4Address | IPv6Address) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        embedded = isinstance(address, IPv6Address) and (address.ipv4_mapped or address.sixtofour)
        assert embedded or is_internal(host)
