"""Entries of the hold queue: decoded in the documented form, and tolerantly in any other, with the same result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import HeldMessage, errors
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server
from tests.api.resources.rows import NOT_A_SEARCH_RESULT, addresses, odd, raw, texts, times
from tests.samples import Sample

held_rows = st.fixed_dictionaries(
    {"id": st.text(max_size=12)},
    optional={
        "reason": texts | odd,
        "reasonId": texts,
        "reasonCode": texts,
        "from": addresses | odd,
        "fromHeader": addresses | odd,
        "to": addresses | st.lists(addresses, max_size=2) | odd,
        "subject": texts | odd,
        "route": texts | odd,
        "hasAttachments": st.none() | st.booleans() | odd,
        "size": st.none() | st.integers(0, 10**9) | odd,
        "dateReceived": times | odd,
        "policyInfo": texts,
    },
)


@given(held_rows)
def test_an_undecoded_held_row_reads_like_a_decoded_one(row: dict[str, Any]) -> None:
    undecoded, decoded = HeldMessage.read(raw(row)), HeldMessage.read(row)
    assert undecoded.raw == decoded.raw == row
    names = [name for name in HeldMessage.__slots__ if name != "source"]
    assert [getattr(undecoded, name) for name in names] == [getattr(decoded, name) for name in names]


def test_a_held_message_of_the_samples(sample: Sample) -> None:
    [row, *_] = sample("hold_list.page1")["body"]["data"]
    message = HeldMessage.read(row)
    assert message.id == row["id"]
    assert (message.sender, message.recipient) == (row["from"]["emailAddress"], row["to"]["emailAddress"])
    assert message.route == row["route"].lower()
    assert (message.size, message.policy) == (row["size"], row["policyInfo"])


@pytest.mark.parametrize("body", NOT_A_SEARCH_RESULT[:7], ids=json.dumps)
def test_any_other_json_is_not_an_empty_hold_queue(server: Server, body: Any) -> None:
    server.say(Answer(200, json.dumps(body).encode()))
    with client_of(server.url) as client, pytest.raises(errors.UnexpectedReply, match="held message"):
        list(client.held.list())


def test_the_source_of_an_entry_is_kept_only_on_request() -> None:
    row = {"id": "h", "subject": "Offer"}
    assert HeldMessage.read(raw(row)).raw == row
    assert HeldMessage.read(raw(row), keep_source=False).raw == {}
