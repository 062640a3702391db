"""Handles: a number or a prefix leads to the message that the user saw, or to an error."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mimecast_secops.cli import handles
from mimecast_secops.cli.alert_summary import AlertSummary
from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
from mimecast_secops.cli.handles import FILE_NAME, ListedMessage
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.stores.database import StateDatabase

TENANT = "https://api.example.com"
MESSAGES = (
    ListedMessage(number=1, id="eJwAlpha", recipient="ann@example.com", subject="Invoice", risk="high"),
    ListedMessage(number=2, id="eJwAbeta", sender="eve@example.org", received=datetime(2026, 3, 7, tzinfo=UTC)),
    ListedMessage(number=3, id="", subject="A period that could not be read"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    handles.save(tmp_path / "state", TENANT, MESSAGES)
    return tmp_path / "state"


def change(folder: Path, **members: object) -> None:
    """Change members of the saved list."""
    path = folder / FILE_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | members))


@pytest.mark.parametrize("message", MESSAGES[:2], ids=lambda message: message.id)
def test_a_number_leads_to_the_row_of_the_last_list(folder: Path, message: ListedMessage) -> None:
    assert handles.find(folder, TENANT, str(message.number)) == message


def test_a_unique_prefix_of_a_listed_id_leads_to_its_row(folder: Path) -> None:
    assert handles.find(folder, TENANT, "eJwAal") is None
    assert handles.find(folder, TENANT, "eJwAl") == MESSAGES[0]


@pytest.mark.parametrize("text", ["eJwAlpha", "eJwUnknown", "<a@example.org>", "eJw", "123456", "²", ""])
def test_a_complete_id_and_an_unknown_text_are_used_as_they_are(folder: Path, text: str) -> None:
    assert handles.find(folder, TENANT, text) is None


def test_a_new_list_replaces_the_last_one(folder: Path) -> None:
    handles.save(folder, TENANT, MESSAGES[1:2])
    assert handles.find(folder, TENANT, "2") == MESSAGES[1]
    with pytest.raises(InvalidParameter, match="The last list has no row 1"):
        handles.find(folder, TENANT, "1")


def test_only_the_user_can_read_the_list(folder: Path) -> None:
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_a_list_that_cannot_be_saved_leaves_no_numbers_of_an_older_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        handles.save(folder, TENANT, MESSAGES)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("4", "has no row 4"),
        ("0", "has no row 0"),
        ("3", "Row 3 of the last list is not a message"),
        ("eJwA", '2 IDs begin with "eJwA"'),
    ],
)
def test_a_handle_without_a_single_message_is_refused(folder: Path, text: str, problem: str) -> None:
    with pytest.raises(InvalidParameter, match=problem) as failure:
        handles.find(folder, TENANT, text)
    assert failure.value.parameter == "Message ID"


def test_a_number_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="no list of this user exists"):
        handles.find(tmp_path, TENANT, "3")
    assert handles.find(tmp_path, TENANT, "eJwAl") is None


@pytest.mark.parametrize("text", ["1", "eJwAl"])
def test_a_list_of_another_tenant_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(InvalidParameter, match="refers to a list of https://api.example.com"):
        handles.find(folder, "https://other.example.com", text)


@pytest.mark.parametrize("age", [timedelta(hours=25), -timedelta(hours=1)], ids=["older", "in the future"])
@pytest.mark.parametrize("text", ["1", "eJwAl"])
def test_a_list_of_another_day_is_refused(folder: Path, text: str, age: timedelta) -> None:
    change(folder, saved_at=(datetime.now(UTC) - age).isoformat())
    with pytest.raises(InvalidParameter, match="not from the last 24 hours"):
        handles.find(folder, TENANT, text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"tenant": "https://api.example.com"}',
        b'{"tenant": 1, "saved_at": "2026-03-07T00:00:00Z", "messages": []}',
        b'{"tenant": "x", "saved_at": "2026-03-07T00:00:00", "messages": []}',
        b'{"tenant": "x", "saved_at": "2026-03-07T00:00:00Z", "messages": [{"number": -1, "id": "eJwA"}]}',
        b'{"tenant": "x", "saved_at": "2026-03-07T00:00:00Z", "messages": [{"number": "1"}], "more": 1}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_list_is_an_error_and_not_a_traceback(folder: Path, content: bytes) -> None:
    (folder / FILE_NAME).write_bytes(content)
    for text in ("1", "eJwAl"):
        with pytest.raises(InvalidParameter, match=f"{FILE_NAME} is damaged"):
            handles.find(folder, TENANT, text)


def test_a_list_that_others_may_have_written_is_refused(folder: Path) -> None:
    (folder / FILE_NAME).chmod(0o620)
    with pytest.raises(InvalidParameter, match="can be written by another user"):
        handles.find(folder, TENANT, "1")


def test_a_link_or_a_folder_in_place_of_the_list_is_refused(folder: Path) -> None:
    path = folder / FILE_NAME
    path.rename(folder / "elsewhere.json")
    path.symlink_to(folder / "elsewhere.json")
    with pytest.raises(InvalidParameter, match="cannot be read"):
        handles.find(folder, TENANT, "1")
    path.unlink()
    path.mkdir()
    with pytest.raises(InvalidParameter, match="cannot be read"):
        handles.find(folder, TENANT, "1")


def test_a_list_that_is_too_large_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles, "_MAX_BYTES", 10)
    with pytest.raises(InvalidParameter, match="is too large"):
        handles.find(folder, TENANT, "1")


@pytest.mark.parametrize("name", ["state.db", "other.db"])
def test_a_unique_prefix_of_a_delivered_alert_leads_to_its_message(tmp_path: Path, name: str) -> None:
    alert = AlertSummary(
        ticket_id="eJwTracked",
        display_id="",
        name="Held Message",
        received_ms=0,
        event_count=1,
        is_complete=True,
        tracking_id="eJwTracked",
        subject="Invoice",
    )
    with StateDatabase.open(tmp_path / name) as database:
        DeliveredAlerts(database).record("connector", TENANT, [alert])
    state = None if name == "state.db" else tmp_path / name
    found = handles.find(tmp_path, TENANT, "eJwTr", state)
    assert found is not None
    assert (found.id, found.subject) == ("eJwTracked", "Invoice")
    assert handles.find(tmp_path, "https://other.example.com", "eJwTr", state) is None


def test_looking_for_a_prefix_creates_no_state_database(tmp_path: Path) -> None:
    assert handles.find(tmp_path, TENANT, "eJwTr") is None
    assert list(tmp_path.iterdir()) == []
