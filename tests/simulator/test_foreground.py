"""The simulator as a process."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mimecast_secops.simulator import Options, serve
from mimecast_secops.simulator.delivery import MailPaths
from mimecast_secops.simulator.foreground import local_url, watch
from mimecast_secops.simulator.http.app import SimulatorApp
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml, held_eml, send
from tests.simulator.process import running, url_of

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def eventually(condition: Callable[[], bool], *, tries: int = 600) -> bool:
    return any(condition() or threading.Event().wait(0.05) for _ in range(tries))


def tracked(url: str) -> list[str]:
    return [row["subject"] for row in send(f"{url}/simulator/state", body=b"").json["tracked"]]


def test_another_host_needs_allow_remote() -> None:
    with pytest.raises(ValueError, match="allow-remote"):
        serve(Options(host="0.0.0.0"))


def test_an_unknown_quirk_is_refused_before_the_server_starts() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        serve(Options(sets=["nonsense=1"]))


def test_a_missing_path_is_refused_before_the_server_starts(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        serve(Options(mail=[tmp_path / "typo"]))


def test_another_file_than_a_recording_is_refused_before_the_server_starts(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("{}")
    with pytest.raises(ValueError, match="is not a recording"):
        serve(Options(replay=path))


@POSIX
def test_the_process_serves_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text('{"recording": 1}\n')
    with running(tmp_path, "--replay", str(path)) as (_, output):
        reply = send(f"{url_of(output)}/api/account/get-account", body=b'{"data":[]}')
        assert reply.status == 501
        assert "The recording has no reply" in reply.raw.decode()
        assert any("0 exchanges of the recording" in line for line in output)


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}") as caught:
            serve(Options(port=port))
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8765"),
        ("localhost", "http://localhost:8765"),
        ("::1", "http://[::1]:8765"),
        ("0.0.0.0", "http://127.0.0.1:8765"),
        ("::", "http://[::1]:8765"),
        ("192.0.2.7", "http://192.0.2.7:8765"),
    ],
)
def test_the_url_is_one_that_this_machine_reaches(host: str, url: str) -> None:
    assert local_url(host, 8765) == url


@POSIX
def test_the_process_serves_a_tenant_and_stops_on_sigterm(tmp_path: Path) -> None:
    arguments = ("--empty", "--domain", "Corp.example", "--set", "token_lifetime=60")
    with running(tmp_path, *arguments) as (process, output):
        assert url_of(output).startswith("http://127.0.0.1:")
        credentials = send(f"{url_of(output)}/simulator/connection", body=b"").json["credentials"]["2.0"]
        form = (
            f"grant_type=client_credentials&client_id={credentials['Client ID']}"
            f"&client_secret={credentials['Client Secret']}"
        )
        assert send(f"{url_of(output)}/oauth/token", body=form.encode()).json["expires_in"] == 60
        state = send(f"{url_of(output)}/simulator/state", body=b"").json
        assert state["tracked"] == []
        assert "corp.example" in state["domains"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@POSIX
def test_the_process_delivers_the_samples_and_stops_on_sigint(tmp_path: Path) -> None:
    with running(tmp_path) as (process, output):
        assert len(tracked(url_of(output))) > 0
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@POSIX
def test_a_new_file_in_a_watched_folder_is_delivered(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "old.eml").write_bytes(eml("Old"))
    with running(tmp_path, "--mail", str(folder)) as (_, output):
        url = url_of(output)
        assert tracked(url) == ["Old"]
        (folder / "new.eml").write_bytes(held_eml("New"))
        assert eventually(lambda: tracked(url) == ["Old", "New"])


def test_a_file_added_during_the_start_is_delivered_as_new(tmp_path: Path) -> None:
    (tmp_path / "old.eml").write_bytes(eml("Old"))
    tenant, mail = Tenant(), MailPaths([tmp_path])
    mail.deliver_all(tenant)
    (tmp_path / "new.eml").write_bytes(eml("New"))

    async def watch_until_delivered() -> None:
        watcher = asyncio.create_task(watch(SimulatorApp(tenant), mail))
        async with asyncio.timeout(30):
            while len(tenant.tracked) < 2:
                await asyncio.sleep(0.05)
        watcher.cancel()

    asyncio.run(watch_until_delivered())
    assert [record.mail.subject for record in tenant.between(None, None)] == ["Old", "New"]


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@POSIX
@pytest.mark.skipif(not _has_ipv6_loopback(), reason="needs an IPv6 loopback")
def test_an_ipv6_address_is_printed_as_a_url(tmp_path: Path) -> None:
    with running(tmp_path, "--empty", "--host", "::1") as (_, output):
        assert url_of(output).startswith("http://[::1]:")
        assert tracked(url_of(output)) == []
