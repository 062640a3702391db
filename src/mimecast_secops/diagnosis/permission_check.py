"""The permission check: connection first, then each endpoint, then each action and the connector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from mimecast_secops.api import Endpoint, MimecastClient
from mimecast_secops.diagnosis.answers import Controls
from mimecast_secops.diagnosis.connection import check_connection
from mimecast_secops.diagnosis.findings import Finding, Verdict
from mimecast_secops.diagnosis.probes import probe

# An action works as well as the worst of the endpoints that it needs.
_WORST_FIRST: Final = (Verdict.NOT_AVAILABLE, Verdict.MISSING, Verdict.UNKNOWN, Verdict.WORKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """The endpoints that an action or the connector calls.

    `kind` is `action` or `connector`. Endpoints with the same summary are alternatives: one of them is enough. Without
    the `optional_endpoints`, the action or the connector works with fewer features.
    """

    name: str
    kind: str
    endpoints: tuple[Endpoint, ...]
    optional_endpoints: tuple[Endpoint, ...] = ()


def check_permissions(
    client: MimecastClient,
    requirements: Sequence[Requirements],
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Finding]:
    """Check the connection and probe every endpoint that the requirements name. Nothing in the tenant changes.

    Args:
        client: a client with the credentials to check.
        requirements: the actions, and the connector, to report on.
        progress: called before each probe with the number of endpoints probed, their total, and the summary of the next
            endpoint.

    Returns:
        Findings about the connection, each endpoint, and each of the requirements, in that order. If the connection
        does not work, findings about the connection only.
    """
    findings = list(check_connection(client))
    if any(finding.verdict is Verdict.MISSING and finding.subject != "Clock" for finding in findings):
        return findings
    endpoints = _distinct(
        endpoint for required in requirements for endpoint in (*required.endpoints, *required.optional_endpoints)
    )
    controls = Controls(client)
    by_path: dict[str, Finding] = {}
    for number, endpoint in enumerate(endpoints):
        if progress:
            progress(number, len(endpoints), endpoint.summary)
        by_path[endpoint.path] = probe(client, endpoint, controls)
    return [*findings, *by_path.values(), *(_summarize(required, by_path) for required in requirements)]


def _distinct(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    return sorted({endpoint.path: endpoint for endpoint in endpoints}.values(), key=lambda endpoint: endpoint.path)


def _summarize(required: Requirements, by_path: Mapping[str, Finding]) -> Finding:
    """The finding about an action or the connector, from the findings about its endpoints."""
    ordered = sorted(required.endpoints, key=lambda endpoint: endpoint.summary)
    findings = [
        _best_alternative([by_path[endpoint.path] for endpoint in alternatives])
        for _, alternatives in groupby(ordered, key=lambda endpoint: endpoint.summary)
    ]
    verdict = min((finding.verdict for finding in findings), key=_WORST_FIRST.index, default=Verdict.WORKS)
    if verdict is Verdict.WORKS:
        unusable = [
            by_path[endpoint.path].subject
            for endpoint in required.optional_endpoints
            if by_path[endpoint.path].verdict is not Verdict.WORKS
        ]
        why = f"Without: {', '.join(unusable).lower()}." if unusable else ""
        return Finding(subject=required.name, kind=required.kind, verdict=verdict, why=why)
    problems = [finding for finding in findings if finding.verdict is verdict]
    return Finding(
        subject=required.name,
        kind=required.kind,
        verdict=verdict,
        why="; ".join(f"{problem.subject}: {problem.verdict.value}" for problem in problems),
        remedy=" ".join(dict.fromkeys(str(problem.remedy) for problem in problems if problem.remedy)),
    )


def _best_alternative(findings: list[Finding]) -> Finding:
    return max(findings, key=lambda finding: _WORST_FIRST.index(finding.verdict))
