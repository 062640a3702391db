"""What is remembered of messages besides their ids."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from mimecast_secops.api import TrackedMessage
from mimecast_secops.ingest import known_messages
from mimecast_secops.ingest.known_messages import KnownMessage, KnownMessages
from tests.ingest.model import HOUR, SECOND, START, Record

KEY = bytes(32)


def described(known: KnownMessages, name: str, **fields: object) -> KnownMessage:
    received_ms = fields.pop("received_ms", START)
    assert isinstance(received_ms, int)
    record = Record(name, received_ms, received_ms, **fields)  # type: ignore[arg-type]
    message = known.describe(name, TrackedMessage.read(record.row()))
    assert message is not None
    return message


def encoded(**members: object) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(members).encode())).decode()


def test_messages_with_the_same_content_in_the_same_minute_are_alike() -> None:
    known = KnownMessages(KEY)
    first = described(known, "m1", received_ms=START // 60_000 * 60_000)
    known.add(first)
    second = described(known, "m2", received_ms=START // 60_000 * 60_000 + 59 * SECOND, status="archived")
    assert known.alike(second) == [first]
    for other in ({"subject": "x"}, {"sender": "x@y.test"}, {"recipient": "x@y.test"}, {"received_ms": START + HOUR}):
        assert known.alike(described(known, "m3", **other)) == []


def test_a_row_without_a_time_is_not_remembered() -> None:
    assert KnownMessages(KEY).describe("m1", TrackedMessage.read({"id": "m1"})) is None


def test_a_message_with_another_id_and_status_replaces_itself() -> None:
    known = KnownMessages(KEY)
    first, twin = described(known, "m1"), described(known, "twin")
    known.add(first)
    known.add(twin)
    renamed = described(known, "m2", status="archived")
    known.replace(first, renamed)
    assert known.alike(first) == [renamed, twin]


def test_a_removed_message_is_not_found() -> None:
    known = KnownMessages(KEY)
    for name in ("m1", "m2"):
        known.add(described(known, name))
    known.remove("m1", START)
    known.remove("unknown", START)
    assert [message.id for message in known.alike(described(known, "m3"))] == [known.digest("m2")]


def test_messages_survive_a_store() -> None:
    known = KnownMessages(KEY)
    known.add(described(known, "m1", status="a status that no document names"))
    known.add(described(known, "m2", received_ms=START + 5 * HOUR))
    again = KnownMessages.from_parts(KEY, {**known.to_parts(), "meta": b"x"})
    assert again.to_parts() == known.to_parts()
    assert len(again) == 2
    assert [message.status for message in again.between(START, START)] == ["another status"]


def test_a_damaged_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"):
        KnownMessages.from_parts(KEY, {"known.1": b"x"})


def test_old_hours_are_forgotten() -> None:
    known = KnownMessages(KEY)
    known.add(described(known, "m1"))
    known.add(described(known, "m2", received_ms=START + 5 * HOUR))
    known.forget_before(START + 2 * HOUR)
    assert len(known) == 1


def test_beyond_the_limit_the_oldest_hours_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_messages, "MAX_ENTRIES", 3)
    known = KnownMessages(KEY)
    for number in range(5):
        known.add(described(known, f"m{number}", received_ms=START + number * HOUR))
    assert len(known) == 3
    assert known.alike(described(known, "x", received_ms=START)) == []


def test_numbers_in_ids_tell_whether_two_messages_are_the_same() -> None:
    known = KnownMessages(KEY)
    held, same = (described(known, encoded(messageQueueId=7, customercode=code)) for code in ("A", "B"))
    other, archived = described(known, encoded(messageQueueId=8)), described(known, encoded(archiveid="x"))
    opaque = described(known, "opaque")
    assert held.is_same(same) is True
    assert held.is_same(other) is False
    assert held.is_same(archived) is None
    assert held.is_same(opaque) is None
