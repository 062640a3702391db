"""How a service stops: real processes, in every state that a server can bring them into."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest

from mimecast_secops.api import ApiVersion, Deadline
from mimecast_secops.cli.signals import StopSignals
from mimecast_secops.simulator import Simulator
from tests.api.local_server import Server, answer
from tests.api.slow_servers import BODY, INTERIM, NO_HANDSHAKE, SILENCE, SLOW_HEADER, FullBacklog, SlowReply, SlowServer
from tests.tenants import environment_for

# Far more than a service needs, and far less than the retries and time-outs that it must not wait for.
_PATIENCE = 60
KEYS = {
    "MIMECAST_APPLICATION_ID": "an-application",
    "MIMECAST_APPLICATION_KEY": "a-key",
    "MIMECAST_ACCESS_KEY": "an-access-key",
    "MIMECAST_SECRET_KEY": "YSBzZWNyZXQga2V5",
}


@contextmanager
def service(tmp_path: Path, root: str, *options: str, keys: dict[str, str] = KEYS) -> Iterator[subprocess.Popen[str]]:
    """A service that is killed in any case. Its state lies in `tmp_path`."""
    environment = os.environ | keys | {"HOME": str(tmp_path)}
    command = [sys.executable, "-m", "mimecast_secops.cli.main", "connector", "run"]
    command += ["--domains", "example.com", "--every", "60s", "--state", str(tmp_path / "state.db")]
    command += ["--api-root", root, *options]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the service has made a file."""
    until = time.monotonic() + _PATIENCE
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)


def stopped(process: subprocess.Popen[str]) -> str:
    """Send SIGTERM. Returns what the service wrote to standard error until it ended with success."""
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, errors
    return errors


@pytest.mark.parametrize(
    ("behaviour", "scheme"),
    [(INTERIM, "http"), (SLOW_HEADER, "http"), (SILENCE, "http"), (BODY, "http"), (NO_HANDSHAKE, "https")],
    ids=lambda value: value.name if isinstance(value, SlowReply) else value,
)
def test_sigterm_ends_a_service_that_waits_for_a_server(tmp_path: Path, behaviour: SlowReply, scheme: str) -> None:
    with (
        SlowServer(behaviour) as server,
        service(tmp_path, server.url.replace("http", scheme)) as process,
    ):
        assert server.reached.wait(_PATIENCE)
        errors = stopped(process)
    assert "Stopped." in errors
    assert "cycle cut short" in errors
    assert "ERROR" not in errors


def test_sigterm_ends_a_service_that_waits_for_a_connection(tmp_path: Path) -> None:
    with FullBacklog() as server, service(tmp_path, server.url) as process:
        wait_for(tmp_path / "state.db", process)
        stopped(process)


def test_sigterm_ends_a_service_that_waits_to_try_again(tmp_path: Path) -> None:
    with Server() as server:
        server.say(answer(status=429, **{"X-RateLimit-Reset": "100000"}))
        with service(tmp_path, server.url) as process:
            until = time.monotonic() + _PATIENCE
            while not server.requests and time.monotonic() < until:
                time.sleep(0.01)
            assert "Stopped." in stopped(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_service_between_two_cycles(tmp_path: Path, number: signal.Signals) -> None:
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator())
        keys = environment_for(simulator, ApiVersion.V1)
        metrics = tmp_path / "metrics.prom"
        process = stack.enter_context(service(tmp_path, simulator.url, "--metrics", str(metrics), keys=keys))
        wait_for(metrics, process)
        process.send_signal(number)
        _, errors = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0
    assert "Stopped." in errors


def test_a_second_signal_ends_the_process_at_once(tmp_path: Path) -> None:
    """The service hangs outside of its calls: its alerts go to a pipe that is full."""
    with Simulator() as simulator:
        simulator.control("bulk", {"count": 100, "spread": 60})
        with service(tmp_path, simulator.url, "--json", keys=environment_for(simulator, ApiVersion.V1)) as process:
            assert process.stdout is not None
            size = fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
            until = time.monotonic() + _PATIENCE
            while waiting_in(process.stdout) < size // 2 and time.monotonic() < until:
                time.sleep(0.01)
            while process.poll() is None and time.monotonic() < until:
                process.send_signal(signal.SIGTERM)
                time.sleep(0.02)
            assert process.returncode == 128 + signal.SIGTERM


def waiting_in(pipe: IO[str]) -> int:
    """How many bytes nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_the_first_signal_sets_an_alarm_in_case_the_process_hangs() -> None:
    signals, deadline = StopSignals(), Deadline.after(100)
    signals.begin_cycle(deadline)
    signals._receive(signal.SIGTERM, None)
    left = signal.alarm(0)
    assert 0 < left <= 30
    assert deadline.expired


def test_a_cycle_that_begins_after_the_signal_has_no_time() -> None:
    signals = StopSignals()
    signals._receive(signal.SIGTERM, None)
    signal.alarm(0)
    deadline = Deadline.after(100)
    signals.begin_cycle(deadline)
    assert deadline.expired
    assert signals.wait(100)
