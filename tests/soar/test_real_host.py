"""The built integration on the platform's real SDK, against a simulated tenant."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.simulator import Simulator
from tests.soar.double import configuration
from tests.soar.host import built, run_action, run_connector

pytestmark = pytest.mark.host
BOTH_VERSIONS = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)
XML_QUERY = (
    '<?xml version="1.0"?><xmlquery trace="iql,muse"><metadata query-type="emailarchive" archive="true" active="false" '
    'page-size="10" startrow="0"><mailboxes/><smartfolders/><return-fields><return-field>subject</return-field>'
    "</return-fields></metadata><muse/></xmlquery>"
)


@pytest.fixture(scope="module")
def integration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, not the zip: the host unpacks a zip into a folder that test processes share."""
    return built(tmp_path_factory.mktemp("dist")) / "Mimecast"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def held(simulator: Simulator) -> list[Any]:
    return [record for record in simulator.tenant.tracked.values() if record.is_held]


def held_ids(simulator: Simulator, risk: str) -> list[str]:
    return [record.id for record in held(simulator) if record.hold and record.hold.risk == risk]


@BOTH_VERSIONS
def test_each_action_succeeds(integration: Path, simulator: Simulator, api_version: ApiVersion) -> None:
    config = configuration(simulator, api_version)
    first, second, third = held_ids(simulator, "medium")[:3]
    policy = {
        "Description": "d",
        "Sender": "a@example.org",
        "Sender Type": "Email Address",
        "Recipient Type": "Everyone",
    }

    def succeeds(name: str, **parameters: Any) -> dict[str, Any]:
        report = run_action(integration, name, config, **parameters)
        assert (report["execution_state_name"], report["result_value"]) == ("COMPLETED", True), report["message"]
        assert report["stdout_problem"] is None
        return report

    ping = succeeds("Ping")
    assert ping["message"].startswith("Successfully connected to the Mimecast server")
    assert sum(call["name"] == "configuration" for call in ping["platform_calls"]) == 1
    search = succeeds("Simple Archive Search", **{"Time Frame": "Last 24 Hours", "Fields To Return": "id,\nsubject"})
    assert set(search["json_result"][0]) == {"id", "subject"}
    assert "Results_None" in search["results"] or search["tables"]
    assert isinstance(succeeds("Advanced Archive Search", **{"XML Query": XML_QUERY})["json_result"], list)
    assert succeeds("Release Message", **{"Message ID": first})["json_result"]["state"] == "confirmed"
    assert succeeds("Reject Message", **{"Message ID": second, "Notify Sender": "TRUE"})["json_result"]["undo"]
    addresses = {"Sender": "a@example.org", "Recipient": "ann@example.com"}
    assert "blocked sender a@example.org" in succeeds("Block Sender", **addresses)["message"]
    assert "permitted sender a@example.org" in succeeds("Permit Sender", **addresses)["message"]
    policy_result = succeeds("Create Block Sender Policy", **policy)["json_result"]
    assert policy_result["option"] == "block_sender"
    succeeds("Delete Block Sender Policy", **{"Policy ID": json.dumps(policy_result)})
    assert succeeds("Check Permissions")["json_result"]
    report = run_action(integration, "Report Message", config, **{"Message ID": third, "Report As": "Phishing"})
    assert (report["execution_state_name"] == "COMPLETED") is (api_version is ApiVersion.V1)
    assert [simulator.tenant.tracked[record_id].status for record_id in (first, second, third)] == [
        *("archived", "rejected", "held"),
    ]


@BOTH_VERSIONS
def test_each_failure_is_one_line_and_a_failed_state(
    integration: Path, simulator: Simulator, api_version: ApiVersion
) -> None:
    config = configuration(simulator, api_version)
    cases = [
        ("Simple Archive Search", {"Time Frame": "Custom"}, '"Start Time" should be provided'),
        ("Advanced Archive Search", {"XML Query": "<xmlquery>"}, "not well-formed"),
        ("Release Message", {"Message ID": ""}, "mandatory"),
        ("Release Message", {"Message ID": held_ids(simulator, "high")[0]}, "Allow High Risk"),
        ("Reject Message", {"Message ID": "nobody@example.com"}, "no message with the Message-ID"),
        ("Block Sender", {"Sender": "nobody", "Recipient": "ann@example.com"}, '"Sender" cannot be'),
        ("Create Block Sender Policy", {"Description": "d", "Sender Type": "Everyone"}, '"Recipient" is mandatory'),
    ]
    for name, parameters, message in cases:
        report = run_action(integration, name, config, **parameters)
        assert (report["exit_code"], report["stdout_problem"]) == (0, None)
        assert (report["execution_state_name"], report["result_value"]) == ("FAILED", False)
        assert report["message"].startswith(f'Error executing action "{name}". Reason: ')
        assert message in report["message"]
        assert "\n" not in report["message"]


