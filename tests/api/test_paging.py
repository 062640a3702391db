"""Pages of a listing, requested one at a time."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import Consequence, UnreadableReply
from mimecast_secops.api.paging import pages
from mimecast_secops.api.resources.held import LIST
from tests.api.clients import BOTH, client_of
from tests.api.local_server import Server, answer
from tests.samples import Sample

HELD = {"id": "h"}


class Listing:
    """A listing whose pages are chained by tokens. Records the requested tokens."""

    def __init__(self, chain: dict[str, str]) -> None:
        self.chain = chain
        self.requested: list[str] = []

    def __call__(self, token: str) -> Reply:
        self.requested.append(token)
        return Reply(200, (token,), (), self.chain.get(token, ""), {})


def chain_of(tokens: list[str]) -> dict[str, str]:
    return dict(zip(["", *tokens], [*tokens, ""], strict=True))


@given(st.lists(st.text(min_size=1), unique=True, max_size=30))
def test_every_page_is_fetched_once_and_in_order(tokens: list[str]) -> None:
    listing = Listing(chain_of(tokens))
    assert [page.data[0] for page in pages(listing, "messages")] == ["", *tokens]
    assert listing.requested == ["", *tokens]


@given(st.lists(st.text(min_size=1), unique=True, min_size=1, max_size=10), st.data())
def test_a_repeated_token_is_an_error_and_not_an_endless_loop(tokens: list[str], data: st.DataObject) -> None:
    chain = chain_of(tokens)
    chain[tokens[-1]] = data.draw(st.sampled_from(tokens))
    listing = Listing(chain)
    with pytest.raises(UnreadableReply, match="returned the same page token twice while listing messages") as caught:
        list(pages(listing, "messages"))
    assert caught.value.consequence is Consequence.RETRY
    assert listing.requested == ["", *tokens]


def test_a_page_is_fetched_only_when_the_iteration_reaches_it() -> None:
    listing = Listing({"": "a", "a": "b", "b": "c"})
    walk = pages(listing, "messages")
    assert listing.requested == []
    assert len(list(islice(walk, 2))) == 2
    assert listing.requested == ["", "a"]


def test_an_empty_page_in_between_does_not_end_the_listing(server: Server) -> None:
    server.say(
        answer([HELD], pagination={"next": "eNa"}),
        answer([], pagination={"next": "eNb"}),
        answer([{"id": "i"}]),
    )
    with client_of(server.url) as client:
        assert len(list(client.held.list())) == 2
    assert len(server.requests) == 3


@BOTH
def test_the_token_of_the_last_page_is_sent_with_the_same_data(server: Server, api_version: object) -> None:
    server.say(answer([HELD], pagination={"next": "eNa"}), answer([{"id": "i"}]))
    with client_of(server.url, api_version) as client:  # type: ignore[arg-type]
        list(client.held.list(search_field="recipient", search_value="ann@example.com", page_size=7))
    first, second = (request.json for request in server.requests)
    assert first["data"] == second["data"]
    assert first["meta"] == {"pagination": {"pageSize": 7}}
    assert second["meta"] == {"pagination": {"pageSize": 7, "pageToken": "eNa"}}


def test_a_page_that_fails_once_is_fetched_again_without_loss_or_repetition(server: Server) -> None:
    server.say(
        answer([{"id": "1"}], pagination={"next": "eNa"}),
        answer(status=503),
        answer([{"id": "2"}], pagination={"next": "eNb"}),
        answer(status=429, headers={"X-RateLimit-Reset": "10"}),
        answer([{"id": "3"}]),
    )
    with client_of(server.url) as client:
        assert [message.id for message in client.held.list()] == ["1", "2", "3"]


def test_the_pages_of_the_samples_make_one_list(sample: Sample, server: Server) -> None:
    replies = [sample("hold_list.page1")["body"], sample("hold_list.last_page")["body"]]
    server.say(*(answer(reply["data"], pagination=reply["meta"]["pagination"]) for reply in replies))
    with client_of(server.url) as client:
        messages = list(client.held.list())
    assert len(messages) == replies[0]["meta"]["pagination"]["totalCount"] == 3
    assert [request.path for request in server.requests] == [LIST.path] * 2


def test_an_archive_search_stops_after_the_page_with_the_last_item(server: Server) -> None:
    page = [{"items": [{"id": "1"}, {"id": "2"}]}]
    server.say(*(answer(page, pagination={"next": f"eN{number}"}) for number in range(9)))
    with client_of(server.url) as client:
        assert len(list(client.archive.search("<xmlquery/>", max_items=4))) == 4
        assert len(server.requests) == 2
        assert list(client.archive.search("<xmlquery/>", max_items=0)) == []
