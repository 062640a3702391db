"""Check Permissions: report which actions work with the credentials, and what to grant for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result, Table
from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.diagnosis import Finding, Verdict, check_permissions
from mimecast_secops.parameters import flag
from mimecast_secops.sentences import joined

_COLUMNS: Final = ("Subject", "Verdict", "Why", "Remedy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How strict the check is."""

    fail_on_missing: bool = flag(
        "Fail On Missing", "If enabled, the action fails if a permission is missing.", default=False
    )


def run(context: Context, parameters: Parameters) -> Result:
    """Check the permissions and report how many actions work."""
    findings = check_permissions(context.client, all_requirements(), context.progress)
    json_result = [finding.as_json() for finding in findings]
    needed = [finding for finding in findings if finding.kind in ("action", "connector")]
    working = sum(finding.verdict is Verdict.WORKS for finding in needed)
    unknown = sum(finding.verdict is Verdict.UNKNOWN for finding in needed)
    summary = f"{working} of {len(needed)} work with these credentials."
    if unknown:
        summary += f" {unknown} could not be checked."
    if not needed:
        problem = next(finding for finding in findings if finding.verdict is Verdict.MISSING)
        raise ActionFailed(joined([problem.why, " ", problem.remedy]), json_result=json_result)
    if parameters.fail_on_missing and any(finding.verdict is Verdict.MISSING for finding in needed):
        raise ActionFailed(f"{summary} {' '.join(_remedies(needed))}", json_result=json_result)
    rows = tuple(
        (finding.subject, finding.verdict.value, str(finding.why), str(finding.remedy)) for finding in findings
    )
    table = Table(title="Permissions", columns=_COLUMNS, rows=rows)
    return Result(
        message=f"Successfully checked the permissions in Mimecast: {summary}",
        json_result=json_result,
        tables=(table,),
    )


def _remedies(findings: list[Finding]) -> list[str]:
    return list(dict.fromkeys(str(finding.remedy) for finding in findings if finding.remedy))


ACTION: Final = Action(
    name="Check Permissions",
    description="Report which actions work with the configured credentials, and what to grant for the others.",
    parameters=Parameters,
    endpoints=(),
    run=run,
    outcome=None,
    sample={},
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
