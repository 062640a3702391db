"""Tolerant decoding of replies."""

from __future__ import annotations

import email
import email.policy
import html
import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mimecast_secops.api.decode import (
    JsonReader,
    TimeForm,
    first_object,
    format_timestamp,
    parse_address,
    parse_integer,
    parse_time,
    parse_timestamp,
)
from mimecast_secops.api.resources.account import Account
from mimecast_secops.api.resources.held_messages import HeldMessage
from mimecast_secops.api.resources.message_detail import MessageDetail
from mimecast_secops.api.resources.message_info import MessageInfo, message_id_of
from mimecast_secops.api.resources.policy_records import PolicyRecord, PolicyTarget
from mimecast_secops.api.resources.tracked_messages import TrackedMessage
from mimecast_secops.api.vocabulary import Risk
from tests.api.json_values import NAMES, json_objects, json_values
from tests.samples import Sample

# the reader


@given(json_values)
def test_no_json_value_makes_a_reader_raise(value: Any) -> None:
    reader = JsonReader(value)
    for name in NAMES:
        assert isinstance(reader.text(name), str)
        assert reader.flag(name) in (True, False, None)
        assert isinstance(reader.number(name), (int, float))
        assert isinstance(reader.integer(name), int)
        moment = reader.timestamp(name)
        assert moment is None or moment.utcoffset() == timedelta(0)
        assert all(isinstance(part, str) for part in reader.address(name))
        assert all(isinstance(address, str) and address for address in reader.addresses(name))
        assert isinstance(reader.object(name).raw, dict)
        assert all(isinstance(entry, dict) for entry in reader.objects(name))
        assert all(isinstance(text, str) for text in reader.texts(name))
    assert set(reader.defects) <= {*NAMES, "(the whole record)"}


RECORDS = [Account, HeldMessage, MessageDetail, PolicyRecord, PolicyTarget, TrackedMessage, MessageInfo]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
@settings(max_examples=40)
@given(value=json_values | json_objects)
def test_no_json_value_makes_a_record_raise(record: Any, value: Any) -> None:
    read = record.read(value)
    assert getattr(read, "raw", {}) == (value if isinstance(value, dict) and hasattr(read, "raw") else {})
    assert repr(read)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_the_raw_record_is_not_in_the_repr(record: Any) -> None:
    assert "marked" not in repr(record.read({"unknown": "marked"}))


def test_an_unreadable_member_is_a_defect_and_a_missing_one_is_not() -> None:
    message = TrackedMessage.read({"subject": ["x"], "fromEnv": 5, "received": "yesterday", "to": [7], "info": None})
    assert set(message.defects) == {"subject", "fromEnv", "received", "to"}
    assert (message.subject, message.sender, message.received, message.recipients) == ("", "", None, ())
    assert TrackedMessage.read({}).defects == ()
    assert TrackedMessage.read("text").defects == ("(the whole record)",)


def test_the_text_is_the_first_member_that_is_present() -> None:
    assert JsonReader({"b": "2"}).text("a", "b") == "2"
    assert JsonReader({"a": None, "b": "2"}).text("a", "b") == "2"
    assert JsonReader({"a": "", "b": "2"}).text("a", "b") == ""
    assert JsonReader({"a": 5}).text("a") == "5"
    assert JsonReader({"a": True}).text("a") == ""


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("FALSE", False),
        (None, None),
        (1, None),
        ("yes", None),
        ([], None),
    ],
)
def test_a_flag_may_be_written_as_text(value: object, flag: bool | None) -> None:
    assert JsonReader({"a": value}).flag("a") is flag


@pytest.mark.parametrize(
    ("value", "whole", "defects"),
    [
        (5, 5, []),
        (5.9, 5, []),
        ("78222", 78222, []),
        ("1e3", 1000, []),
        ("", 0, []),
        (None, 0, []),
        (True, 0, ["a"]),
        ("many", 0, ["a"]),
        ("nan", 0, ["a"]),
        ("1e999", 0, ["a"]),
        ([5], 0, ["a"]),
    ],
)
def test_a_number_may_be_written_as_text(value: object, whole: int, defects: list[str]) -> None:
    reader = JsonReader({"a": value})
    assert reader.integer("a") == whole
    assert reader.defects == defects


def test_addresses_are_read_from_a_list_an_object_or_a_text() -> None:
    one = {"emailAddress": "ann@example.com", "displayableName": "Ann"}
    assert JsonReader({"to": [one, "bob@example.com"]}).addresses("to") == ("ann@example.com", "bob@example.com")
    assert JsonReader({"to": one}).addresses("to") == ("ann@example.com",)
    assert JsonReader({"to": "ann@example.com"}).addresses("to") == ("ann@example.com",)
    assert JsonReader({"to": [{"emailAddress": None}, {}]}).addresses("to") == ()
    assert JsonReader({"from": one}).address("from") == ("ann@example.com", "Ann")
    assert parse_address(7) is None


