"""Report Message: on API 1.0 only, with a result for each message."""

from __future__ import annotations

import pytest

from tests.actions.runner import ActionRunner

REPORT = "/api/message-finder/report-message"


def reports(runner: ActionRunner) -> list[tuple[str, str, str]]:
    return [(report.tracking_id, report.kind, report.comment) for report in runner.simulator.tenant.reports]


@pytest.mark.parametrize("kind", ["Spam", "Malware", "Phishing", "phishing"])
def test_a_message_is_reported_in_its_category(v1: ActionRunner, kind: str) -> None:
    message = v1.receive()
    result = v1.succeeds("report-message", Message_ID=message.id, Report_As=kind, Comment="Look at the link.")
    assert reports(v1) == [(message.id, kind.lower(), "Look at the link.")]
    assert v1.writes == [REPORT]
    assert [entry["trackingId"] for entry in result["reported"]] == [message.id]
    assert (result["state"], result["failed"], result["undo"]["possible"]) == ("pending", [], False)


def test_spam_without_a_comment_is_the_default(v1: ActionRunner) -> None:
    v1.set_quirks(strict_members=True)
    message = v1.receive_held()
    v1.succeeds("report-message", Message_ID=message.id, Report_As="", Comment="")
    assert reports(v1) == [(message.id, "spam", "")]


@pytest.mark.parametrize("separator", [",", ", ", ",\n", "\n", "\r\n", " , ,"], ids=repr)
def test_several_ids_are_each_reported_once(v1: ActionRunner, separator: str) -> None:
    ids = [v1.receive().id for _ in range(3)]
    v1.succeeds("report-message", Message_ID=separator.join([*ids, ids[0]]))
    assert [tracking_id for tracking_id, _, _ in reports(v1)] == ids


def test_a_message_id_reports_the_copy_of_every_recipient(v1: ActionRunner) -> None:
    message = v1.receive(to="ann@example.com, bob@example.com")
    records = list(v1.simulator.tenant.by_message_id(message.mail.message_id))
    v1.succeeds("report-message", Message_ID=f"<{message.mail.message_id}>")
    assert {report[0] for report in reports(v1)} == {record.id for record in records}
    assert len(records) == 2


def remove_id(runner: ActionRunner, tracking_id: str) -> None:
    """Make message tracking return a record without its ID."""
    runner.simulator.control("record", {"id": tracking_id, "row": {"id": ""}})


def test_a_message_whose_records_have_no_id_is_not_reported(v1: ActionRunner) -> None:
    message = v1.receive(to="ann@example.com, bob@example.com")
    for record in v1.simulator.tenant.by_message_id(message.mail.message_id):
        remove_id(v1, record.id)
    result = v1.run("report-message", Message_ID=message.mail.message_id)
    assert (result.is_success, result.partial, v1.writes) == (False, False, [])
    assert "2 of 2 copies cannot be reported" in result.message
    assert result.json_result["reported"] == []


def test_a_record_without_an_id_does_not_hide_the_reported_copies(v1: ActionRunner) -> None:
    message = v1.receive(to="ann@example.com, bob@example.com")
    records = list(v1.simulator.tenant.by_message_id(message.mail.message_id))
    remove_id(v1, records[0].id)
    result = v1.run("report-message", Message_ID=message.mail.message_id)
    assert (result.is_success, result.partial) == (False, True)
    assert "1 of 2 copies cannot be reported" in result.message
    assert result.message.endswith("Copies already reported: 1.")
    assert [entry["trackingId"] for entry in result.json_result["reported"]] == [records[1].id]
    assert [report[0] for report in reports(v1)] == [records[1].id]


def test_the_copies_that_were_reported_before_a_failure_are_listed(v1: ActionRunner) -> None:
    message_id = v1.receive(to="ann@example.com, bob@example.com, cy@example.com").mail.message_id
    v1.add_fault("500", REPORT, after=2)
    result = v1.run("report-message", Message_ID=message_id)
    assert (result.is_success, result.partial) == (False, True)
    assert "1 of 1 messages could not be reported" in result.message
    assert result.message.endswith("Copies already reported: 2.")
    assert "Reported:" not in result.message
    reported = [report[0] for report in reports(v1)]
    assert len(reported) == 2
    assert [entry["trackingId"] for entry in result.json_result["reported"]] == reported
    assert [entry["id"] for entry in result.json_result["failed"]] == [message_id]


