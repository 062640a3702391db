"""Reading one record: details, filters, attachments."""

from __future__ import annotations

from mimecast_secops.api.errors import (
    Unavailable,
)
from tests.ingest.conftest import Bench


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
    bench.tenant.failing["file"] = Unavailable("Mimecast has trouble of its own.")
    bench.cycle()
    assert bench.host.tickets() == ["m1"]
    assert "could not be fetched" in bench.host.alerts[0].events[0]["note_1"]


def test_without_attachments_one_detail_request_per_alert_is_enough(bench: Bench) -> None:
    for number in range(10):
        bench.receive(f"m{number}", subject=str(number))
    bench.cycle()
    per_record = [name for name, _ in bench.tenant.calls if name in ("info", "detail", "file")]
    assert per_record == ["info"] * 10


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
