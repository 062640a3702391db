"""The sanitizer: nothing personal stays, and what is equal stays equal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.api import ArchiveQuery
from mimecast_secops.diagnosis.encoded_text import decode_text
from mimecast_secops.diagnosis.known_words import words_of
from mimecast_secops.diagnosis.recording.sanitizer import Sanitizer
from tests.api.json_values import NAMES, json_values
from tests.diagnosis.recording.marks import compressed, found, mark, spellings

MEMBERS = sorted(
    words_of(
        """
        info senderIP fileName policyInfo accountCode customercode operator heldReason query displayfromaddress smash
        description emailDomain token url location reason reasonCode detectionLevel heldGroup unknownMember searchReason
        deliveredMessage transmissionInfo key region fieldName type action option messageStatusType mimeType nextToken
        dateReceived
        """
    )
    | set(NAMES)
)


def sanitized(value: Any) -> str:
    return json.dumps(Sanitizer().body(json.dumps(value).encode()))


@pytest.mark.parametrize("member", MEMBERS)
def test_no_mark_stays_in_any_member_and_any_form(member: str) -> None:
    text = mark()
    values = spellings(text)
    body = {
        "data": [{member: value} for value in values],
        member: [{"inner": {member: values}}],
        "fail": [{member: text}],
    }
    assert not found(sanitized(body).encode(), text)


def test_the_search_for_marks_finds_each_form() -> None:
    text = mark()
    for value in spellings(text):
        assert found(json.dumps({"member": value}).encode(), text), value


@pytest.mark.parametrize("text_of", [lambda text: text, lambda text: f"{text}@example.com", lambda text: f"a b {text}"])
def test_no_mark_stays_in_a_member_name(text_of: Any) -> None:
    text = mark()
    name = text_of(text)
    body = {name: 1, "data": [{"deliveredMessage": {name: {"messageInfo": {name: name}}, "kevin": 1}}]}
    shown = sanitized(body)
    assert not found(shown.encode(), text)
    assert "kevin" not in shown


@given(st.dictionaries(st.sampled_from(MEMBERS), json_values, max_size=5))
@settings(max_examples=60)
def test_the_structure_stays(body: dict[str, Any]) -> None:
    recorded = Sanitizer().body(json.dumps(body).encode())
    if "json" in recorded:
        assert kinds(recorded["json"]) == kinds(body)


def kinds(value: Any) -> Any:
    """The structure of a value: its types and lengths."""
    if isinstance(value, dict):
        return sorted((len(name), repr(kinds(entry))) for name, entry in value.items())
    if isinstance(value, list):
        return [kinds(entry) for entry in value]
    return type(value).__name__, len(value) if isinstance(value, str) and decode_text(value) is None else 0


def test_ids_stay_decodable_with_equal_numbers_for_equal_numbers() -> None:
    sanitizer = Sanitizer()
    number = 4242658798
    active = f"CUSA_{number}_us_006"
    tracking = {"messageStatusType": "held", "messageQueueId": number, "activeid": active, "version": 1}
    hold = {"hldqid": 3249787767, "queue_id": 3249787767, "tnde": "006", "version": 1}
    body = {"id": compressed(tracking), "queueInfo": {"id": compressed(hold)}, "again": compressed(tracking)}
    recorded = sanitizer.body(json.dumps(body).encode())["json"]
    decoded = decode_text(recorded["id"])
    decoded_hold = decode_text(recorded["queueInfo"]["id"])
    assert decoded
    assert decoded_hold
    assert decoded.value["messageStatusType"] == "held"
    assert decoded.value["version"] == 1
    assert str(decoded.value["messageQueueId"]) == decoded.value["activeid"].split("_")[1]
    assert decoded.value["messageQueueId"] not in (number, decoded_hold.value["hldqid"])
    assert decoded_hold.value["hldqid"] == decoded_hold.value["queue_id"]
    assert list(recorded.values())[2] == recorded["id"]
    assert abs(len(recorded["id"]) - len(body["id"])) <= 8


def test_an_id_in_a_url_and_with_padding_is_the_same_id() -> None:
    sanitizer = Sanitizer()
    identifier = compressed({"hldqid": 1234567890, "secureid": "abc"})
    body = {"id": identifier, "url": f"https://files.example.com/get?token={identifier}&name=Kevin"}
    recorded = sanitizer.body(json.dumps(body).encode())["json"]
    assert recorded["url"].startswith("https://")
    assert f"={recorded['id']}&" in recorded["url"]


def test_the_words_and_the_times_of_the_api_stay() -> None:
    row = {
        "status": "held",
        "route": "INBOUND",
        "received": "2026-11-25T12:00:00+0000",
        "size": 78222,
        "attachments": True,
        "detectionLevel": "relaxed",
        "risk": "high",
        "to": None,
    }
    body = {"meta": {"status": 200, "pagination": {"pageSize": 25, "totalCount": 479}}, "data": [row]}
    assert Sanitizer().body(json.dumps(body).encode())["json"] == body


def test_the_words_of_an_error_stay_and_what_it_quotes_does_not() -> None:
    fail = {
        "fail": [
            {"errors": [{"code": "err_validation_blank", "message": "Invalid email address Kevin", "field": "to"}]}
        ]
    }
    [entry] = Sanitizer().body(json.dumps(fail).encode())["json"]["fail"]
    [error] = entry["errors"]
    assert (error["code"], error["field"]) == ("err_validation_blank", "to")
    assert error["message"].startswith("Invalid email address ")
    assert "Kevin" not in error["message"]


def test_words_of_errors_do_not_stay_elsewhere() -> None:
    assert "user" not in sanitized({"data": [{"message": "user", "subject": "held"}]})
    assert "held" not in sanitized({"data": [{"subject": "held"}]})


def test_the_names_of_headers_stay() -> None:
    block = "<pre>Received: from a.example\r\nMessage-ID: <kevin@a.example>\r\nX-Kevin: 1</pre>"
    text = Sanitizer().body(json.dumps({"transmissionInfo": block}).encode())["json"]["transmissionInfo"]
    assert text.startswith("<pre>Received: ")
    assert "\r\nMessage-ID: <" in text
    assert "kevin" not in text.lower()
    assert len(text) == len(block)


def test_a_path_keeps_the_segments_of_endpoints() -> None:
    sanitizer = Sanitizer()
    assert sanitizer.path("/api/message-finder/search") == "/api/message-finder/search"
    rest = "/policy-management/cloud-gateway/v1/blocked-senders/policies"
    assert sanitizer.path(f"{rest}/Kevin?next=Kevin").startswith(f"{rest}/")
    assert "Kevin" not in sanitizer.path(f"{rest}/Kevin?next=Kevin")


def test_only_some_headers_are_recorded_and_their_values_are_checked() -> None:
    text = mark()
    headers = {
        "Content-Type": "application/json",
        "Date": "Wed, 25 Nov 2026 12:00:00 GMT",
        "X-RateLimit-Reset": "4500",
        "Retry-After": text,
        "X-Rate-Limit-Limit": text,
        "Location": f"https://{text}.example/{text}",
        "Set-Cookie": text,
        "x-request-id": text,
    }
    recorded = Sanitizer().headers(headers)
    assert recorded["content-type"] == "application/json"
    assert recorded["x-ratelimit-reset"] == "4500"
    assert recorded["date"] == headers["Date"]
    assert not found(json.dumps(recorded).encode(), text)
    assert {"set-cookie", "x-request-id"}.isdisjoint(recorded)
    assert not found(json.dumps(Sanitizer().headers({"Content-Type": text, "Date": text})).encode(), text)


@pytest.mark.parametrize(
    "content",
    [b"<html><body>%s</body></html>", b"\xff\xfe%s", b'{"a": "%s"', b"%s", b"[" * 2000 + b'"%s"' + b"]" * 2000],
)
def test_a_body_that_is_not_json_is_replaced_as_a_text(content: bytes) -> None:
    text = mark()
    recorded = Sanitizer().body(content % text.encode())
    assert not found(json.dumps(recorded).encode(), text)


def test_a_web_page_stays_one_and_a_mark_of_the_byte_order_is_noted() -> None:
    assert Sanitizer().body(b"<!DOCTYPE html><html>x")["text"].startswith("<!DOCTYPE html><html>")
    assert Sanitizer().body(b'\xef\xbb\xbf{"data":[]}') == {"json": {"data": []}, "bom": True}
    assert Sanitizer().body(b"") == Sanitizer().body(None) == {}


def test_pages_and_times_of_an_archive_query_stay_and_its_criteria_do_not() -> None:
    start = datetime(2026, 11, 25, tzinfo=UTC)
    query = ArchiveQuery(fields=("id",), subject="Kevin", start=start, page_size=100).to_xml()
    recorded = Sanitizer().body(json.dumps({"data": [{"query": query}]}).encode())["json"]["data"][0]["query"]
    assert 'page-size="100"' in recorded
    assert 'from="2026-11-25T00:00:00+00:00"' in recorded
    assert "kevin" not in recorded.lower()
    assert recorded.partition("subject:")[0] == query.partition("subject:")[0]
