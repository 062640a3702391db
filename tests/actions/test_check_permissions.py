"""Check Permissions: a finding for each action, and a failure only if nothing works or the user asks for it."""

from __future__ import annotations

import pytest

from tests.actions.runner import ActionRunner
from tests.tenants import retry_at_once

CHECK = "check-permissions"
HELD_EDIT = "Account | Monitoring | Held | Edit"


def verdicts(findings: list[dict[str, str]]) -> dict[str, str]:
    return {finding["subject"]: finding["verdict"] for finding in findings}


def test_missing_permissions_are_findings_and_a_failure_only_on_request(runner: ActionRunner) -> None:
    runner.revoke(HELD_EDIT, "Cloud Gateway")
    lenient = runner.run(CHECK)
    strict = runner.run(CHECK, Fail_On_Missing="true")
    assert (lenient.is_success, strict.is_success) == (True, False)
    assert verdicts(lenient.json_result) == verdicts(strict.json_result)
    assert verdicts(lenient.json_result)["Release Message"] == "missing"
    assert "Grant" in strict.message or "product" in strict.message


def test_a_tenant_with_every_permission_passes_the_strict_check(v1: ActionRunner) -> None:
    result = v1.run(CHECK, Fail_On_Missing="true")
    assert result.is_success, result.message
    assert "missing" not in verdicts(result.json_result).values()


def test_the_message_counts_what_works_and_the_table_lists_every_finding(v1: ActionRunner) -> None:
    v1.revoke(HELD_EDIT)
    result = v1.run(CHECK)
    needed = [finding for finding in result.json_result if finding["kind"] in ("action", "connector")]
    working = sum(finding["verdict"] == "works" for finding in needed)
    assert 0 < working < len(needed)
    assert result.message.endswith(f"{working} of {len(needed)} work with these credentials.")
    [table] = result.tables
    assert table.title == "Permissions"
    assert [row[0] for row in table.rows] == [finding["subject"] for finding in result.json_result]


def test_a_remedy_is_named_once(v1: ActionRunner) -> None:
    v1.revoke(HELD_EDIT)
    assert v1.fails(CHECK, Fail_On_Missing="true").count(HELD_EDIT) == 1


def test_credentials_that_do_not_work_are_a_failure(v1: ActionRunner) -> None:
    v1.simulator.control("rights", {"expire_keys": True})
    result = v1.run(CHECK)
    assert not result.is_success
    assert "Access Key" in result.message
    assert "missing" in verdicts(result.json_result).values()


def test_the_check_changes_nothing(runner: ActionRunner) -> None:
    held = runner.receive_held()
    runner.succeeds(CHECK)
    assert held.is_held
    assert runner.simulator.tenant.decisions == []
    assert runner.simulator.tenant.reports == []


def test_an_outage_is_not_counted_as_missing_permissions(v2: ActionRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    retry_at_once(monkeypatch)
    v2.add_fault("500", "/api/*")
    result = v2.run(CHECK)
    needed = [finding for finding in result.json_result if finding["kind"] in ("action", "connector")]
    unknown = sum(finding["verdict"] == "unknown" for finding in needed)
    assert unknown > len(needed) / 2
    assert result.message.endswith(f"0 of {len(needed)} work with these credentials. {unknown} could not be checked.")
