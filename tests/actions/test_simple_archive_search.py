"""Simple Archive Search: criteria, pages, and a query whose structure no value can change."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions.archive_results import MESSAGES_FOUND
from mimecast_secops.actions.simple_archive_search import Parameters, query_of
from mimecast_secops.addresses import is_address, is_domain
from mimecast_secops.api import QueryError
from mimecast_secops.api.archive_query import searchable_words
from mimecast_secops.parameters import InvalidParameter, parse
from tests.actions.archive import ARCHIVE, FIND, NOW, archive_messages, naive, utc
from tests.actions.runner import ActionRunner


def query(**raw: object) -> str:
    parameters, _ = parse(Parameters, {name.replace("_", " "): value for name, value in raw.items()})
    return query_of(parameters, NOW).to_xml()


def tree(**raw: object) -> Tree.Element:
    return Tree.fromstring(query(**raw))


def subjects_of(runner: ActionRunner, **raw: object) -> set[str]:
    return {item["subject"] for item in runner.succeeds(FIND, **raw)}


def dates(**raw: object) -> dict[str, str]:
    date = tree(**raw).find("muse/date")
    assert date is not None
    return dict(date.attrib)


ODD = pytest.mark.parametrize("sender", ["ann+news@example.org", "o'brien@example.org", "a|b@example.org"])
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


LOCAL = st.text(st.sampled_from("abor&'!*+{}|^~?%=/#$-_.<"), min_size=1, max_size=12)
ADDRESS = st.builds("{}@{}.org".format, LOCAL, st.sampled_from(["x", "or", "and", "xn--a"])).filter(is_address)


def test_a_custom_time_without_a_zone_is_utc() -> None:
    asked = dates(Time_Frame="Custom", Start_Time="2026-03-01T08:00", End_Time="2026-03-02T10:00:00+02:00")
    assert asked == {"select": "between", "from": "2026-03-01T08:00:00+00:00", "to": "2026-03-02T08:00:00+00:00"}


def test_a_custom_time_without_an_end_ends_now() -> None:
    assert dates(Time_Frame="Custom", Start_Time="2026-03-01")["to"] == "2026-03-11T12:34:56+00:00"


def test_start_and_end_are_ignored_unless_the_time_frame_is_custom() -> None:
    asked = dates(Time_Frame="Last Hour", Start_Time="2020-01-01", End_Time="2020-01-02")
    assert asked["from"] == "2026-03-11T11:34:56+00:00"


@pytest.mark.parametrize("spelling", ["last week", "LAST WEEK", " Last Week "])
def test_options_are_case_insensitive(spelling: str) -> None:
    assert dates(Time_Frame=spelling) == dates(Time_Frame="Last Week")


@given(
    st.datetimes(min_value=naive(2000), max_value=naive(2026)),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_a_custom_start_keeps_its_moment_in_every_zone(moment: datetime, minutes: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    asked = dates(Time_Frame="Custom", Start_Time=aware.isoformat())
    assert datetime.fromisoformat(asked["from"]) == aware


def test_a_search_finds_exactly_the_messages_of_the_time_frame(runner: ActionRunner) -> None:
    runner.now = utc("2025-03-12T12:00:00")
    for subject, at in {
        "before last month": "2025-01-31T23:59:59",
        "last month": "2025-02-01T00:00:00",
        "before last week": "2025-03-02T23:59:59",
        "last week": "2025-03-03T00:00:00",
        "last day": "2025-03-11T12:00:01",
        "six hours": "2025-03-12T06:30:00",
        "last hour": "2025-03-12T11:00:01",
    }.items():
        runner.receive(subject, received=utc(at))
    assert subjects_of(runner, Time_Frame="Last Month") == {"last month"}
    assert subjects_of(runner, Time_Frame="Last Week") == {"last week"}
    assert subjects_of(runner, Time_Frame="Last 24 Hours") == {"last day", "six hours", "last hour"}
    assert subjects_of(runner, Time_Frame="Last 6 Hours") == {"six hours", "last hour"}
    assert subjects_of(runner) == {"last hour"}
    assert subjects_of(runner, Time_Frame="Custom", Start_Time="2025-03-02", End_Time="2025-03-02T23:59:59") == {
        "before last week"
    }


def test_each_criterion_narrows_the_search(runner: ActionRunner) -> None:
    runner.receive("Invoice March", sender="carol@example.org", to="ann@example.com")
    runner.receive("Invoice April", sender="dave@mail.example.net", to="bob@example.com")
    runner.receive("Lunch", sender="carol@example.org", to="bob@example.com")
    assert subjects_of(runner) == {"Invoice March", "Invoice April", "Lunch"}
    assert subjects_of(runner, Subject="invoice") == {"Invoice March", "Invoice April"}
    assert subjects_of(runner, From="carol@example.org") == {"Invoice March", "Lunch"}
    assert subjects_of(runner, From="mail.example.net") == {"Invoice April"}
    assert subjects_of(runner, To="bob@example.com", Subject="invoice") == {"Invoice April"}
    assert subjects_of(runner, Mailboxes="ann@example.com") == {"Invoice March"}
    assert subjects_of(runner, From="carol@example.org,dave@mail.example.net", To="bob@example.com") == {
        "Invoice April",
        "Lunch",
    }


@ODD
def test_a_sender_with_special_characters_is_subjects_of(runner: ActionRunner, sender: str) -> None:
    runner.receive("Wanted", sender=sender)
    assert subjects_of(runner, From=sender) == {"Wanted"}


@ODD
def test_a_sender_with_special_characters_is_found_among_several(runner: ActionRunner, sender: str) -> None:
    runner.receive("Wanted", sender=sender)
    assert subjects_of(runner, From=f"{sender},bob@example.net") == {"Wanted"}


def test_the_items_have_the_requested_fields_and_the_id(runner: ActionRunner) -> None:
    runner.receive("Lunch")
    [item] = runner.succeeds(FIND, Fields_To_Return=" subject ,\r\nstatus,,subject")
    assert set(item) == {"subject", "status", "id"}


def test_the_table_has_a_column_per_key_of_the_response(runner: ActionRunner) -> None:
    runner.receive("Lunch")
    result = runner.run(FIND, Fields_To_Return="subject,size")
    [table] = result.tables
    assert table.title == "Results"
    assert set(table.columns) == set(result.json_result[0])
    assert len(table.rows) == 1


def test_an_empty_result_has_no_table(runner: ActionRunner) -> None:
    assert runner.run(FIND).tables == ()


@pytest.mark.parametrize("flat", [True, False])
def test_flat_and_nested_items_are_returned(runner: ActionRunner, flat: bool) -> None:
    runner.set_quirks(archive_items_flat=flat)
    runner.receive("Lunch")
    assert [item["subject"] for item in runner.succeeds(FIND)] == ["Lunch"]


@pytest.mark.parametrize("wrapper", ["null", "text"])
def test_a_reply_that_is_not_understood_is_not_told_as_nothing_found(runner: ActionRunner, wrapper: str) -> None:
    runner.set_quirks(archive_wrapper=wrapper)
    runner.receive("Lunch")
    assert f"it has no list of items (its form: {wrapper})" in runner.fails(FIND)


@pytest.mark.parametrize("wrapper", ["items", "flat", "messages"])
@pytest.mark.parametrize("member", ["next", "nextToken", "pageToken", "none"])
@pytest.mark.parametrize("total", [True, False])
def test_all_emails_are_returned_however_the_next_page_is_named(
    v2: ActionRunner, wrapper: str, member: str, *, total: bool
) -> None:
    v2.set_quirks(archive_wrapper=wrapper, archive_next=member, archive_total=total)
    archive_messages(v2, 250)
    result = v2.run(FIND, Max_Emails_To_Return=300)
    assert (result.message, len(result.json_result)) == (MESSAGES_FOUND, 250)


@pytest.mark.parametrize(
    ("limit", "items", "pages"),
    [("10", 10, 1), ("1", 1, 1), ("100", 100, 1), ("150", 150, 2), ("200", 200, 2), ("999", 250, 3)],
)
def test_pages_are_read_up_to_the_limit_and_no_further(
    runner: ActionRunner, limit: str, items: int, pages: int
) -> None:
    archive_messages(runner, 250)
    assert len(runner.succeeds(FIND, Max_Emails_To_Return=limit)) == items
    assert runner.paths == [ARCHIVE] * pages


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "1.5", "1e400", "nan", "٣x", True], ids=repr)
def test_an_invalid_limit_falls_back_to_50_and_is_logged(
    v2: ActionRunner, caplog: pytest.LogCaptureFixture, limit: object
) -> None:
    archive_messages(v2, 60)
    with caplog.at_level(logging.WARNING):
        assert len(v2.succeeds(FIND, Max_Emails_To_Return=limit)) == 50
    assert [record.getMessage() for record in caplog.records if '"Max Emails To Return"' in record.getMessage()]


@pytest.mark.parametrize("limit", ["", None, " "], ids=repr)
def test_an_empty_limit_is_50_and_is_not_logged(
    v2: ActionRunner, caplog: pytest.LogCaptureFixture, limit: object
) -> None:
    archive_messages(v2, 60)
    with caplog.at_level(logging.WARNING):
        assert len(v2.succeeds(FIND, Max_Emails_To_Return=limit)) == 50
    assert not caplog.records


@pytest.mark.parametrize("limit", [10, 10.0, "10.0", " 10 "], ids=repr)
def test_a_limit_can_be_a_number_or_text(v2: ActionRunner, limit: object) -> None:
    archive_messages(v2, 12)
    assert len(v2.succeeds(FIND, Max_Emails_To_Return=limit)) == 10


def test_an_error_keeps_the_code_and_the_message_of_mimecast(runner: ActionRunner) -> None:
    runner.revoke("Archive | Search | Read")
    error = runner.fails(FIND)
    assert "err_xdk_operation_forbidden_for_address" in error
    assert "0003 Forbidden To Perform Operation For Address" in error


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
    assert structure(root) == structure(tree(Fields_To_Return=",".join(f"f{number}" for number in range(len(leaves)))))
    assert leaves[0].text == "subject"


@given(ADDRESS, ADDRESS, ADDRESS)
def test_a_single_address_is_the_text_of_its_element(sender: str, recipient: str, mailbox: str) -> None:
    root = tree(From=sender, To=recipient, Mailboxes=mailbox)
    assert structure(root) == structure(tree(From="a@x.org", To="b@x.org", Mailboxes="c@x.org"))
    assert [(element.get("select"), element.text) for element in root.findall("muse/sent")] == [
        ("from", sender),
        ("to", recipient),
    ]
    assert [element.text for element in root.findall("metadata/mailboxes/mailbox")] == [mailbox]


@given(st.lists(ADDRESS, min_size=2, max_size=4, unique=True), st.sampled_from(["From", "To"]))
def test_several_addresses_are_joined_as_alternatives(addresses: list[str], side: str) -> None:
    if any(set("!*") & set(address) for address in addresses):
        with pytest.raises(QueryError, match="Search for it alone"):
            tree(**{side: ",".join(addresses)})
        return
    root = tree(**{side: ",".join(addresses)})
    assert structure(root) == structure(tree(**{side: "a@x.org,b@x.org"}))
    [text] = root.findall("muse/text")
    assert (text.text or "").split(" or ") == [f"{side.lower()}:{address}" for address in addresses]


@given(st.text().filter(lambda text: "," not in text))
def test_a_query_contains_only_addresses_and_domains(value: str) -> None:
    expected = value.strip()
    if expected and not (is_address(expected) or is_domain(expected)):
        with pytest.raises(InvalidParameter, match='"From"'):
            tree(From=value)
    else:
        assert [element.text for element in tree(From=value).findall("muse/sent")] == ([expected] if expected else [])


@pytest.mark.parametrize("subject", ["*", '"', "or", "NOT and", "()", "\x0b*"])
def test_a_subject_without_words_is_refused_before_any_request(runner: ActionRunner, subject: str) -> None:
    error = runner.fails("simple-archive-search", Subject=subject)
    assert error.startswith('"Subject" cannot be "')
    assert "it has no word to search for" in error
    assert error.isprintable()
    assert runner.paths == []


@pytest.mark.parametrize("name", ["Mailboxes", "From", "To"])
@pytest.mark.parametrize("value", [",", " , ", "\n,", ["", ""]], ids=repr)
def test_a_list_without_entries_is_refused_before_any_request(runner: ActionRunner, name: str, value: object) -> None:
    error = runner.fails("simple-archive-search", {name: value})
    assert error.startswith(f'"{name}" cannot be "')
    assert "it has no entry; leave it empty to search without it" in error
    assert runner.paths == []


def test_search_operators_in_a_subject_are_treated_as_text(runner: ActionRunner) -> None:
    runner.receive("Lunch")
    for subject in ("</muse></xmlquery>", '" or from:carol@example.org', "* or *", "<!DOCTYPE a>"):
        assert subjects_of(runner, Subject=f"zzz {subject}") == set()
