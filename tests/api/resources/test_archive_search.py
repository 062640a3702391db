"""The pages of an archive search, and the evidence that they are complete."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mimecast_secops.api import ArchiveQuery, MimecastClient, errors
from mimecast_secops.api.completeness import CompletenessKind
from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.resources.archive_search import ArchivePages, PageRequest
from mimecast_secops.simulator import Simulator
from tests.api.resources.tenant import set_quirks

PROVED, UNKNOWN, PARTIAL = CompletenessKind.PROVED, CompletenessKind.UNKNOWN, CompletenessKind.PARTIAL
QUERY = ArchiveQuery(fields=["subject"], page_size=2)
WITH_ID = [{"id": str(number), "subject": "Offer"} for number in range(5)]


def reply(data: Any, **pagination: Any) -> Reply:
    content = {"meta": {"status": 200, "pagination": pagination}, "data": data, "fail": []}
    opened = open_envelope(RawReply(200, {}, json.dumps(content).encode()))
    assert opened is not None
    return opened


def search_of(
    *replies: Reply, page_size: int = 0, requests_rows: bool = True
) -> tuple[ArchivePages, list[PageRequest]]:
    """A search that gets these replies, and the requests that it sends."""
    requests: list[PageRequest] = []

    def fetch(request: PageRequest) -> Reply:
        requests.append(request)
        return replies[min(len(requests), len(replies)) - 1]

    return ArchivePages(fetch, page_size=page_size, requests_rows=requests_rows, path="/api/archive/search"), requests


def ids_of(pages: ArchivePages) -> list[str]:
    return [item["id"] for page in pages for item in page.items]


@pytest.mark.parametrize("wrapper", ["items", "flat", "messages"])
@pytest.mark.parametrize("member", ["next", "nextToken", "pageToken", "none"])
@pytest.mark.parametrize("total", [False, True])
def test_all_items_are_read_wherever_they_are_and_however_the_next_page_is_named(
    simulator: Simulator, client: MimecastClient, wrapper: str, member: str, *, total: bool
) -> None:
    expected = list(client.archive.search(QUERY))
    set_quirks(simulator, archive_wrapper=wrapper, archive_next=member, archive_total=total)
    items = client.archive.search(QUERY)
    assert list(items) == expected
    assert len(expected) > QUERY.page_size
    assert items.completeness.kind is PROVED


@pytest.mark.parametrize("wrapper", ["null", "text"])
def test_a_null_or_a_text_in_place_of_the_items_is_not_an_empty_result(
    simulator: Simulator, client: MimecastClient, wrapper: str
) -> None:
    set_quirks(simulator, archive_wrapper=wrapper)
    with pytest.raises(errors.NotUnderstood) as caught:
        next(client.archive.search(QUERY))
    assert caught.value.form == wrapper


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (None, "null"),
        ({}, "{}"),
        ("250 emails", "text"),
        ([None], "null"),
        (["x"], "text"),
        ([{}], "{}"),
        ([[]], "[]"),
        ([{"items": {}}], "{}"),
        ([{"items": [None]}], "null"),
        ([{"items": [{"id": "1"}, "x"]}], "text"),
        ([{"messages": []}], "members messages"),
        ([{"messages": [{"id": "1"}]}], "members messages"),
        ([{"id": "1", "messages": [{"name": "x"}]}], "members id, messages"),
    ],
)
def test_a_reply_that_is_not_understood_names_its_form(data: Any, form: str) -> None:
    pages, _ = search_of(reply(data))
    with pytest.raises(errors.NotUnderstood, match="not a search result") as caught:
        next(pages)
    assert caught.value.form == form


@pytest.mark.parametrize(
    "data",
    [
        [{"items": WITH_ID}],
        WITH_ID,
        [{"id": str(number)} for number in range(5)],
        [{"emails": WITH_ID, "queryDuration": 1}],
        [{"items": WITH_ID[:2]}, {"items": WITH_ID[2:]}],
        {"items": WITH_ID},
    ],
    ids=["wrapped", "flat", "flat IDs", "named", "two wrappers", "no list"],
)
def test_items_are_read_in_each_known_form(data: Any) -> None:
    pages, _ = search_of(reply(data))
    assert ids_of(pages) == ["0", "1", "2", "3", "4"]


def test_an_empty_list_is_an_empty_result() -> None:
    replies: list[Any] = [[], [{"items": []}]]
    for data in replies:
        pages, _ = search_of(reply(data))
        assert list(pages) == []
        assert pages.completeness.kind is UNKNOWN


def test_a_total_without_items_is_not_an_empty_result() -> None:
    pages, _ = search_of(reply([{"items": []}], totalCount=250))
    assert list(pages) == []
    assert (pages.completeness.kind, pages.completeness.total) == (PARTIAL, 250)


def test_a_larger_total_without_a_next_page_is_a_part() -> None:
    pages, _ = search_of(reply(WITH_ID, totalCount=250))
    assert len(ids_of(pages)) == 5
    assert (pages.completeness.kind, pages.completeness.missing) == (PARTIAL, 245)


def test_rows_after_a_full_page_without_a_next_page_are_requested_by_their_number() -> None:
    replies = [reply(WITH_ID[:2]), reply(WITH_ID[2:4]), reply(WITH_ID[4:])]
    pages, requests = search_of(*replies, page_size=2)
    assert ids_of(pages) == ["0", "1", "2", "3", "4"]
    assert [(request.token, request.start_row) for request in requests] == [("", 0), ("", 2), ("", 4)]
    assert pages.completeness.kind is PROVED


@pytest.mark.parametrize(
    ("rows", "pagination", "kind"),
    [(2, {}, PARTIAL), (1, {}, UNKNOWN), (2, {"totalCount": 2}, PROVED), (2, {"totalCount": 3}, PARTIAL)],
)
def test_a_full_page_without_a_next_page_is_a_part_if_later_rows_cannot_be_requested(
    rows: int, pagination: dict[str, Any], kind: CompletenessKind
) -> None:
    pages, requests = search_of(reply(WITH_ID[:rows], **pagination), page_size=2, requests_rows=False)
    assert len(ids_of(pages)) == rows
    assert pages.completeness.kind is kind
    assert len(requests) == 1


def test_a_full_page_that_has_all_rows_of_the_total_ends_the_search() -> None:
    pages, requests = search_of(reply(WITH_ID[:2], totalCount=2), page_size=2)
    assert ids_of(pages) == ["0", "1"]
    assert (len(requests), pages.completeness.kind) == (1, PROVED)


def test_a_server_that_ignores_the_row_number_gives_a_part() -> None:
    pages, requests = search_of(reply(WITH_ID[:2]), page_size=2)
    assert ids_of(pages) == ["0", "1"]
    assert pages.completeness.kind is PARTIAL
    assert "ignored the request for later rows" in pages.completeness.reason
    assert len(requests) < 6


def test_a_page_that_is_named_again_ends_the_search_as_a_part() -> None:
    pages, requests = search_of(reply(WITH_ID[:2], next="again"), reply(WITH_ID[2:4], next="again"))
    assert ids_of(pages) == ["0", "1", "2", "3"]
    assert (len(requests), pages.completeness.kind) == (2, PARTIAL)


def test_an_item_on_two_pages_is_returned_once() -> None:
    pages, _ = search_of(reply(WITH_ID[:3], next="second"), reply(WITH_ID[2:]))
    assert ids_of(pages) == ["0", "1", "2", "3", "4"]
    assert pages.completeness.kind is UNKNOWN


def test_equal_items_without_an_id_are_different_emails() -> None:
    page = [{"items": [{"subject": "Offer"}] * 2}]
    pages, _ = search_of(reply(page, next="second"), reply(page))
    assert sum(len(page.items) for page in pages) == 4


def test_a_later_page_that_is_not_understood_keeps_the_items_before_it() -> None:
    pages, _ = search_of(reply(WITH_ID[:2], next="second"), reply([{"items": None}]))
    assert ids_of(pages) == ["0", "1"]
    assert pages.completeness.kind is PARTIAL


def test_a_page_tells_whether_mimecast_names_another() -> None:
    pages, _ = search_of(reply(WITH_ID[:2], next="second"), reply(WITH_ID[2:]))
    assert [page.more for page in pages] == [True, False]


def test_no_page_after_the_last_item_is_requested(simulator: Simulator, client: MimecastClient) -> None:
    items = client.archive.search(QUERY, max_items=2)
    before = len(simulator.requests)
    assert len(list(items)) == 2
    assert len([request for request in simulator.requests[before:] if request.path == "/api/archive/search"]) == 1
