"""The connector under one reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from mimecast_secops.api.open_facts import Mail
from mimecast_secops.ingest import Alert, Connector, ConnectorSettings, MimecastTenant, Report
from mimecast_secops.parameters import parse
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.testing import MemoryDelivery, MemoryStore
from tests.readings.outcomes import Outcome
from tests.readings.tenant import ReadingTenant, number_of

# Enough for a held message to be given up in message tracking, and for late records to appear.
_CYCLES: Final = {Mail.DECIDED: 4, Mail.LATE: 12, Mail.HOUR: 4, Mail.REJECTED: 4, Mail.BURST: 7}
_PAUSE_SECONDS: Final = {Mail.LATE: 1800.0}
_ALL_STATUSES: Final = frozenset({Mail.DECIDED})


def run(tenant: ReadingTenant, mail: Mail) -> Outcome:
    """Run cycles over the messages of a reading."""
    expected = tenant.fill(mail)
    store, delivery = MemoryStore(), MemoryDelivery()
    reports = []
    for cycle in range(_CYCLES.get(mail, 7)):
        connector = Connector(
            MimecastTenant(tenant.client),
            _settings(mail),
            store,
            delivery,
            clock=tenant.timestamp,
        )
        reports.append(connector.run_cycle())
        if mail is Mail.DECIDED and cycle == 1:
            for record in expected:
                tenant.simulator.tenant.decide(record.hold_id, "released")
        tenant.advance(_PAUSE_SECONDS.get(mail, 60.0))
    return _outcome(expected, delivery.alerts, reports)


def _settings(mail: Mail) -> ConnectorSettings:
    raw = {
        "Domains": "example.com",
        "Status Filter": "held",
        "Max Messages To Return": "1000",
        "Max Hours Backwards": "24",
    }
    if mail in _ALL_STATUSES:
        raw["Status Filter"] = ""
    if mail in (Mail.REJECTED, Mail.LATE):
        raw["Status Filter"] = "rejected"
    if mail is Mail.RISKS:
        raw |= {"Lowest Risk To Fetch": "Medium", "Ingest Messages Without Risk": "false"}
    settings, _ = parse(ConnectorSettings, raw)
    return settings


def _outcome(expected: Sequence[TrackingRecord], alerts: Sequence[Alert], reports: Sequence[Report]) -> Outcome:
    numbers = Counter(number_of(*_texts(alert)) for alert in alerts)
    gaps = numbers.pop(None, 0)
    wanted = {number_of(record.mail.subject): record for record in expected}
    came = {number for number in numbers if number in wanted}
    again = sum(count - 1 for count in numbers.values())
    wrong_time = sum(
        abs(alert.start_ms / 1000 - wanted[number].received.timestamp()) > 90
        for alert in alerts
        if (number := number_of(*_texts(alert))) in came
    )
    held = [alert for alert in alerts if alert.name == "Held Message"]
    without_hold_id = sum(not alert.events[0].get("holdId") for alert in held)
    problems = list(dict.fromkeys(problem for report in reports for problem in report.problems))
    complete = len(came) == len(wanted)
    seen = f"{len(came)} of {len(wanted)} came, {again} again"
    for count, what in ((wrong_time, "with a wrong time"), (without_hold_id, "without hold ID"), (gaps, "gap alerts")):
        seen += f", {count} {what}" if count else ""
    if problems:
        seen += f"; says: {problems[0]}"
    # What is missing is missing in the last cycle too, so the last cycle has to report it.
    says_so = bool(gaps or not reports[-1].ok) if not complete else bool(problems or gaps)
    return Outcome.of(seen, is_right=complete and not (again or wrong_time or without_hold_id), says_so=says_so)


def _texts(alert: Alert) -> tuple[str, ...]:
    return tuple(event.get(name, "") for event in alert.events for name in ("subject", "fromHdr_emailAddress"))
