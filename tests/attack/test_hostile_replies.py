"""Servers whose replies are not from the API: the connector prints one clear line and uses limited memory."""

from __future__ import annotations

import functools
import gzip
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.attack.connector_process import MEBIBYTE, ConnectorProcess
from tests.attack.raw_server import RawServer

UNREACHABLE, UNREADABLE = 6, 8
MAX_BYTES = 256 * MEBIBYTE
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def reply(body: bytes, *headers: bytes) -> bytes:
    """A whole reply with its length."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def bytes_of(content: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(content)


def endless(head: bytes, chunk: bytes) -> Callable[[socket.socket], None]:
    """A reply that ends when the client closes the connection."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(chunk)

    return answer


@functools.cache
def gzip_bomb(size: int) -> bytes:
    """JSON of a size in bytes, compressed to about a thousandth."""

    def chunks() -> Iterator[bytes]:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        yield packer.compress(b'{"data":["')
        for _ in range(size // MEBIBYTE):
            yield packer.compress(b" " * MEBIBYTE)
        yield packer.compress(b'"]}') + packer.flush()

    return b"".join(chunks())


def gzip_once(connection: socket.socket) -> None:
    connection.sendall(reply(gzip_bomb(1024 * MEBIBYTE), b"Content-Encoding: gzip"))


def gzip_twice(connection: socket.socket) -> None:
    connection.sendall(reply(gzip.compress(gzip_bomb(1024 * MEBIBYTE)), b"Content-Encoding: gzip, gzip"))


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NESTED = b'{"data":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
ATTACKS = {
    "an invalid status line": bytes_of(b"HTTP/9.9 many OK\r\n\r\n"),
    "no HTTP at all": bytes_of(b"SSH-2.0-OpenSSH_9.6\r\n" * 3),
    "two lengths": bytes_of(HEAD + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}"),
    "no reply": bytes_of(b""),
    "a web page": bytes_of(reply(b"<html><body>Sign in</body></html>")),
    "a redirect": bytes_of(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
    "deep JSON": bytes_of(reply(NESTED)),
    "a number of a million digits": bytes_of(reply(b'{"data":[' + b"9" * MEBIBYTE + b"]}")),
    "15 MiB of broken JSON": bytes_of(reply(b'{"data":[' + b"{" * (15 * MEBIBYTE))),
    "five million empty rows": bytes_of(reply(b'{"data":[' + b"{}," * (5 * MEBIBYTE) + b"{}]}")),
    "a length of two gigabytes": endless(HEAD + b"Content-Length: 2147483648\r\n\r\n", b" " * 65536),
    "endless chunks": endless(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"),
    "a gigabyte in gzip": gzip_once,
    "gzip in gzip": gzip_twice,
    "thousands of encodings": bytes_of(reply(b"{}", b"Content-Encoding: " + b"gzip, " * 4000 + b"gzip")),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_reply_ends_with_one_clear_line_and_bounded_memory(name: str, tmp_path: Path) -> None:
    with RawServer(ATTACKS[name]) as server:
        connector = ConnectorProcess(server.environment, tmp_path)
        finished = connector.run("--pythonprocesstimeout", "30")
    assert server.requests > 0
    assert finished.code in (UNREACHABLE, UNREADABLE), finished.stderr
    assert "Traceback" not in finished.stderr
    assert "nexpected error" not in finished.stderr
    assert "marked" not in finished.stderr, "a secret"
    assert "NOT OK" in finished.stderr.splitlines()[-1]
    assert max(len(line) for line in finished.stderr.splitlines()) < 500
    assert finished.peak_bytes < MAX_BYTES
    assert [alert for alert in connector.alerts() if "Unread Period" not in json.dumps(alert)] == []
