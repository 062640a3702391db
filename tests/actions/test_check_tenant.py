"""Check Tenant: a report of the first contact, without a value of a message."""

from __future__ import annotations

import json

from tests.actions.runner import ActionRunner

CHECK = "check-tenant"


def test_the_report_is_the_json_result(runner: ActionRunner) -> None:
    runner.receive_held()
    report = runner.succeeds(CHECK)
    assert [question["number"] for question in report["questions"]] == list(range(1, 13))
    assert report["requests"] <= report["budget"]
    assert report["facts"]["id_form"] == "opaque"


def test_the_message_counts_and_the_table_has_a_row_for_each_question(v2: ActionRunner) -> None:
    result = v2.run(CHECK)
    [table] = result.tables
    assert (table.title, len(table.rows)) == ("Tenant", 12)
    known = sum(row[1] == "known" for row in table.rows)
    assert f"{known} of 12 questions are answered" in result.message


def test_the_tenant_is_not_changed_and_no_address_is_shown(v2: ActionRunner) -> None:
    record = v2.receive_held("SecretSubject")
    report = json.dumps(v2.succeeds(CHECK))
    assert (v2.simulator.tenant.decisions, v2.simulator.tenant.policies) == ([], {})
    assert not any(secret in report for secret in ("@", "SecretSubject", record.id, record.hold_id))


def test_wrong_credentials_fail_the_action(v2: ActionRunner) -> None:
    v2.simulator.tenant.application.client_secret = "another"
    assert "does not accept the credentials" in v2.fails(CHECK)
