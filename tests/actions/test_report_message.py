"""Reporting messages: on API 1.0 only, each one for itself, and an answer for each."""

from __future__ import annotations

import pytest

from tests.actions.runner import ActionRunner

REPORT = "/api/message-finder/report-message"


def reports(runner: ActionRunner) -> list[tuple[str, str, str]]:
    return [(one.tracking_id, one.kind, one.comment) for one in runner.simulator.tenant.reports]


@pytest.mark.parametrize("kind", ["Spam", "Malware", "Phishing", "phishing"])
def test_a_message_is_reported_as_what_it_is(v1: ActionRunner, kind: str) -> None:
    one = v1.receive()
    result = v1.succeeds("report-message", Message_ID=one.id, Report_As=kind, Comment="Look at the link.")
    assert reports(v1) == [(one.id, kind.lower(), "Look at the link.")]
    assert v1.writes == [REPORT]
    assert [entry["trackingId"] for entry in result["reported"]] == [one.id]
    assert (result["state"], result["failed"], result["undo"]["possible"]) == ("pending", [], False)


def test_spam_without_a_comment_is_the_default(v1: ActionRunner) -> None:
    v1.set_quirks(strict_members=True)
    one = v1.receive_held()
    v1.succeeds("report-message", Message_ID=one.id, Report_As="", Comment="")
    assert reports(v1) == [(one.id, "spam", "")]


@pytest.mark.parametrize("joint", [",", ", ", ",\n", "\n", "\r\n", " , ,"], ids=repr)
def test_several_ids_are_each_reported_once(v1: ActionRunner, joint: str) -> None:
    ids = [v1.receive().id for _ in range(3)]
    v1.succeeds("report-message", Message_ID=joint.join([*ids, ids[0]]))
    assert [one[0] for one in reports(v1)] == ids


def test_a_message_id_stands_for_the_mail_of_every_recipient(v1: ActionRunner) -> None:
    one = v1.receive(to="ann@example.com, bob@example.com")
    records = v1.simulator.tenant.by_message_id(one.mail.message_id)
    v1.succeeds("report-message", Message_ID=f"<{one.mail.message_id}>")
    assert {report[0] for report in reports(v1)} == {record.id for record in records}
    assert len(records) == 2


@pytest.mark.parametrize("bad", ["nonsense", "<nobody@example.org>"])
@pytest.mark.parametrize("first", [True, False])
def test_one_that_cannot_be_reported_does_not_keep_the_others(v1: ActionRunner, bad: str, first: bool) -> None:
    good = v1.receive().id
    ids = [bad, good] if first else [good, bad]
    result = v1.run("report-message", Message_ID=",".join(ids))
    assert [report[0] for report in reports(v1)] == [good]
    assert (result.is_success, result.partial) == (False, True)
    assert "1 of 2 messages could not be reported" in result.message
    assert f'"{bad}"' in result.message
    assert f'Reported: "{good}"' in result.message
    assert [entry["id"] for entry in result.json_result["failed"]] == [bad]
    assert [entry["id"] for entry in result.json_result["reported"]] == [good]


def test_none_that_could_be_reported_is_a_failure_and_not_half_a_success(v1: ActionRunner) -> None:
    result = v1.run("report-message", Message_ID="one,two")
    assert (result.is_success, result.partial) == (False, False)
    assert "2 of 2 messages could not be reported" in result.message
    assert "Reported:" not in result.message


def test_a_refusal_keeps_the_code_of_mimecast(v1: ActionRunner) -> None:
    assert "xdk_failure: 0007 Invalid token" in v1.fails("report-message", Message_ID="nonsense")


def test_a_missing_right_ends_it_at_once(v1: ActionRunner) -> None:
    ids = ",".join(v1.receive().id for _ in range(3))
    v1.revoke("Gateway | Tracking | Edit")
    assert '"Gateway | Tracking | Edit"' in v1.fails("report-message", Message_ID=ids)
    assert v1.writes == [REPORT]


def test_on_api_2_it_fails_at_once_and_says_so(v2: ActionRunner) -> None:
    said = v2.fails("report-message", Message_ID=v2.receive().id)
    assert said.startswith("Messages can be reported on API 1.0 only, and this connection uses API 2.0")
    assert v2.simulator.requests == []


def test_a_dry_run_writes_nothing_and_returns_the_exact_requests(v1: ActionRunner) -> None:
    one = v1.receive()
    given = f"<{one.mail.message_id}>"
    result = v1.run("report-message", Message_ID=given, Report_As="Malware", Comment="c", Dry_Run=True)
    assert result.message == "Dry run: nothing was done."
    plan = result.json_result
    assert plan["request"] == {"path": REPORT, "data": [{"id": one.id, "type": "malware", "comment": "c"}]}
    assert [touched["id"] for touched in plan["touches"]] == [given]
    assert (v1.writes, reports(v1)) == ([], [])


def test_a_dry_run_says_what_is_not_known(v1: ActionRunner) -> None:
    result = v1.run("report-message", Message_ID="<nobody@example.org>", Dry_Run=True)
    assert not result.is_success
    assert v1.writes == []


@pytest.mark.parametrize("nothing", [",", " , ", ",\n,"], ids=repr)
def test_a_list_of_nothing_is_no_success(v1: ActionRunner, nothing: str) -> None:
    assert '"Message ID" is mandatory' in v1.fails("report-message", Message_ID=nothing)


def test_a_failed_dry_run_claims_no_report(v1: ActionRunner) -> None:
    result = v1.run("report-message", Message_ID=f"{v1.receive().id},<nobody@example.org>", Dry_Run=True)
    assert (result.is_success, v1.writes) == (False, [])
    assert "Reported:" not in result.message
