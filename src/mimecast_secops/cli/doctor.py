"""`mimecast-secops doctor`: what works with these credentials, and what to grant."""

from __future__ import annotations

from typing import Any, Final

import click

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.options import add, connection_options
from mimecast_secops.diagnosis import Finding, Verdict, check_permissions

_HEADINGS: Final = {
    "connection": "Connection",
    "function": "API endpoints",
    "action": "Actions",
    "connector": "Connector",
}
_MARKS: Final = {
    Verdict.WORKS: "works",
    Verdict.MISSING: "MISSING",
    Verdict.NOT_AVAILABLE: "not available",
    Verdict.UNKNOWN: "not known",
}


def run(runtime: CommandContext) -> int:
    """Examine and show."""
    screen = runtime.screen
    with runtime.client() as client:
        findings = check_permissions(
            client, all_requirements(), lambda done, total, what: screen.note(f"{done + 1}/{total} {what}")
        )
    if screen.as_json:
        screen.data([finding.as_json() for finding in findings])
    else:
        for kind, heading in _HEADINGS.items():
            _show(runtime, heading, [finding for finding in findings if finding.kind == kind])
    return code_of(findings)


def code_of(findings: list[Finding]) -> int:
    """0 when everything that this API generation has works."""
    missing = [finding for finding in findings if finding.verdict is Verdict.MISSING]
    if any(finding.subject == "Credentials" for finding in missing):
        return exit_codes.AUTHENTICATION
    if any(finding.kind == "connection" and finding.subject != "Clock" for finding in missing):
        return exit_codes.UNREACHABLE
    return exit_codes.REFUSED if missing else exit_codes.OK


def _show(runtime: CommandContext, heading: str, findings: list[Finding]) -> None:
    if not findings:
        return
    screen = runtime.screen
    screen.say("")
    screen.say(heading, "bold")
    for finding in findings:
        style = {Verdict.WORKS: "green", Verdict.MISSING: "red"}.get(finding.verdict, "yellow")
        screen.say(f"  {_MARKS[finding.verdict]:<14}{finding.subject}", style)
        if finding.verdict is not Verdict.WORKS or finding.kind == "connection" or finding.why.startswith("Without"):
            for line in (finding.why, finding.remedy):
                if line:
                    screen.say(f"                {line}")


@add(connection_options())
@click.command(name="doctor")
def _doctor(**options: Any) -> None:
    """Find out what works with these credentials, and what to grant. Changes nothing in the tenant."""
    command(run)(**options)


COMMAND = _doctor
