"""`mimecast-secops demo`: the main job from end to end, against a simulated tenant that this process runs.

Every step is checked against the tenant's own state; the first that did not do what it says ends it with an error.
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
from mimecast_secops.api import ApiVersion, MimecastClient, Secret
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.options import add, common_options
from mimecast_secops.cli.stdout import show_alerts
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Alert, Connector, ConnectorSettings, DeliveryResult, MimecastTenant, Report
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from mimecast_secops.stores.sqlite import SqliteStore

_PAUSE: Final = 1.2


class StepFailed(Exception):
    """A step did not do what it says."""


def run(runtime: CommandContext) -> int:
    """Tell the story, and prove it."""
    try:
        with ExitStack() as stack:
            _Demo(runtime, stack).play()
    except StepFailed as failure:
        runtime.screen.fail(f"The demo failed: {failure}")
        return exit_codes.NOT_DONE
    return exit_codes.OK


class _Collecting(JsonLinesDelivery):
    """A JSON-lines file whose alerts are also shown."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.alerts: list[Alert] = []

    def deliver(self, alert: Alert) -> DeliveryResult:
        self.alerts.append(alert)
        return super().deliver(alert)


class _Demo:
    def __init__(self, runtime: CommandContext, stack: ExitStack) -> None:
        self._screen = runtime.screen
        self._pause = _PAUSE if runtime.options.get("pace") else 0.0
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mimecast-secops-demo-")))
        self._simulator = stack.enter_context(Simulator())
        self._tenant = self._simulator.tenant
        self._store = SqliteStore(stack.enter_context(StateDatabase.open(folder / "state.db")))
        self._delivery = stack.enter_context(_Collecting(folder / "alerts.jsonl"))
        self._file = folder / "alerts.jsonl"
        self._v1 = stack.enter_context(MimecastClient(connection_of(self._settings(ApiVersion.V1)).connection))
        self._v2 = stack.enter_context(MimecastClient(connection_of(self._settings(ApiVersion.V2)).connection))

    def play(self) -> None:
        """The steps."""
        self._say(1, f"A simulated Mimecast tenant runs on {self._simulator.url}")
        self._plain("It speaks API 1.0 (signed) and API 2.0 (OAuth). Nothing in it is real.")
        held = self._mail_arrives()
        self._ingest(held)
        self._triage()
        self._once()
        self._say(6, "Done. Everything shown was checked against the tenant's own state.")
        self._plain("Next: README.md, or `.venv/bin/mimecast-secops --help`.")

    def _mail_arrives(self) -> int:
        files = sorted(Simulator.SAMPLES.glob("*.eml"))
        records = self._simulator.receive(*files)
        _check(len(records) >= len(files), "not every mail arrived")
        self._say(2, f"{len(files)} e-mail files arrive, for {len(records)} recipients")
        rows = [
            (record.status, record.recipient, record.mail.subject, record.hold.policy if record.hold else "-")
            for record in records
        ]
        self._screen.rows("", ("Status", "Recipient", "Subject", "Held by"), rows, short=True)
        held = sum(record.is_held for record in records)
        _check(held > 2, "too little was held")
        self._plain(f"The tenant delivers {len(records) - held} and holds {held}.")
        return held

    def _ingest(self, held: int) -> None:
        report = self._cycle(self._v1)
        _check(report.ok, "the cycle had problems")
        _check(len(self._delivery.alerts) == held, f"{held} were held, {len(self._delivery.alerts)} became alerts")
        self._say(3, f"The connector brings each held message as an alert: {held}")
        show_alerts(self._screen, self._delivery.alerts)
        self._plain(f"API 1.0, {report.requests} requests, {report.seconds:.2f} s.")

    def _triage(self) -> None:
        safe = self._alert("Urgent wire transfer")
        bad = self._alert("Overdue invoice 4711")
        self._say(4, "Two are triaged: one goes to its recipient, one is refused")
        before = self._states(safe, bad)
        released = self._act(self._v2, "release-message", safe)
        rejected = self._act(self._v1, "reject-message", bad, Reason="Restricted Content")
        after = self._states(safe, bad)
        rows = [
            ("release (API 2.0)", _subject(safe), before[0], after[0], _state(released)),
            ("reject (API 1.0)", _subject(bad), before[1], after[1], _state(rejected)),
        ]
        self._screen.rows("", ("Action", "Subject", "Before", "After", "Read back"), rows, short=True)
        _check(before == ["held", "held"], "the messages were not held before")
        _check(after == ["archived", "rejected"], f"the tenant says {after}")
        decisions = Counter(decision.what for decision in self._tenant.decisions)
        _check(decisions == {"released": 1, "rejected": 1}, f"the tenant saw {dict(decisions)}")
        self._plain("The tenant's own record: one release, one rejection, nothing else.")

    def _once(self) -> None:
        lines = len(self._file.read_bytes().splitlines())
        report = self._cycle(self._v2)
        _check(report.ok and report.delivered == 0, "the second cycle delivered again")
        _check(len(self._file.read_bytes().splitlines()) == lines, "the alert file grew")
        self._say(5, f"A second cycle brings nothing twice: {report.known} known, 0 alerts, {report.requests} requests")

    def _settings(self, api_version: ApiVersion) -> ConnectionSettings:
        keys, application = self._simulator.v1, self._simulator.v2
        if api_version is ApiVersion.V2:
            return ConnectionSettings(
                api_root=self._simulator.url,
                client_id=application.client_id,
                client_secret=Secret(application.client_secret),
            )
        return ConnectionSettings(
            api_root=self._simulator.url,
            application_id=keys.application_id,
            application_key=Secret(keys.application_key),
            access_key=Secret(keys.access_key),
            secret_key=Secret(keys.secret_key),
        )

    def _cycle(self, client: MimecastClient) -> Report:
        settings = ConnectorSettings(domains=tuple(sorted(self._tenant.domains)))
        return Connector(MimecastTenant(client), settings, self._store, self._delivery).run_cycle()

    def _act(self, client: MimecastClient, slug: str, alert: Alert, **more: Any) -> Result:
        result = execute(find(slug), {"Message ID": alert.ticket_id, **more}, lambda: Context(client=client))
        _check(result.is_success, result.message)
        return result

    def _alert(self, subject: str) -> Alert:
        found = [alert for alert in self._delivery.alerts if _subject(alert) == subject]
        _check(bool(found), f"there is no alert for {subject!r}")
        return found[0]

    def _states(self, *alerts: Alert) -> list[str]:
        return [self._tenant.tracked[alert.ticket_id].status for alert in alerts]

    def _say(self, number: int, text: str) -> None:
        time.sleep(self._pause)
        self._screen.say("")
        self._screen.say(f"{number}. {text}", "bold cyan")

    def _plain(self, text: str) -> None:
        self._screen.say(f"   {text}")


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StepFailed(otherwise)


def _subject(alert: Alert) -> str:
    return alert.events[0].get("subject", "")


def _state(result: Result) -> str:
    return str(result.json_result["state"])


@add(common_options())
@click.command(name="demo")
@click.option("--pace", is_flag=True, help="Pause between the steps, for people who watch.")
def _demo(**options: Any) -> None:
    """Mail arrives in a simulated tenant, is held, becomes alerts, and is triaged; the tenant's state is the proof."""
    command(run)(**options)


COMMAND = _demo
