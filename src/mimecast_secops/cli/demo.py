"""`mimecast-secops demo`: ingestion and triage from end to end, with a simulated tenant in this process.

Each step is checked against the state of the tenant. The first step that fails ends the demo with an error.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from mimecast_secops.actions import Context, Result, execute, find
from mimecast_secops.api import MimecastClient
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.alert_summary import AlertSummary
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.delivered_alerts import listed
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.options import add, common_options
from mimecast_secops.cli.stdout import show_alerts
from mimecast_secops.cli.tables import Column, ColumnKind
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Alert, Connector, ConnectorSettings, DeliveryResult, MimecastTenant, Report
from mimecast_secops.parameters import parse
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.sqlite import SqliteStore

_PAUSE: Final = 1.2


class StepFailed(Exception):
    """A step had another result than the demo announces."""


def run(context: CommandContext) -> int:
    """Run all steps. Returns the exit code."""
    try:
        with ExitStack() as stack:
            _Demo(context, stack).run_steps()
    except StepFailed as failure:
        context.screen.fail(f"The demo failed: {failure}")
        return exit_codes.NOT_DONE
    return exit_codes.OK


class _RecordingDelivery(JsonLinesDelivery):
    """A file of JSON lines that also keeps the alerts, so that the demo can show them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.alerts: list[Alert] = []

    def deliver(self, alert: Alert) -> DeliveryResult:
        self.alerts.append(alert)
        return super().deliver(alert)