def test_wrong_credentials_and_an_unreachable_server_are_failures(integration: Path, simulator: Simulator) -> None:
    config = configuration(simulator, ApiVersion.V2)
    wrong = run_action(integration, "Ping", config | {"Client Secret": "another-secret-altogether"})
    missing = run_action(integration, "Ping", {"API Root": simulator.url, "Verify SSL": True})
    unreachable = run_action(integration, "Ping", config | {"API Root": "http://127.0.0.1:9"})
    for report in (wrong, missing, unreachable):
        assert report["message"].startswith("Failed to connect to the Mimecast server! Error is ")
        assert (report["execution_state_name"], report["result_value"]) == ("FAILED", False)
    assert "Client Secret" in wrong["message"]
    assert "Client ID" in missing["message"]


# connector


def connector_parameters(simulator: Simulator, api_version: ApiVersion, **changes: Any) -> dict[str, Any]:
    domains = ",".join(sorted(simulator.tenant.domains))
    return configuration(simulator, api_version) | {"Domains": domains, "PythonProcessTimeout": "60"} | changes


@BOTH_VERSIONS
def test_each_held_message_is_delivered_once(
    integration: Path, simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    parameters = connector_parameters(simulator, api_version)
    first = run_connector(integration, parameters, "--state", str(tmp_path / "state"))
    assert {alert["ticket_id"] for alert in first["alerts"]} == {record.id for record in held(simulator)}
    assert first["alert_problems"] == {}
    second = run_connector(integration, parameters, "--state", str(tmp_path / "state"))
    assert (second["alert_count"], second["exit_code"]) == (0, 0)


def test_a_test_run_delivers_one_alert_and_stores_nothing(integration: Path, simulator: Simulator) -> None:
    report = run_connector(integration, connector_parameters(simulator, ApiVersion.V2), "--test-run")
    assert report["alert_count"] == 1
    assert not [call for call in report["platform_calls"] if call["name"].startswith(("Set", "TrySet"))]


def test_a_test_run_without_access_fails_with_the_reason(integration: Path, simulator: Simulator) -> None:
    parameters = connector_parameters(simulator, ApiVersion.V2) | {"Client Secret": "another-secret-altogether"}
    failed = run_connector(integration, parameters, "--test-run")
    assert failed["exit_code"] == 1
    assert "does not accept the credentials" in failed["stderr"]
    scheduled = run_connector(integration, parameters)
    assert (scheduled["exit_code"], scheduled["alert_count"]) == (0, 0)


def test_an_alert_that_overflows_on_the_platform_stays_pending(
    integration: Path, simulator: Simulator, tmp_path: Path
) -> None:
    seed = json.dumps({"4|overflow_settings|overflow_settings": {"max_alerts_in_time_period": 2}})
    parameters = connector_parameters(simulator, ApiVersion.V2)
    report = run_connector(integration, parameters, "--state", str(tmp_path / "state"), "--seed", seed)
    assert report["overflow_alerts"]
    assert "pending 1" in report["debug_output"] + report["stderr"]


def test_the_state_of_the_previous_connector_is_imported(
    integration: Path, simulator: Simulator, tmp_path: Path
) -> None:
    records = held(simulator)
    newest = max(int(record.received.timestamp() * 1000) for record in records)
    seed = json.dumps({"timestamp": str(newest), "ids": [record.id for record in records[:-1]]})
    parameters = connector_parameters(simulator, ApiVersion.V2)
    report = run_connector(integration, parameters, "--state", str(tmp_path / "state"), "--seed", seed)
    assert {alert["ticket_id"] for alert in report["alerts"]} <= {records[-1].id}


def test_many_messages_of_one_second_are_delivered_over_several_cycles_despite_faults(
    integration: Path, tmp_path: Path
) -> None:
    """250 messages, 100 per cycle, 15 requests and one token per second, and six kinds of faults at 5 % each."""
    with Simulator() as simulator:
        simulator.control("bulk", {"count": 250, "spread": 0, "before": 30})
        faults = [{"kind": kind, "probability": 0.05} for kind in ("429", "500", "503", "reset", "truncated", "html")]
        simulator.control("faults", {"add": [{**fault, "path": "/api/*"} for fault in faults]})
        simulator.control("behaviour", {"token_lifetime": 1, "rate_limit": 15, "rate_window": 1.0})
        parameters = connector_parameters(simulator, ApiVersion.V2, **{"Max Messages To Return": "100"})
        seed = json.dumps({"4|overflow_settings|overflow_settings": {"max_alerts_in_time_period": 1000}})
        tickets: list[str] = []
        pending = 250
        for number in range(12):
            options = ("--seed", seed) if number == 0 else ()
            report = run_connector(integration, parameters, "--state", str(tmp_path / "state"), *options)
            assert report["exit_code"] == 0
            assert report["alert_count"] <= 100
            tickets += [alert["ticket_id"] for alert in report["alerts"]]
            pending = int(re.findall(r"pending (\d+)", report["stderr"])[-1])
            if len(tickets) + pending >= 250 and pending <= 5:
                break
        all_ids = {record.id for record in simulator.tenant.tracked.values()}
    assert len(tickets) == len(set(tickets))
    # The few that failed repeatedly are deferred; none is lost.
    assert len(all_ids - set(tickets)) == pending <= 5


@BOTH_VERSIONS
def test_empty_attachments_and_attachments_that_look_like_json_are_delivered_unchanged(
    integration: Path, api_version: ApiVersion, tmp_path: Path
) -> None:
    json_like = b'{"meta": {"status": 200}, "data": [{"urls": ["https://elsewhere.example"]}]}'
    parts = "".join(
        f'--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n{content}\r\n'
        for name, kind, content in (
            ("empty.txt", "text/plain", ""),
            ("looks.json", "application/json", json_like.decode()),
        )
    )
    eml = (
        "From: a@example.org\r\nTo: ann@example.com\r\nSubject: odd files\r\nX-Simulator-Hold: Odd\r\n"
        f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"
    )
    with Simulator() as simulator:
        simulator.control("behaviour", {"gateway_detail_on_v2": True})
        simulator.control("mail", {"eml": eml})
        parameters = connector_parameters(simulator, api_version)
        report = run_connector(integration, parameters, "--state", str(tmp_path / "state"))
    [alert] = report["alerts"]
    files = {attachment["name"] + attachment["type"]: attachment for attachment in alert["attachments"]}
    assert {name: attachment["orig_size"] for name, attachment in files.items()} == {
        "empty.txt": 0,
        "looks.json": len(json_like),
    }
    assert base64.b64decode(files["looks.json"]["base64_blob"]) == json_like


def test_records_with_missing_members_are_delivered(integration: Path, tmp_path: Path) -> None:
    with Simulator(mail=[Simulator.SAMPLES], file_host=True) as simulator:
        simulator.control("behaviour", {"gateway_detail_on_v2": True})
        ids = [record.id for record in held(simulator)]
        simulator.control("record", {"id": ids[0], "row": {"to": []}})
        simulator.control("record", {"id": ids[1], "row": {"fromEnv": None, "fromHdr": None}})
        simulator.control("record", {"id": ids[2], "info": {"recipientInfo": None, "spamInfo": None}})
        report = run_connector(
            integration, connector_parameters(simulator, ApiVersion.V2), "--state", str(tmp_path / "state")
        )
    assert {alert["ticket_id"] for alert in report["alerts"]} == set(ids)
    assert report["alert_problems"] == {}
    assert any(alert["attachments"] for alert in report["alerts"])


# readings of the API


@BOTH_VERSIONS
def test_messages_that_the_previous_connector_delivered_under_their_message_ids_do_not_come_again(
    integration: Path, simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    delivered, new = held(simulator)[:2], held(simulator)[2:]
    newest = max(int(record.received.timestamp() * 1000) for record in held(simulator))
    seed = json.dumps({"timestamp": str(newest), "ids": [f"<{record.mail.message_id}>" for record in delivered]})
    parameters = connector_parameters(simulator, api_version)
    report = run_connector(integration, parameters, "--state", str(tmp_path / "state"), "--seed", seed)
    assert {alert["ticket_id"] for alert in report["alerts"]} == {record.id for record in new}


@BOTH_VERSIONS
def test_a_wait_for_the_rate_limit_is_named_and_the_next_run_does_not_ask_before_it_ends(
    integration: Path, simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    search = "/api/message-finder/search"
    simulator.control("faults", {"add": [{"kind": "quota", "path": search, "seconds": 600}]})
    parameters = connector_parameters(simulator, api_version)
    for _ in range(2):
        report = run_connector(integration, parameters, "--state", str(tmp_path / "state"))
        assert report["alert_count"] == 0
        assert f"Waiting for Mimecast's rate limit on {search} until" in report["stderr"] + report["debug_output"]
    assert [request.path for request in simulator.requests].count(search) == 1


@BOTH_VERSIONS
@pytest.mark.parametrize("form", ["unknown_word", "number"])
def test_a_message_whose_risk_cannot_be_read_is_not_released_unless_high_risk_is_allowed(
    integration: Path, simulator: Simulator, api_version: ApiVersion, form: str
) -> None:
    simulator.control("behaviour", {"risk_form": form})
    config, message_id = configuration(simulator, api_version), held_ids(simulator, "high")[0]
    refused = run_action(integration, "Release Message", config, **{"Message ID": message_id})
    assert refused["execution_state_name"] == "FAILED"
    assert "Allow High Risk" in refused["message"]
    assert simulator.tenant.tracked[message_id].is_held
    allowed = run_action(
        integration, "Release Message", config, **{"Message ID": message_id, "Allow High Risk": "true"}
    )
    assert allowed["execution_state_name"] == "COMPLETED"
    assert not simulator.tenant.tracked[message_id].is_held


@BOTH_VERSIONS
def test_two_views_of_a_message_that_differ_become_one_alert(
    integration: Path, simulator: Simulator, api_version: ApiVersion, tmp_path: Path
) -> None:
    simulator.control("behaviour", {"hold_subject": "tagged", "hold_time_offset": 30, "hold_from": "header"})
    parameters = connector_parameters(simulator, api_version)
    tickets: list[str] = []
    for _ in range(7):
        report = run_connector(integration, parameters, "--state", str(tmp_path / "state"))
        tickets += [alert["ticket_id"] for alert in report["alerts"]]
    assert sorted(tickets) == sorted(record.id for record in held(simulator))
