"""The records of running simulators."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from mimecast_secops.cli.running_simulators import RunningSimulators
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.access import Access
from mimecast_secops.simulator.tenant.tenant import Tenant


@pytest.fixture
def records(tmp_path: Path) -> RunningSimulators:
    return RunningSimulators(tmp_path / "state" / "simulators")


def access_of(simulator: Simulator) -> Access:
    return Access.of(simulator.tenant, simulator.url)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_running_simulator_is_found_until_its_block_ends(records: RunningSimulators, tmp_path: Path) -> None:
    with Simulator() as simulator:
        with records.recorded(access_of(simulator)):
            found = records.find()
            assert found is not None
            assert found.access == access_of(simulator)
            assert simulator.url.endswith(f":{found.port}")
        assert records.find() is None
    assert files(tmp_path) == []


def test_only_the_user_can_read_a_record(records: RunningSimulators, tmp_path: Path) -> None:
    with Simulator() as simulator, records.recorded(access_of(simulator)):
        [record] = files(tmp_path)
        assert stat.S_IMODE(record.stat().st_mode) == 0o600
        assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700


def test_the_simulator_that_started_last_is_found_unless_a_port_selects_another(records: RunningSimulators) -> None:
    with Simulator() as first, Simulator() as second, records.recorded(access_of(first)):
        with records.recorded(access_of(second)):
            found = records.find()
            assert found is not None
            assert found.access.url == second.url
            selected = records.find(int(first.url.rpartition(":")[2]))
            assert selected is not None
            assert selected.access.url == first.url
        found = records.find()
        assert found is not None
        assert found.access.url == first.url


def test_the_record_of_a_killed_simulator_is_ignored(records: RunningSimulators) -> None:
    with Simulator() as simulator:
        killed = access_of(simulator)
    with records.recorded(killed):
        assert records.find() is None


def test_another_simulator_on_the_port_of_a_killed_one_is_not_mistaken_for_it(records: RunningSimulators) -> None:
    with Simulator() as simulator, records.recorded(Access.of(Tenant(), simulator.url)):
        assert records.find() is None


@pytest.mark.parametrize("content", ["", "[]", '{"pid": 1}', '{"pid": 1, "started": 0, "access": {"url": "http://["}}'])
def test_a_damaged_record_is_ignored(records: RunningSimulators, tmp_path: Path, content: str) -> None:
    with Simulator() as simulator, records.recorded(access_of(simulator)):
        [record] = files(tmp_path)
        record.with_name("1-1.json").write_text(content)
        assert records.find() is not None


def test_a_record_with_a_damaged_url_is_ignored(records: RunningSimulators, tmp_path: Path) -> None:
    with Simulator() as simulator, records.recorded(access_of(simulator)):
        [record] = files(tmp_path)
        content = json.loads(record.read_text())
        for number, url in enumerate(("http://[", "nonsense", "http://127.0.0.1:99999", "")):
            content["access"]["url"] = url
            record.with_name(f"{number}.json").write_text(json.dumps(content))
        record.unlink()
        assert records.find() is None


def test_a_simulator_that_is_starting_is_waited_for(records: RunningSimulators) -> None:
    done = threading.Event()

    def start() -> None:
        with Simulator() as simulator, records.recorded(access_of(simulator)):
            done.wait(60)

    thread = threading.Thread(target=start)
    thread.start()
    try:
        assert records.find(wait=60) is not None
    finally:
        done.set()
        thread.join()
