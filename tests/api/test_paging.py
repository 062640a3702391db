"""Pages of a listing, requested one at a time."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.completeness import CompletenessKind
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import (
    ApiError,
    Consequence,
    DeadlineExceeded,
    MimecastError,
    NotUnderstood,
    RateLimited,
    UndecodableReply,
    UnreadableReply,
)
from mimecast_secops.api.paging import Page, PageReader, pages
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
    pages = ([{"items": [{"id": f"{number}a"}, {"id": f"{number}b"}]}] for number in range(9))
    server.say(*(answer(page, pagination={"next": f"eN{number}"}) for number, page in enumerate(pages)))
    with client_of(server.url) as client:
        assert len(list(client.archive.search("<xmlquery/>", max_items=4))) == 4
        assert len(server.requests) == 2
        assert list(client.archive.search("<xmlquery/>", max_items=0)) == []


PAGES = st.lists(
    st.builds(
        Page,
        st.lists(st.integers(0, 30), max_size=5),
        st.sampled_from(["", "a", "b", "c", "d", "e", "f"]),
        st.none() | st.integers(0, 40),
    ),
    min_size=1,
    max_size=12,
)


def read(pages_to_serve: list[Page[int]], **limits: int) -> tuple[list[int], PageReader[int]]:
    """Read pages that are served in turn; the last one is repeated."""
    served = iter(pages_to_serve)
    last = pages_to_serve[-1]
    reader = PageReader(lambda _token: next(served, last), lambda row: row, **limits)
    return [row for page in reader for row in page], reader


@given(PAGES)
def test_every_sequence_of_pages_ends_and_no_new_row_is_lost(sequence: list[Page[int]]) -> None:
    rows, reader = read(sequence)
    completeness = reader.completeness
    served = sequence[: completeness.pages]
    assert set(rows) == {row for page in served for row in page.rows}
    assert completeness.pages <= len(sequence) + 7
    if completeness.kind is CompletenessKind.PROVED:
        assert completeness.total in (None, len(rows))
        assert not served[-1].token
    if completeness.missing:
        assert completeness.kind is CompletenessKind.PARTIAL
    assert bool(completeness.reason) is (completeness.kind is CompletenessKind.PARTIAL)


@pytest.mark.parametrize(
    ("sequence", "kind", "reason"),
    [
        ([Page([1, 2], "", None)], CompletenessKind.UNKNOWN, ""),
        ([Page([1, 2], "", 2)], CompletenessKind.PROVED, ""),
        ([Page([1, 2], "", 0)], CompletenessKind.UNKNOWN, ""),
        ([Page([1, 2], "", 60)], CompletenessKind.PARTIAL, "60 rows"),
        ([Page([1, 2], "a", None), Page([3], "", None)], CompletenessKind.PROVED, ""),
        ([Page([1, 2], "a", 3), Page([3], "", 3)], CompletenessKind.PROVED, ""),
        ([Page([1, 2], "a", 3), Page([2, 3], "", 3)], CompletenessKind.UNKNOWN, ""),
        ([Page([1, 2], "a", 3), Page([3], "", 4)], CompletenessKind.PARTIAL, "4 rows"),
        ([Page([1, 2], "a", 4), Page([3, 4], "a", 4)], CompletenessKind.PARTIAL, "same next page twice"),
    ],
)
def test_the_evidence_decides_how_complete_a_listing_is(
    sequence: list[Page[int]], kind: CompletenessKind, reason: str
) -> None:
    completeness = read(sequence)[1].completeness
    assert completeness.kind is kind
    assert reason in completeness.reason


def test_pages_that_bring_nothing_new_end_a_listing() -> None:
    numbers = count()
    reader = PageReader(lambda _token: Page([1, 2], str(next(numbers)), None), lambda row: row)
    assert [row for page in reader for row in page] == [1, 2]
    assert reader.completeness.kind is CompletenessKind.PARTIAL
    assert "no new rows" in reader.completeness.reason
    assert reader.completeness.pages == 4


@pytest.mark.parametrize("limits", [{"max_pages": 5}, {"max_rows": 5}])
def test_an_endless_listing_ends_at_a_limit(limits: dict[str, int]) -> None:
    numbers = count()

    def fetch(_token: str) -> Page[int]:
        number = next(numbers)
        return Page([number], f"t{number}", None)

    reader = PageReader(fetch, lambda row: row, **limits)
    assert [row for page in reader for row in page] == [0, 1, 2, 3, 4]
    assert reader.completeness.kind is CompletenessKind.PARTIAL
    assert "longer than" in reader.completeness.reason


@pytest.mark.parametrize(
    ("error", "is_raised"),
    [
        (ApiError("refused", status=400), False),
        (NotUnderstood("not a list", form="null"), False),
        (RateLimited("wait"), True),
        (DeadlineExceeded("late"), True),
        (UndecodableReply("cut"), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_a_later_page_keeps_the_rows_unless_the_caller_can_handle_it(
    error: MimecastError, is_raised: bool
) -> None:
    def fetch(token: str) -> Page[int]:
        if token:
            raise error
        return Page([1], "a", None)

    reader = PageReader(fetch, lambda row: row)
    rows: list[int] = []
    with pytest.raises(type(error)) if is_raised else nullcontext():
        rows.extend(row for page in reader for row in page)
    if not is_raised:
        assert rows == [1]
        assert reader.completeness.kind is CompletenessKind.PARTIAL


def test_an_error_of_the_first_page_is_raised() -> None:
    def fetch(_token: str) -> Page[int]:
        raise NotUnderstood("not a list", form="null")

    with pytest.raises(NotUnderstood):
        list(PageReader(fetch, lambda row: row))
