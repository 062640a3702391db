"""The metrics of a cycle, in the text format of Prometheus."""

from __future__ import annotations

import re
from dataclasses import replace

from mimecast_secops.api.errors import Unavailable
from mimecast_secops.ingest import failed_metrics, metrics
from tests.ingest.conftest import Bench


def values(text: str) -> dict[str, str]:
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_metrics_are_what_prometheus_reads(bench: Bench) -> None:
    bench.receive("m1")
    bench.receive("m2", status="archived", subject="other")
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("internal",)}
    text = metrics(bench.cycle())
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{filter=\"[\w ]+\"\})? [-+.e\d]+", line), line
    assert values(text)['mimecast_secops_cycle_filtered{filter="route"}'] == "2"
    assert values(text)["mimecast_secops_cycle_ok"] == "1"


def test_the_names_are_stable(bench: Bench) -> None:
    names = {name.removeprefix("mimecast_secops_cycle_") for name in values(metrics(bench.cycle()))}
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
        "requests",
        "duration_seconds",
        "lag_seconds",
        "oldest_pending_seconds",
        "clock_skew_seconds",
        "checkpoint_seconds",
    }


def test_times_are_in_seconds(bench: Bench) -> None:
    report = replace(bench.cycle(), checkpoint_ms=1500, oldest_pending_ms=2500)
    assert values(metrics(report))["mimecast_secops_cycle_checkpoint_seconds"] == "1.5"
    assert values(metrics(report))["mimecast_secops_cycle_oldest_pending_seconds"] == "2.5"
    nothing_pending = replace(report, oldest_pending_ms=None)
    assert values(metrics(nothing_pending))["mimecast_secops_cycle_oldest_pending_seconds"] == "0"


def test_a_cycle_that_failed_is_not_ok(bench: Bench) -> None:
    bench.tenant.failing["search"] = Unavailable("Mimecast returned a server error.")
    assert values(metrics(bench.cycle()))["mimecast_secops_cycle_ok"] == "0"


def test_a_cycle_that_ended_with_an_exception_has_no_figures_and_is_not_ok(bench: Bench) -> None:
    lines = failed_metrics().splitlines()
    assert lines[-1] == "mimecast_secops_cycle_ok 0"
    assert set(lines[:-1]) < set(metrics(bench.cycle()).splitlines())
