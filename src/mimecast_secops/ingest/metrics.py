"""The report of a cycle in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
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
    "late": "Records that a re-read of older periods found in the last cycle.",
    "unaccounted": "Messages that exist and are neither delivered, filtered nor pending, as of the last cycle.",
    "requests": "HTTP requests that the last cycle sent.",
    "rate_limited": "Requests of the last cycle that Mimecast refused because of its rate limit (HTTP 429).",
}
_TOTALS: Final = {
    "delivered": "Alerts delivered since the start.",
    "delivered_incomplete": "Alerts delivered since the start without details that could not be read.",
    "gaps": "Periods since the start that could not be read.",
    "late": "Records since the start that a re-read of older periods found.",
    "requests": "HTTP requests sent since the start.",
    "rate_limited": "Requests since the start that Mimecast refused because of its rate limit (HTTP 429).",
}


class Totals:
    """Counters over the cycles of a process. Unlike the figures of a cycle, they miss nothing between two scrapes."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._cycles = Counter(ok=0, failed=0)

    def add(self, report: Report | None) -> None:
        """Count a cycle.

        Args:
            report: its figures; None if it ended with an exception.
        """
        self._cycles["ok" if report is not None and report.ok else "failed"] += 1
        if report is not None:
            self._counts.update({name: getattr(report, name) for name in _TOTALS})

    def text(self) -> str:
        """The counters in the text format."""
        outcomes = [(f'{{outcome="{name}"}}', count) for name, count in self._cycles.items()]
        lines = _metric("mimecast_secops_cycles_total", "counter", "Cycles that ended since the start.", *outcomes)
        for name, help_text in _TOTALS.items():
            lines += _metric(f"mimecast_secops_{name}_total", "counter", help_text, ("", self._counts[name]))
        return "\n".join(lines) + "\n"


def metrics(report: Report, *, ended: float, exit_code: int) -> str:
    """All figures of a report as gauges. Alert on `ok` being 0, and on `lag_seconds` and `pending` growing.

    Args:
        report: the figures.
        ended: when the cycle ended, in unix seconds.
        exit_code: the exit code of the cycle's error; 0 without an error.
    """
    lines = _outcome(ok=report.ok, ended=ended, exit_code=exit_code)

    def gauge(name: str, help_text: str, *samples: tuple[str, float]) -> None:
        lines.extend(_gauge(name, help_text, *samples))

    for name, help_text in _HELP.items():
        gauge(name, help_text, ("", getattr(report, name)))
    filtered = [(f'{{filter="{name}"}}', count) for name, count in sorted(report.filtered.items())]
    gauge("filtered", "Records that a filter excluded in the last cycle.", *filtered)
    gauge("duration_seconds", "Duration of the last cycle.", ("", report.seconds))
    gauge("lag_seconds", "Age of the checkpoint.", ("", report.lag_seconds))
    oldest_ms = report.oldest_pending_ms or 0
    gauge("oldest_pending_seconds", "Unix time of the oldest pending record; 0: none.", ("", oldest_ms / 1000))
    waits = [(f'{{endpoint="{wait.endpoint}"}}', wait.until_ms / 1000) for wait in report.waiting]
    gauge("waiting_until_seconds", "Unix time until which the connector waits for a rate limit.", *waits)
    gauge("clock_skew_seconds", "How far this machine's clock is ahead of Mimecast's.", ("", report.clock_skew_seconds))
    gauge("checkpoint_seconds", "Unix time before which everything is processed.", ("", report.checkpoint_ms / 1000))
    return "\n".join(lines) + "\n"


def failed_metrics(*, ended: float, exit_code: int) -> str:
    """The metrics of a cycle that ended with an exception: it is not ok, and has no figures.

    Args:
        ended: when the cycle ended, in unix seconds.
        exit_code: the exit code of the exception.
    """
    return "\n".join(_outcome(ok=False, ended=ended, exit_code=exit_code)) + "\n"


def _outcome(*, ok: bool, ended: float, exit_code: int) -> list[str]:
    return [
        *_gauge("ok", "Whether the last cycle did its work.", ("", ok)),
        *_gauge("exit_code", "Exit code of the error of the last cycle; 0: no error.", ("", exit_code)),
        *_gauge("ended_seconds", "Unix time at which the last cycle ended.", ("", ended)),
    ]


def _gauge(name: str, help_text: str, *samples: tuple[str, float]) -> list[str]:
    return _metric(f"mimecast_secops_cycle_{name}", "gauge", help_text, *samples)


def _metric(name: str, kind: str, help_text: str, *samples: tuple[str, float]) -> list[str]:
    return [
        f"# HELP {name} {help_text}",
        f"# TYPE {name} {kind}",
        *(f"{name}{labels} {value:.15g}" for labels, value in samples),
    ]
