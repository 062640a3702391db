"""The archive, against the simulator."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mimecast_secops.api import (
    ArchiveQuery,
    MimecastClient,
    errors,
)
from mimecast_secops.simulator import Simulator
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server
from tests.api.resources.rows import NOT_A_SEARCH_RESULT
from tests.api.resources.tenant import UNKNOWN, set_quirks


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
@pytest.mark.parametrize("page_size", [1, 100])
def test_the_archive_is_searched_in_both_reply_forms_and_in_pages(
    simulator: Simulator, client: MimecastClient, flat: bool, page_size: int
) -> None:
    set_quirks(simulator, archive_items_flat=flat)
    query = ArchiveQuery(fields=["subject", "displayfromaddress"], page_size=page_size)
    items = list(client.archive.search(query))
    assert len(items) == len({item["id"] for item in items}) >= 3
    assert {item["subject"] for item in items} >= {"Lunch on Thursday?"}
    assert all(set(item) == {"id", "subject", "displayfromaddress"} for item in items)
    assert list(client.archive.search(query.to_xml(), max_items=2)) == items[:2]


def test_the_archive_is_searched_by_every_criterion(client: MimecastClient) -> None:
    def subjects(**parts: Any) -> set[str]:
        return {item["subject"] for item in client.archive.search(ArchiveQuery(fields=["subject"], **parts))}

    assert subjects(subject="lunch") == {"Lunch on Thursday?"}
    assert subjects(subject="lunch", senders=["nobody@example.com"]) == set()
    assert "Lunch on Thursday?" in subjects(senders=["ann@example.com"], mailboxes=["bob@example.com"])
    assert "Lunch on Thursday?" in subjects(recipients=["bob@example.com", "carol@example.com"])
    assert subjects(end=datetime(2020, 1, 1, tzinfo=UTC)) == set()


def test_a_page_of_the_archive_tells_whether_more_follow(client: MimecastClient) -> None:
    pages = list(client.archive.search_pages(ArchiveQuery(fields=["id"], page_size=1)))
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_message_that_is_not_archived_yet_is_not_found(simulator: Simulator, client: MimecastClient) -> None:
    set_quirks(simulator, archive_delay=86400)
    assert list(client.archive.search(ArchiveQuery(fields=["id"]))) == []


def test_a_malformed_query_is_refused_by_the_archive(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="not valid XML"):
        list(client.archive.search("subject:minutes"))


@pytest.mark.parametrize(
    ("transfer", "part", "mailbox"),
    [("stream", "RFC822", ""), ("url", "PLAIN", "bob@example.com"), ("urls", "TRANSMISSION_MESSAGE_BODY", "")],
)
def test_an_archived_message_is_read_and_downloaded(
    simulator: Simulator, client: MimecastClient, transfer: str, part: str, mailbox: str
) -> None:
    set_quirks(simulator, file_v1=transfer, file_v2=transfer)
    [item] = client.archive.search(ArchiveQuery(fields=["subject"], subject="lunch"))
    detail = client.archive.message_detail(item["id"])
    assert (detail.subject, detail.message_id) == ("Lunch on Thursday?", "lunch@example.com")
    with client.archive.message_part(item["id"], max_bytes=100_000, part=part, mailbox=mailbox) as file:
        content = file.read()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (b"Message-ID: <lunch@example.com>" in content) is (part != "PLAIN")


def test_an_unknown_archived_message_is_not_found(client: MimecastClient) -> None:
    with pytest.raises(errors.NotFound):
        client.archive.message_detail(UNKNOWN)
    with pytest.raises(errors.ApiError, match="context"):
        client.archive.message_detail(UNKNOWN, context="archive")
    with pytest.raises(errors.NotFound), client.archive.message_part(UNKNOWN, max_bytes=10):
        pass


@pytest.mark.parametrize("body", [*NOT_A_SEARCH_RESULT[:6], NOT_A_SEARCH_RESULT[8]], ids=json.dumps)
def test_any_other_json_is_not_an_empty_archive_search(server: Server, body: Any) -> None:
    server.say(Answer(200, json.dumps(body).encode()))
    with client_of(server.url) as client, pytest.raises(errors.UnexpectedReply):
        list(client.archive.search("<xmlquery/>"))
