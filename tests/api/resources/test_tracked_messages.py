"""Rows of a tracking search: decoded in the documented form, and tolerantly in any other, with the same result."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import errors
from mimecast_secops.api.resources.tracked_messages import TrackedMessage, TrackedMessages
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer
from tests.api.resources.rows import NOT_A_SEARCH_RESULT, addresses, odd, raw, texts, times

tracked_rows = st.fixed_dictionaries(
    {"id": st.text(max_size=12)},
    optional={
        "status": texts | odd,
        "info": texts,
        "fromEnv": addresses | odd,
        "fromHdr": addresses | odd,
        "to": st.none() | st.lists(addresses, max_size=3) | odd,
        "received": times | odd,
        "sent": times,
        "subject": texts | odd,
        "senderIP": texts,
        "senderIp": texts,
        "attachments": st.none() | st.booleans() | odd,
        "route": texts,
        "spamScore": st.none() | st.integers(0, 9) | st.floats(0, 9) | odd,
        "detectionLevel": texts,
        "unknown": odd,
    },
)
EMPTY: list[list[Any]] = [[], [{"trackedEmails": []}]]


@given(tracked_rows)
def test_an_undecoded_tracked_row_reads_like_a_decoded_one(row: dict[str, Any]) -> None:
    undecoded, decoded = TrackedMessage.read(raw(row)), TrackedMessage.read(row)
    assert undecoded.raw == decoded.raw == row
    names = [name for name in TrackedMessage.__slots__ if name != "source"]
    assert [getattr(undecoded, name) for name in names] == [getattr(decoded, name) for name in names]


def test_a_row_that_cannot_be_decoded_is_the_same_record_each_time() -> None:
    body = msgspec.Raw(b'{"id": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")
    first, second = TrackedMessage.read(body), TrackedMessage.read(body)
    assert first.id == ""
    assert first.raw == second.raw
    assert "(the whole record)" in first.defects


def test_counting_rows_decodes_none() -> None:
    rows = TrackedMessages([msgspec.Raw(b"not decoded")] * 3)
    assert len(rows) == 3


@pytest.mark.parametrize("data", EMPTY, ids=["no data", "no rows"])
def test_an_empty_search_result_has_the_documented_form(server: Server, data: list[Any]) -> None:
    server.say(answer(data))
    with client_of(server.url) as client:
        assert list(client.tracking.search(to="example.com")) == []


@pytest.mark.parametrize("body", NOT_A_SEARCH_RESULT, ids=json.dumps)
def test_any_other_json_is_not_an_empty_search(server: Server, body: Any) -> None:
    server.say(Answer(200, json.dumps(body).encode()))
    with client_of(server.url) as client, pytest.raises(errors.UnexpectedReply, match="not a search result"):
        client.tracking.search(to="example.com")


def test_a_broken_row_does_not_affect_other_rows(server: Server) -> None:
    rows = [{"id": f"m{number}", "subject": f"mail {number}", "status": "held"} for number in range(50)]
    body = answer([{"trackedEmails": rows}]).body.replace(b"mail 7", rb"cut \ud83d").replace(b"mail 9", b"caf\xe9")
    server.say(Answer(200, body))
    with client_of(server.url) as client:
        messages = list(client.tracking.search(to="example.com"))
    assert [message.id for message in messages] == [f"m{number}" for number in range(50)]
    assert [message.id for message in messages if message.defects] == ["m7", "m9"]
    assert messages[7].subject == "cut \ufffd"


@pytest.mark.parametrize("received", ["2026-03-07T16:03:00+0000", 1772899380, "2026-03-07T16:03:00"], ids=repr)
def test_a_row_with_any_form_of_time_is_decoded_without_a_reader(
    received: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_reader(_raw: Any) -> Any:
        raise AssertionError("The row was decoded as an object.")

    monkeypatch.setattr("mimecast_secops.api.resources.tracked_messages.JsonReader", no_reader)
    message = TrackedMessage.read(raw({"id": "m", "status": "held", "received": received}))
    assert message.received == datetime(2026, 3, 7, 16, 3, tzinfo=UTC)
