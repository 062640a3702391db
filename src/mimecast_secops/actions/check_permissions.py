"""Check Permissions: which actions work with these credentials, and what to grant for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result, Table
from mimecast_secops.diagnosis import Finding, Subject, Verdict, examine
from mimecast_secops.parameters import flag
from mimecast_secops.permissions import OPTIONAL, REQUIRED

_COLUMNS: Final = ("Subject", "Verdict", "Why", "Remedy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How strict it is."""

    fail_on_missing: bool = flag(
        "Fail On Missing", "If enabled, the action fails when a right is missing.", default=False
    )


def subjects() -> list[Subject]:
    """Everything that needs rights: each action, and the connector."""
    from mimecast_secops.actions import all_actions  # noqa: PLC0415 -- they are all there once this one is imported

    found = [
        Subject(
            name=action.name, kind="action", endpoints=action.endpoints, optional_endpoints=action.optional_endpoints
        )
        for action in all_actions()
        if action.endpoints
    ]
    connector = Subject(
        name="Message Tracking Connector",
        kind="connector",
        endpoints=REQUIRED,
        optional_endpoints=OPTIONAL,
    )
    return [*found, connector]


def run(context: Context, parameters: Parameters) -> Result:
    """Examine, and say how much works."""
    findings = examine(context.client, subjects(), context.progress)
    json_result = [finding.as_json() for finding in findings]
    needed = [finding for finding in findings if finding.kind in ("action", "connector")]
    working = sum(finding.verdict is Verdict.WORKS for finding in needed)
    sentence = f"{working} of {len(needed)} work with these credentials."
    if not needed:
        problem = next(finding for finding in findings if finding.verdict is Verdict.MISSING)
        raise ActionFailed(f"{problem.why} {problem.remedy}", json_result=json_result)
    if parameters.fail_on_missing and any(finding.verdict is Verdict.MISSING for finding in needed):
        raise ActionFailed(f"{sentence} {' '.join(_remedies(needed))}", json_result=json_result)
    rows = tuple((one.subject, one.verdict.value, one.why, one.remedy) for one in findings)
    table = Table(title="Permissions", columns=_COLUMNS, rows=rows)
    return Result(
        message=f"Successfully checked the permissions in Mimecast: {sentence}",
        json_result=json_result,
        tables=(table,),
    )


def _remedies(findings: list[Finding]) -> list[str]:
    return list(dict.fromkeys(finding.remedy for finding in findings if finding.remedy))


ACTION: Final = Action(
    name="Check Permissions",
    description="Find out which actions work with the credentials of the configuration, and what to grant.",
    parameters=Parameters,
    endpoints=(),
    run=run,
    example=[
        {
            "subject": "Release Message",
            "kind": "action",
            "verdict": "missing",
            "why": "Release held messages: missing",
            "remedy": 'Grant the role permission "Account | Monitoring | Held | Edit".',
        }
    ],
)
