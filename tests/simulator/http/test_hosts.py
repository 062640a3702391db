"""The host of a request and the origin of a web page."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator.http.hosts import is_from_own_page, names_loopback


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.9:1", "[::1]:80", "localhost", "127.0.0.1", "[::1]", ""])
def test_a_loopback_host_is_recognized(host: str) -> None:
    assert names_loopback({"host": host})


@pytest.mark.parametrize(
    "host",
    ["[::1]rebound.example.org", "[::2]", "[::1", "localhost:1:2", "localhost.example.org:80", "[::1]:x", "192.0.2.1"],
)
def test_any_other_host_is_not(host: str) -> None:
    assert not names_loopback({"host": host})


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "192.0.2.7:8765", "127.0.0.1"])
def test_a_page_of_this_server_has_the_origin_of_its_address(host: str) -> None:
    assert is_from_own_page({"host": host, "origin": f"http://{host}"})


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8765", "http://127.0.0.1:8766"),
        ("127.0.0.1:8765", "http://localhost:8765"),
        ("127.0.0.1:8765", "https://127.0.0.1:8765"),
        ("127.0.0.1:8765", "http://127.0.0.1:8765.example.org"),
        ("127.0.0.1:8765", "https://example.org"),
        ("127.0.0.1:8765", "null"),
        ("127.0.0.1:8765", ""),
        ("rebound.example.org:8765", "http://rebound.example.org:8765"),
        ("", "http://"),
        ("[::1", "http://[::1"),
    ],
)
def test_a_page_of_another_server_is_not_one_of_this_server(host: str, origin: str) -> None:
    assert not is_from_own_page({"host": host, "origin": origin})


def test_a_request_without_an_origin_is_not_from_a_page() -> None:
    assert not is_from_own_page({"host": "127.0.0.1"})
    assert not is_from_own_page({})
