"""The details of a message and its attachments."""

from __future__ import annotations

from mimecast_secops.api import MessageDetail
from tests.samples import Sample


def test_a_detail_of_the_samples_has_its_attachments(sample: Sample) -> None:
    [record] = sample("gateway_message_detail.success")["body"]["data"]
    detail = MessageDetail.read(record)
    assert [attachment.filename for attachment in detail.attachments] == [
        attachment["filename"] for attachment in record["attachments"]
    ]
    assert all(attachment.sha256 == attachment.sha256.lower() for attachment in detail.attachments)


def test_an_attachment_has_the_hash_in_lower_case_and_empty_members_for_missing_ones() -> None:
    detail = MessageDetail.read({"id": "m", "attachments": [{"id": "a", "sha256": "ABCDEF"}, "not an attachment"]})
    [attachment] = detail.attachments
    assert (attachment.id, attachment.sha256) == ("a", "abcdef")
    assert (attachment.filename, attachment.extension, attachment.content_type, attachment.size) == ("", "", "", 0)


def test_the_message_id_has_no_brackets() -> None:
    detail = MessageDetail.read({"id": "m", "mimeMessageId": " <offer@example.org> ", "subject": "Offer"})
    assert (detail.message_id, detail.subject, detail.attachments) == ("offer@example.org", "Offer", ())
