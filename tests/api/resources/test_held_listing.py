"""Listing the hold queue: what Mimecast refuses, and what its pages leave out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import CompletenessKind, HeldMessage, HeldMessages, MimecastClient, errors
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.envelope import RawReply, open_envelope
from mimecast_secops.api.resources.held_listing import page_of_holds
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer

FIRST = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def holds(*numbers: int) -> list[dict[str, Any]]:
    """Rows whose times go back by one minute per number."""
    return [
        {
            "id": f"h{number}",
            "subject": f"mail {number}",
            "dateReceived": f"{FIRST - timedelta(minutes=number):%Y-%m-%dT%H:%M:%S}+0000",
        }
        for number in numbers
    ]


def refusal(field: str = "", message: str = "not valid") -> Answer:
    return answer(fail=[{"errors": [{"code": "err_validation_value_not_allowed", "message": message, "field": field}]}])


def listed(client: MimecastClient, **arguments: Any) -> tuple[list[str], HeldMessages]:
    messages = client.held.list(**arguments)
    return [message.id for message in messages], messages


def sizes(server: Server) -> list[int]:
    return [request.json["meta"]["pagination"]["pageSize"] for request in server.requests]


def test_a_start_and_an_end_are_always_sent(server: Server) -> None:
    server.say(answer(holds(1)))
    with client_of(server.url) as client:
        list(client.held.list())
    item = server.requests[0].item
    start, end = (datetime.fromisoformat(item[name]) for name in ("start", "end"))
    assert timedelta(days=29) < end - start < timedelta(days=30)
    assert end <= datetime.now(UTC)


@pytest.mark.parametrize("refused", [refusal("pageSize"), refusal(), refusal("meta.pagination.pageSize")])
def test_a_refused_page_size_is_lowered_and_remembered(server: Server, refused: Answer) -> None:
    server.say(refused, refused, answer(holds(1)))
    with client_of(server.url) as client:
        assert client.held.accepted_page_size is None
        assert listed(client, page_size=500)[0] == ["h1"]
        assert sizes(server) == [500, 100, 50]
        assert client.until(Deadline.never()).held.accepted_page_size == 50
        assert listed(client.until(Deadline.never()), page_size=500)[0] == ["h1"]
        assert listed(client, page_size=20)[0] == ["h1"]
    assert sizes(server)[3:] == [50, 20]


def test_a_page_size_and_a_period_that_an_earlier_client_learned_are_used_at_once(server: Server) -> None:
    server.say(refusal("pageSize"), refusal("end", "must not be in the future"), answer(holds(1)))
    with client_of(server.url) as client:
        listed(client, page_size=500)
        learned = client.learned()
    with client_of(server.url) as later:
        later.recall(learned)
        assert listed(later, page_size=500)[0] == ["h1"]
        assert not learned.keys() & {name for name in later.learned() if not name.startswith("function")}
    assert len(server.requests) == 4
    assert sizes(server)[-1] == 100
    ends = [datetime.fromisoformat(request.item["end"]) for request in server.requests]
    assert ends[-1] < datetime.now(UTC) - timedelta(seconds=1)


def test_a_list_that_ended_too_early_for_the_clock_of_the_server_is_read_again_once(server: Server) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    both = answer(holds(0, 1), headers={"Date": later}, pagination={"totalCount": 2})
    server.say(answer(holds(1), headers={"Date": later}), both)
    with client_of(server.url) as client:
        assert listed(client)[0] == ["h0", "h1"]
    first, second = (datetime.fromisoformat(request.item["end"]) for request in server.requests)
    assert second - first > timedelta(minutes=59)


def test_a_refused_period_is_changed_and_the_page_size_is_not(server: Server) -> None:
    server.say(refusal("end", "must not be in the future"), answer(holds(1)))
    with client_of(server.url) as client:
        assert listed(client, page_size=500)[0] == ["h1"]
        first, second = (request.item for request in server.requests)
        assert first["start"] == second["start"]
        assert second["end"] < first["end"]
        assert client.held.accepted_page_size is None
    assert sizes(server) == [500, 500]


def test_an_error_for_everything_is_raised_after_a_few_requests(server: Server) -> None:
    server.say(refusal())
    with client_of(server.url) as client, pytest.raises(errors.ApiError, match="not valid"):
        list(client.held.list(page_size=500))
    assert sizes(server) == [500, 100, 50, 25, 10, 100, 100, 100, 100]


def test_an_error_about_another_member_is_raised_at_once(server: Server) -> None:
    server.say(refusal("fieldName", "Field must be one of [all]"))
    with client_of(server.url) as client, pytest.raises(errors.ApiError, match="fieldName"):
        list(client.held.list(search_field="colour", search_value="red"))
    assert len(server.requests) == 1


def test_a_list_whose_rows_moved_is_read_again_and_merged(server: Server) -> None:
    server.say(
        answer(holds(1, 2), pagination={"next": "eNa", "totalCount": 3}),
        answer(holds(2), pagination={"totalCount": 3}),
        answer(holds(0, 1), pagination={"next": "eNb", "totalCount": 4}),
        answer(holds(2, 3), pagination={"totalCount": 4}),
    )
    with client_of(server.url) as client:
        ids, messages = listed(client)
    assert sorted(ids) == ["h0", "h1", "h2", "h3"]
    assert messages.completeness.kind is CompletenessKind.PROVED
    assert (messages.completeness.pages, messages.completeness.rows) == (4, 4)


def test_a_list_whose_rows_move_each_time_is_partial(server: Server) -> None:
    first, second = (
        answer(holds(1, 2), pagination={"next": "eNa", "totalCount": 3}),
        answer(holds(2), pagination={"totalCount": 3}),
    )
    server.say(first, second, first, second)
    with client_of(server.url) as client:
        ids, messages = listed(client)
    assert ids == ["h1", "h2"]
    assert messages.completeness.kind is CompletenessKind.PARTIAL
    assert "moved" in messages.completeness.reason


@pytest.mark.parametrize("order", [1, -1], ids=["newest first", "oldest first"])
def test_rows_after_an_unnamed_next_page_are_listed_with_shorter_periods(server: Server, order: int) -> None:
    rows = [holds(*range(5)), holds(*range(4, 9)), holds(8, 9)]
    server.say(*(answer(page, pagination={"totalCount": 10}) for page in ([row[::order] for row in rows][::order])))
    with client_of(server.url) as client:
        ids, messages = listed(client)
    assert sorted(ids) == [f"h{number}" for number in range(10)]
    assert messages.completeness.kind is CompletenessKind.PROVED
    changed = "end" if order == 1 else "start"
    assert len({request.item[changed] for request in server.requests}) == 3


def test_rows_that_shorter_periods_do_not_bring_are_missing(server: Server) -> None:
    server.say(answer(holds(1, 2), pagination={"totalCount": 60}))
    with client_of(server.url) as client:
        ids, messages = listed(client)
    assert ids == ["h1", "h2"]
    assert (messages.completeness.kind, messages.completeness.missing) == (CompletenessKind.PARTIAL, 58)
    assert len(server.requests) == 2


def test_a_list_that_always_names_a_next_page_ends_with_its_rows(server: Server) -> None:
    server.say(*(answer(holds(1, 2), pagination={"next": f"eN{number}"}) for number in range(30)))
    with client_of(server.url) as client:
        ids, messages = listed(client)
    assert ids == ["h1", "h2"]
    assert messages.completeness.kind is CompletenessKind.PARTIAL
    assert len(server.requests) < 12


@pytest.mark.parametrize("member", ["from", "fromHeader", "to"])
@pytest.mark.parametrize("value", ["ann@example.com", ["ann@example.com"], [{"emailAddress": "ann@example.com"}]])
def test_an_address_is_read_in_each_form(member: str, value: Any) -> None:
    hold = HeldMessage.read({"id": "h", member: value})
    assert "ann@example.com" in (hold.sender, hold.header_from, hold.recipient)
    assert hold.defects == ()


def test_rows_under_another_name_are_read_and_reported(server: Server) -> None:
    server.say(answer([{"holdMessages": holds(1, 2)}]))
    with client_of(server.url) as client:
        ids, messages = listed(client)
        assert ids == ["h1", "h2"]
    assert messages.deviations == ("rows in the member holdMessages",)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ({"data": None}, "null"),
        ({"data": [None]}, "null"),
        ({"data": [{}]}, "{}"),
        ({"data": "x"}, "text"),
        ({"data": [{"holdMessages": []}]}, "members holdMessages"),
    ],
    ids=json.dumps,
)
def test_a_form_that_is_not_understood_is_named(server: Server, content: Any, form: str) -> None:
    server.say(Answer(200, json.dumps(content).encode()))
    with client_of(server.url) as client:
        with pytest.raises(errors.NotUnderstood, match="list of held messages") as caught:
            list(client.held.list())
        assert caught.value.form == form
        with pytest.raises(errors.NotUnderstood, match="held message counts") as caught:
            client.held.summary()
        assert caught.value.form == form


def test_counts_without_a_number_are_not_understood(server: Server) -> None:
    server.say(answer([{"policyInfo": "Spam", "numberOfItems": "many"}]))
    with client_of(server.url) as client, pytest.raises(errors.NotUnderstood):
        client.held.summary()


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just({"id": "1", "subject": "x"}),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "to", "dateReceived", "rows"]), inner)
    ),
    max_leaves=12,
)


@given(values, st.booleans())
def test_every_reply_is_read_or_not_understood(data: Any, undecoded: bool) -> None:
    reply = open_envelope(RawReply(200, {}, json.dumps({"data": data}).encode()), undecoded=undecoded)
    assert reply is not None
    try:
        page = page_of_holds(reply)
    except errors.NotUnderstood as error:
        assert error.form
    else:
        assert all(isinstance(row, HeldMessage) for row in page.rows)
