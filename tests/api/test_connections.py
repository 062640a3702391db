"""Pools of connections: to the server that the checks have seen."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from mimecast_secops.api.connections import pool_of


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8765/path",
        "http://[::1]:8765/path",
        "http://127.0.0.1",
        "http://127.0.0.1\\@files.example.com/path",
        "http://files.example.com\\@127.0.0.1/path",
        "http://user@127.0.0.1/path",
    ],
)
def test_a_pool_leads_to_the_host_that_was_checked(url: str) -> None:
    pool = pool_of(url, proxy=None, context=None, size=1)
    parts = urlsplit(url)
    assert (pool.host, pool.port) == (parts.hostname, parts.port or 80)
    pool.close()
