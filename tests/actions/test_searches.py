"""Both archive searches: time frames, pages, and queries that no value can bend."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions.simple_archive_search import Parameters, query_of
from mimecast_secops.actions.time_frames import OPTIONS, time_frame
from mimecast_secops.addresses import is_address, is_domain
from mimecast_secops.api import QueryError
from mimecast_secops.api.archive_query import searchable_words
from mimecast_secops.parameters import InvalidParameter, parse
from mimecast_secops.simulator.mail.parser import parse_email
from tests.actions.bench import Bench
from tests.simulator.caller import eml

FIND, ADVANCED = "simple-archive-search", "advanced-archive-search"
ARCHIVE = "/api/archive/search"
NOW = datetime(2026, 3, 11, 12, 34, 56, tzinfo=UTC)  # a Wednesday


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def naive(year: int) -> datetime:
    """The bounds that hypothesis takes have no zone."""
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def query(**raw: object) -> str:
    parameters, _ = parse(Parameters, {name.replace("_", " "): value for name, value in raw.items()})
    return query_of(parameters, NOW).to_xml()


def tree(**raw: object) -> Tree.Element:
    return Tree.fromstring(query(**raw))


def found(bench: Bench, **raw: object) -> set[str]:
    return {item["subject"] for item in bench.succeeds(FIND, **raw)}


# time frames


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("Last Hour", "2026-03-11T11:34:56", "2026-03-11T12:34:56"),
        ("Last 6 Hours", "2026-03-11T06:34:56", "2026-03-11T12:34:56"),
        ("Last 24 Hours", "2026-03-10T12:34:56", "2026-03-11T12:34:56"),
        ("Last Week", "2026-03-02T00:00:00", "2026-03-09T00:00:00"),
        ("Last Month", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
    ],
)
def test_a_time_frame_reaches_from_its_start_to_its_end(name: str, start: str, end: str) -> None:
    assert time_frame(name, None, None, NOW) == (utc(start), utc(end))


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-03-09T00:00:00", "2026-03-02"),
        ("2026-03-08T23:59:59", "2026-02-23"),
        ("2026-01-01T00:00:00", "2025-12-22"),
        ("2024-03-04T10:00:00", "2024-02-26"),
    ],
)
def test_last_week_is_the_previous_week_from_monday_to_monday(now: str, monday: str) -> None:
    start = utc(monday)
    assert time_frame("Last Week", None, None, utc(now)) == (start, start + timedelta(days=7))


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-01-01T00:00:00", "2025-12-01", "2026-01-01"),
        ("2024-03-31T23:59:59", "2024-02-01", "2024-03-01"),
        ("2026-12-31T12:00:00", "2026-11-01", "2026-12-01"),
    ],
)
def test_last_month_is_the_previous_calendar_month(now: str, start: str, end: str) -> None:
    assert time_frame("Last Month", None, None, utc(now)) == (utc(start), utc(end))


@given(st.datetimes(min_value=naive(1971), max_value=naive(2200), timezones=st.just(UTC)))
def test_every_time_frame_is_whole_and_over_by_now(now: datetime) -> None:
    for name in OPTIONS[:-1]:
        start, end = time_frame(name, None, None, now)
        assert start < end <= now
        assert start.tzinfo == end.tzinfo == UTC
    start, end = time_frame("Last Week", None, None, now)
    assert (start.weekday(), end - start, now - end < timedelta(days=7)) == (0, timedelta(days=7), True)
    start, end = time_frame("Last Month", None, None, now)
    assert (start.day, end.day) == (1, 1)
    assert (end - timedelta(days=1)).month == start.month


def dates(**raw: object) -> dict[str, str]:
    date = tree(**raw).find("muse/date")
    assert date is not None
    return dict(date.attrib)


def test_a_custom_time_without_a_zone_is_utc() -> None:
    asked = dates(Time_Frame="Custom", Start_Time="2026-03-01T08:00", End_Time="2026-03-02T10:00:00+02:00")
    assert asked == {"select": "between", "from": "2026-03-01T08:00:00+00:00", "to": "2026-03-02T08:00:00+00:00"}


def test_a_custom_time_without_an_end_ends_now() -> None:
    assert dates(Time_Frame="Custom", Start_Time="2026-03-01")["to"] == "2026-03-11T12:34:56+00:00"


def test_start_and_end_only_count_for_custom() -> None:
    asked = dates(Time_Frame="Last Hour", Start_Time="2020-01-01", End_Time="2020-01-02")
    assert asked["from"] == "2026-03-11T11:34:56+00:00"


@pytest.mark.parametrize("spelled", ["last week", "LAST WEEK", " Last Week "])
def test_upper_and_lower_case_of_an_option_are_one(spelled: str) -> None:
    assert dates(Time_Frame=spelled) == dates(Time_Frame="Last Week")


@given(
    st.datetimes(min_value=naive(2000), max_value=naive(2026)),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_a_custom_start_is_the_same_moment_in_every_zone(moment: datetime, minutes: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    asked = dates(Time_Frame="Custom", Start_Time=aware.isoformat())
    assert datetime.fromisoformat(asked["from"]) == aware


def test_mail_of_the_time_frame_is_found_and_no_other(bench: Bench) -> None:
    bench.now = utc("2025-03-12T12:00:00")
    for subject, at in {
        "before last month": "2025-01-31T23:59:59",
        "last month": "2025-02-01T00:00:00",
        "before last week": "2025-03-02T23:59:59",
        "last week": "2025-03-03T00:00:00",
        "last day": "2025-03-11T12:00:01",
        "six hours": "2025-03-12T06:30:00",
        "last hour": "2025-03-12T11:00:01",
    }.items():
        bench.mail(subject, received=utc(at))
    assert found(bench, Time_Frame="Last Month") == {"last month"}
    assert found(bench, Time_Frame="Last Week") == {"last week"}
    assert found(bench, Time_Frame="Last 24 Hours") == {"last day", "six hours", "last hour"}
    assert found(bench, Time_Frame="Last 6 Hours") == {"six hours", "last hour"}
    assert found(bench) == {"last hour"}
    assert found(bench, Time_Frame="Custom", Start_Time="2025-03-02", End_Time="2025-03-02T23:59:59") == {
        "before last week"
    }


# criteria


def test_each_criterion_narrows_the_search(bench: Bench) -> None:
    bench.mail("Invoice March", sender="carol@example.org", to="ann@example.com")
    bench.mail("Invoice April", sender="dave@mail.example.net", to="bob@example.com")
    bench.mail("Lunch", sender="carol@example.org", to="bob@example.com")
    assert found(bench) == {"Invoice March", "Invoice April", "Lunch"}
    assert found(bench, Subject="invoice") == {"Invoice March", "Invoice April"}
    assert found(bench, From="carol@example.org") == {"Invoice March", "Lunch"}
    assert found(bench, From="mail.example.net") == {"Invoice April"}
    assert found(bench, To="bob@example.com", Subject="invoice") == {"Invoice April"}
    assert found(bench, Mailboxes="ann@example.com") == {"Invoice March"}
    assert found(bench, From="carol@example.org,dave@mail.example.net", To="bob@example.com") == {
        "Invoice April",
        "Lunch",
    }


ODD = pytest.mark.parametrize("sender", ["ann+news@example.org", "o'brien@example.org", "a|b@example.org"])


@ODD
def test_a_sender_is_searched_for_as_it_is(bench: Bench, sender: str) -> None:
    bench.mail("Wanted", sender=sender)
    assert found(bench, From=sender) == {"Wanted"}


@ODD
def test_several_senders_are_searched_for_as_they_are(bench: Bench, sender: str) -> None:
    bench.mail("Wanted", sender=sender)
    assert found(bench, From=f"{sender},bob@example.net") == {"Wanted"}


def test_only_the_asked_fields_come_and_the_id(bench: Bench) -> None:
    bench.mail("Lunch")
    [item] = bench.succeeds(FIND, Fields_To_Return=" subject ,\r\nstatus,,subject")
    assert set(item) == {"subject", "status", "id"}


def test_the_table_has_a_column_per_key_of_the_response(bench: Bench) -> None:
    bench.mail("Lunch")
    result = bench.do(FIND, Fields_To_Return="subject,size")
    [table] = result.tables
    assert table.title == "Results"
    assert set(table.columns) == set(result.json_result[0])
    assert len(table.rows) == 1


def test_nothing_found_has_no_table(bench: Bench) -> None:
    assert bench.do(FIND).tables == ()


@pytest.mark.parametrize("flat", [True, False])
def test_items_come_as_mimecast_returns_them_in_either_shape(bench: Bench, flat: bool) -> None:
    bench.switch(archive_items_flat=flat)
    bench.mail("Lunch")
    assert [item["subject"] for item in bench.succeeds(FIND)] == ["Lunch"]


# pages


def many(bench: Bench, count: int) -> None:
    mail, now = parse_email(eml("Many")), datetime.now(UTC)
    for number in range(count):
        received = now - timedelta(seconds=number + 1)
        bench.simulator.tenant.add(mail, "ann@example.com", received=received, hold=None)


@pytest.mark.parametrize(
    ("limit", "items", "pages"),
    [("10", 10, 1), ("1", 1, 1), ("100", 100, 1), ("150", 150, 2), ("200", 200, 2), ("999", 250, 3)],
)
def test_pages_are_followed_until_the_limit_and_not_a_page_further(
    bench: Bench, limit: str, items: int, pages: int
) -> None:
    many(bench, 250)
    assert len(bench.succeeds(FIND, Max_Emails_To_Return=limit)) == items
    assert bench.paths == [ARCHIVE] * pages


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "1.5", "1e400", "nan", "٣x", True], ids=repr)
def test_a_limit_that_is_not_a_positive_number_falls_back_to_50_and_the_log_says_so(
    v2: Bench, caplog: pytest.LogCaptureFixture, limit: object
) -> None:
    many(v2, 60)
    with caplog.at_level(logging.WARNING):
        assert len(v2.succeeds(FIND, Max_Emails_To_Return=limit)) == 50
    assert [record.getMessage() for record in caplog.records if '"Max Emails To Return"' in record.getMessage()]


@pytest.mark.parametrize("limit", ["", None, " "], ids=repr)
def test_no_limit_is_50_and_not_worth_a_word(v2: Bench, caplog: pytest.LogCaptureFixture, limit: object) -> None:
    many(v2, 60)
    with caplog.at_level(logging.WARNING):
        assert len(v2.succeeds(FIND, Max_Emails_To_Return=limit)) == 50
    assert not caplog.records


@pytest.mark.parametrize("limit", [10, 10.0, "10.0", " 10 "], ids=repr)
def test_a_limit_may_be_a_number_in_any_spelling(v2: Bench, limit: object) -> None:
    many(v2, 12)
    assert len(v2.succeeds(FIND, Max_Emails_To_Return=limit)) == 10


def xml(page_size: int, muse: str = "<text></text>") -> str:
    return (
        '<?xml version="1.0"?><xmlquery trace="iql,muse"><metadata query-type="emailarchive" archive="true" '
        f'active="false" page-size="{page_size}" startrow="0"><return-fields><return-field>subject</return-field>'
        f"</return-fields></metadata><muse>{muse}</muse></xmlquery>"
    )


def test_an_advanced_search_follows_its_pages(bench: Bench) -> None:
    many(bench, 25)
    assert len(bench.succeeds(ADVANCED, XML_Query=xml(10))) == 25
    assert bench.paths == [ARCHIVE] * 3


def test_an_advanced_search_stops_at_the_page_budget_and_says_so(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    many(bench, 23)
    with caplog.at_level(logging.WARNING):
        assert len(bench.succeeds(ADVANCED, XML_Query=xml(1))) == 20
    assert bench.paths == [ARCHIVE] * 20
    assert [record for record in caplog.records if "20 pages" in record.getMessage()]


def test_an_advanced_search_that_ends_with_the_budget_says_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    many(bench, 20)
    with caplog.at_level(logging.WARNING):
        assert len(bench.succeeds(ADVANCED, XML_Query=xml(1))) == 20
    assert not caplog.records


def test_an_advanced_search_is_sent_as_it_was_written(bench: Bench) -> None:
    bench.mail("Lunch", sender="carol@example.org")
    bench.mail("Dinner", sender="dave@example.org")
    asked = xml(10, '<sent select="from">dave@example.org</sent>')
    assert [item["subject"] for item in bench.succeeds(ADVANCED, XML_Query=f"\n {asked} \n")] == ["Dinner"]


def test_a_refusal_keeps_the_code_and_the_words_of_mimecast(bench: Bench) -> None:
    bench.revoke("Archive | Search | Read")
    said = bench.fails(FIND)
    assert "err_xdk_operation_forbidden_for_address" in said
    assert "0003 Forbidden To Perform Operation For Address" in said


# no value bends the query

METACHARACTERS = st.sampled_from(
    [
        "<",
        ">",
        "&",
        '"',
        "'",
        "]]>",
        "<!--",
        "</text>",
        "</muse></xmlquery>",
        "<sent select='from'>x</sent>",
        "&lt;",
        "<?x?>",
        "<!ENTITY a 'b'>",
        ":",
        "from:eve@example.org",
        " or ",
        " OR from:a",
        " and ",
        " NOT ",
        "!",
        "*",
        "(",
        ")",
        "[",
        "{",
        "\\",
        "\x00",
        "\x0b",
        "\ud800",
        "\uffff",
        "\u202e",
        "word",
    ]
)
HOSTILE = st.one_of(st.text(), st.lists(st.one_of(METACHARACTERS, st.text(max_size=5)), max_size=12).map("".join))


def structure(root: Tree.Element) -> Any:
    return root.tag, sorted(root.attrib.items()), [structure(child) for child in root]


@given(HOSTILE.filter(lambda text: not text.strip() or bool(searchable_words(text))))
def test_a_subject_cannot_change_the_structure_of_the_query(subject: str) -> None:
    root = tree(Subject=subject)
    texts = root.findall("muse/text")
    assert structure(root) == structure(tree(Subject="word") if texts else tree())
    for text in texts:
        prefix, _, words = (text.text or "").partition(":")
        assert prefix == "subject"
        assert not re.search(r"[:!*?()\[\]{}\"'^~|&+\\<>]", words)
        assert not {"and", "or", "not"} & set(words.lower().split())
        assert words.strip()


@given(st.lists(HOSTILE, max_size=4))
def test_a_field_cannot_change_the_structure_of_the_query(fields: list[str]) -> None:
    root = tree(Fields_To_Return=",".join(["subject", *fields]))
    leaves = root.findall("metadata/return-fields/return-field")
    assert structure(root) == structure(tree(Fields_To_Return=",".join(f"f{one}" for one in range(len(leaves)))))
    assert leaves[0].text == "subject"


LOCAL = st.text(st.sampled_from("abor&'!*+{}|^~?%=/#$-_.<"), min_size=1, max_size=12)
ADDRESS = st.builds("{}@{}.org".format, LOCAL, st.sampled_from(["x", "or", "and", "xn--a"])).filter(is_address)


@given(ADDRESS, ADDRESS, ADDRESS)
def test_one_address_is_text_of_its_own_element(sender: str, recipient: str, mailbox: str) -> None:
    root = tree(From=sender, To=recipient, Mailboxes=mailbox)
    assert structure(root) == structure(tree(From="a@x.org", To="b@x.org", Mailboxes="c@x.org"))
    assert [(one.get("select"), one.text) for one in root.findall("muse/sent")] == [("from", sender), ("to", recipient)]
    assert [one.text for one in root.findall("metadata/mailboxes/mailbox")] == [mailbox]


@given(st.lists(ADDRESS, min_size=2, max_size=4, unique=True), st.sampled_from(["From", "To"]))
def test_several_addresses_are_alternatives_and_nothing_else(addresses: list[str], side: str) -> None:
    if any(set("!*") & set(address) for address in addresses):
        with pytest.raises(QueryError, match="search for it alone"):
            tree(**{side: ",".join(addresses)})
        return
    root = tree(**{side: ",".join(addresses)})
    assert structure(root) == structure(tree(**{side: "a@x.org,b@x.org"}))
    [text] = root.findall("muse/text")
    assert (text.text or "").split(" or ") == [f"{side.lower()}:{address}" for address in addresses]


@given(st.text().filter(lambda text: "," not in text))
def test_what_is_neither_address_nor_domain_is_never_in_a_query(value: str) -> None:
    wanted = value.strip()
    if wanted and not (is_address(wanted) or is_domain(wanted)):
        with pytest.raises(InvalidParameter, match='"From"'):
            tree(From=value)
    else:
        assert [one.text for one in tree(From=value).findall("muse/sent")] == ([wanted] if wanted else [])


@pytest.mark.parametrize("subject", ["*", '"', "or", "NOT and", "()", "\x0b*"])
def test_a_subject_with_nothing_to_search_for_is_refused_before_any_call(bench: Bench, subject: str) -> None:
    said = bench.fails("simple-archive-search", Subject=subject)
    assert said.startswith('"Subject" cannot be "')
    assert "it has no word to search for" in said
    assert said.isprintable()
    assert bench.paths == []


@pytest.mark.parametrize("name", ["Mailboxes", "From", "To"])
@pytest.mark.parametrize("value", [",", " , ", "\n,", ["", ""]], ids=repr)
def test_a_list_without_any_entry_does_not_widen_the_search(bench: Bench, name: str, value: object) -> None:
    said = bench.fails("simple-archive-search", {name: value})
    assert said.startswith(f'"{name}" cannot be "')
    assert "it has no entry; leave it empty to search without it" in said
    assert bench.paths == []


def test_hostile_text_is_a_subject_to_search_for_and_nothing_more(bench: Bench) -> None:
    bench.mail("Lunch")
    for subject in ("</muse></xmlquery>", '" or from:carol@example.org', "* or *", "<!DOCTYPE a>"):
        assert found(bench, Subject=f"zzz {subject}") == set()
