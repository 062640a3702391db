"""Reading what a server sent, whatever it sent."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mimecast_secops.api.decode import JsonReader, address_of, first_object, parse_moment, whole_number, wire_time
from mimecast_secops.api.envelope import Fail, RawReply, Reply, open_envelope
from mimecast_secops.api.resources.account import Account
from mimecast_secops.api.resources.held import HeldMessage, MessageDetail
from mimecast_secops.api.resources.policies import PolicyRecord, PolicyTarget
from mimecast_secops.api.resources.tracked_messages import TrackedMessage
from mimecast_secops.api.resources.tracking import MessageInfo, message_id_of
from mimecast_secops.api.vocabulary import Risk
from tests.api.bench import raw_of, sample

NAMES = [
    *("meta", "status", "pagination", "next", "data", "fail", "errors", "code", "message", "field", "key", "id"),
    *("trackedEmails", "items", "fromEnv", "fromHdr", "from", "to", "emailAddress", "displayableName", "received"),
    *("subject", "size", "attachments", "hasAttachments", "recipientInfo", "messageInfo", "txInfo", "queueInfo"),
    *("spamInfo", "spamProcessingDetail", "verdict", "risk", "transmissionInfo", "policy", "type", "packages"),
    *("fromEternal", "fromDate", "spamScore", "sha256", "mimeMessageId", "dateReceived", "route", "emailDomain"),
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["true", "False", "2025-04-16T16:07:14+0000", "9999-12-31T23:59:59-2359", "ann@example.com", "HIGH"]
    )
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=30,
)
json_objects = st.dictionaries(st.sampled_from(NAMES), json_values, max_size=10)


def opened(body: Any, status: int = 200) -> Reply:
    reply = open_envelope(RawReply(status, {}, json.dumps(body).encode()))
    assert reply is not None
    return reply


# the envelope


@given(json_values, st.integers(100, 599))
def test_no_json_value_makes_the_envelope_raise(value: Any, status: int) -> None:
    reply = open_envelope(RawReply(status, {}, json.dumps(value).encode()))
    assert (reply is None) is not isinstance(value, dict)
    if reply is not None:
        assert isinstance(reply.data, tuple)
        assert all(isinstance(one, Fail) and str(one) for one in reply.fails)
        assert isinstance(reply.next_token, str)
        assert reply.status == status or reply.status >= 400 > status


@given(st.binary())
@example(b"")
@example(b"\xef\xbb\xbf{}")
@example(b"[" * 100_000)
@example(b'{"data":' * 50_000)
@example(b"<html></html>")
@example(b'{"a": 1')
@example(b'{"a": 1}{"a": 2}')
@example(b'"\xff"')
@example(b"NaN")
def test_no_bytes_make_the_envelope_raise(body: bytes) -> None:
    reply = open_envelope(RawReply(200, {}, body))
    assert reply is None or isinstance(reply.body, dict)


@pytest.mark.parametrize(
    ("http", "meta", "status"),
    [
        (200, 200, 200),
        (200, 401, 401),
        (200, 404, 404),
        (200, None, 200),
        (200, "401", 200),
        (200, True, 200),
        (200, 0, 200),
        (200, 302, 200),
        (403, 200, 403),
        (403, 401, 403),
        (503, 404, 503),
    ],
)
def test_the_worse_of_the_two_statuses_is_true(http: int, meta: object, status: int) -> None:
    assert opened({"meta": {"status": meta}}, http).status == status


@pytest.mark.parametrize(
    ("data", "read"),
    [([], ()), (None, ()), ([1, 2], (1, 2)), ({"a": 1}, ({"a": 1},)), ("text", ("text",)), ([None], (None,))],
    ids=repr,
)
def test_data_is_always_a_list(data: object, read: tuple[object, ...]) -> None:
    assert opened({"data": data}).data == read
    assert opened({}).data == ()


FAILS: list[tuple[object, list[Fail]]] = [
    ([], []),
    (None, []),
    ("", []),
    (False, []),
    ({}, []),
    ([{}], []),
    (["", None, False, {}], []),
    ("no", [Fail(message="no")]),
    (["no", "never"], [Fail(message="no"), Fail(message="never")]),
    (7, [Fail(message="7")]),
    ({"code": "c", "message": "m"}, [Fail("c", "m")]),
    ([{"code": "c", "message": "m"}], [Fail("c", "m")]),
    ([{"errors": [{"code": "c", "message": "m", "field": "f"}]}], [Fail("c", "m", "f")]),
    ([{"key": {"id": "x"}, "errors": {"code": "c"}}], [Fail("c", key={"id": "x"})]),
    ([{"key": {"id": "x"}, "errors": []}], [Fail(key={"id": "x"})]),
    ([{"key": {"id": "x"}, "errors": None}], [Fail(key={"id": "x"})]),
    ([{"key": {"id": "x"}, "errors": ["no"]}], [Fail(message="no", key={"id": "x"})]),
    ([{"key": "x", "errors": [{"code": 4}]}], [Fail("4")]),
    ([{"errors": [{"code": "a"}, {"code": "b"}]}], [Fail("a"), Fail("b")]),
    ([{"errors": [{"code": None, "message": None}]}], [Fail()]),
    ([{"key": {"id": "x"}}], [Fail(key={"id": "x"})]),
]


@pytest.mark.parametrize(("fail", "read"), FAILS, ids=lambda one: json.dumps(one) if not isinstance(one, list) else "")
def test_a_failure_is_read_in_every_shape_that_has_been_seen(fail: object, read: list[Fail]) -> None:
    assert list(opened({"fail": fail}).fails) == read


def test_a_failure_in_words() -> None:
    assert str(Fail("c", "m")) == "c: m"
    assert str(Fail("c")) == "c"
    assert str(Fail(message="m")) == "m"
    assert str(Fail()) == "no reason given"


@pytest.mark.parametrize("token", [None, "", 5, [], {}, True], ids=repr)
def test_what_is_no_page_token_ends_the_pages(token: object) -> None:
    assert opened({"meta": {"pagination": {"next": token}}}).next_token == ""


def test_the_samples_of_pages_are_read() -> None:
    first = open_envelope(raw_of(sample("hold_list.page1")))
    last = open_envelope(raw_of(sample("hold_list.last_page")))
    assert first is not None
    assert last is not None
    assert first.next_token.startswith("eJ")
    assert last.next_token == ""
    assert (len(first.data), len(last.data)) == (2, 1)


# the reader


@given(json_values)
def test_no_json_value_makes_a_reader_raise(value: Any) -> None:
    reader = JsonReader(value)
    for name in NAMES:
        assert isinstance(reader.text(name), str)
        assert reader.flag(name) in (True, False, None)
        assert isinstance(reader.number(name), (int, float))
        assert isinstance(reader.whole(name), int)
        moment = reader.moment(name)
        assert moment is None or moment.utcoffset() == timedelta(0)
        assert all(isinstance(part, str) for part in reader.address(name))
        assert all(isinstance(one, str) and one for one in reader.addresses(name))
        assert isinstance(reader.inner(name).raw, dict)
        assert all(isinstance(one, dict) for one in reader.objects(name))
        assert all(isinstance(one, str) for one in reader.texts(name))
    assert set(reader.defects) <= {*NAMES, "(the whole record)"}


RECORDS = [Account, HeldMessage, MessageDetail, PolicyRecord, PolicyTarget, TrackedMessage, MessageInfo]


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
@given(value=json_values | json_objects)
def test_no_json_value_makes_a_record_raise(record: Any, value: Any) -> None:
    found = record.read(value)
    assert getattr(found, "raw", {}) == (value if isinstance(value, dict) and hasattr(found, "raw") else {})
    assert repr(found)


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_the_raw_record_is_not_in_the_repr(record: Any) -> None:
    assert "marked" not in repr(record.read({"unknown": "marked"}))


def test_a_member_that_is_there_but_unreadable_is_a_defect_and_a_missing_one_is_not() -> None:
    message = TrackedMessage.read({"subject": ["x"], "fromEnv": 5, "received": "yesterday", "to": [7], "info": None})
    assert set(message.defects) == {"subject", "fromEnv", "received", "to"}
    assert (message.subject, message.sender, message.received, message.recipients) == ("", "", None, ())
    assert TrackedMessage.read({}).defects == ()
    assert TrackedMessage.read("text").defects == ("(the whole record)",)


def test_the_first_member_that_is_there_is_the_text() -> None:
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
    assert reader.whole("a") == whole
    assert reader.defects == defects


def test_addresses_are_read_from_a_list_an_object_or_a_text() -> None:
    one = {"emailAddress": "ann@example.com", "displayableName": "Ann"}
    assert JsonReader({"to": [one, "bob@example.com"]}).addresses("to") == ("ann@example.com", "bob@example.com")
    assert JsonReader({"to": one}).addresses("to") == ("ann@example.com",)
    assert JsonReader({"to": "ann@example.com"}).addresses("to") == ("ann@example.com",)
    assert JsonReader({"to": [{"emailAddress": None}, {}]}).addresses("to") == ()
    assert JsonReader({"from": one}).address("from") == ("ann@example.com", "Ann")
    assert address_of(7) is None


def test_objects_are_picked_out_of_what_is_no_list_of_objects() -> None:
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
def test_a_time_is_read_in_every_form_that_has_been_seen(text: str) -> None:
    assert parse_moment(text) == datetime(2025, 4, 16, 16, 7, 14, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "yesterday", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+2359", 5, None, []])
def test_what_is_no_time_is_none(value: object) -> None:
    assert parse_moment(value) is None


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=offsets))
def test_a_time_survives_the_way_to_the_server_and_back_to_the_second(moment: datetime) -> None:
    sent = wire_time(moment)
    assert len(sent) == 24
    assert sent.endswith("+0000")
    assert parse_moment(sent) == moment.astimezone(UTC).replace(microsecond=0)


@given(st.text())
def test_no_text_makes_a_time_raise(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or moment.tzinfo is UTC


# what the samples say


def test_a_tracked_message_of_the_samples() -> None:
    [row, *_] = sample("message_finder_search.success")["body"]["data"][0]["trackedEmails"]
    message = TrackedMessage.read(row)
    assert (message.status, message.route, message.sender) == ("held", "inbound", row["fromEnv"]["emailAddress"])
    assert message.received is not None
    assert message.recipients == tuple(one["emailAddress"] for one in row["to"])
    assert message.defects == ()


def test_every_record_of_the_sample_lists_is_read_without_a_defect() -> None:
    rows = sample("message_finder_search.success")["body"]["data"][0]["trackedEmails"]
    assert [TrackedMessage.read(row).defects for row in rows] == [()] * len(rows)
    held = sample("hold_list.page1")["body"]["data"]
    assert [HeldMessage.read(row).defects for row in held] == [()] * len(held)


def test_a_held_message_of_the_samples() -> None:
    [row, *_] = sample("hold_list.page1")["body"]["data"]
    message = HeldMessage.read(row)
    assert message.id == row["id"]
    assert (message.sender, message.recipient) == (row["from"]["emailAddress"], row["to"]["emailAddress"])
    assert message.route == row["route"].lower()
    assert (message.size, message.policy) == (row["size"], row["policyInfo"])


@pytest.mark.parametrize("name", ["message_info.held", "message_info.archived"])
def test_the_details_of_the_samples(name: str) -> None:
    [record] = sample(name)["body"]["data"]
    info = MessageInfo.read(record)
    assert info.defects == ()
    assert info.queue_id == record.get("queueInfo", {}).get("id", "")
    assert info.risk is None or isinstance(info.risk, Risk)
    assert "@" in info.message_id
    assert not {"<", ">"} & set(info.message_id)


def test_a_detail_of_the_samples_has_its_attachments() -> None:
    [record] = sample("gateway_message_detail.success")["body"]["data"]
    detail = MessageDetail.read(record)
    assert [one.filename for one in detail.attachments] == [one["filename"] for one in record["attachments"]]
    assert all(one.sha256 == one.sha256.lower() for one in detail.attachments)


def test_a_policy_of_the_samples_is_without_end() -> None:
    [record] = sample("blocked_sender_create.success_v1")["body"]["data"]
    policy = PolicyRecord.read(record)
    assert (policy.start, policy.end) == (None, None)
    assert policy.sender.type == record["policy"]["from"]["type"]
    assert policy.sender.value


@pytest.mark.parametrize("kind", ["individual_email_address", "email_domain", "header_display_name", "profile_group"])
def test_a_target_of_a_policy_reads_as_it_was_written(kind: str) -> None:
    target = PolicyTarget(kind, "a value")
    assert PolicyTarget.read(target.to_wire()) == target
    assert PolicyTarget.read(PolicyTarget("everyone").to_wire()) == PolicyTarget("everyone")


# the Message-ID


@pytest.mark.parametrize(
    ("text", "found"),
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
def test_the_message_id_is_parsed_out_of_the_headers(text: str, found: str) -> None:
    assert message_id_of(text) == found


@given(st.text())
@example("<pre>" + "A: b\n" * 200_000)
@example("Message-ID: =?utf-8?b?////?=")
@example("Message-ID: \x00\udcff")
def test_no_headers_make_the_message_id_raise(text: str) -> None:
    assert isinstance(message_id_of(text), str)


@given(st.floats())
def test_no_float_makes_a_number_raise(value: float) -> None:
    reader = JsonReader({"a": value, "b": str(value)})
    assert isinstance(reader.whole("a"), int)
    assert isinstance(reader.whole("b"), int)
    assert (reader.defects == []) is math.isfinite(value)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "٣", "9" * 5000, "0x10", " 1"])
def test_what_is_no_sensible_number_in_a_header_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_number_in_a_header_is_read() -> None:
    assert (whole_number("0"), whole_number("1799")) == (0, 1799)
