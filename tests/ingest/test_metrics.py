"""The metrics of a cycle, in the text format of Prometheus."""

from __future__ import annotations

import re
from dataclasses import replace

from mimecast_secops.api.errors import RateLimited, Unavailable
from mimecast_secops.ingest import Report, Totals, failed_metrics, metrics
from tests.ingest.conftest import Bench

ENDED = 1_700_000_000.5


def metrics_of(report: Report, exit_code: int = 0) -> str:
    return metrics(report, ended=ENDED, exit_code=exit_code)


def values(text: str) -> dict[str, str]:
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_metrics_are_what_prometheus_reads(bench: Bench) -> None:
    bench.receive("m1")
    bench.receive("m2", status="archived", subject="other")
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("internal",)}
    text = metrics_of(bench.cycle())
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{filter=\"[\w ]+\"\})? [-+.e\d]+", line), line
    assert values(text)['mimecast_secops_cycle_filtered{filter="route"}'] == "2"
    assert values(text)["mimecast_secops_cycle_ok"] == "1"


def test_the_names_are_stable(bench: Bench) -> None:
    names = {name.removeprefix("mimecast_secops_cycle_") for name in values(metrics_of(bench.cycle()))}
    assert names == {
        "ok",
        "seen",
        "new",
        "delivered",
        "overflowed",
        "deferred",
        "delivered_incomplete",
        "pending",
        "gaps",
        "late",
        "unaccounted",
        "requests",
        "rate_limited",
        "exit_code",
        "ended_seconds",
        "duration_seconds",
        "lag_seconds",
        "oldest_pending_seconds",
        "clock_skew_seconds",
        "checkpoint_seconds",
    }


def test_times_are_in_seconds(bench: Bench) -> None:
    report = replace(bench.cycle(), checkpoint_ms=1500, oldest_pending_ms=2500)
    assert values(metrics_of(report))["mimecast_secops_cycle_checkpoint_seconds"] == "1.5"
    assert values(metrics_of(report))["mimecast_secops_cycle_oldest_pending_seconds"] == "2.5"
    nothing_pending = replace(report, oldest_pending_ms=None)
    assert values(metrics_of(nothing_pending))["mimecast_secops_cycle_oldest_pending_seconds"] == "0"


def test_a_cycle_that_failed_is_not_ok(bench: Bench) -> None:
    bench.tenant.failing["search"] = Unavailable("Mimecast returned a server error.")
    assert values(metrics_of(bench.cycle()))["mimecast_secops_cycle_ok"] == "0"


def test_the_end_and_the_exit_code_of_a_cycle(bench: Bench) -> None:
    shown = values(metrics_of(bench.cycle(), exit_code=6))
    assert shown["mimecast_secops_cycle_ended_seconds"] == "1700000000.5"
    assert shown["mimecast_secops_cycle_exit_code"] == "6"


def test_requests_that_the_rate_limit_refused(bench: Bench) -> None:
    bench.tenant.failing["search"] = RateLimited("Too many requests.")
    # One search by recipient, and one by sender.
    assert values(metrics_of(bench.cycle()))["mimecast_secops_cycle_rate_limited"] == "2"
    bench.tenant.failing.clear()
    assert values(metrics_of(bench.cycle()))["mimecast_secops_cycle_rate_limited"] == "0"


def test_the_totals_count_all_cycles(bench: Bench) -> None:
    bench.receive("m1")
    totals = Totals()
    totals.add(first := bench.cycle())
    totals.add(None)
    bench.tenant.failing["search"] = RateLimited("Too many requests.")
    totals.add(last := bench.cycle())
    assert (first.delivered, first.rate_limited) == (1, 0)
    assert last.rate_limited > 0
    assert values(totals.text()) == {
        'mimecast_secops_cycles_total{outcome="ok"}': "1",
        'mimecast_secops_cycles_total{outcome="failed"}': "2",
        "mimecast_secops_delivered_total": "1",
        "mimecast_secops_delivered_incomplete_total": "0",
        "mimecast_secops_gaps_total": "0",
        "mimecast_secops_late_total": "0",
        "mimecast_secops_requests_total": str(first.requests + last.requests),
        "mimecast_secops_rate_limited_total": str(last.rate_limited),
    }


def test_a_cycle_that_ended_with_an_exception_has_no_figures_and_is_not_ok(bench: Bench) -> None:
    text = failed_metrics(ended=ENDED, exit_code=10)
    assert values(text) == {
        "mimecast_secops_cycle_ok": "0",
        "mimecast_secops_cycle_exit_code": "10",
        "mimecast_secops_cycle_ended_seconds": "1700000000.5",
    }
    comments = {line for line in text.splitlines() if line.startswith("#")}
    assert comments < set(metrics_of(bench.cycle()).splitlines())


def test_a_wait_for_a_rate_limit_is_a_gauge_for_its_endpoint(bench: Bench) -> None:
    bench.tenant.wait_for_rate_limit("search", 600)
    found = values(metrics_of(bench.cycle(), exit_code=12))
    until = bench.tenant.now_ms / 1000 + 600
    assert found['mimecast_secops_cycle_waiting_until_seconds{endpoint="search"}'] == f"{until:.15g}"
    assert found["mimecast_secops_cycle_ok"] == "0"
