"""What a cycle says about itself."""

from __future__ import annotations

import re

from mimecast_secops.api.errors import Unavailable
from mimecast_secops.ingest import failed_metrics, metrics
from tests.ingest.conftest import Bench


def test_the_log_line_names_every_figure_and_nothing_from_a_mail(bench: Bench) -> None:
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


def test_metrics_are_what_prometheus_reads(bench: Bench) -> None:
    bench.receive("m1")
    bench.receive("m2", status="archived", subject="other")
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("internal",)}
    text = metrics(bench.cycle())
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{filter=\"[\w ]+\"\})? [-+.e\d]+", line), line
    assert 'mimecast_secops_cycle_filtered{filter="route"} 2' in text
    assert "mimecast_secops_cycle_ok 1" in text


def test_a_cycle_that_could_not_work_says_so(bench: Bench) -> None:
    bench.tenant.failing["search"] = Unavailable("Mimecast has trouble of its own.")
    report = bench.cycle()
    assert not report.ok
    assert "NOT OK" in report.line()
    assert "mimecast_secops_cycle_ok 0" in metrics(report)
    assert "trouble" in report.problems[0]


def test_a_cycle_that_ended_with_an_exception_has_no_figures_but_is_not_ok(bench: Bench) -> None:
    lines = failed_metrics().splitlines()
    assert lines[-1] == "mimecast_secops_cycle_ok 0"
    assert set(lines[:-1]) < set(metrics(bench.cycle()).splitlines())
