"""The query language of the archive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mimecast_secops.api import ArchiveQuery, check_query
from mimecast_secops.api.archive_query import searchable_words
from mimecast_secops.simulator.tenant.query import RETURN_FIELDS, InvalidQuery, Query, parse_query
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import archive_query, eml

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)  # a Wednesday


def subjects(tenant: Tenant, query: str) -> list[str]:
    parsed = parse_query(query, tenant.clock.now())
    return [record.mail.subject for record in tenant.archived() if parsed.matches(record)]


@pytest.fixture
def archive(tenant: Tenant) -> Tenant:
    """Three messages: invoice (newest), minutes, photos."""
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
        ("<received select='today'/><to>unknown</to><recipient>x</recipient>", "invoice minutes photos"),
    ],
)
def test_each_criterion_selects_its_messages(archive: Tenant, muse: str, names: str) -> None:
    assert subjects(archive, archive_query(muse)) == [f"Your {name}" for name in names.split()]


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
def test_dates_select_days_weeks_and_months(archive: Tenant, date: str, names: str) -> None:
    assert subjects(archive, archive_query(date)) == [f"Your {name}" for name in names.split()]


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
def test_a_period_includes_its_first_and_last_second(tenant: Tenant, select: str, first: str, last: str) -> None:
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    for received, name in ((start, "first"), (end, "last"), (start - timedelta(seconds=1), "before")):
        tenant.receive(eml(name), received=received)
    assert set(subjects(tenant, archive_query(f"<date select='{select}'/>"))) == {"first", "last"}


def test_mailboxes_select_senders_and_recipients(archive: Tenant) -> None:
    assert subjects(archive, archive_query(mailboxes=("BOB@example.com",))) == ["Your photos"]
    assert subjects(archive, archive_query(mailboxes=("bob@example.com", "billing@example.org"))) == [
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
def test_a_malformed_query_raises(query: str) -> None:
    with pytest.raises(InvalidQuery):
        parse_query(query, NOON)


@pytest.mark.parametrize("name", ["page-size", "startrow"])
@pytest.mark.parametrize("digits", [20, 5000])
def test_a_number_with_too_many_digits_raises(name: str, digits: int) -> None:
    with pytest.raises(InvalidQuery, match="too long"):
        parse_query(archive_query().replace("<metadata ", f'<metadata {name}="{"9" * digits}" '), NOON)


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_raises_invalid_query(text: str) -> None:
    for query in (text, f"<xmlquery><muse><text>{text}</text></muse></xmlquery>"):
        try:
            assert isinstance(parse_query(query, NOON), Query)
        except InvalidQuery:
            continue


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60))
def test_any_escaped_words_are_a_valid_query(words: str) -> None:
    (record,) = Tenant().receive(b"Subject: Minutes\r\n\r\n")
    query = parse_query(archive_query(f"<text>{escape(words)}</text>"), NOON)
    assert query.matches(record) in (True, False)


@given(st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=4, max_size=12))
def test_a_message_matches_either_a_word_or_its_negation(word: str) -> None:
    tenant = Tenant()
    records = [tenant.receive(f"Subject: {subject}\r\n\r\n".encode())[0] for subject in ("minutes", word, "offer")]
    plain, negated = (parse_query(archive_query(f"<text>{sign}{word}</text>"), NOON).matches for sign in ("", "!"))
    assert all(plain(record) is not negated(record) for record in records)


@given(st.lists(st.sampled_from([*RETURN_FIELDS, "nonsense", "SUBJECT"]), max_size=8))
def test_the_requested_fields_and_the_id_are_returned(fields: list[str]) -> None:
    got = parse_query(archive_query(fields=tuple(fields)), NOON).fields
    assert "id" in got
    assert len(set(got)) == len(got)
    assert set(got) == ({name.lower() for name in fields} & set(RETURN_FIELDS)) | {"id"}


@pytest.mark.parametrize(
    ("given_size", "size"),
    [("1", 1), ("25", 25), ("500", 500), ("501", 500), ("0", 1), ("-5", 25), ("x", 25), ("", 25)],
)
def test_the_page_size_is_limited(given_size: str, size: int) -> None:
    query = archive_query().replace("<metadata ", f'<metadata page-size="{given_size}" ')
    assert parse_query(query, NOON).page_size == size
    assert parse_query(archive_query(), NOON).page_size == 25


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30))
def test_the_simulator_parses_the_queries_of_the_client(subject: str) -> None:
    assume(not subject.strip() or searchable_words(subject))  # the client refuses a subject without a word
    written = ArchiveQuery(fields=["subject"], subject=subject).to_xml()
    check_query(written)
    assert parse_query(written, NOON).page_size >= 1


def test_a_query_of_the_client_finds_its_message(archive: Tenant) -> None:
    assert subjects(archive, ArchiveQuery(fields=["id"], subject="minutes").to_xml()) == ["Your minutes"]
