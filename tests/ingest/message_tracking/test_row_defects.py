"""What search rows lack."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.api import TrackedMessage
from mimecast_secops.ingest.message_tracking.row_defects import NO_ZONE, note_time_form, row_defects
from mimecast_secops.ingest.profile import TIME_FORM, TenantProfile
from tests.ingest.model import START, Record


def row(**members: Any) -> TrackedMessage:
    return TrackedMessage.read(Record("m1", START, START).row() | members)


def test_a_whole_row_has_no_defect_whether_it_has_attachments_or_not() -> None:
    assert row_defects(row()) == row_defects(row(attachments=True)) == set()


@pytest.mark.parametrize("member", ["id", "status", "received", "route", "attachments"])
def test_a_missing_member_is_a_defect(member: str) -> None:
    assert row_defects(row(**{member: None})) == {member}


@pytest.mark.parametrize("member", ["subject", "fromEnv", "to"])
def test_a_bounce_may_lack_sender_recipient_and_subject(member: str) -> None:
    assert row_defects(row(**{member: None})) == set()


@pytest.mark.parametrize(
    ("received", "form"),
    [("2026-03-07T16:10:00+0000", "with time zone"), ("2026-03-07T16:10:00", "no time zone"), (None, None)],
)
def test_the_profile_knows_whether_times_name_their_zone(received: str | None, form: str | None) -> None:
    profile, message = TenantProfile(), row(received=received)
    defects = row_defects(message)
    note_time_form(profile, message, defects, START)
    assert profile.get(TIME_FORM) == form
    assert (NO_ZONE in defects) is (form == "no time zone")
