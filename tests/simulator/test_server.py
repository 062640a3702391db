"""Running the simulator: in a thread, or as a process for people."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mimecast_secops.simulator import Options, Quirks, Simulator, serve
from mimecast_secops.simulator.server import _receive_existing, _watch
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import ACCOUNT, Caller, eml, held_eml, send

COMMAND = [sys.executable, "-m", "mimecast_secops.cli.main", "simulator"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MIMECAST")}


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and what it has said until it is ready."""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            said: list[str] = []
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line.rstrip("\n"))
                if line.startswith("ready: "):
                    break
            assert said, process.stderr.read() if process.stderr else ""
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()


def url_of(said: list[str]) -> str:
    return said[-1].removeprefix("ready: ")


def eventually(look: Callable[[], bool], *, tries: int = 600) -> bool:
    return any(look() or threading.Event().wait(0.05) for _ in range(tries))


def tracked(url: str) -> list[str]:
    return [row["subject"] for row in send(f"{url}/simulator/state", body=b"").json["tracked"]]


# in a thread


def test_it_listens_on_a_free_port_of_this_machine_alone() -> None:
    with Simulator() as first, Simulator() as second:
        assert first.url != second.url
        for simulator in (first, second):
            assert simulator.url.startswith("http://127.0.0.1:")
            assert Caller(simulator).call(ACCOUNT).status == 200


def test_it_is_gone_when_the_block_ends() -> None:
    with Simulator() as simulator:
        host, port = simulator.url.removeprefix("http://").split(":")
    with socket.socket() as client:
        assert client.connect_ex((host, int(port))) != 0


def test_every_reply_says_that_it_comes_from_a_simulator(simulator: Simulator, caller: Caller) -> None:
    assert caller.call(ACCOUNT).headers["Server"] == "mimecast-simulator"
    assert send(simulator.url + "/", method="GET").headers["Server"] == "mimecast-simulator"


def test_mail_that_is_given_has_arrived_and_more_can_arrive(tmp_path: Path) -> None:
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


def test_its_keys_are_not_shown_where_it_is_printed() -> None:
    simulator = Simulator()
    shown = repr(simulator.v1) + repr(simulator.v2)
    for secret in (simulator.v1.secret_key, simulator.v1.access_key, simulator.v2.client_secret):
        assert secret not in shown


# as a process


def test_another_machine_is_let_in_only_when_told() -> None:
    with pytest.raises(ValueError, match="allow-remote"):
        serve(Options(host="0.0.0.0"))


def test_an_unknown_switch_is_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        serve(Options(sets=["nonsense=1"]))


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_the_process_says_what_it_is_and_stops_when_told(number: signal.Signals) -> None:
    with running("--empty") as (process, said):
        assert said[0] == "This is a simulator of a Mimecast tenant. Its messages and credentials are not real."
        given = dict(line.split("=", 1) for line in said if line.startswith("MIMECAST_"))
        assert set(given) == {"MIMECAST_API_ROOT", "MIMECAST_CLIENT_ID", "MIMECAST_CLIENT_SECRET"}
        assert given["MIMECAST_API_ROOT"] == url_of(said)
        assert url_of(said).startswith("http://127.0.0.1:")
        assert tracked(url_of(said)) == []
        process.send_signal(number)
        assert process.wait(60) == 0


@POSIX
def test_the_process_lets_in_with_the_credentials_that_it_printed() -> None:
    with running("--empty", "--domain", "Corp.example", "--set", "token_lifetime=60") as (_, said):
        given = dict(line.split("=", 1) for line in said if line.startswith("MIMECAST_"))
        form = (
            f"grant_type=client_credentials&client_id={given['MIMECAST_CLIENT_ID']}"
            f"&client_secret={given['MIMECAST_CLIENT_SECRET']}"
        )
        reply = send(f"{url_of(said)}/oauth/token", body=form.encode())
        assert reply.json["expires_in"] == 60
        assert "corp.example" in send(f"{url_of(said)}/simulator/state", body=b"").json["domains"]


@POSIX
def test_mail_that_is_dropped_into_the_folder_arrives(tmp_path: Path) -> None:
    (tmp_path / "old.eml").write_bytes(eml("Old"))
    with running("--mail", str(tmp_path)) as (_, said):
        url = url_of(said)
        assert tracked(url) == ["Old"]
        (tmp_path / "new.eml").write_bytes(held_eml("New"))
        assert eventually(lambda: tracked(url) == ["Old", "New"])


def test_mail_that_is_dropped_while_the_process_starts_is_new(tmp_path: Path) -> None:
    (tmp_path / "old.eml").write_bytes(eml("Old"))
    tenant = Tenant()
    (watched,) = _receive_existing(tenant, [tmp_path])
    (tmp_path / "new.eml").write_bytes(eml("New"))

    async def watch_until_it_arrives() -> None:
        watching = asyncio.create_task(_watch(tenant, [watched]))
        async with asyncio.timeout(30):
            while len(tenant.tracked) < 2:
                await asyncio.sleep(0.05)
        watching.cancel()

    asyncio.run(watch_until_it_arrives())
    assert [one.mail.subject for one in tenant.between(None, None)] == ["Old", "New"]


def test_files_and_folders_arrive_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    for name in ("z.eml", "box/a.eml"):
        (tmp_path / name).write_bytes(eml(name))
    tenant = Tenant()
    watched = _receive_existing(tenant, [tmp_path / "z.eml", tmp_path / "box"])
    assert [one.mail.subject for one in tenant.between(None, None)] == ["z.eml", "box/a.eml"]
    assert len(watched) == 1


@POSIX
def test_without_a_place_for_mail_the_samples_have_arrived() -> None:
    with running() as (_, said):
        assert len(tracked(url_of(said))) > 0


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--set", "nonsense=1"]])
def test_a_refused_option_ends_the_process_with_a_sentence(arguments: list[str]) -> None:
    done = subprocess.run(
        [*COMMAND, "--empty", *arguments], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert ("--allow-remote" if arguments[0] == "--host" else "nonsense") in done.stderr + done.stdout


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@POSIX
@pytest.mark.skipif(not _has_ipv6_loopback(), reason="this machine has no IPv6 loopback")
def test_an_ipv6_address_is_printed_so_that_it_can_be_used() -> None:
    with running("--empty", "--host", "::1") as (_, said):
        assert url_of(said).startswith("http://[::1]:")
        assert tracked(url_of(said)) == []