def test_objects_are_read_from_a_mixed_list_and_from_a_single_object() -> None:
    assert JsonReader({"a": [{"x": 1}, 2, None]}).objects("a") == [{"x": 1}]
    lone = JsonReader({"a": {"x": 1}})
    assert lone.objects("a") == [{"x": 1}]
    assert lone.defects == ["a"]
    assert first_object([None, 3, {"x": 1}, {"x": 2}]) == {"x": 1}
    assert first_object([]) == {}


# times


@pytest.mark.parametrize(
    "text",
    [
        "2025-04-16T16:07:14+0000",
        "2025-04-16T16:07:14+00:00",
        "2025-04-16T16:07:14Z",
        "2025-04-16T16:07:14",
        "2025-04-16 16:07:14",
        "2025-04-16T18:07:14+0200",
        "2025-04-16T16:07:14.000000Z",
    ],
)
def test_a_time_is_read_in_every_known_form(text: str) -> None:
    assert parse_timestamp(text) == datetime(2025, 4, 16, 16, 7, 14, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "yesterday", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+2359", 5, None, []])
def test_a_value_that_is_not_a_time_is_none(value: object) -> None:
    assert parse_timestamp(value) is None


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2025-04-16T16:07:14+0000", TimeForm.ZONED),
        ("2025-04-16T16:07:14.250Z", TimeForm.ZONED),
        ("2025-04-16T16:07:14", TimeForm.NAIVE),
        (1744819634, TimeForm.EPOCH_SECONDS),
        ("1744819634", TimeForm.EPOCH_SECONDS),
        (1744819634.5, TimeForm.EPOCH_SECONDS),
        (1744819634000, TimeForm.EPOCH_MILLISECONDS),
        ("1744819634000", TimeForm.EPOCH_MILLISECONDS),
        ("Wed, 16 Apr 2025 16:07:14 +0000", TimeForm.RFC_2822),
        ("16 Apr 2025 18:07:14 +0200", TimeForm.RFC_2822),
        ("Wed, 16 Apr 2025 16:07:14 GMT", TimeForm.RFC_2822),
        ("Wed, 16 Apr 2025 16:07:14", TimeForm.NAIVE),
        ("Wed, 16 Apr 2025 16:07:14 -0000", TimeForm.NAIVE),
    ],
)
def test_the_form_of_a_time_is_told(value: object, form: TimeForm) -> None:
    parsed = parse_time(value)
    assert parsed is not None
    assert parsed.form is form
    assert parsed.moment.replace(microsecond=0) == datetime(2025, 4, 16, 16, 7, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", [0, -1, 10**20, float("nan"), float("inf"), True, "0", "9" * 500, "Wed, 99 Foo 2025 "]
)
def test_an_implausible_number_is_not_a_time(value: object) -> None:
    assert parse_time(value) is None


@given(st.integers() | st.floats() | st.text() | st.from_regex(r"\A[0-9]{8,14}\Z"))
def test_no_value_makes_a_time_fail(value: object) -> None:
    parsed = parse_time(value)
    assert parsed is None or parsed.moment.tzinfo is UTC


@pytest.mark.parametrize("undecoded", [True, False])
def test_a_time_without_a_zone_is_read_as_utc_and_is_a_defect(undecoded: bool) -> None:
    row = {"id": "1", "received": "2025-04-16T16:07:14", "sent": "yesterday"}
    message = TrackedMessage.read(msgspec.Raw(json.dumps(row).encode()) if undecoded else row)
    assert message.received == datetime(2025, 4, 16, 16, 7, 14, tzinfo=UTC)
    assert message.defects == ("received (no time zone)", "sent")


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=offsets))
def test_a_formatted_time_is_parsed_to_the_same_second(moment: datetime) -> None:
    sent = format_timestamp(moment)
    assert len(sent) == 24
    assert sent.endswith("+0000")
    assert parse_timestamp(sent) == moment.astimezone(UTC).replace(microsecond=0)


@given(st.text())
def test_no_text_makes_a_time_raise(text: str) -> None:
    moment = parse_timestamp(text)
    assert moment is None or moment.tzinfo is UTC


# what the samples say


def test_a_tracked_message_of_the_samples(sample: Sample) -> None:
    [row, *_] = sample("message_finder_search.success")["body"]["data"][0]["trackedEmails"]
    message = TrackedMessage.read(row)
    assert (message.status, message.route, message.sender) == ("held", "inbound", row["fromEnv"]["emailAddress"])
    assert message.received is not None
    assert message.recipients == tuple(recipient["emailAddress"] for recipient in row["to"])
    assert message.defects == ()


