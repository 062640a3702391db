"""The time limits of whole exchanges, with servers that delay a client in every phase."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import mimecast_secops.api.transport as transport_module
from mimecast_secops.api import Deadline, Proxy
from mimecast_secops.api.connections import resolve
from mimecast_secops.api.envelope import RawReply
from mimecast_secops.api.errors import DeadlineExceeded, Unreachable
from mimecast_secops.api.transport import Transport, TransportOptions
from mimecast_secops.api.watchdog import Cut, Watchdog, WatchedSocket
from tests.api.local_server import Answer, Server
from tests.api.slow_servers import (
    AFTER_SENDING,
    IN_THE_BODY,
    INTERIM,
    NO_HANDSHAKE,
    SILENCE,
    SLOW_HANDSHAKE,
    SLOW_TUNNEL,
    TUNNEL_LINES,
    FullBacklog,
    SlowReply,
    SlowServer,
)

NEVER = Deadline.never()
FIRST_PHASES = [*AFTER_SENDING, NO_HANDSHAKE, SLOW_HANDSHAKE, SLOW_TUNNEL, TUNNEL_LINES]
parametrize = pytest.mark.parametrize


def name_of(slow_reply: SlowReply) -> str:
    return slow_reply.name


def call(server: SlowServer, slow_reply: SlowReply, deadline: Deadline, **limits: float) -> RawReply:
    """Call a slow server so that its reply is slow in the intended phase."""
    url, proxy = server.url, None
    if slow_reply in (NO_HANDSHAKE, SLOW_HANDSHAKE):
        url = url.replace("http:", "https:")
    if slow_reply in (SLOW_TUNNEL, TUNNEL_LINES):
        url, proxy = "https://tenant.example/", Proxy(server.url)
    transport = Transport(TransportOptions(proxy=proxy, **limits), monotonic=time.monotonic)  # type: ignore[arg-type]
    try:
        return exchange(transport, url, deadline)
    finally:
        transport.close()


def exchange(transport: Transport, url: str, deadline: Deadline, **options: Any) -> RawReply:
    return transport.exchange("POST", url, headers={}, body=b"{}", deadline=deadline, max_bytes=10**7, **options)


@parametrize("slow_reply", [*FIRST_PHASES, *IN_THE_BODY], ids=name_of)
def test_the_deadline_ends_an_exchange_in_every_phase(slow_reply: SlowReply) -> None:
    with SlowServer(slow_reply) as server, pytest.raises(DeadlineExceeded):
        call(server, slow_reply, Deadline.after(0.15))


@parametrize("slow_reply", FIRST_PHASES, ids=name_of)
def test_without_a_deadline_connecting_and_headers_share_one_limit(slow_reply: SlowReply) -> None:
    with SlowServer(slow_reply) as server, pytest.raises(Unreachable, match="in time|proxy|TLS") as caught:
        call(server, slow_reply, NEVER, timeout=0.1, connect_timeout=0.1)
    assert not isinstance(caught.value, DeadlineExceeded)
    assert caught.value.may_have_been_executed is (slow_reply in AFTER_SENDING)


@parametrize("slow_reply", IN_THE_BODY, ids=name_of)
def test_without_a_deadline_a_body_has_a_limit(slow_reply: SlowReply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "_BODY_TIMEOUTS", 0.005)
    with SlowServer(slow_reply) as server, pytest.raises(DeadlineExceeded, match="too slowly") as caught:
        call(server, slow_reply, NEVER)
    assert caught.value.may_have_been_executed is True


@parametrize("slow_reply", [*FIRST_PHASES, *IN_THE_BODY], ids=name_of)
def test_an_expired_deadline_ends_an_exchange_in_every_phase(slow_reply: SlowReply) -> None:
    deadline = Deadline.never()
    with SlowServer(slow_reply) as server:

        def expire() -> None:
            server.reached.wait(10)
            deadline.expire()

        expiring = threading.Thread(target=expire)
        expiring.start()
        with pytest.raises(DeadlineExceeded) as caught:
            call(server, slow_reply, deadline)
        expiring.join()
    assert caught.value.may_have_been_executed is (slow_reply in (*AFTER_SENDING, *IN_THE_BODY))


@parametrize("end", [lambda: Deadline.after(0.1), lambda: NEVER], ids=["deadline", "limit"])
def test_a_connection_that_is_never_established_has_a_limit(end: Callable[[], Deadline]) -> None:
    deadline = end()
    transport = Transport(TransportOptions(connect_timeout=0.2), monotonic=time.monotonic)
    with FullBacklog() as server, pytest.raises(Unreachable, match="in time") as caught:
        exchange(transport, server.url, deadline)
    transport.close()
    assert isinstance(caught.value, DeadlineExceeded) is (deadline is not NEVER)
    assert caught.value.may_have_been_executed is False


def test_an_expired_deadline_ends_a_connection_that_is_never_established() -> None:
    deadline = Deadline.never()
    transport = Transport(TransportOptions(), monotonic=time.monotonic)
    expiring = threading.Timer(0.1, deadline.expire)
    expiring.start()
    with FullBacklog() as server, pytest.raises(DeadlineExceeded):
        exchange(transport, server.url, deadline)
    expiring.join()
    transport.close()


def test_a_kept_connection_is_watched_like_a_new_one(server: Server) -> None:
    transport = Transport(TransportOptions(), monotonic=time.monotonic)
    server.say(Answer(), Answer(ending="silence"))
    exchange(transport, server.url, NEVER)
    with pytest.raises(DeadlineExceeded) as caught:
        exchange(transport, server.url, Deadline.after(0.15))
    transport.close()
    assert caught.value.may_have_been_executed is True
    assert len({request.port for request in server.requests}) == 1


def test_other_exchanges_continue_after_one_is_ended(server: Server) -> None:
    transport = Transport(TransportOptions(), monotonic=time.monotonic)
    server.say(Answer(200, b"whole"))
    with SlowServer(INTERIM) as slow_server, pytest.raises(DeadlineExceeded):
        exchange(transport, slow_server.url, Deadline.after(0.15))
    assert exchange(transport, server.url, NEVER).body == b"whole"
    transport.close()


def test_each_address_of_a_name_gets_a_share_of_the_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of two addresses never answers, and the second one is still tried."""
    server.say(Answer(200, b"second"))
    with FullBacklog() as silent:
        ports = [int(url.rpartition(":")[2]) for url in (silent.url, server.url)]
        addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
        transport = Transport(TransportOptions(connect_timeout=0.4), monotonic=time.monotonic)
        assert exchange(transport, "http://localhost:1/", NEVER).body == b"second"
        transport.close()


