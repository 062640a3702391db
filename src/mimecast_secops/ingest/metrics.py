"""A cycle's report in the text form that Prometheus reads."""

from __future__ import annotations

from typing import Final

from mimecast_secops.ingest.report import Report

_HELP: Final = {
    "seen": "Records that the searches of the last cycle showed.",
    "new": "Records of the last cycle that were not known before.",
    "delivered": "Alerts delivered by the last cycle.",
    "overflowed": "Alerts that the platform did not take in the last cycle; they come later.",
    "deferred": "Records that could not be read in the last cycle and are tried again.",
    "delivered_incomplete": "Alerts delivered without what could not be read.",
    "pending": "Records that wait for the next cycles.",
    "gaps": "Stretches of time that could not be read, found in the last cycle.",
    "requests": "HTTP requests that the last cycle sent.",
}


def metrics(report: Report) -> str:
    """All figures of a report as gauges. Alert on `ok` being 0, and on `lag_seconds` and `pending` growing."""
    lines = _ok(report.ok)

    def gauge(name: str, help_: str, *samples: tuple[str, float]) -> None:
        full = f"mimecast_secops_cycle_{name}"
        lines.extend([f"# HELP {full} {help_}", f"# TYPE {full} gauge"])
        lines.extend(f"{full}{labels} {value:.15g}" for labels, value in samples)

    for name, help_ in _HELP.items():
        gauge(name, help_, ("", getattr(report, name)))
    filtered = [(f'{{filter="{name}"}}', count) for name, count in sorted(report.filtered.items())]
    gauge("filtered", "Records that a filter took in the last cycle.", *filtered)
    gauge("duration_seconds", "How long the last cycle took.", ("", report.seconds))
    gauge("lag_seconds", "How far the checkpoint lies behind the clock.", ("", report.lag_seconds))
    oldest = report.oldest_unsettled_ms
    gauge("oldest_unsettled_seconds", "Unix time of the oldest record that waits; 0: none.", ("", (oldest or 0) / 1000))
    gauge("clock_skew_seconds", "How far this machine's clock is ahead of Mimecast's.", ("", report.clock_skew_seconds))
    gauge("checkpoint_seconds", "Unix time before which everything is settled.", ("", report.checkpoint_ms / 1000))
    return "\n".join(lines) + "\n"


def failed_metrics() -> str:
    """What is known of a cycle that ended with an exception: that it could not do its work. It has no figures."""
    return "\n".join(_ok(False)) + "\n"


def _ok(value: bool) -> list[str]:
    name = "mimecast_secops_cycle_ok"
    return [
        f"# HELP {name} Whether the last cycle could do its work.",
        f"# TYPE {name} gauge",
        f"{name} {int(value)}",
    ]
