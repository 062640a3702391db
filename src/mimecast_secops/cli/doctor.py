"""`mimecast-secops doctor`: check credentials and permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api import MimecastClient
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.findings import is_unchecked, show_findings
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.messages import text_of
from mimecast_secops.cli.options import add, connection_options
from mimecast_secops.cli.output import Screen
from mimecast_secops.diagnosis import Finding, Verdict, check_permissions


def run(context: CommandContext) -> int:
    """Check everything, and show the findings; or make a first contact, and show its report."""
    with context.client() as client, _recording(context, client):
        check = _first_contact if context.options["first_contact"] else _check_permissions
        code = check(client, context.screen)
    if not context.screen.as_json:
        _show_profile(context)
    return code


def _check_permissions(client: MimecastClient, screen: Screen) -> int:
    with _progress(screen) as progress:
        findings = check_permissions(client, all_requirements(), progress)
    records = [finding.as_json(text_of) for finding in findings]
    if screen.as_json:
        screen.data(records)
    else:
        show_findings(screen, records)
    return code_of(findings)


def code_of(findings: list[Finding]) -> int:
    """The exit code of findings: 0 if everything was checked, and nothing is missing that the API version has."""
    missing = [finding for finding in findings if finding.verdict is Verdict.MISSING]
    if any(finding.subject == "Credentials" for finding in missing):
        return exit_codes.AUTHENTICATION
    if any(finding.kind == "connection" and finding.subject != "Clock" for finding in missing):
        return exit_codes.UNREACHABLE
    if missing:
        return exit_codes.API_ERROR
    return exit_codes.UNREACHABLE if any(is_unchecked(finding.as_json()) for finding in findings) else exit_codes.OK


def _first_contact(client: MimecastClient, screen: Screen) -> int:
    from mimecast_secops.diagnosis.first_contact import Knowledge, first_contact

    with _progress(screen) as progress:
        report = first_contact(client, progress=progress)
    if screen.as_json:
        screen.data(report.as_json())
    else:
        for line in report.lines():
            screen.say(line)
    # The questions about messages. The others are also answered without any permission.
    is_answered = any(result.knowledge is not Knowledge.UNKNOWN for result in report.results[:7])
    return exit_codes.OK if is_answered else exit_codes.API_ERROR


def _show_profile(context: CommandContext) -> None:
    """Show what the connector has learned about its tenant, if there is a state of it."""
    from mimecast_secops.ingest import UnreadableState
    from mimecast_secops.ingest.state import State
    from mimecast_secops.stores.errors import StateError, StateMissing
    from mimecast_secops.stores.sqlite import SqliteStore

    try:
        state = State.decode(SqliteStore(context.state(create=False)).load())
    except StateMissing:
        return
    except (StateError, UnreadableState) as error:
        context.screen.note(str(error), "yellow")
        return
    lines = state.profile.lines() if state else []
    if lines:
        context.screen.say("")
        context.screen.say("Learned by the connector", "bold")
    for line in lines:
        context.screen.say(f"  {line}")


@contextmanager
def _recording(context: CommandContext, client: MimecastClient) -> Iterator[None]:
    """Record the exchanges of the block, if the user asked for it.

    Raises:
        OSError: the file cannot be written.
    """
    path = context.options["record"]
    if path is None:
        yield
        return
    from mimecast_secops.diagnosis.recording import Recorder

    with Recorder(path, client.api_version) as recorder:
        try:
            with client.observed(recorder):
                yield
        finally:
            context.screen.note(
                f"{recorder.count} exchanges are recorded in {path}, with pseudonyms for everything personal."
            )


@contextmanager
def _progress(screen: Screen) -> Iterator[Callable[[int, int, str], None]]:
    """A progress line that disappears when the block ends. It is shown on a terminal only."""
    console = screen.bar_console()
    if console is None:
        yield lambda *_: None
        return
    with console.status("") as status:
        yield lambda done, total, subject: status.update(Text(f"{done + 1}/{total} {subject}"))


@add(connection_options())
@helpful_command(
    "doctor",
    examples=("doctor --profile lab", "doctor --first-contact --record contact.jsonl"),
    describes_connection=True,
)
@click.option(
    "--first-contact",
    is_flag=True,
    help="Find out how the tenant behaves where Mimecast's documentation is silent. At most 60 requests, which only "
    "read. The report names no message, address or ID.",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the requests and replies to a file, with pseudonyms for everything personal. An existing file is "
    "replaced. To serve it: mimecast-secops simulator --replay FILE",
)
def _doctor(**options: Any) -> None:
    """Check what the credentials can do, and which permissions to grant. The tenant is not changed."""
    command(run)(**options)


COMMAND = _doctor
