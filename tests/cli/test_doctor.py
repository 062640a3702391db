"""The doctor: what works, what is missing, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.doctor import code_of
from mimecast_secops.diagnosis import Finding, Verdict
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.rights import PERMISSIONS, PRODUCTS
from tests.cli.command_line import CommandLine
from tests.tenants import retry_at_once

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


@BOTH
def test_everything_works(simulator: Simulator, tmp_path: Path, api_version: ApiVersion) -> None:
    result = CommandLine(simulator, tmp_path, api_version).invoke("doctor")
    assert result.exit_code == exit_codes.OK, result.output
    for heading in ("Connection", "API endpoints", "Actions", "Connector"):
        assert f"\n{heading}\n" in result.stdout
    assert result.stdout.startswith("No problems. ")
    assert "missing" not in result.stdout
    assert simulator.tenant.decisions == []


def test_a_missing_permission_is_named(command_line: CommandLine, simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Gateway | Tracking | Read"]})
    result = command_line.invoke("doctor")
    assert result.exit_code == exit_codes.API_ERROR
    assert result.stdout.startswith("3 problems: ")
    assert "Gateway | Tracking | Read" in result.stdout


def test_wrong_credentials_have_the_code_of_authentication(command_line: CommandLine) -> None:
    result = command_line.invoke("doctor", "--client-secret", "wrong-wrong-wrong-wrong")
    assert result.exit_code == exit_codes.AUTHENTICATION
    assert "  failed        Credentials\n" in result.stdout
    assert "MISSING" not in result.stdout


@pytest.mark.parametrize("kind", ["500", "429"])
def test_an_outage_is_not_reported_as_no_problem(
    command_line: CommandLine, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    retry_at_once(monkeypatch)
    simulator.control("faults", {"add": [{"kind": kind, "path": "/api/*"}]})
    result = command_line.invoke("doctor")
    assert result.exit_code == exit_codes.UNREACHABLE
    assert result.stdout.startswith("Not everything could be checked: ")


def test_a_reply_that_is_not_from_mimecast_is_a_problem(command_line: CommandLine, simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "html", "path": "/api/*"}]})
    result = command_line.invoke("doctor")
    assert result.exit_code == exit_codes.UNREACHABLE
    assert result.stdout.startswith("1 problem: Connection\n  failed        Connection\n")
    assert "Check MIMECAST_API_ROOT, the network" in result.stdout


def test_no_endpoint_has_two_lines(command_line: CommandLine) -> None:
    output = command_line.invoke("doctor").stdout
    assert output.count("Delete a blocked-sender policy") == 1


def test_progress_is_shown_on_a_terminal_only(command_line: CommandLine) -> None:
    assert command_line.invoke("doctor").stderr == ""


def test_the_findings_as_json(command_line: CommandLine) -> None:
    findings = command_line.invoke_json("doctor")
    assert {finding["kind"] for finding in findings} >= {"connection", "action", "connector"}
    assert {"subject", "verdict", "why", "remedy"} <= findings[0].keys()


def finding(kind: str, subject: str, verdict: Verdict = Verdict.MISSING) -> Finding:
    return Finding(kind=kind, subject=subject, verdict=verdict)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], exit_codes.OK),
        ([finding("action", "Report Message", Verdict.NOT_AVAILABLE)], exit_codes.OK),
        ([finding("function", "Delete a policy", Verdict.UNKNOWN)], exit_codes.OK),
        ([finding("action", "Ping", Verdict.UNKNOWN)], exit_codes.UNREACHABLE),
        ([finding("connection", "Connection", Verdict.UNKNOWN)], exit_codes.UNREACHABLE),
        ([finding("action", "Ping")], exit_codes.API_ERROR),
        ([finding("connection", "Clock")], exit_codes.API_ERROR),
        ([finding("connection", "TLS")], exit_codes.UNREACHABLE),
        ([finding("connection", "TLS"), finding("connection", "Credentials")], exit_codes.AUTHENTICATION),
    ],
)
def test_the_exit_code_of_findings(findings: list[Finding], code: int) -> None:
    assert code_of(findings) == code


@BOTH
def test_a_first_contact_reports_what_the_tenant_does(
    simulator: Simulator, tmp_path: Path, api_version: ApiVersion
) -> None:
    command_line = CommandLine(simulator, tmp_path, api_version)
    result = command_line.invoke("doctor", "--first-contact")
    assert result.exit_code == exit_codes.OK, result.output
    assert "of 12 questions are answered." in result.stdout
    assert "requests were sent. Nothing was changed." in result.stdout
    assert "@" not in result.stdout
    report = command_line.invoke_json("doctor", "--first-contact")
    assert len(report["questions"]) == 12
    assert simulator.tenant.decisions == []


def test_a_first_contact_that_finds_nothing_out_has_an_error_code(
    command_line: CommandLine, simulator: Simulator
) -> None:
    simulator.control("rights", {"revoke": sorted(PERMISSIONS | PRODUCTS)})
    result = command_line.invoke("doctor", "--first-contact")
    assert result.exit_code == exit_codes.API_ERROR


def test_a_first_contact_with_wrong_credentials_has_the_code_of_authentication(command_line: CommandLine) -> None:
    result = command_line.invoke("doctor", "--first-contact", "--client-secret", "wrong-wrong-wrong-wrong")
    assert result.exit_code == exit_codes.AUTHENTICATION


@pytest.mark.parametrize("options", [(), ("--first-contact",)])
def test_the_exchanges_are_recorded_without_anything_personal(
    command_line: CommandLine, simulator: Simulator, options: tuple[str, ...]
) -> None:
    path = command_line.folder / "contact.jsonl"
    result = command_line.invoke("doctor", *options, "--record", str(path))
    assert result.exit_code == exit_codes.OK, result.output
    first, *exchanges = path.read_text().splitlines()
    assert json.loads(first)["api_version"] == "API 2.0"
    assert f"{len(exchanges)} exchanges are recorded in" in result.stderr.replace("\n", " ")
    assert len(exchanges) == len(simulator.requests)
    subjects = {record.subject for record in simulator.tenant.tracked.values() if len(record.subject) > 10}
    assert subjects
    assert not any(subject in path.read_text() for subject in subjects)


def test_a_recording_that_cannot_be_written_is_an_error_before_any_request(
    command_line: CommandLine, simulator: Simulator
) -> None:
    result = command_line.invoke("doctor", "--record", str(command_line.folder / "missing" / "contact.jsonl"))
    assert result.exit_code != exit_codes.OK
    assert "No such file or directory" in result.stderr
    assert simulator.requests == []


def test_what_the_connector_has_learned_is_shown_if_it_has_run(command_line: CommandLine) -> None:
    assert "Learned by the connector" not in command_line.invoke("doctor").stdout
    command_line.invoke(*command_line.connector())
    for options in ((), ("--first-contact",)):
        shown = command_line.invoke("doctor", *options).stdout
        assert "\nLearned by the connector\n  " in shown
        assert "search most rows: " in shown
    assert isinstance(command_line.invoke_json("doctor"), list)


def test_a_damaged_state_does_not_stop_the_doctor(command_line: CommandLine) -> None:
    command_line.state.parent.mkdir(parents=True)
    command_line.state.write_bytes(b"damaged" * 1000)
    result = command_line.invoke("doctor")
    assert (result.exit_code, "No problems." in result.stdout) == (exit_codes.OK, True)
    assert str(command_line.state) in result.stderr.replace("\n", "")
