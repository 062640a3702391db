"""What a recording may keep."""

from __future__ import annotations

import pytest

from mimecast_secops.diagnosis.recording import allowed


@pytest.mark.parametrize(
    "name",
    [
        *("trackedEmails", "fromEnv", "senderIP", "hldqid", "queue_id", "messageStatusType", "@nextPage", "sha256"),
        *("recipientMetaInfo", "transmissionInfo", "spamProcessingDetail", "hasAttachments", "dateReceived"),
    ],
)
def test_the_names_of_the_api_stay(name: str) -> None:
    assert allowed.name_stays(name)


@pytest.mark.parametrize("name", ["kevin", "ann@example.com", "Kevin Smith", "fromKevin", "", "a" * 50, "status12345"])
def test_other_names_do_not_stay(name: str) -> None:
    assert not allowed.name_stays(name)


@pytest.mark.parametrize(
    ("text", "is_time"),
    [
        ("2026-11-25T12:00:00+0000", True),
        ("2026-11-25T12:00:00", True),
        ("2026-11-25", True),
        ("Wed, 25 Nov 2026 12:00:00 GMT", True),
        ("2026-11-25T12:00:00 Kevin", False),
        ("Kevin, 25 Nov 2026 12:00:00 GMT", False),
        ("20261125", False),
    ],
)
def test_only_whole_times_count_as_times(text: str, is_time: bool) -> None:
    assert bool(allowed.TIME.match(text)) is is_time


@pytest.mark.parametrize("name", ["authorization", "set-cookie", "x-request-id", "server", "x-mc-siem-token"])
def test_a_header_that_could_identify_is_not_recorded(name: str) -> None:
    assert not allowed.HEADERS.match(name)