class _Demo:
    def __init__(self, context: CommandContext, stack: ExitStack) -> None:
        self._screen = context.screen
        self._pause = _PAUSE if context.options.get("pace") else 0.0
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mimecast-secops-demo-")))
        self._simulator = stack.enter_context(Simulator())
        self._tenant = self._simulator.tenant
        self._store = SqliteStore(stack.enter_context(StateDatabase.open(folder / "state.db")))
        self._delivery = stack.enter_context(_RecordingDelivery(folder / "alerts.jsonl"))
        self._file = folder / "alerts.jsonl"
        self._v1 = stack.enter_context(self._client(1))
        self._v2 = stack.enter_context(self._client(2))

    def run_steps(self) -> None:
        """Run the steps in order.

        Raises:
            StepFailed: a step failed.
        """
        # The port differs between runs, so the output, which the README shows, leaves the URL out.
        self._print_step(1, "A simulated Mimecast tenant runs on this computer")
        self._print("It has API 1.0 and API 2.0. Its messages and credentials are not real.")
        held = self._receive_emails()
        self._ingest(held)
        self._triage()
        self._ingest_again()
        self._print_step(6, "Done. Every step was checked against the state of the tenant.")
        self._print("Next: read README.md, or run `.venv/bin/mimecast-secops --help`.")

    def _receive_emails(self) -> int:
        """Let the sample emails arrive. Returns the number of held messages."""
        files = sorted(Simulator.SAMPLES.glob("*.eml"))
        records = self._simulator.receive(*files)
        _check(len(records) >= len(files), "not every email arrived")
        self._print_step(2, f"{len(files)} emails arrive for {len(records)} recipients")
        rows = [
            (record.status, record.recipient, record.mail.subject, record.hold.policy if record.hold else "-")
            for record in records
        ]
        columns = (
            Column("Status", ColumnKind.WORD),
            Column("To", ColumnKind.ADDRESS),
            Column("Subject"),
            Column("Held by"),
        )
        self._screen.rows("", columns, rows, short=True)
        held = sum(record.is_held for record in records)
        _check(held > 2, "too few messages were held")
        self._print(f"The tenant delivers {len(records) - held} messages and holds {held}.")
        return held

    def _ingest(self, held: int) -> None:
        report = self._cycle(self._v1)
        _check(report.ok, "the cycle had an error")
        _check(
            len(self._delivery.alerts) == held,
            f"{held} messages were held, but there are {len(self._delivery.alerts)} alerts",
        )
        self._print_step(3, f"The connector ingests the {held} held messages as alerts")
        show_alerts(self._screen, [listed(AlertSummary.of(alert), number=1) for alert in self._delivery.alerts])
        self._print(f"API 1.0, {report.requests} requests.")

    def _triage(self) -> None:
        wanted = self._find_alert("Urgent wire transfer")
        unwanted = self._find_alert("Overdue invoice 4711")
        self._print_step(4, "Two messages are triaged: one is released, one is rejected")
        before = self._statuses(wanted, unwanted)
        released = self._execute(self._v2, "release-message", wanted)
        rejected = self._execute(self._v1, "reject-message", unwanted, Reason="Restricted Content")
        after = self._statuses(wanted, unwanted)
        rows = [
            ("release (API 2.0)", _subject(wanted), before[0], after[0], _state(released)),
            ("reject (API 1.0)", _subject(unwanted), before[1], after[1], _state(rejected)),
        ]
        columns = (_word("Action"), Column("Subject"), _word("Before"), _word("After"), _word("Verified"))
        self._screen.rows("", columns, rows, short=True)
        _check(before == ["held", "held"], "the messages were not held before")
        _check(after == ["archived", "rejected"], f"the statuses in the tenant are {after}")
        decisions = Counter(decision.outcome for decision in self._tenant.decisions)
        _check(decisions == {"released": 1, "rejected": 1}, f"the tenant recorded {dict(decisions)}")
        self._print("The tenant recorded one release, one rejection, and nothing else.")

    def _ingest_again(self) -> None:
        lines = len(self._file.read_bytes().splitlines())
        report = self._cycle(self._v2)
        _check(report.ok and report.delivered == 0, "the second cycle delivered an alert again")
        _check(len(self._file.read_bytes().splitlines()) == lines, "the alert file grew")
        self._print_step(5, "A second cycle ingests no message again")
        self._print(f"API 2.0, {report.requests} requests, {report.known} known messages, 0 alerts.")

    def _client(self, version: int) -> MimecastClient:
        """A client of the tenant on API 1.0 or 2.0 (`version` 1 or 2)."""
        settings, _ = parse(ConnectionSettings, self._simulator.settings(version))
        return MimecastClient(connection_of(settings).connection)

    def _cycle(self, client: MimecastClient) -> Report:
        settings = ConnectorSettings(domains=tuple(sorted(self._tenant.domains)))
        return Connector(MimecastTenant(client), settings, self._store, self._delivery).run_cycle()

    def _execute(self, client: MimecastClient, slug: str, alert: Alert, **parameters: Any) -> Result:
        raw = {"Message ID": alert.ticket_id, **parameters}
        result = execute(find(slug), raw, lambda: Context(client=client))
        _check(result.is_success, result.message)
        return result

    def _find_alert(self, subject: str) -> Alert:
        alerts = [alert for alert in self._delivery.alerts if _subject(alert) == subject]
        _check(bool(alerts), f"there is no alert for {subject!r}")
        return alerts[0]

    def _statuses(self, *alerts: Alert) -> list[str]:
        return [self._tenant.tracked[alert.ticket_id].status for alert in alerts]

    def _print_step(self, number: int, text: str) -> None:
        time.sleep(self._pause)
        self._screen.say("")
        self._screen.say(f"{number}. {text}", "bold cyan")

    def _print(self, text: str) -> None:
        self._screen.say(f"   {text}")


def _word(name: str) -> Column:
    return Column(name, ColumnKind.WORD)


def _check(is_met: bool, failure: str) -> None:
    if not is_met:
        raise StepFailed(failure)


def _subject(alert: Alert) -> str:
    return alert.events[0].get("subject", "")


def _state(result: Result) -> str:
    return str(result.json_result["state"])


# A result as JSON or without text would leave nothing of a demo.
@add(option for option in common_options() if option.name in ("verbose", "debug"))
@helpful_command("demo", examples=("demo",))
@click.option("--pace", is_flag=True, help="Pause between the steps.")
def _demo(**options: Any) -> None:
    """Show ingestion and triage with a simulated tenant.

    Emails arrive and are held, the connector ingests them as alerts, and two of them are triaged.
    """
    command(run)(**options)


COMMAND = _demo
