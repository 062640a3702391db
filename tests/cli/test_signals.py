"""Signals: how a service stops, whatever it is doing."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from typing import IO

from mimecast_secops.api import Deadline
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.signals import StopSignals
from tests.api.local_server import Server, answer
from tests.api.slow_servers import INTERIM, SlowServer
from tests.cli.command_line import CommandLine, Service

# Far more than a service needs, and far less than the retries and timeouts that it must not wait for.
_PATIENCE_SECONDS = 60


def wait_until(condition: Callable[[], object]) -> None:
    """Poll a condition."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


# real services


def test_sigterm_ends_a_service_that_waits_for_a_server(empty_command_line: CommandLine) -> None:
    with SlowServer(INTERIM) as server, Service(empty_command_line, "--api-root", server.url) as service:
        assert server.reached.wait(_PATIENCE_SECONDS)
        errors = service.stop()
    assert "Stopped." in errors
    assert "cycle interrupted" in errors
    assert "ERROR" not in errors


def test_sigterm_ends_a_service_that_waits_before_a_retry(empty_command_line: CommandLine) -> None:
    with Server() as server:
        server.say(answer(status=429, headers={"X-RateLimit-Reset": "100000"}))
        with Service(empty_command_line, "--api-root", server.url) as service:
            wait_until(lambda: server.requests)
            assert "Stopped." in service.stop()


def test_sigint_ends_a_service_between_two_cycles(empty_command_line: CommandLine) -> None:
    with Service(empty_command_line, "--every", "60s") as service:
        service.wait_for(" known) in ")
        service.process.send_signal(signal.SIGINT)
        service.wait_for("Stopped.")
        assert service.wait() == exit_codes.OK


def test_a_second_signal_ends_the_process_at_once(empty_command_line: CommandLine) -> None:
    """The service hangs outside of its calls: its alerts go to a pipe that is full."""
    empty_command_line.hold(100)
    words = ("connector", "run", "--domains", "example.com", "--every", "60s", "--json")
    with empty_command_line.start(*words, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        size = fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        wait_until(lambda: unread_bytes(process.stdout) >= size // 2)
        end = time.monotonic() + _PATIENCE_SECONDS
        while process.poll() is None and time.monotonic() < end:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.02)
        assert process.returncode == 128 + signal.SIGTERM


def unread_bytes(pipe: IO[str] | None) -> int:
    """The number of bytes in a pipe."""
    assert pipe is not None
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


# the handler


def test_the_first_signal_expires_the_deadline_and_sets_an_alarm() -> None:
    signals, deadline = StopSignals(), Deadline.after(100)
    signals.begin_cycle(deadline)
    signals._receive(signal.SIGTERM, None)
    seconds = signal.alarm(0)
    assert 0 < seconds <= 30
    assert deadline.expired


def test_the_deadline_of_a_cycle_that_begins_after_the_signal_is_expired() -> None:
    signals = StopSignals()
    signals._receive(signal.SIGTERM, None)
    signal.alarm(0)
    deadline = Deadline.after(100)
    signals.begin_cycle(deadline)
    assert deadline.expired
    assert signals.wait(100)


def test_without_a_signal_a_wait_ends_after_its_time_and_the_deadline_stays() -> None:
    signals, deadline = StopSignals(), Deadline.after(100)
    signals.begin_cycle(deadline)
    assert not signals.wait(0)
    assert not deadline.expired


def test_install_handles_both_signals_in_the_main_thread_only() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    signals = StopSignals()
    thread = threading.Thread(target=signals.install)
    thread.start()
    thread.join()
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    try:
        signals.install()
        handlers = {signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        assert handlers == {signals._receive}
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
