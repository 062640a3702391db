"""Connection pools and TLS sockets."""

from __future__ import annotations

import gc
import select
import socket
import struct
import warnings
from urllib.parse import urlsplit

import pytest

from mimecast_secops.api.connections import pool_of, tls_context

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


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
def test_a_pool_connects_to_the_host_that_was_checked(url: str) -> None:
    pool = pool_of(url, proxy=None, context=None, size=1)
    parts = urlsplit(url)
    assert (pool.host, pool.port) == (parts.hostname, parts.port or 80)
    pool.close()


def test_a_connection_that_was_reset_before_the_handshake_leaves_no_open_socket() -> None:
    context = tls_context(verify=False, ca_bundle="")
    with warnings.catch_warnings(record=True) as caught, socket.create_server(("127.0.0.1", 0)) as listening:
        warnings.simplefilter("always")
        connected = socket.create_connection(listening.getsockname())
        accepted, _ = listening.accept()
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        accepted.close()
        select.select([connected], [], [], 10)
        with pytest.raises(ConnectionResetError) as raised:
            context.wrap_socket(connected, server_hostname="127.0.0.1")
        del raised
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
