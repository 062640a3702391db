"""The HTTP server of the metrics, asked over real connections."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest

from mimecast_secops.cli.metrics_server import MetricsServer


def get(port: int, path: str, method: str = "GET", host: str = "127.0.0.1") -> tuple[int, str]:
    """The status and the text of a reply."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request(method, path)
    with connection.getresponse() as response:
        return response.status, response.read().decode()


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    with MetricsServer("127.0.0.1", 0, stale_after=3600) as running:
        yield running


def test_the_last_metrics_are_served(server: MetricsServer) -> None:
    assert get(server.port, "/metrics") == (200, "")
    server.write("a 1\n")
    server.write("a 2\n")
    assert get(server.port, "/metrics?debug=1") == (200, "a 2\n")


def test_prometheus_recognizes_the_format(server: MetricsServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/metrics")
    with connection.getresponse() as response:
        assert response.getheader("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
        assert response.getheader("Server") == "mimecast-secops"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("POST", "/metrics", 501)])
def test_nothing_else_is_served(server: MetricsServer, method: str, path: str, status: int) -> None:
    assert get(server.port, path, method)[0] == status


def test_a_service_is_healthy_while_its_cycles_end(server: MetricsServer) -> None:
    assert get(server.port, "/healthz") == (200, "ok\n")


def test_a_service_without_a_cycle_for_too_long_is_unhealthy() -> None:
    with MetricsServer("127.0.0.1", 0, stale_after=-1) as server:
        status, text = get(server.port, "/healthz")
        assert (status, text) == (503, "No cycle has ended for 0 s.\n")


def test_a_service_that_waits_for_a_rate_limit_is_healthy() -> None:
    with MetricsServer("127.0.0.1", 0, stale_after=-1) as server:
        server.wait(3600)
        assert get(server.port, "/healthz") == (200, "ok\n")


def test_connections_above_the_limit_are_closed_until_others_end(server: MetricsServer) -> None:
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(16)]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as refused:
        assert refused.recv(1) == b""
    for connection in idle:
        connection.close()
    while True:
        try:
            assert get(server.port, "/healthz")[0] == 200
        except (http.client.RemoteDisconnected, ConnectionResetError):
            continue  # the threads of the closed connections have not ended yet
        return


def test_a_broken_request_prints_nothing(server: MetricsServer, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"\x00\xff\r\n\r\n")
        assert b"400" in connection.makefile("rb").read()
    assert capfd.readouterr() == ("", "")


def test_an_address_in_use_is_named(server: MetricsServer) -> None:
    with pytest.raises(OSError, match="Address already in use") as caught:
        MetricsServer("127.0.0.1", server.port, stale_after=1)
    assert caught.value.filename == f"127.0.0.1:{server.port}"


@pytest.mark.skipif(not socket.has_ipv6, reason="needs an IPv6 loopback")
def test_ipv6(capfd: pytest.CaptureFixture[str]) -> None:
    try:
        server = MetricsServer("::1", 0, stale_after=1)
    except OSError:
        pytest.skip("needs an IPv6 loopback")
    with server:
        assert get(server.port, "/healthz", host="::1")[0] == 200


def test_the_port_is_free_after_the_end() -> None:
    with MetricsServer("127.0.0.1", 0, stale_after=1) as server:
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        get(port, "/healthz")
