"""The archive's query language: from XML to the mail that it finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mimecast_secops.api import ArchiveQuery, check_query
from mimecast_secops.api.archive_query import searchable_words
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.query import RETURN_FIELDS, InvalidQuery, Query, parse_query
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import ARCHIVE, Caller, eml, held_eml

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)  # a Wednesday


def xml(muse: str = "", *, mailboxes: tuple[str, ...] = (), fields: tuple[str, ...] = ("subject",), **attr: int) -> str:
    boxes = "".join(f"<mailbox include-aliases='true'>{box}</mailbox>" for box in mailboxes)
    asked = "".join(f"<return-field>{name}</return-field>" for name in fields)
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attr.items())
    return (
        f'<?xml version="1.0"?><xmlquery trace="iql,muse"><metadata query-type="emailarchive" archive="true"{more}>'
        f"<mailboxes>{boxes}</mailboxes><smartfolders/><return-fields>{asked}</return-fields></metadata>"
        f"<muse>{muse}</muse></xmlquery>"
    )


def subjects(tenant: Tenant, query: str) -> list[str]:
    parsed = parse_query(query, tenant.clock.now())
    return [one.mail.subject for one in tenant.archived() if parsed.matches(one)]


@pytest.fixture
def archive(tenant: Tenant) -> Tenant:
    """Three mails: invoice (newest), minutes, photos."""
    files = {"photos": {"beach.jpg": b"JFIF"}, "invoice": {"bill.pdf": b"total: Ninety"}, "minutes": {}}
    senders = {"photos": "dave@pics.example.net", "invoice": "billing@example.org", "minutes": "carol@sub.example.org"}
    for days, name in ((40, "photos"), (8, "minutes"), (0, "invoice")):
        tenant.receive(
            eml(
                f"Your {name}",
                sender=f"Sender <{senders[name]}>",
                to="ann@example.com" if name != "photos" else "bob@example.com",
                text=f"See the {name} inside",
                files=files[name],
            ),
            received=NOON - timedelta(days=days),
        )
    return tenant


@pytest.mark.parametrize(
    ("muse", "names"),
    [
        ("", "invoice minutes photos"),
        ("<text>invoice</text>", "invoice"),
        ("<text>INVOICE</text>", "invoice"),
        ("<text>subject:your</text>", "invoice minutes photos"),
        ("<text>body:minutes</text>", "minutes"),
        ("<text>from:billing</text>", "invoice"),
        ("<text>to:bob</text>", "photos"),
        ("<text>invoice or photos</text>", "invoice photos"),
        ("<text>your and photos</text>", "photos"),
        ("<text>your photos</text>", "photos"),
        ("<text>your !photos</text>", "invoice minutes"),
        ("<text>inv*</text>", "invoice"),
        ('<text>"the minutes"</text>', "minutes"),
        ("<text>qq</text>", "invoice minutes photos"),
        ("<text>subject:minutes</text><text>from:carol</text>", "minutes"),
        ("<text>subject:minutes</text><text>from:dave</text>", ""),
        ("<text></text>", "invoice minutes photos"),
        ("<sent select='from'>billing@example.org</sent>", "invoice"),
        ("<sent select='from'>example.org</sent>", "invoice minutes"),
        ("<sent select='from'>xample.org</sent>", ""),
        ("<sent select='to'>bob@example.com</sent>", "photos"),
        ("<sent select='from'>example.org</sent><sent select='to'>ann@example.com</sent>", "invoice minutes"),
        ("<sent select='from'></sent>", "invoice minutes photos"),
        ("<docs select='optional'></docs>", "invoice minutes photos"),
        ("<docs select='any'/>", "invoice photos"),
        ("<docs select='none'/>", "minutes"),
        ("<docs select='documents'/>", "invoice"),
        ("<docs select='images'/>", "photos"),
        ("<docs select='zips'/>", ""),
        ("<docs select='any'>ninety</docs>", "invoice"),
        ("<route/>", "invoice minutes photos"),
        ("<received select='today'/><to>nobody</to><recipient>x</recipient>", "invoice minutes photos"),
    ],
)
def test_each_criterion_finds_what_it_describes(archive: Tenant, muse: str, names: str) -> None:
    assert subjects(archive, xml(muse)) == [f"Your {name}" for name in names.split()]


@pytest.mark.parametrize(
    ("date", "names"),
    [
        ("<date select='today'/>", "invoice"),
        ("<date select='yesterday'/>", ""),
        ("<date select='last_week'/>", "minutes"),
        ("<date select='last_month'/>", ""),
        ("<date select='last_year'/>", ""),
        ("<date select='between' from='2026-03-01T00:00:00' to='2026-03-05T00:00:00.123456'/>", "minutes"),
        ("<date select='between' from='2026-03-11T13:00:00+01:00'/>", "invoice"),
        ("<date select='between' to='2026-02-01T00:00:00Z'/>", "photos"),
        ("<date select='between'/>", "invoice minutes photos"),
        ("<date select='some_day'/>", "invoice minutes photos"),
    ],
)
def test_dates_are_spans_of_days_weeks_and_months(archive: Tenant, date: str, names: str) -> None:
    assert subjects(archive, xml(date)) == [f"Your {name}" for name in names.split()]


@pytest.mark.parametrize(
    ("select", "first", "last"),
    [
        ("today", "2026-03-11T00:00:00", "2026-03-11T12:00:00"),
        ("yesterday", "2026-03-10T00:00:00", "2026-03-10T23:59:59"),
        ("last_week", "2026-03-02T00:00:00", "2026-03-08T23:59:59"),
        ("last_month", "2026-02-01T00:00:00", "2026-02-28T23:59:59"),
        ("last_year", "2025-01-01T00:00:00", "2025-12-31T23:59:59"),
    ],
)
def test_a_span_has_its_first_and_its_last_second_and_not_the_one_before(
    tenant: Tenant, select: str, first: str, last: str
) -> None:
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    for received, name in ((start, "first"), (end, "last"), (start - timedelta(seconds=1), "before")):
        tenant.receive(eml(name), received=received)
    assert set(subjects(tenant, xml(f"<date select='{select}'/>"))) == {"first", "last"}


def test_mailboxes_narrow_the_search_to_senders_and_recipients(archive: Tenant) -> None:
    assert subjects(archive, xml(mailboxes=("BOB@example.com",))) == ["Your photos"]
    assert subjects(archive, xml(mailboxes=("bob@example.com", "billing@example.org"))) == [
        "Your invoice",
        "Your photos",
    ]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "subject:minutes",
        "<xmlquery>",
        "<other/>",
        "<xmlquery></xmlquery><xmlquery/>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><xmlquery><muse><text>&a;</text></muse></xmlquery>",
        "<xmlquery><muse><date select='between' from='yesterday'/></muse></xmlquery>",
        "\x00",
    ],
)
def test_a_malformed_query_is_refused(query: str) -> None:
    with pytest.raises(InvalidQuery):
        parse_query(query, NOON)


@pytest.mark.parametrize("name", ["page-size", "startrow"])
@pytest.mark.parametrize("digits", [20, 5000])
def test_a_number_that_is_far_too_long_is_refused(name: str, digits: int) -> None:
    with pytest.raises(InvalidQuery, match="too long"):
        parse_query(xml().replace("<metadata ", f'<metadata {name}="{"9" * digits}" '), NOON)


@given(st.text(max_size=80))
def test_any_text_is_understood_or_refused_and_nothing_else(text: str) -> None:
    for query in (text, f"<xmlquery><muse><text>{text}</text></muse></xmlquery>"):
        try:
            assert isinstance(parse_query(query, NOON), Query)
        except InvalidQuery:
            continue


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60))
def test_any_words_that_are_escaped_make_a_query(words: str) -> None:
    tenant = Tenant()
    (record,) = tenant.receive(eml())
    query = parse_query(xml(f"<text>{escape(words)}</text>"), NOON)
    assert query.matches(record) in (True, False)


@given(st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=4, max_size=12))
def test_a_word_and_its_negation_share_the_mail_between_them(word: str) -> None:
    tenant = Tenant()
    records = [tenant.receive(eml(subject))[0] for subject in ("minutes of the day", word, "offer")]
    plain, negated = (parse_query(xml(f"<text>{sign}{word}</text>"), NOON).matches for sign in ("", "!"))
    assert all(plain(one) is not negated(one) for one in records)


@given(st.lists(st.sampled_from([*RETURN_FIELDS, "nonsense", "SUBJECT"]), max_size=8))
def test_fields_are_returned_as_asked_with_the_id_always(fields: list[str]) -> None:
    got = parse_query(xml(fields=tuple(fields)), NOON).fields
    assert "id" in got
    assert len(set(got)) == len(got)
    assert set(got) == ({name.lower() for name in fields} & set(RETURN_FIELDS)) | {"id"}


@pytest.mark.parametrize(
    ("given_size", "size"),
    [("1", 1), ("25", 25), ("500", 500), ("501", 500), ("0", 1), ("-5", 25), ("x", 25), ("", 25)],
)
def test_the_page_size_is_kept_within_bounds(given_size: str, size: int) -> None:
    query = xml().replace("<metadata ", f'<metadata page-size="{given_size}" ')
    assert parse_query(query, NOON).page_size == size
    assert parse_query(xml(), NOON).page_size == 25


# over HTTP


def search(caller: Caller, query: str, token: str = "") -> tuple[list[dict[str, object]], dict[str, object]]:
    reply = caller.call(ARCHIVE, {"admin": True, "query": query}, page={"pageToken": token} if token else None)
    return reply.data[0]["items"], reply.json["meta"]["pagination"]


def test_pages_follow_one_another_without_gaps_or_repeats(simulator: Simulator, caller: Caller) -> None:
    now = simulator.tenant.clock.now()
    for number in range(7):
        simulator.tenant.receive(eml(f"Number {number}"), received=now - timedelta(minutes=number))
    query, token, seen, starts = xml(page_size=3), "", [], []
    while True:
        items, meta = search(caller, query, token)
        assert meta["pageSize"] == len(items)
        assert ("previous" in meta) is bool(token)
        starts.append(meta["recordStart"])
        seen += [one["subject"] for one in items]
        token = str(meta.get("next", ""))
        if not token:
            break
    assert seen == [f"Number {number}" for number in range(7)]
    assert starts == [0, 3, 6]


def test_a_search_may_begin_at_a_later_row(simulator: Simulator, caller: Caller) -> None:
    now = simulator.tenant.clock.now()
    for number in range(3):
        simulator.tenant.receive(eml(f"Number {number}"), received=now - timedelta(minutes=number))
    items, meta = search(caller, xml(startrow=2))
    assert [one["subject"] for one in items] == ["Number 2"]
    assert meta["recordStart"] == 2


def test_the_archive_answers_only_an_administrators_question(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(eml())
    reply = caller.call(ARCHIVE, {"query": xml()})
    assert (reply.status, reply.data[0]["items"], reply.json["fail"]) == (200, [], [])


def test_what_is_held_is_not_in_the_archive(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(held_eml("Held"))
    assert search(caller, xml())[0] == []


@pytest.mark.parametrize("query", ["subject:minutes", "<xmlquery>", ""])
def test_a_malformed_query_is_refused_over_http(caller: Caller, query: str) -> None:
    reply = caller.call(ARCHIVE, {"admin": True, "query": query})
    assert (reply.status, reply.data, reply.codes) == (200, [], ["err_invalid_search_xml"])
    assert caller.call(ARCHIVE, {"admin": True}).codes == ["err_validation_null"]


def test_a_page_token_of_another_listing_is_refused(simulator: Simulator, v2: Caller) -> None:
    for _ in range(2):
        simulator.tenant.receive(held_eml())
    token = v2.call("/api/gateway/get-hold-message-list", {"admin": True}, page={"pageSize": 1}).json["meta"][
        "pagination"
    ]["next"]
    refused = v2.call(ARCHIVE, {"admin": True, "query": xml()}, page={"pageToken": token})
    assert refused.codes == ["xdk_failure"]


def test_items_lie_flat_when_that_is_switched_on(simulator: Simulator, caller: Caller) -> None:
    simulator.tenant.receive(eml("Flat"))
    simulator.tenant.quirks.archive_items_flat = True
    assert [one["subject"] for one in caller.call(ARCHIVE, {"admin": True, "query": xml()}).data] == ["Flat"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30))
def test_the_simulator_understands_what_the_client_writes(subject: str) -> None:
    assume(not subject.strip() or searchable_words(subject))  # the client refuses a subject without a word
    written = ArchiveQuery(fields=["subject"], subject=subject).to_xml()
    check_query(written)
    assert parse_query(written, NOON).page_size >= 1


def test_the_client_finds_the_mail_that_it_asks_for(archive: Tenant) -> None:
    assert subjects(archive, ArchiveQuery(fields=["id"], subject="minutes").to_xml()) == ["Your minutes"]
