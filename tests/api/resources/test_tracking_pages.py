"""The pages of a tracking search: every form of them, and how complete they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import CompletenessKind, TrackedMessages, errors
from mimecast_secops.api.envelope import RawReply, open_envelope
from mimecast_secops.api.resources.tracking_pages import page_of_search
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer


def rows_of(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": f"m{number}", "status": "held", "subject": f"mail {number}"} for number in numbers]


def wrapped(*numbers: int, **members: Any) -> list[dict[str, Any]]:
    return [{"trackedEmails": rows_of(*numbers), **members}]


def search(server: Server, *answers: Answer) -> TrackedMessages:
    server.say(*answers)
    with client_of(server.url) as client:
        return client.tracking.search(to="example.com")


def body(content: object) -> Answer:
    return Answer(200, json.dumps(content).encode())


TOKENS: dict[str, dict[str, Any]] = {
    "meta.pagination.next": {"meta": {"pagination": {"next": "eNa"}}, "data": wrapped(1)},
    "meta.pagination.nextToken": {"meta": {"pagination": {"nextToken": "eNa"}}, "data": wrapped(1)},
    "meta.pagination.pageToken": {"meta": {"pagination": {"pageToken": "eNa"}}, "data": wrapped(1)},
    "meta.pagination.next.token": {"meta": {"pagination": {"next": {"token": "eNa"}}}, "data": wrapped(1)},
    "meta.nextToken": {"meta": {"nextToken": "eNa"}, "data": wrapped(1)},
    "nextToken": {"nextToken": "eNa", "data": wrapped(1)},
    "data[0].nextToken": {"data": wrapped(1, nextToken="eNa")},
    "data[0].pageToken": {"data": wrapped(1, pageToken="eNa")},
}


@pytest.mark.parametrize("first", TOKENS.values(), ids=TOKENS)
def test_the_next_page_is_read_in_every_form_of_its_token(server: Server, first: dict[str, Any]) -> None:
    messages = search(server, body(first), answer(wrapped(2)))
    assert [message.id for message in messages] == ["m1", "m2"]
    assert [request.json.get("meta") for request in server.requests] == [None, {"pagination": {"pageToken": "eNa"}}]
    assert messages.completeness.kind is CompletenessKind.PROVED
    assert messages.completeness.pages == 2


@pytest.mark.parametrize(
    ("total", "kind", "read"),
    [
        (2, CompletenessKind.PROVED, 2),
        ("2", CompletenessKind.PROVED, 2),
        (2.0, CompletenessKind.PROVED, 2),
        (600, CompletenessKind.PARTIAL, 600),
        ("600", CompletenessKind.PARTIAL, 600),
        (0, CompletenessKind.UNKNOWN, 0),
        (-1, CompletenessKind.UNKNOWN, None),
        (10**30, CompletenessKind.UNKNOWN, None),
        (True, CompletenessKind.UNKNOWN, None),
        ("many", CompletenessKind.UNKNOWN, None),
        (None, CompletenessKind.UNKNOWN, None),
    ],
    ids=repr,
)
def test_a_total_is_compared_with_the_rows(
    server: Server, total: object, kind: CompletenessKind, read: int | None
) -> None:
    completeness = search(server, answer(wrapped(1, 2), pagination={"totalCount": total})).completeness
    assert (completeness.kind, completeness.total) == (kind, read)
    assert search(server, answer(wrapped(1, 2, totalCount=total))).completeness.kind is kind


def test_an_endless_search_ends_with_its_rows(server: Server) -> None:
    messages = search(server, answer(wrapped(1, 2), pagination={"next": "eNa"}))
    assert [message.id for message in messages] == ["m1", "m2"]
    assert messages.completeness.kind is CompletenessKind.PARTIAL
    assert len(server.requests) == 2


def test_a_refused_second_page_keeps_the_rows_of_the_first(server: Server) -> None:
    refused = answer(fail=[{"errors": [{"code": "err_validation_unknown", "message": "no pages here"}]}])
    messages = search(server, answer(wrapped(1, 2), pagination={"next": "eNa"}), refused)
    assert [message.id for message in messages] == ["m1", "m2"]
    assert messages.completeness.kind is CompletenessKind.PARTIAL


NAMED: dict[str, tuple[Any, str]] = {
    "another member": ({"data": [{"messages": rows_of(1, 2)}]}, "rows in the member messages"),
    "another member with more": ({"data": [{"count": 2, "messages": rows_of(1, 2)}]}, "rows in the member messages"),
    "a deeper member": ({"data": [{"result": {"emails": rows_of(1, 2)}}]}, "rows in the member emails"),
    "directly in data": ({"data": rows_of(1, 2)}, "rows directly in data"),
    "an object instead of a list": ({"data": {"trackedEmails": rows_of(1, 2)}}, "rows in the member trackedEmails"),
    "without data": ({"trackedEmails": rows_of(1, 2)}, "rows in the member trackedEmails"),
    "under a value": ({"data": [{"ann@example.com": rows_of(1, 2)}]}, "rows in the member another member"),
}


@pytest.mark.parametrize(("content", "deviation"), NAMED.values(), ids=NAMED)
def test_rows_in_another_form_are_read_and_reported(server: Server, content: Any, deviation: str) -> None:
    messages = search(server, body(content))
    assert [message.id for message in messages] == ["m1", "m2"]
    assert messages.deviations == (deviation,)
    assert messages[:1].deviations == messages.deviations


def test_the_documented_form_has_no_deviation(server: Server) -> None:
    assert search(server, answer(wrapped(1))).deviations == ()


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ({"data": None}, "null"),
        ({"data": "x"}, "text"),
        ({"data": {}}, "{}"),
        ({"data": [{}]}, "{}"),
        ({"data": [None]}, "null"),
        ({"data": [{"trackedEmails": None}]}, "null"),
        ({"data": [{"trackedEmails": {}}]}, "{}"),
        ({"data": [{"trackedEmails": "x"}]}, "text"),
        ({"data": [{"trackedEmails": [{"colour": "red"}]}]}, "members colour"),
        ({"data": [{"messages": []}]}, "members messages"),
        ({"data": [{"messages": [{"id": "1"}], "total": 1}]}, "members messages, total"),
        ({"message": "ok"}, "members message"),
        ({}, "{}"),
    ],
    ids=json.dumps,
)
def test_a_form_that_is_not_understood_is_named(server: Server, content: Any, form: str) -> None:
    with pytest.raises(errors.NotUnderstood, match="not a search result") as caught:
        search(server, body(content))
    assert caught.value.form == form
    assert form in str(caught.value)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just({"id": "1", "status": "held"}),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["trackedEmails", "messages", "next", "nextToken", "totalCount", "id"]), inner
        )
    ),
    max_leaves=12,
)


@given(values, st.booleans())
def test_every_reply_is_read_or_not_understood(data: Any, undecoded: bool) -> None:
    reply = open_envelope(RawReply(200, {}, json.dumps({"data": data}).encode()), undecoded=undecoded)
    assert reply is not None
    try:
        page = page_of_search(reply, "/path")
    except errors.NotUnderstood as error:
        assert error.form
    else:
        assert len(list(TrackedMessages(page.rows))) == len(page.rows)
        assert page.total is None or page.total >= 0
