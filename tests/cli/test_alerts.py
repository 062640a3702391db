"""The `alerts` commands: what the connector delivered, newest first, and one alert in full."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from mimecast_secops.cli import exit_codes, handles
from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.stores.database import StateDatabase
from tests.cli.command_line import CommandLine


@pytest.fixture
def delivered(command_line: CommandLine) -> CommandLine:
    """A user whose connector has delivered the seven held messages."""
    command_line.invoke(*command_line.connector())
    return command_line


def listed(command_line: CommandLine, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in command_line.invoke("alerts", "list", *words, "--json").stdout.splitlines()]


def test_the_delivered_alerts_are_listed_with_handles(delivered: CommandLine) -> None:
    result = delivered.invoke("alerts", "list")
    heading, _, *rows = result.stdout.splitlines()
    assert heading.split() == ["No", "Risk", "To", "Subject", "Reason", "Delivered"]
    assert [row.split()[0] for row in rows] == [str(number) for number in range(1, 8)]
    assert max(map(len, rows)) <= 80
    newest = listed(delivered)[0]
    found = handles.find(delivered.state.parent, delivered.tenant, "1")
    assert found is not None
    assert (found.id, found.subject) == (newest["id"], newest["subject"])
    assert "release-message 1" in result.stderr


def test_json_has_the_ids_of_each_alert(delivered: CommandLine) -> None:
    alerts = listed(delivered)
    assert sorted(alert["ticket_id"] for alert in alerts) == sorted(r.id for r in delivered.simulator.tenant.held())
    assert {"tracking_id", "hold_id", "message_id", "notes", "delivered_at", "namespace"} <= alerts[0].keys()
    assert not (delivered.state.parent / handles.FILE_NAME).exists()


def test_csv_has_a_row_per_alert(delivered: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(delivered.invoke("alerts", "list", "--csv").stdout)))
    assert len(rows) == 7
    assert {row["risk"] for row in rows} == {"high", "medium"}


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--limit", "2"), 2),
        (("--limit", "2", "--all"), 7),
        (("--since", "1h"), 7),
        (("--since", "2999-01-01"), 0),
        (("--namespace", "connector"), 7),
        (("--namespace", "other"), 0),
    ],
)
def test_alerts_are_selected(delivered: CommandLine, words: tuple[str, ...], count: int) -> None:
    assert len(listed(delivered, *words)) == count
    text = delivered.invoke("alerts", "list", *words).stdout
    assert text == "No delivered alerts.\n" if count == 0 else len(text.splitlines()) == count + 2


def test_without_a_state_database_nothing_is_delivered_or_created(command_line: CommandLine) -> None:
    result = command_line.invoke("alerts", "list")
    assert (result.exit_code, result.stdout) == (exit_codes.OK, "No delivered alerts.\n")
    assert not command_line.state.parent.exists()


@pytest.mark.parametrize("words", [("list",), ("show", "eJwA")], ids=" ".join)
def test_a_state_database_that_does_not_exist_is_an_error(command_line: CommandLine, words: tuple[str, ...]) -> None:
    path = command_line.folder / "typo.db"
    result = command_line.invoke("alerts", *words, "--state", str(path))
    assert result.exit_code == exit_codes.USAGE
    assert f"There is no state database {path}." in result.stderr
    assert not path.exists()


def test_alerts_of_two_tenants_have_no_numbers(delivered: CommandLine) -> None:

    with StateDatabase.open(delivered.state) as database:
        [alert] = DeliveredAlerts(database).newest(limit=1)
        DeliveredAlerts(database).record("other", "https://other.example.com", [alert.alert])
    result = delivered.invoke("alerts", "list")
    assert result.stdout.split()[0] == "Risk"
    assert "several tenants" in result.stderr
    assert not (delivered.state.parent / handles.FILE_NAME).exists()


@pytest.mark.parametrize("form", ["number", "id", "prefix", "hold ID"])
def test_one_alert_is_shown_in_full(delivered: CommandLine, form: str) -> None:
    delivered.invoke("alerts", "list")
    alert = next(alert for alert in listed(delivered) if alert["subject"] == "Overdue invoice 4711")
    words = {
        "number": str(listed(delivered).index(alert) + 1),
        "id": alert["ticket_id"],
        "prefix": alert["ticket_id"][:-1],
        "hold ID": alert["hold_id"],
    }
    result = delivered.invoke("alerts", "show", words[form])
    assert result.exit_code == exit_codes.OK, result.stderr
    for text in (
        "Held Message",
        "Risk         high",
        "Subject      Overdue invoice 4711",
        "From         billing@supplier.example.org",
        "To           ann@example.com",
        "Reason       Macro Documents",
        f"Tracking ID  {alert['tracking_id']}",
        f"Hold ID      {alert['hold_id']}",
        "Message-ID   invoice-4711@supplier.example.org",
        "Event        EmailAttachment invoice.docm",
    ):
        assert text in result.stdout
    assert json.loads(delivered.invoke("alerts", "show", words[form], "--json").stdout) == alert


@pytest.mark.parametrize(
    ("text", "problem"), [("eJwNothing", "No delivered alert has"), ("eJw", "7 delivered alerts have")]
)
def test_an_id_without_a_single_alert_is_refused(delivered: CommandLine, text: str, problem: str) -> None:
    result = delivered.invoke("alerts", "show", text)
    assert (result.exit_code, result.stdout) == (exit_codes.USAGE, "")
    assert f'{problem} the number or ID "{text}"' in result.stderr


def test_a_number_without_a_list_is_refused(delivered: CommandLine) -> None:
    result = delivered.invoke("alerts", "show", "1")
    assert result.exit_code == exit_codes.USAGE
    assert "no list of this user exists" in result.stderr
