"""What the tests of both archive searches share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mimecast_secops.simulator.mail.parser import parse_email
from tests.actions.runner import ActionRunner
from tests.simulator.caller import eml

FIND, ADVANCED = "simple-archive-search", "advanced-archive-search"
ARCHIVE = "/api/archive/search"
NOW = datetime(2026, 3, 11, 12, 34, 56, tzinfo=UTC)  # a Wednesday


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def naive(year: int) -> datetime:
    """The bounds that hypothesis takes have no zone."""
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def archive_messages(runner: ActionRunner, count: int) -> None:
    mail, now = parse_email(eml("Many")), datetime.now(UTC)
    for number in range(count):
        received = now - timedelta(seconds=number + 1)
        runner.simulator.tenant.add(mail, "ann@example.com", received=received, hold=None)
