"""The reply to a request for policies, in every form that can be recognised."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.api.resources.policy_listing import PolicyListing, read_listing

POLICY = {
    "id": "a",
    "option": "block_sender",
    "policy": {"description": "d", "from": {"type": "everyone"}, "to": {"type": "internal_addresses"}},
}
FLAT = {"id": "a", "option": "block_sender", **POLICY["policy"]}  # type: ignore[dict-item]
RENAMED = {"policyId": "a", "action": "block_sender", "definition": {"sender": {"type": "everyone"}}}


def listing_of(*bodies: Any) -> PolicyListing:
    """Read a list whose pages are these replies."""
    replies: list[Reply] = []
    for body in bodies:
        opened = open_envelope(RawReply(200, {}, json.dumps(body).encode()))
        assert opened is not None
        replies.append(opened)
    pages = iter(replies)
    return read_listing(lambda _token: next(pages), "/get-policy")


@pytest.mark.parametrize(
    "body",
    [
        {"data": [POLICY]},
        {"data": [FLAT]},
        {"data": [{"policies": [POLICY]}]},
        {"data": [{"data": [FLAT]}]},
        {"data": [{"blockedSenders": [POLICY], "count": 1}]},
        {"data": {"policies": [POLICY]}},
        {"policies": [FLAT], "nextToken": None},
        {"definitions": [FLAT]},
        {"policies": {"items": [FLAT]}},
        FLAT,
    ],
    ids=json.dumps,
)
def test_the_policies_are_read_wherever_they_are(body: Any) -> None:
    listing = listing_of(body)
    assert ([record.id for record in listing.records], listing.unread, listing.missing) == (["a"], (), "")
    assert listing.by_id("a") is listing.records[0]
    assert listing.by_id("b") is None


@pytest.mark.parametrize(
    "body",
    [{"data": []}, {"data": [{"policies": []}]}, {"data": {"policies": []}}, {"policies": [], "nextToken": None}],
    ids=json.dumps,
)
def test_an_empty_list_is_empty(body: Any) -> None:
    assert listing_of(body).is_empty


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ({"data": None}, "null"),
        ({"data": "none"}, "text"),
        ({"data": {}}, "{}"),
        ({"data": [None]}, "list of null"),
        ({"data": [{}]}, "list of {}"),
        ({"data": ["a"]}, "list of text"),
        ({"message": "ok"}, "members message"),
    ],
    ids=json.dumps,
)
def test_any_other_reply_is_not_an_empty_list(body: Any, form: str) -> None:
    with pytest.raises(NotUnderstood, match="not a list of policies") as caught:
        listing_of(body)
    assert caught.value.form == form


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ({"data": [RENAMED]}, 1),
        ({"data": [{"rules": [RENAMED, RENAMED]}]}, 1),
        ({"data": [{"id": "a", "option": "block_sender"}]}, 1),
    ],
    ids=json.dumps,
)
def test_an_entry_that_is_not_understood_is_kept(body: Any, unread: int) -> None:
    listing = listing_of(body)
    assert (listing.records, len(listing.unread), listing.is_empty) == ((), unread, False)


def test_an_entry_that_is_not_understood_does_not_hide_the_others() -> None:
    listing = listing_of({"data": [POLICY, RENAMED]})
    assert ([record.id for record in listing.records], listing.unread) == (["a"], (RENAMED,))


def test_all_pages_are_read() -> None:
    first = {"meta": {"pagination": {"next": "2"}}, "data": [POLICY]}
    listing = listing_of(first, {"data": [{**POLICY, "id": "b"}]})
    assert [record.id for record in listing.records] == ["a", "b"]
    assert listing.missing == ""


def test_a_list_that_is_shorter_than_announced_is_incomplete() -> None:
    listing = listing_of({"meta": {"pagination": {"totalCount": 700}}, "data": [POLICY]})
    assert listing.missing == "Mimecast announces 700 rows and names no further page"
    assert not listing_of({"meta": {"pagination": {"totalCount": 1}}, "data": []}).is_empty
