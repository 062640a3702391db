"""The simulator in a thread and as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Options, Quirks, Simulator, serve
from mimecast_secops.simulator.server import _receive_existing, _watch, receive_files
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import (
    ACCOUNT,
    Caller,
    eml,
    held_eml,
    send,
)

COMMAND = [sys.executable, "-m", "mimecast_secops.cli.main", "simulator"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MIMECAST")}


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and its output until it is ready."""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            output: list[str] = []
            assert process.stdout is not None
            for line in process.stdout:
                output.append(line.rstrip("\n"))
                if line.startswith("ready: "):
                    break
            assert output, process.stderr.read() if process.stderr else ""
            yield process, output
        finally:
            if process.poll() is None:
                process.kill()


def url_of(output: list[str]) -> str:
    return output[-1].removeprefix("ready: ")


def eventually(condition: Callable[[], bool], *, tries: int = 600) -> bool:
    return any(condition() or threading.Event().wait(0.05) for _ in range(tries))


def tracked(url: str) -> list[str]:
    return [row["subject"] for row in send(f"{url}/simulator/state", body=b"").json["tracked"]]


def test_control_raises_if_the_call_is_refused(simulator: Simulator) -> None:
    assert simulator.control("requests") == {"counts": {}, "total": 0}
    with pytest.raises(urllib.error.HTTPError) as caught:
        simulator.control("nonsense")
    caught.value.close()


def test_messages_of_a_batch_arrive_one_second_apart_and_the_last_one_now(tmp_path: Path, tenant: Tenant) -> None:
    paths = [tmp_path / f"{number}.eml" for number in range(3)]
    for path in paths:
        path.write_bytes(eml())
    records = receive_files(tenant, paths)
    now = tenant.clock.now()
    assert [(now - record.received).total_seconds() for record in records] == [2, 1, 0]


