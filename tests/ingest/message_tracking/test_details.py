"""Reading one record: details, filters, attachments."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from mimecast_secops.api import MessageInfo
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    MimecastError,
    MissingPermission,
    NotFound,
    RateLimited,
    Unavailable,
)
from mimecast_secops.ingest.interfaces import FailureScope
from mimecast_secops.ingest.message_tracking.details import scope_of
from tests.ingest.conftest import Bench
from tests.ingest.model import Holds


def test_a_record_that_a_detail_filter_excluded_is_read_again_when_it_is_held(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "accepted"), "queue_reasons": ("Sandbox",)}
    record = bench.receive("m1", status="accepted", reason="")
    assert bench.cycle().filtered == {"queue reason": 1}
    record.status, record.reason = "held", "Sandbox"
    bench.advance(60)
    bench.cycle()
    assert bench.host.tickets() == ["m1"]


def test_attachments_of_held_messages_are_part_of_the_alert(bench: Bench) -> None:
    bench.receive("m1", attachments=(b"hello", b""))
    bench.cycle()
    files = bench.host.alerts[0].files
    assert [(file.name, file.extension, file.size) for file in files] == [("file-0", ".txt", 5), ("file-1", ".txt", 0)]


def test_an_attachment_that_is_too_large_becomes_a_note(bench: Bench) -> None:
    bench.settings = {"file_kilobytes": 1}
    bench.receive("m1", attachments=(b"x" * 2000, b"small"))
    bench.cycle()
    alert = bench.host.alerts[0]
    assert len(alert.files) == 1
    assert "2000 bytes are more" in alert.events[0]["note_1"]


def test_an_attachment_that_cannot_be_fetched_becomes_a_note(bench: Bench) -> None:
    bench.receive("m1", attachments=(b"x",))
    bench.tenant.failing["file"] = Unavailable("Mimecast returned a server error.")
    bench.cycle()
    assert bench.host.tickets() == ["m1"]
    assert "could not be fetched" in bench.host.alerts[0].events[0]["note_1"]


def test_without_attachments_one_detail_request_per_alert_is_enough(bench: Bench) -> None:
    for number in range(10):
        bench.receive(f"m{number}", subject=str(number))
    bench.cycle()
    per_record = [name for name, _ in bench.tenant.calls if name in ("info", "detail", "file")]
    assert per_record == ["info"] * 10


def test_details_are_requested_while_the_hold_queue_is_listed(bench: Bench) -> None:
    requested, real_info, real_holds = Event(), bench.tenant.info, bench.tenant.holds

    def info(tracking_id: str) -> MessageInfo:
        requested.set()
        return real_info(tracking_id)

    def holds(*arguments: Any) -> Holds:
        assert requested.wait(10)
        return real_holds(*arguments)

    bench.tenant.info = info  # type: ignore[method-assign]
    bench.tenant.holds = holds  # type: ignore[assignment,method-assign]
    for number in range(20):
        bench.receive(f"m{number}", subject=str(number))
    assert bench.cycle().ok
    assert sorted(name for name, _ in bench.tenant.calls if name == "info") == ["info"] * 20


@pytest.mark.parametrize("error", [Unavailable("x"), RateLimited("x"), MissingPermission("x")])
def test_details_that_could_not_be_requested_ahead_are_read_by_the_next_cycle(
    bench: Bench, error: MimecastError
) -> None:
    for number in range(3):
        bench.receive(f"m{number}", subject=str(number))
    bench.tenant.failing["info"] = error
    bench.cycle()
    assert bench.host.tickets() == []
    bench.tenant.failing.clear()
    bench.advance(600)
    bench.cycle()
    assert sorted(bench.host.tickets()) == ["m0", "m1", "m2"]


def test_details_of_deferred_records_are_not_requested_while_the_hold_queue_cannot_be_listed(bench: Bench) -> None:
    for number in range(3):
        bench.receive(f"m{number}", subject=str(number))
    bench.tenant.failing["holds"] = Unavailable("x")
    bench.cycle()
    bench.tenant.calls.clear()
    bench.advance(600)
    bench.cycle()
    assert "info" not in {name for name, _ in bench.tenant.calls}


def test_a_filter_on_details_excludes_one_record_and_no_other(bench: Bench) -> None:
    bench.settings = {"queue_reasons": ("Fraud Alert",)}
    bench.receive("spam", reason="Spam", subject="a")
    assert bench.cycle().filtered == {"queue reason": 1}
    bench.receive("fraud", reason="Fraud Alert", subject="b")
    bench.receive("more spam", reason="Spam", subject="c")
    bench.tenant.calls.clear()
    assert bench.cycle().filtered == {"queue reason": 1}
    assert bench.host.tickets() == ["fraud"]
    assert sorted(what for name, what in bench.tenant.calls if name == "info") == ["fraud", "more spam"]


@pytest.mark.parametrize(
    ("error", "scope"),
    [
        (NotFound("x"), FailureScope.RECORD),
        (Unavailable("x"), FailureScope.RECORD),
        (RateLimited("x"), FailureScope.OUT_OF_TIME),
        (DeadlineExceeded("x"), FailureScope.OUT_OF_TIME),
        (MissingPermission("x"), FailureScope.TENANT),
        (AuthenticationFailed("x"), FailureScope.TENANT),
    ],
)
def test_what_a_failure_affects(error: MimecastError, scope: FailureScope) -> None:
    assert scope_of(error) is scope


def test_a_hold_without_a_tracking_record_passes_the_filters_that_the_queue_can_answer(bench: Bench) -> None:
    bench.settings = {"tries": 1, "lowest_risk": "high", "queue_reasons": ("Spam",)}
    bench.dynamic_list = ("Another Reason",)
    bench.receive("m1", listed=False)
    bench.receive("m2", listed=False, reason="Fraud", subject="other")
    report = bench.cycle()
    assert bench.host.tickets() == ["hold:hold-m1"]
    assert report.filtered == {"queue reason": 1}


def test_a_deadline_during_the_attachments_leaves_the_record_pending(bench: Bench) -> None:
    bench.receive("m1", attachments=(b"x",))
    bench.tenant.failing["detail"] = DeadlineExceeded("There was no answer in time.")
    report = bench.cycle()
    assert (report.delivered, report.pending, report.deferred) == (0, 1, 0)
    bench.tenant.failing.clear()
    bench.cycle()
    assert len(bench.host.alerts[0].files) == 1
