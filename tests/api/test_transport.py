"""Requests and replies over HTTP: TLS, proxies, timeouts, and whether a failed request may have been executed."""

from __future__ import annotations

import base64
import gzip
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import InsecureRequestWarning

from mimecast_secops._version import __version__
from mimecast_secops.api import Connection, Deadline, Proxy, Secret
from mimecast_secops.api.connections import proxy_from_url, tls_context
from mimecast_secops.api.envelope import RawReply
from mimecast_secops.api.errors import (
    Consequence,
    DeadlineExceeded,
    Misconfigured,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.api.transport import Transport, TransportOptions
from tests.api.clients import APPLICATION, FakeTime, client_of
from tests.api.local_server import Answer, Received, Server, answer
from tests.api.socket_server import SocketServer
from tests.prerequisites import find_program

NEVER = Deadline.never()
HOST = "tenant.example"


def transport(**transport_options: Any) -> Transport:
    return Transport(TransportOptions(**transport_options), monotonic=FakeTime())


def exchange(client: Transport, url: str, **options: Any) -> RawReply:
    arguments: dict[str, Any] = {
        "headers": {"Authorization": "Bearer marked"},
        "body": b"{}",
        "deadline": NEVER,
        "max_bytes": 10_000,
        **options,
    }
    try:
        return client.exchange("POST", url, **arguments)
    finally:
        client.close()


# a request and its reply


def test_a_request_arrives_as_it_was_sent_and_its_reply_with_lower_case_headers(server: Server) -> None:
    server.say(Answer(207, b"body", {"X-Some-Header": "Value"}))
    reply = exchange(transport(), f"{server.url}/path?query=1", body=b'{"a": 1}')
    [sent] = server.requests
    assert (sent.method, sent.path, sent.body) == ("POST", "/path?query=1", b'{"a": 1}')
    assert sent.headers["authorization"] == "Bearer marked"
    assert sent.headers["user-agent"] == f"mimecast-secops/{__version__}"
    assert (reply.status, reply.body, reply.headers["x-some-header"]) == (207, b"body", "Value")


def test_a_compressed_reply_is_decompressed(server: Server) -> None:
    server.say(Answer(200, gzip.compress(b"plain"), {"Content-Encoding": "gzip"}))
    assert exchange(transport(), server.url).body == b"plain"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(server: Server, status: int) -> None:
    server.say(Answer(status, b"", {"Location": f"{server.url}/elsewhere"}))
    assert exchange(transport(), server.url).status == status
    assert len(server.requests) == 1


def test_a_reply_of_exactly_the_limit_is_read_and_a_longer_one_is_not(server: Server) -> None:
    server.say(Answer(200, b"x" * 100))
    assert len(exchange(transport(), server.url, max_bytes=100).body) == 100
    with pytest.raises(UnreadableReply, match="longer than 99 bytes"):
        exchange(transport(), server.url, max_bytes=99)


def test_reads_share_a_connection_and_each_write_has_a_new_one(server: Server) -> None:
    client = transport()
    for fresh in (False, False, True, True, False):
        client.exchange("POST", server.url, headers={}, body=b"", deadline=NEVER, max_bytes=10_000, fresh=fresh)
    client.close()
    first, second, write, other_write, last = (request.port for request in server.requests)
    assert first == second == last
    assert len({first, write, other_write}) == 3
    assert client.requests_sent == 5


def test_headers_and_body_leave_together() -> None:
    """Two packets cost two system calls on both sides, and with TLS two records."""
    first: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        first.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 204 Nothing\r\n\r\n")

    with SocketServer(serve) as server:
        exchange(transport(), f"{server.url}/path", body=b"the body")
    assert first[0].startswith(b"POST /path HTTP/1.1\r\n")
    assert first[0].endswith(b"\r\n\r\nthe body")


# failures


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def test_a_request_on_a_refused_connection_was_not_executed() -> None:
    with pytest.raises(Unreachable, match="No connection to 127.0.0.1") as caught:
        exchange(transport(), f"http://127.0.0.1:{free_port()}/path?token=marked")
    assert caught.value.may_have_been_executed is False
    assert "marked" not in str(caught.value)


BROKEN = [
    ("reset", Answer(ending="reset")),
    ("nothing", Answer(raw=b"")),
    ("truncated", Answer(200, b'{"data"', announced=5000)),
    ("not HTTP", Answer(raw=b"SSH-2.0-OpenSSH_9.9\r\n")),
    ("a broken status line", Answer(raw=b"HTTP/1.1 abc OK\r\n\r\n")),
    ("a broken chunk", Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc")),
    ("half a chunk", Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc")),
    ("an endless header", Answer(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000)),
    ("too many headers", Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n")),
    ("no gzip", Answer(200, b"plain", {"Content-Encoding": "gzip"})),
    ("half a gzip", Answer(200, gzip.compress(b"x" * 1000)[:15], {"Content-Encoding": "gzip"}, announced=500)),
]


@pytest.mark.parametrize(("case", "reply"), BROKEN, ids=[name for name, _ in BROKEN])
def test_a_request_with_a_broken_reply_may_have_been_executed(server: Server, case: str, reply: Answer) -> None:
    server.say(reply)
    with pytest.raises(Unreachable, match="127.0.0.1") as caught:
        exchange(transport(), f"{server.url}/path?token=marked")
    assert caught.value.may_have_been_executed is True
    assert caught.value.consequence is Consequence.RETRY
    assert "marked" not in str(caught.value)


def test_a_request_to_a_silent_server_may_have_been_executed(server: Server) -> None:
    server.say(Answer(ending="silence"))
    with pytest.raises(Unreachable, match="did not answer in time") as caught:
        exchange(transport(timeout=0.05), server.url)
    assert caught.value.may_have_been_executed is True
    assert not isinstance(caught.value, DeadlineExceeded)


def test_nothing_is_sent_when_the_deadline_has_passed(server: Server) -> None:
    time = FakeTime()
    client = Transport(TransportOptions(), monotonic=time)
    with pytest.raises(DeadlineExceeded, match="time limit expired") as caught:
        exchange(client, server.url, deadline=Deadline(time.now))
    assert caught.value.may_have_been_executed is False
    assert server.requests == []
    assert client.requests_sent == 0


def test_a_failure_after_the_deadline_is_a_deadline_error(server: Server) -> None:
    server.say(Answer(ending="silence"))
    client = Transport(TransportOptions(), monotonic=time.monotonic)
    with pytest.raises(DeadlineExceeded, match="time limit expired") as caught:
        exchange(client, server.url, deadline=Deadline.after(0.1))
    assert caught.value.may_have_been_executed is True


def test_a_slow_body_ends_with_the_deadline(server: Server) -> None:
    class FastTime(FakeTime):
        """Advances by ten seconds with each reading."""

        def __call__(self) -> float:
            self.now += 10
            return self.now

    time = FastTime()
    server.say(Answer(200, b"x" * 100_000))
    with pytest.raises(DeadlineExceeded, match="too slowly"):
        exchange(
            Transport(TransportOptions(), monotonic=time), server.url, deadline=Deadline(time.now + 25), max_bytes=10**6
        )


# TLS

needs_openssl = pytest.mark.program("openssl")


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for `tenant.example` and this machine."""

    chain: Path
    key: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    openssl = find_program("openssl")
    assert openssl is not None
    folder = tmp_path_factory.mktemp("certificate")
    made = Certificate(folder / "chain.pem", folder / "key.pem")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"]
    command += ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    subprocess.run([*command, "-keyout", made.key, "-out", made.chain], check=True, capture_output=True)
    return made


@pytest.fixture
def secure(certificate: Certificate) -> Iterator[Server]:
    with Server() as running:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        running.wrap(context)
        yield running


def test_certificates_are_verified_by_default() -> None:
    assert TransportOptions().verify_tls is True
    assert Connection("https://api.services.mimecast.com", APPLICATION).verify_tls is True
    context = tls_context(verify=True, ca_bundle="")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    loose = tls_context(verify=False, ca_bundle="")
    assert (loose.verify_mode, loose.check_hostname) == (ssl.CERT_NONE, False)


@needs_openssl
def test_nothing_is_sent_to_a_server_with_an_untrusted_certificate(secure: Server) -> None:
    with pytest.raises(Unreachable, match="certificate of 127.0.0.1.* is not trusted") as caught:
        exchange(transport(), secure.url)
    assert "set its CA bundle" in str(caught.value)
    assert caught.value.may_have_been_executed is False
    assert secure.requests == []


@needs_openssl
def test_a_named_bundle_is_trusted(secure: Server, certificate: Certificate) -> None:
    assert exchange(transport(ca_bundle=str(certificate.chain)), secure.url).status == 200


@needs_openssl
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"])
def test_the_bundle_of_the_environment_is_trusted(
    secure: Server, certificate: Certificate, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(certificate.chain))
    assert exchange(transport(), secure.url).status == 200


@needs_openssl
def test_a_certificate_of_another_name_is_refused(secure: Server, certificate: Certificate) -> None:
    with pytest.raises(Unreachable, match="not trusted"):
        exchange(transport(ca_bundle=str(certificate.chain)), secure.url.replace("127.0.0.1", "localhost"))
    assert secure.requests == []


@needs_openssl
def test_verification_can_be_disabled(secure: Server) -> None:
    with pytest.warns(InsecureRequestWarning):
        assert exchange(transport(verify_tls=False), secure.url).status == 200


def test_a_port_without_tls_is_an_error(server: Server) -> None:
    with pytest.raises(Unreachable, match="check that its port uses TLS") as caught:
        exchange(transport(), server.url.replace("http:", "https:"))
    assert caught.value.may_have_been_executed is False


@needs_openssl
def test_a_request_before_a_tls_error_may_have_been_executed(certificate: Certificate) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as secured:
            secured.recv(65536)
            connection.sendall(b"not a TLS record")

    with SocketServer(serve) as server, pytest.raises(Unreachable) as caught:
        exchange(transport(ca_bundle=str(certificate.chain)), server.url.replace("http:", "https:"))
    assert caught.value.may_have_been_executed is True


@pytest.mark.parametrize("content", [None, b"no certificate", b""], ids=["missing", "no PEM", "empty"])
def test_a_bundle_that_cannot_be_read_is_a_misconfiguration(tmp_path: Path, content: bytes | None) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    with pytest.raises(Misconfigured, match="CA bundle .* cannot be read"):
        tls_context(verify=True, ca_bundle=str(bundle))


def test_a_bundle_may_be_a_folder(tmp_path: Path) -> None:
    assert tls_context(verify=True, ca_bundle=str(tmp_path)).verify_mode is ssl.CERT_REQUIRED


# proxies


class Tunnel(SocketServer):
    """A proxy that connects every CONNECT to one port of this machine, and records the requests with their headers."""

    def __init__(self, port: int, *, status: int = 200) -> None:
        super().__init__(self._connect)
        self._target_port = port
        self._status = status
        self.requests: list[tuple[str, dict[str, str]]] = []

    def _connect(self, client: socket.socket) -> None:
        with client.makefile("rb") as lines:
            request_line = lines.readline().decode().split()
            headers = {}
            while (line := lines.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
        self.requests.append((" ".join(request_line[:2]), headers))
        length = "" if self._status == 200 else "Content-Length: 0\r\n"
        client.sendall(f"HTTP/1.1 {self._status} Reply\r\n{length}\r\n".encode())
        if self._status != 200:
            return
        with socket.create_connection(("127.0.0.1", self._target_port)) as target:
            back = threading.Thread(target=_pump, args=(target, client))
            back.start()
            _pump(client, target)
            back.join(10)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@needs_openssl
def test_a_request_uses_a_tunnel_of_the_proxy_with_the_credentials_of_the_proxy(
    secure: Server, certificate: Certificate
) -> None:
    with Tunnel(secure.port) as tunnel:
        proxy = Proxy(tunnel.url, "user", Secret("pass:word"))
        reply = exchange(transport(proxy=proxy, ca_bundle=str(certificate.chain)), f"https://{HOST}/path")
    assert reply.status == 200
    [(request_line, headers)] = tunnel.requests
    assert request_line == f"CONNECT {HOST}:443"
    assert headers["proxy-authorization"] == "Basic " + base64.b64encode(b"user:pass:word").decode()
    assert "authorization" not in headers
    [arrived] = secure.requests
    assert arrived.headers["authorization"] == "Bearer marked"
    assert "proxy-authorization" not in arrived.headers


@needs_openssl
def test_a_proxy_without_a_user_gets_no_credentials(secure: Server, certificate: Certificate) -> None:
    with Tunnel(secure.port) as tunnel:
        exchange(transport(proxy=Proxy(tunnel.url), ca_bundle=str(certificate.chain)), f"https://{HOST}/")
    assert "proxy-authorization" not in tunnel.requests[0][1]


@needs_openssl
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(
    secure: Server, certificate: Certificate, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tunnel(secure.port) as tunnel:
        monkeypatch.setenv(variable, tunnel.url.replace("http://", "http://us%40er:p%3Aw@"))
        assert exchange(transport(ca_bundle=str(certificate.chain)), f"https://{HOST}/").status == 200
    assert tunnel.requests[0][1]["proxy-authorization"] == "Basic " + base64.b64encode(b"us@er:p:w").decode()


@needs_openssl
def test_a_configured_proxy_takes_precedence_over_the_environment(
    secure: Server, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    with Tunnel(secure.port) as tunnel:
        exchange(transport(proxy=Proxy(tunnel.url), ca_bundle=str(certificate.chain)), f"https://{HOST}/")
    assert len(tunnel.requests) == 1


def test_requests_to_this_machine_do_not_use_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("HTTP_PROXY", nowhere)
    assert exchange(transport(proxy=Proxy(nowhere)), server.url).status == 200


def test_requests_to_a_host_in_no_proxy_do_not_use_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", f".{HOST},other.example")
    client = transport()
    assert client._proxy_for("https", f"api.{HOST}") is None
    assert client._proxy_for("https", "api.example.com") == Proxy("http://proxy.example:8080")


@needs_openssl
@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_request_that_the_proxy_refuses_was_not_executed(secure: Server, status: int) -> None:
    with Tunnel(secure.port, status=status) as tunnel:
        proxy = Proxy(tunnel.url, "user", Secret("marked-password"))
        with pytest.raises(Unreachable, match="proxy does not connect to tenant.example.*proxy settings") as caught:
            exchange(transport(proxy=proxy), f"https://{HOST}/")
    assert caught.value.may_have_been_executed is False
    assert "marked" not in str(caught.value)
    assert secure.requests == []


def test_a_request_to_an_unreachable_proxy_was_not_executed() -> None:
    with pytest.raises(Unreachable, match="proxy") as caught:
        exchange(transport(proxy=Proxy(f"http://127.0.0.1:{free_port()}")), f"https://{HOST}/")
    assert caught.value.may_have_been_executed is False


@pytest.mark.parametrize("url", ["ftp://proxy.example:21", "socks5://proxy.example:1080", "http://pro xy", "http://"])
def test_a_proxy_of_another_kind_is_a_misconfiguration(url: str) -> None:
    with pytest.raises(Misconfigured, match="Proxy Server Address"):
        Connection("https://api.services.mimecast.com", APPLICATION, proxy=Proxy(url))


def test_a_proxy_may_use_plain_http() -> None:
    Connection("https://api.services.mimecast.com", APPLICATION, proxy=Proxy("http://proxy.example:8080"))
    Connection("https://api.services.mimecast.com", APPLICATION, proxy=Proxy("https://proxy.example:8443"))


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy.example:8080", Proxy("http://proxy.example:8080")),
        ("proxy.example:8080", Proxy("http://proxy.example:8080")),
        ("https://proxy.example", Proxy("https://proxy.example")),
        ("http://us%40er:p%2Fw@proxy.example:8080", Proxy("http://proxy.example:8080", "us@er", Secret("p/w"))),
        ("http://user@proxy.example:8080", Proxy("http://proxy.example:8080", "user")),
    ],
)
def test_a_proxy_of_the_environment_is_read_with_its_credentials(url: str, proxy: Proxy) -> None:
    assert proxy_from_url(url) == proxy


def test_the_password_of_a_proxy_is_not_shown() -> None:
    assert "marked" not in repr(proxy_from_url("http://user:marked@proxy.example:8080"))


# through the client


@needs_openssl
def test_the_client_reaches_a_server_with_tls(secure: Server, certificate: Certificate) -> None:
    secure.say(answer([{"accountCode": "C"}]))
    with client_of(secure.url, ca_bundle=str(certificate.chain)) as client:
        assert client.account.get().account_code == "C"
    sent: list[Received] = secure.requests
    assert len(sent) == 1


@pytest.mark.parametrize("url", ["http://[bad", "http://proxy.example.com:99999", "http://proxy:1x"])
def test_a_malformed_proxy_of_the_environment_is_a_misconfiguration(url: str) -> None:
    with pytest.raises(Misconfigured, match="HTTPS_PROXY"):
        proxy_from_url(url)