def test_an_unreadable_file_is_reported_and_skipped(
    tmp_path: Path, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(eml("good"))
    records = receive_files(tenant, [tmp_path / "missing.eml", good])
    assert [record.mail.subject for record in records] == ["good"]
    assert "missing.eml" in capsys.readouterr().err


def test_it_listens_on_a_free_loopback_port() -> None:
    with Simulator() as first, Simulator() as second:
        assert first.url != second.url
        for simulator in (first, second):
            assert simulator.url.startswith("http://127.0.0.1:")
            assert Caller(simulator).call(ACCOUNT).status == 200


def test_it_stops_at_the_end_of_the_block() -> None:
    with Simulator() as simulator:
        host, port = simulator.url.removeprefix("http://").split(":")
    with socket.socket() as client:
        assert client.connect_ex((host, int(port))) != 0


def test_messages_are_delivered_at_the_start_and_later(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(eml("First"))
    with Simulator(mail=[tmp_path]) as simulator:
        (tmp_path / "later").mkdir()
        path = tmp_path / "later" / "b.eml"
        path.write_bytes(held_eml("Second"))
        (record,) = simulator.receive(path)
        assert record.status == "held"
        assert tracked(simulator.url) == ["First", "Second"]


def test_a_tenant_outlives_its_server() -> None:
    tenant = Tenant(quirks=Quirks(rate_limit=7))
    with Simulator(tenant=tenant):
        tenant.receive(eml())
    with Simulator(tenant=tenant) as simulator:
        assert len(tracked(simulator.url)) == 1
        assert Caller(simulator, 1).call(ACCOUNT).headers["X-RateLimit-Limit"] == "7"


def test_another_host_needs_allow_remote() -> None:
    with pytest.raises(ValueError, match="allow-remote"):
        serve(Options(host="0.0.0.0"))


def test_an_unknown_quirk_is_refused_before_the_server_starts() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        serve(Options(sets=["nonsense=1"]))


@POSIX
def test_the_process_prints_credentials_that_it_accepts_and_stops_on_sigterm() -> None:
    with running("--empty", "--domain", "Corp.example", "--set", "token_lifetime=60") as (process, output):
        assert output[0] == "This is a simulator of a Mimecast tenant. Its messages and credentials are not real."
        settings = dict(line.split("=", 1) for line in output if line.startswith("MIMECAST_"))
        assert set(settings) == {"MIMECAST_API_ROOT", "MIMECAST_CLIENT_ID", "MIMECAST_CLIENT_SECRET"}
        assert settings["MIMECAST_API_ROOT"] == url_of(output)
        assert url_of(output).startswith("http://127.0.0.1:")
        form = (
            f"grant_type=client_credentials&client_id={settings['MIMECAST_CLIENT_ID']}"
            f"&client_secret={settings['MIMECAST_CLIENT_SECRET']}"
        )
        assert send(f"{url_of(output)}/oauth/token", body=form.encode()).json["expires_in"] == 60
        state = send(f"{url_of(output)}/simulator/state", body=b"").json
        assert state["tracked"] == []
        assert "corp.example" in state["domains"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@POSIX
def test_the_process_delivers_the_samples_and_stops_on_sigint() -> None:
    with running() as (process, output):
        assert len(tracked(url_of(output))) > 0
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@POSIX
def test_a_new_file_in_a_watched_folder_is_delivered(tmp_path: Path) -> None:
    (tmp_path / "old.eml").write_bytes(eml("Old"))
    with running("--mail", str(tmp_path)) as (_, output):
        url = url_of(output)
        assert tracked(url) == ["Old"]
        (tmp_path / "new.eml").write_bytes(held_eml("New"))
        assert eventually(lambda: tracked(url) == ["Old", "New"])


def test_a_file_added_during_the_start_is_delivered_as_new(tmp_path: Path) -> None:
    (tmp_path / "old.eml").write_bytes(eml("Old"))
    tenant = Tenant()
    (watched,) = _receive_existing(tenant, [tmp_path])
    (tmp_path / "new.eml").write_bytes(eml("New"))

    async def watch_until_delivered() -> None:
        watcher = asyncio.create_task(_watch(tenant, [watched]))
        async with asyncio.timeout(30):
            while len(tenant.tracked) < 2:
                await asyncio.sleep(0.05)
        watcher.cancel()

    asyncio.run(watch_until_delivered())
    assert [record.mail.subject for record in tenant.between(None, None)] == ["Old", "New"]


def test_files_and_folders_are_delivered_in_the_order_of_the_arguments(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    for name in ("z.eml", "box/a.eml"):
        (tmp_path / name).write_bytes(eml(name))
    tenant = Tenant()
    watched = _receive_existing(tenant, [tmp_path / "z.eml", tmp_path / "box"])
    assert [record.mail.subject for record in tenant.between(None, None)] == ["z.eml", "box/a.eml"]
    assert len(watched) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"), [(["--host", "0.0.0.0"], "--allow-remote"), (["--set", "nonsense=1"], "nonsense")]
)
def test_an_invalid_option_ends_the_command_with_a_message(arguments: list[str], reason: str) -> None:
    result = CliRunner().invoke(main, ["simulator", "--empty", *arguments], env={"HOME": "/nowhere"})
    assert result.exit_code != 0
    assert reason in result.output
    assert "Traceback" not in result.output


def test_the_settings_connect_to_the_tenant(simulator: Simulator) -> None:
    assert simulator.settings(1) == {
        "API Root": simulator.url,
        "Application ID": simulator.v1.application_id,
        "Application Key": simulator.v1.application_key,
        "Access Key": simulator.v1.access_key,
        "Secret Key": simulator.v1.secret_key,
    }
    assert simulator.environment(2) == {
        "MIMECAST_API_ROOT": simulator.url,
        "MIMECAST_CLIENT_ID": simulator.v2.client_id,
        "MIMECAST_CLIENT_SECRET": simulator.v2.client_secret,
    }


def test_a_reset_replaces_the_tenant_and_clears_faults_counts_and_tokens(simulator: Simulator) -> None:
    url, caller = simulator.url, Caller(simulator)
    simulator.tenant.receive(held_eml())
    assert caller.call(ACCOUNT).status == 200
    simulator.control("faults", {"add": [{"kind": "500"}]})
    simulator.reset(Tenant(quirks=Quirks(rate_limit=7)))
    assert (simulator.url, simulator.requests, simulator.control("requests")["total"]) == (url, [], 0)
    assert tracked(simulator.url) == []
    assert caller.call(ACCOUNT).status == 401
    assert Caller(simulator, 1).call(ACCOUNT).headers["X-RateLimit-Limit"] == "7"


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@POSIX
@pytest.mark.skipif(not _has_ipv6_loopback(), reason="needs an IPv6 loopback")
def test_an_ipv6_address_is_printed_as_a_url() -> None:
    with running("--empty", "--host", "::1") as (_, output):
        assert url_of(output).startswith("http://[::1]:")
        assert tracked(url_of(output)) == []