def test_a_permission_that_only_a_later_message_needs_does_not_hide_the_earlier_reports(v1: ActionRunner) -> None:
    first, second = v1.receive(), v1.receive("Offer")
    v1.revoke("Gateway | Tracking | Read")
    result = v1.run("report-message", Message_ID=f"{first.id},{second.mail.message_id}")
    assert (result.is_success, result.partial) == (False, True)
    assert '"Gateway | Tracking | Read"' in result.message
    assert f'Reported: "{first.id}"' in result.message
    assert [entry["trackingId"] for entry in result.json_result["reported"]] == [first.id]
    assert [report[0] for report in reports(v1)] == [first.id]


@pytest.mark.parametrize("bad", ["nonsense", "<nobody@example.org>"])
@pytest.mark.parametrize("first", [True, False])
def test_a_failed_report_does_not_stop_the_others(v1: ActionRunner, bad: str, first: bool) -> None:
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


def test_a_report_of_unknown_messages_only_is_not_partial(v1: ActionRunner) -> None:
    result = v1.run("report-message", Message_ID="first,second")
    assert (result.is_success, result.partial) == (False, False)
    assert "2 of 2 messages could not be reported" in result.message
    assert "Reported:" not in result.message


def test_an_error_keeps_the_code_of_mimecast(v1: ActionRunner) -> None:
    assert "xdk_failure: 0007 Invalid token" in v1.fails("report-message", Message_ID="nonsense")


def test_a_missing_permission_stops_the_action(v1: ActionRunner) -> None:
    ids = ",".join(v1.receive().id for _ in range(3))
    v1.revoke("Gateway | Tracking | Edit")
    assert '"Gateway | Tracking | Edit"' in v1.fails("report-message", Message_ID=ids)
    assert v1.writes == [REPORT]


def test_a_report_on_api_2_fails_before_any_request(v2: ActionRunner) -> None:
    error = v2.fails("report-message", Message_ID=v2.receive().id)
    assert error.startswith("Messages can be reported on API 1.0 only, and this connection uses API 2.0")
    assert v2.simulator.requests == []


def test_a_dry_run_writes_nothing_and_returns_the_exact_requests(v1: ActionRunner) -> None:
    message = v1.receive()
    message_id = f"<{message.mail.message_id}>"
    result = v1.run("report-message", Message_ID=message_id, Report_As="Malware", Comment="c", Dry_Run=True)
    assert result.message == "Dry run: nothing was done."
    plan = result.json_result
    assert plan["request"] == {"path": REPORT, "data": [{"id": message.id, "type": "malware", "comment": "c"}]}
    assert [touched["id"] for touched in plan["touches"]] == [message_id]
    assert (v1.writes, reports(v1)) == ([], [])


def test_a_dry_run_with_an_unknown_message_id_fails(v1: ActionRunner) -> None:
    result = v1.run("report-message", Message_ID="<nobody@example.org>", Dry_Run=True)
    assert not result.is_success
    assert v1.writes == []


@pytest.mark.parametrize("empty", [",", " , ", ",\n,"], ids=repr)
def test_an_empty_list_is_an_error(v1: ActionRunner, empty: str) -> None:
    assert '"Message ID" is mandatory' in v1.fails("report-message", Message_ID=empty)


def test_a_failed_dry_run_reports_no_messages(v1: ActionRunner) -> None:
    result = v1.run("report-message", Message_ID=f"{v1.receive().id},<nobody@example.org>", Dry_Run=True)
    assert (result.is_success, result.partial, v1.writes) == (False, False, [])
    assert "Reported:" not in result.message
    assert result.json_result["reported"] == []


@pytest.mark.parametrize("kind", ["500", "reset", "truncated", "html"])
def test_a_report_without_a_reply_is_unknown_and_is_not_repeated(v1: ActionRunner, kind: str) -> None:
    first, second = v1.receive(), v1.receive()
    v1.add_fault(kind, "/api/message-finder/report-message", count=1)
    result = v1.run("report-message", Message_ID=f"{first.id},{second.id}")
    [failed] = result.json_result["failed"]
    assert failed["id"] == first.id
    assert "Nothing shows whether the report was received. Check with Mimecast before" in failed["error"]
    assert [report["id"] for report in result.json_result["reported"]] == [second.id]
    assert v1.writes == ["/api/message-finder/report-message"] * 2


def test_a_report_that_was_not_executed_is_not_unknown(v1: ActionRunner) -> None:
    message = v1.receive()
    v1.add_fault("429", "/api/message-finder/report-message")
    assert "Nothing shows" not in v1.fails("report-message", Message_ID=message.id)
