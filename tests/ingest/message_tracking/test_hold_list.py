"""Listing the hold queue: what is missing is said."""

from __future__ import annotations

from mimecast_secops.api.completeness import Completeness, CompletenessKind
from tests.ingest.conftest import Bench
from tests.ingest.model import SECOND, Holds


def test_a_list_that_is_known_to_be_incomplete_is_a_problem(bench: Bench) -> None:
    original = bench.tenant.holds
    partial = Completeness(CompletenessKind.PARTIAL, total=60, pages=1, rows=25, reason="no next page")
    bench.tenant.holds = lambda *time: Holds(iter(original(*time)), partial)  # type: ignore[method-assign]
    bench.receive("m1")
    report = bench.cycle()
    assert report.problems == ("The hold queue was listed only in part: 25 of 60 (no next page).",)
    assert bench.host.tickets() == ["m1"]


def test_a_list_without_evidence_is_none(bench: Bench) -> None:
    bench.receive("m1")
    assert bench.cycle().ok


def test_an_undecodable_second_of_the_queue_becomes_one_gap_alert(bench: Bench) -> None:
    bench.receive("before", seconds_ago=120, subject="before", listed=False)
    broken = bench.receive("broken", seconds_ago=90, listed=False)
    bench.tenant.undecodable.add(broken.received_ms // SECOND)
    for _ in range(8):
        bench.cycle()
        bench.advance(60)
    gaps = [ticket for ticket in bench.host.tickets() if ticket.startswith("gap:holds:")]
    assert len(gaps) == 1
    assert "hold:hold-before" in bench.host.tickets()
