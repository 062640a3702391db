"""The whole diagnosis: connection, then each function, then what each action and the connector make of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from mimecast_secops.api import Endpoint, MimecastClient
from mimecast_secops.diagnosis.connection import examine_connection
from mimecast_secops.diagnosis.findings import Finding, Verdict
from mimecast_secops.diagnosis.probes import probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that needs functions: an action, or the connector. Functions with the same summary are alternatives."""

    name: str
    kind: str
    endpoints: tuple[Endpoint, ...]
    optional_endpoints: tuple[Endpoint, ...] = ()


def examine(
    client: MimecastClient, subjects: Sequence[Subject], progress: Callable[[int, int, str], None] | None = None
) -> list[Finding]:
    """Find out what works.

    Args:
        client: with the credentials in question.
        subjects: who needs what.
        progress: called with how many of how many functions were tried, and the next one's summary.

    Returns:
        Findings about the connection, each function, and each subject, in that order. Changes nothing in the tenant.
    """
    findings = list(examine_connection(client))
    if any(finding.verdict is Verdict.MISSING and finding.subject != "Clock" for finding in findings):
        return findings
    endpoints = _distinct(endpoint for one in subjects for endpoint in (*one.endpoints, *one.optional_endpoints))
    found: dict[str, Finding] = {}
    for number, endpoint in enumerate(endpoints):
        if progress:
            progress(number, len(endpoints), endpoint.summary)
        found[endpoint.path] = probe(client, endpoint)
    return [*findings, *found.values(), *(_about(subject, found) for subject in subjects)]


def _distinct(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    return sorted({endpoint.path: endpoint for endpoint in endpoints}.values(), key=lambda one: one.path)


def _about(subject: Subject, found: dict[str, Finding]) -> Finding:
    ordered = sorted(subject.endpoints, key=lambda one: one.summary)
    needs = [_best([found[one.path] for one in group]) for _, group in groupby(ordered, key=lambda one: one.summary)]
    worst = min((need.verdict for need in needs), key=_WORST_FIRST.index, default=Verdict.WORKS)
    lacking = [need for need in needs if need.verdict is worst and worst is not Verdict.WORKS]
    why = "; ".join(f"{need.subject}: {need.verdict.value}" for need in lacking)
    remedy = " ".join(dict.fromkeys(need.remedy for need in lacking if need.remedy))
    if worst is Verdict.WORKS:
        without = [
            found[one.path].subject
            for one in subject.optional_endpoints
            if found[one.path].verdict is not Verdict.WORKS
        ]
        why = f"Without: {', '.join(without).lower()}." if without else ""
    return Finding(subject=subject.name, kind=subject.kind, verdict=worst, why=why, remedy=remedy)


def _best(alternatives: list[Finding]) -> Finding:
    return max(alternatives, key=lambda finding: _WORST_FIRST.index(finding.verdict))


_WORST_FIRST = [Verdict.NOT_AVAILABLE, Verdict.MISSING, Verdict.UNKNOWN, Verdict.WORKS]
