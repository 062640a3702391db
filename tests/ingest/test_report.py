"""The report of a cycle."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from mimecast_secops.api.errors import AuthenticationFailed, RateLimited, Unavailable, Unreachable
from mimecast_secops.ingest.report import CycleCounters, RateLimitWait
from tests.ingest.conftest import Bench


def test_the_log_line_names_every_figure_and_nothing_from_an_email(bench: Bench) -> None:
    bench.receive("m1", subject="SECRET-SUBJECT", sender="someone@secret.test")
    line = bench.cycle().line()
    words = (
        "seen",
        "filtered",
        "delivered",
        "overflowed",
        "deferred",
        "delivered incomplete",
        "pending",
        "requests",
        "lag",
    )
    for word in words:
        assert word in line
    assert "SECRET" not in line
    assert "secret.test" not in line


def test_the_summary_names_only_figures_that_are_not_zero(bench: Bench) -> None:
    bench.receive("m1")
    report = replace(bench.cycle(), seconds=0.04, requests=14)
    assert report.summary() == "1 alert (1 new, 0 known) in 0.0 s, 14 requests"
    report = replace(report, delivered=7, filtered={"status": 2, "route": 1}, pending=4, more_to_read=True)
    assert report.summary() == ("7 alerts (1 new, 0 known) in 0.0 s, 14 requests, 3 filtered, 4 pending, more to read")


def test_a_cycle_that_could_not_work_has_a_note(bench: Bench) -> None:
    bench.tenant.failing["search"] = Unavailable("Mimecast returned a server error.")
    report = bench.cycle()
    assert not report.ok
    assert "NOT OK" in report.line()
    assert report.summary().startswith("cycle NOT OK: 0 alerts (")
    assert "server error" in report.problems[0]


def test_the_gravest_error_is_kept_and_no_sentence_repeated() -> None:
    counters = CycleCounters()
    first, gravest = Unreachable("No answer."), AuthenticationFailed("Wrong key.")
    counters.add_failure("Message tracking could not be searched", first)
    counters.add_failure("Message tracking could not be searched", first)
    assert counters.error is first
    counters.add_failure("The hold queue could not be listed", gravest)
    counters.add_failure("Message details could not be read", first)
    assert counters.error is gravest
    assert counters.problems == [
        "Message tracking could not be searched: No answer.",
        "The hold queue could not be listed: Wrong key.",
        "Message details could not be read: No answer.",
    ]


def test_figures_are_members_of_a_json_object_with_what_is_missing(bench: Bench) -> None:
    figures = bench.cycle().figures()
    assert (figures["late"], figures["unaccounted"], figures["outcome"]) == (0, 0, "ok")


def test_the_rows_of_a_cycle_are_known_new_or_filtered(bench: Bench) -> None:
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("inbound",)}
    for number in range(9):
        status, route = ("held", "archived")[number % 2], ("inbound", "internal")[number % 3 == 0]
        bench.receive(f"m{number}", status=status, route=route, subject=str(number))
    first, second = bench.cycle(), bench.cycle()
    for report in (first, second):
        assert report.seen == report.known + report.new + sum(report.filtered.values()) == 9
    assert first.new == first.delivered + first.pending


def test_sentences_are_added_once() -> None:
    counters = CycleCounters()
    for _ in range(2):
        counters.add_problem("It failed.")
        counters.add_note("It worked.")
    assert (counters.problems, counters.notes) == (["It failed."], ["It worked."])


def test_a_wait_for_a_rate_limit_is_one_problem_that_names_the_endpoint_and_the_time() -> None:
    counters = CycleCounters()
    for seconds in (0, 1):
        until = datetime(2026, 3, 7, 16, 10, seconds, tzinfo=UTC)
        counters.add_failure("Any summary", RateLimited("x", endpoint="/api/a", wait=600.0, until=until))
    assert counters.problems == ["Waiting for Mimecast's rate limit on /api/a until 2026-03-07 16:10:00 UTC."]
    assert list(counters.waiting.values()) == [RateLimitWait("/api/a", 1_772_899_800_000)]


def test_the_figures_of_a_waiting_cycle_can_be_encoded(bench: Bench) -> None:
    bench.tenant.wait_for_rate_limit("search", 600)
    figures = json.loads(json.dumps(bench.cycle().figures()))
    assert figures["waiting"] == [{"endpoint": "search", "until_ms": bench.tenant.now_ms + 600_000}]