def test_a_hanging_resolver_does_not_delay_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hanging(*_: Any, **__: Any) -> list[Any]:
        answered.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    transport = Transport(TransportOptions(), monotonic=time.monotonic)
    with pytest.raises(DeadlineExceeded) as caught:
        exchange(transport, "https://tenant.example/", Deadline.after(0.1))
    answered.set()
    transport.close()
    assert caught.value.may_have_been_executed is False


def test_a_failure_of_the_resolver_is_raised_in_the_calling_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", failing)
    with pytest.raises(socket.gaierror):
        resolve("tenant.example", 443, 5.0, None)


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc/self/fd")


@needs_proc
def test_requests_leave_no_open_descriptor(server: Server) -> None:
    transport = Transport(TransportOptions(), monotonic=time.monotonic)
    exchange(transport, server.url, NEVER)
    before = descriptors()
    for _ in range(100):
        exchange(transport, server.url, NEVER)
    assert descriptors() <= before
    transport.close()


@needs_proc
def test_ended_exchanges_leave_no_open_descriptor() -> None:
    transport = Transport(TransportOptions(timeout=0.01, connect_timeout=0.01), monotonic=time.monotonic)
    before = descriptors()
    with SlowServer(SILENCE) as server:
        for _ in range(50):
            with suppress(Unreachable):
                exchange(transport, server.url, NEVER)
    transport.close()
    assert descriptors() <= before


def watchdogs() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "mimecast-watchdog"]


def test_closing_ends_the_thread_and_the_next_request_starts_it_again(server: Server) -> None:
    before = len(watchdogs())
    transport = Transport(TransportOptions(), monotonic=time.monotonic)
    assert len(watchdogs()) == before
    for _ in range(2):
        exchange(transport, server.url, NEVER)
        assert len(watchdogs()) == before + 1
        transport.close()
        assert len(watchdogs()) == before


def test_an_exchange_keeps_its_limit_after_close() -> None:
    watchdog = Watchdog()
    here, there = socket.socketpair()
    watched_socket = WatchedSocket(here)
    with here, there:
        with watchdog.watch(NEVER, 10.0, 0.2) as watched:
            watched.attach(watched_socket)
            watchdog.close()
            assert here.recv(1) == b""
            assert watched.cut is Cut.LIMIT
        watched_socket.release()


def test_an_ended_exchange_accepts_no_connection() -> None:
    watchdog = Watchdog()
    here, there = socket.socketpair()
    watched_socket = WatchedSocket(here)
    with here, there, watchdog.watch(NEVER, 10.0, 10.0) as watched:
        watched.cut = Cut.DEADLINE
        with pytest.raises(TimeoutError):
            watched.attach(watched_socket)
    watched_socket.release()
    watchdog.close()
