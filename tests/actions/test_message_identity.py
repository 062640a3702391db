"""Message identity: which differences the two views of one message can have."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.actions.message_identity import Identity, identity_of_record, recipient_of
from mimecast_secops.api import MessageInfo

RECORD = Identity(
    sender="bounce@example.org", header_sender="eve@example.org", recipient="ann@example.com", subject="Pay & win"
)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"sender": "eve@example.org", "header_sender": ""},
        {"recipient": "alias@example.com"},
        {"subject": "[EXTERNAL] Pay & win"},
        {"subject": "Pay &"},
        {"subject": "Pay & w…"},
        {"subject": "Pay &amp; win"},
        {"subject": ""},
        {"sender": "", "header_sender": ""},
    ],
    ids=str,
)
def test_a_difference_of_the_two_views_is_tolerated(changed: dict[str, str]) -> None:
    members = {"sender": RECORD.sender, "recipient": RECORD.recipient, "subject": RECORD.subject, "header_sender": ""}
    assert RECORD.differences(Identity(**(members | changed))) == []


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"subject": "Other"}, ["subject"]),
        ({"sender": "mallory@example.org"}, ["sender"]),
        ({"subject": "win"}, ["subject"]),
    ],
    ids=str,
)
def test_another_sender_or_subject_is_a_difference(changed: dict[str, str], names: list[str]) -> None:
    members = {"sender": RECORD.sender, "recipient": RECORD.recipient, "subject": RECORD.subject}
    assert RECORD.differences(Identity(**(members | changed))) == names


@pytest.mark.parametrize(
    "value",
    [
        "ann@example.com",
        {"emailAddress": "ann@example.com", "displayableName": "Ann"},
        ["ann@example.com"],
        [{"emailAddress": "ann@example.com"}],
    ],
    ids=str,
)
def test_addresses_are_read_as_text_object_or_list(value: Any) -> None:
    blocks = {
        "queueInfo": {"to": value},
        "recipientInfo": {"messageInfo": {"fromEnvelope": value, "fromHeader": value, "subject": " Pay  now "}},
    }
    info = MessageInfo.read(blocks)
    assert recipient_of(info) == "ann@example.com"
    assert identity_of_record(info) == Identity(
        sender="ann@example.com", header_sender="ann@example.com", recipient="ann@example.com", subject="Pay now"
    )


@pytest.mark.parametrize("value", [None, [], {}, 7, ["ann@example.com", "bob@example.com"]], ids=str)
def test_a_record_that_does_not_name_exactly_one_recipient_has_none(value: Any) -> None:
    assert recipient_of(MessageInfo.read({"queueInfo": {"to": value}})) == ""
