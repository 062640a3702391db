"""`mimecast-secops doctor`: check credentials and permissions."""

from __future__ import annotations

from typing import Any, Final

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import helpful_command
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
    Verdict.UNKNOWN: "unknown",
}


def run(context: CommandContext) -> int:
    """Check everything, and show the findings."""
    screen = context.screen
    with context.client() as client:
        findings = check_permissions(
            client, all_requirements(), lambda done, total, subject: screen.note(f"{done + 1}/{total} {subject}")
        )
    if screen.as_json:
        screen.data([finding.as_json() for finding in findings])
    else:
        for kind, heading in _HEADINGS.items():
            _show(context, heading, [finding for finding in findings if finding.kind == kind])
    return code_of(findings)


def code_of(findings: list[Finding]) -> int:
    """The exit code of findings: 0 if nothing is missing that the API version of the credentials has."""
    missing = [finding for finding in findings if finding.verdict is Verdict.MISSING]
    if any(finding.subject == "Credentials" for finding in missing):
        return exit_codes.AUTHENTICATION
    if any(finding.kind == "connection" and finding.subject != "Clock" for finding in missing):
        return exit_codes.UNREACHABLE
    return exit_codes.API_ERROR if missing else exit_codes.OK


def _show(context: CommandContext, heading: str, findings: list[Finding]) -> None:
    if not findings:
        return
    screen = context.screen
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
@helpful_command("doctor", examples=("doctor --profile lab",), describes_connection=True)
def _doctor(**options: Any) -> None:
    """Check what the credentials can do, and which permissions to grant. The tenant is not changed."""
    command(run)(**options)


COMMAND = _doctor