def test_every_record_of_the_sample_lists_is_read_without_a_defect(sample: Sample) -> None:
    rows = sample("message_finder_search.success")["body"]["data"][0]["trackedEmails"]
    assert [TrackedMessage.read(row).defects for row in rows] == [()] * len(rows)
    held = sample("hold_list.page1")["body"]["data"]
    assert [HeldMessage.read(row).defects for row in held] == [()] * len(held)


@pytest.mark.parametrize("name", ["message_info.held", "message_info.archived"])
def test_the_details_of_the_samples(sample: Sample, name: str) -> None:
    [record] = sample(name)["body"]["data"]
    info = MessageInfo.read(record)
    assert info.defects == ()
    assert info.queue_id == record.get("queueInfo", {}).get("id", "")
    assert info.risk is None or isinstance(info.risk, Risk)
    assert "@" in info.message_id
    assert not {"<", ">"} & set(info.message_id)


def test_a_policy_of_the_samples_is_eternal(sample: Sample) -> None:
    [record] = sample("blocked_sender_create.success_v1")["body"]["data"]
    policy = PolicyRecord.read(record)
    assert (policy.start, policy.end) == (None, None)
    assert policy.sender.type == record["policy"]["from"]["type"]
    assert policy.sender.value


@pytest.mark.parametrize("kind", ["individual_email_address", "email_domain", "header_display_name", "profile_group"])
def test_a_policy_target_is_read_as_it_was_formatted(kind: str) -> None:
    target = PolicyTarget(kind, "a value")
    assert PolicyTarget.read(target.to_wire()) == target
    assert PolicyTarget.read(PolicyTarget("everyone").to_wire()) == PolicyTarget("everyone")


# the Message-ID


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        ("<pre>\nMessage-ID: &lt;a1@example.org&gt;\n</pre>", "a1@example.org"),
        ("<pre>Message-Id: &lt;a1@example.org&gt;</pre>", "a1@example.org"),
        ("<pre>\r\nSubject: x\r\nMESSAGE-ID:\r\n &lt;a1@example.org&gt;\r\n</pre>", "a1@example.org"),
        ("<pre>\nX-Other-Message-ID: &lt;no@x&gt;\nMessage-ID: &lt;yes@x&gt;\n</pre>", "yes@x"),
        ("<pre>\nX-Other-Message-ID: &lt;no@x&gt;\n</pre>", ""),
        ("<pre>\nSubject: x\n\nMessage-ID: &lt;in-the-body@x&gt;\n</pre>", ""),
        ("Message-ID: <plain@x>", "plain@x"),
        ("Message-ID: without-brackets@x", "without-brackets@x"),
        ("<pre></pre>", ""),
        ("", ""),
        ("<pre>\nMessage-ID:\n</pre>", ""),
        ("<pre>\nMessage-ID: &lt;a&amp;b@x&gt;\n</pre>", "a&b@x"),
    ],
)
def test_the_message_id_is_parsed_from_the_headers(text: str, message_id: str) -> None:
    assert message_id_of(text) == message_id


_HEADER_LINES = st.sampled_from(
    ["Subject: a", " folded", "\tMessage-ID: <folded@x>", "Message-ID: <a@x>", "message-id:", "X-Message-ID: <b@x>", ""]
)


@given(st.lists(_HEADER_LINES, max_size=8))
def test_the_message_id_is_the_one_that_the_email_package_reads(lines: list[str]) -> None:
    text = "\n".join(["Received: x", *lines])
    expected = email.message_from_string(text, policy=email.policy.compat32)["Message-ID"] or ""
    assert message_id_of(html.escape(text)) == " ".join(expected.split()).strip("<> ")


@given(st.text())
@example("<pre>" + "A: b\n" * 200_000)
@example("Message-ID: =?utf-8?b?////?=")
@example("Message-ID: \x00\udcff")
def test_no_headers_make_the_message_id_raise(text: str) -> None:
    assert isinstance(message_id_of(text), str)


@given(st.floats())
def test_no_float_makes_a_number_raise(value: float) -> None:
    reader = JsonReader({"a": value, "b": str(value)})
    assert isinstance(reader.integer("a"), int)
    assert isinstance(reader.integer("b"), int)
    assert (reader.defects == []) is math.isfinite(value)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "٣", "9" * 5000, "0x10", " 1"])
def test_a_header_without_a_usable_number_is_none(text: str) -> None:
    assert parse_integer(text) is None


def test_a_number_in_a_header_is_read() -> None:
    assert (parse_integer("0"), parse_integer("1799")) == (0, 1799)
