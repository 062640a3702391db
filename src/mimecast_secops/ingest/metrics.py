"""The report of a cycle in the text format of Prometheus."""

from __future__ import annotations

from typing import Final

from mimecast_secops.ingest.report import Report

_HELP: Final = {
    "seen": "Records that the searches of the last cycle returned.",
    "new": "Records of the last cycle that were not known before.",
    "delivered": "Alerts delivered by the last cycle.",
    "overflowed": "Alerts that the platform's overflow rules held back in the last cycle. They stay pending.",
    "deferred": "Records that could not be read in the last cycle. They are read again.",
    "delivered_incomplete": "Alerts that the last cycle delivered without details that could not be read.",
    "pending": "Records that the next cycles deliver.",
    "gaps": "Periods that could not be read, found in the last cycle.",
    "requests": "HTTP requests that the last cycle sent.",
}


def metrics(report: Report) -> str:
    """All figures of a report as gauges. Alert on `ok` being 0, and on `lag_seconds` and `pending` growing."""
    lines = _ok(report.ok)

    def gauge(name: str, help_text: str, *samples: tuple[str, float]) -> None:
        full = f"mimecast_secops_cycle_{name}"
        lines.extend([f"# HELP {full} {help_text}", f"# TYPE {full} gauge"])
        lines.extend(f"{full}{labels} {value:.15g}" for labels, value in samples)

    for name, help_text in _HELP.items():
        gauge(name, help_text, ("", getattr(report, name)))
    filtered = [(f'{{filter="{name}"}}', count) for name, count in sorted(report.filtered.items())]
    gauge("filtered", "Records that a filter excluded in the last cycle.", *filtered)
    gauge("duration_seconds", "Duration of the last cycle.", ("", report.seconds))
    gauge("lag_seconds", "Age of the checkpoint.", ("", report.lag_seconds))
    oldest_ms = report.oldest_pending_ms or 0
    gauge("oldest_pending_seconds", "Unix time of the oldest pending record; 0: none.", ("", oldest_ms / 1000))
    gauge("clock_skew_seconds", "How far this machine's clock is ahead of Mimecast's.", ("", report.clock_skew_seconds))
    gauge("checkpoint_seconds", "Unix time before which everything is processed.", ("", report.checkpoint_ms / 1000))
    return "\n".join(lines) + "\n"


def failed_metrics() -> str:
    """The metrics of a cycle that ended with an exception: it is not ok, and has no figures."""
    return "\n".join(_ok(False)) + "\n"


def _ok(value: bool) -> list[str]:
    name = "mimecast_secops_cycle_ok"
    return [
        f"# HELP {name} Whether the last cycle did its work.",
        f"# TYPE {name} gauge",
        f"{name} {int(value)}",
    ]
