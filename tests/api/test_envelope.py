"""Opening the envelope of a reply."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mimecast_secops.api.envelope import Fail, RawReply, Reply, open_envelope
from tests.api.json_values import json_values
from tests.api.samples import raw_of
from tests.samples import Sample


def opened(body: Any, status: int = 200) -> Reply:
    reply = open_envelope(RawReply(status, {}, json.dumps(body).encode()))
    assert reply is not None
    return reply


@given(json_values, st.integers(100, 599))
def test_no_json_value_makes_the_envelope_raise(value: Any, status: int) -> None:
    reply = open_envelope(RawReply(status, {}, json.dumps(value).encode()))
    assert (reply is None) is not isinstance(value, dict)
    if reply is not None:
        assert isinstance(reply.data, tuple)
        assert all(isinstance(fail, Fail) and str(fail) for fail in reply.fails)
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
def test_an_error_in_either_status_is_the_status(http: int, meta: object, status: int) -> None:
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


@pytest.mark.parametrize(("fail", "read"), FAILS, ids=[json.dumps(fail) for fail, _ in FAILS])
def test_a_failure_is_read_in_every_known_form(fail: object, read: list[Fail]) -> None:
    assert list(opened({"fail": fail}).fails) == read


def test_a_failure_in_words() -> None:
    assert str(Fail("c", "m")) == "c: m"
    assert str(Fail("c")) == "c"
    assert str(Fail(message="m")) == "m"
    assert str(Fail()) == "no reason given"


@pytest.mark.parametrize("token", [None, "", 5, [], {}, True], ids=repr)
def test_a_value_that_is_not_a_page_token_ends_the_pages(token: object) -> None:
    assert opened({"meta": {"pagination": {"next": token}}}).next_token == ""


def test_the_samples_of_pages_are_read(sample: Sample) -> None:
    first = open_envelope(raw_of(sample("hold_list.page1")))
    last = open_envelope(raw_of(sample("hold_list.last_page")))
    assert first is not None
    assert last is not None
    assert first.next_token.startswith("eJ")
    assert last.next_token == ""
    assert (len(first.data), len(last.data)) == (2, 1)
