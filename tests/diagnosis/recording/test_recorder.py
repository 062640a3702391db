"""A recording of a whole first contact: it has the exchanges, and nothing personal."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api import ApiVersion
from mimecast_secops.diagnosis import check_permissions
from mimecast_secops.diagnosis.first_contact import first_contact
from mimecast_secops.diagnosis.recording import Recorder
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.replay import Replay
from tests.diagnosis.recording.marks import compressed, found_marks, mark, spellings
from tests.simulator.caller import eml, held_eml
from tests.tenants import client_for, runtime_without_sleep

both_versions = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


def record(simulator: Simulator, path: Path, api_version: ApiVersion) -> list[dict[str, Any]]:
    """Record a first contact and a permission check."""
    with (
        client_for(simulator, api_version, runtime_without_sleep()) as client,
        Recorder(path, api_version) as recorder,
        client.observed(recorder),
    ):
        first_contact(client)
        check_permissions(client, all_requirements())
    lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert len(lines) == recorder.count + 1
    return lines


@both_versions
def test_no_mark_stays_in_the_recording_of_a_first_contact(
    simulator: Simulator, tmp_path: Path, api_version: ApiVersion
) -> None:
    tenant = simulator.tenant
    tenant.quirks.change("tracking_ids", "real")
    tenant.quirks.change("queue_id_is_hold_id", False)
    marks = [mark() for _ in range(8)]
    for make in (held_eml, eml):
        mail = make(
            marks[0], sender=f"{marks[1]}@{marks[2]}.example", to=f"{marks[3]}@example.com", files={marks[4]: b"x"}
        )
        for tracked in tenant.receive(mail):
            unknown = {f"unknown{number}": spelling for number, spelling in enumerate(spellings(marks[5]))}
            tracked.row |= {"info": marks[6], "id2": compressed({"subject": marks[7]}), **unknown}
            tracked.info |= {"extra": {marks[6]: [spellings(marks[7])]}}
    path = tmp_path / "recording.jsonl"
    lines = record(simulator, path, api_version)
    assert len(lines) > 40
    content = path.read_bytes()
    credentials = (simulator.v1.secret_key, simulator.v1.access_key, simulator.v2.client_secret, simulator.v2.client_id)
    assert found_marks(content, (*marks, *credentials, "CUSA11A111", "127.0.0.1")) == []


@both_versions
def test_the_recording_has_requests_and_replies_without_credentials(
    simulator: Simulator, tmp_path: Path, api_version: ApiVersion
) -> None:
    first, *exchanges = record(simulator, tmp_path / "recording.jsonl", api_version)
    assert first["api_version"] == api_version.value
    search = next(line for line in exchanges if line["request"]["path"] == "/api/message-finder/search")
    assert search["request"]["method"] == "POST"
    assert "advancedTrackAndTraceOptions" in search["request"]["body"]["json"]["data"][0]
    assert search["reply"]["status"] == 200
    assert search["reply"]["body"]["json"]["data"][0]["trackedEmails"][0]["status"] in ("held", "archived")
    shown = json.dumps(exchanges).lower()
    assert not any(word in shown for word in ("authorization", "bearer", "access_token", "client_secret"))


def test_only_the_user_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text("old")
    path.chmod(0o644)
    with Recorder(path, ApiVersion.V2):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "old" not in path.read_text()


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="link"):
        Recorder(link, ApiVersion.V2)


@both_versions
@pytest.mark.parametrize(
    "quirks",
    [
        {},
        {"tracking_ids": "real", "queue_id_is_hold_id": False, "hold_subject": "tagged", "gateway_detail_on_v2": True},
        {"tracked_limit": 5, "time_form": "naive_utc", "hold_time_offset": 30, "hold_wrapper": "named"},
    ],
    ids=["documented", "real ids", "other forms"],
)
def test_a_first_contact_with_a_replayed_recording_has_the_same_report(
    tmp_path: Path, api_version: ApiVersion, quirks: dict[str, object]
) -> None:
    with Simulator(mail=[Simulator.SAMPLES]) as simulator:
        simulator.control("bulk", {"count": 12, "spread": 600, "before": 5000})
        for name, value in quirks.items():
            simulator.tenant.quirks.change(name, value)
        path = tmp_path / "recording.jsonl"
        with (
            client_for(simulator, api_version, runtime_without_sleep()) as client,
            Recorder(path, api_version) as recorder,
            client.observed(recorder),
        ):
            recorded = first_contact(client)
        simulator.app.replay = Replay.read(path)
        with client_for(simulator, api_version, runtime_without_sleep()) as client:
            replayed = first_contact(client)
    assert replayed.facts == recorded.facts
    assert replayed.requests == recorded.requests
    assert [result.knowledge for result in replayed.results] == [result.knowledge for result in recorded.results]
