"""Queries of the archive: values that users enter stay text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import example, given
from hypothesis import strategies as st

from mimecast_secops.api.archive_query import ArchiveQuery, QueryError, check_query, page_size_of, searchable_words
from mimecast_secops.api.errors import Consequence
from mimecast_secops.simulator.tenant.query import parse_query
from tests.ids import plain_id

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
GOOD = "<xmlquery><metadata/><muse/></xmlquery>"
HOSTILE = [
    "</mailbox><mailbox>everyone@example.com",
    '"><sent select="to">x</sent><a b="',
    "]]><muse><text>*</text></muse>",
    "&lt;text&gt;&amp;",
    "<!--",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "a or from:everyone",
    "x' or '1'='1",
    "\x00\x08\x1f\ufffe\uffff",
    "\ud800",
    "!*()[]{}:\"'^~|&+\\<>",
]
anything = st.text(max_size=40) | st.sampled_from(HOSTILE)


def accepted_characters(text: str) -> str:
    """The characters of a text that XML accepts. A carriage return is read as a line feed."""
    return re.sub("\r\n?", "\n", re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))


def is_blank(text: str) -> bool:
    return not accepted_characters(text).strip()


values = anything.filter(lambda text: not is_blank(text))
subjects = anything.filter(lambda text: not text.strip() or bool(searchable_words(text)))


def built(**parts: Any) -> Element:
    parts.setdefault("fields", ["subject"])
    return fromstring(ArchiveQuery(**parts).to_xml())


def shape(element: Element) -> Any:
    """The structure without the texts."""
    return element.tag, sorted(element.attrib.items()), [shape(child) for child in element]


def texts(root: Element, tag: str) -> list[str]:
    return [element.text or "" for element in root.iter(tag)]


# the structure


@given(st.lists(values, max_size=3), values, values, subjects)
@example(HOSTILE[:3], HOSTILE[3], HOSTILE[4], HOSTILE[5])
def test_no_value_changes_the_structure_of_the_query(
    boxes: list[str], sender: str, recipient: str, subject: str
) -> None:
    query = built(mailboxes=boxes, senders=[sender], recipients=[recipient], subject=subject)
    # A blank subject is no criterion; everything else stands where a harmless value would.
    words = bool(texts(query, "text"))
    harmless = built(
        mailboxes=["box"] * len(boxes), senders=["a.example"], recipients=["b"], subject="word" if words else ""
    )
    assert shape(query) == shape(harmless)


@given(values, values)
def test_an_address_is_unchanged_in_the_query(sender: str, recipient: str) -> None:
    query = built(senders=[sender], recipients=[recipient], mailboxes=[sender])
    assert texts(query, "sent") == [accepted_characters(sender), accepted_characters(recipient)]
    assert texts(query, "mailbox") == [accepted_characters(sender)]


@given(subjects)
@example("a OR b")
@example("from:everyone@example.com")
def test_no_subject_becomes_an_operator_of_the_search_language(subject: str) -> None:
    for text in texts(built(subject=subject), "text"):
        assert text.startswith("subject:")
        words = text.removeprefix("subject:").split()
        assert words
        assert not {"and", "or", "not"} & {word.lower() for word in words}
        assert not set("".join(words)) & set(":!*?()[]{}\"'^~|&+\\<>")


@given(st.lists(values, min_size=2, max_size=4))
@example(["a@example.com", "b@example.com or"])
@example(["a.example", "b.example*"])
@example(["a.example", "to:b"])
def test_several_addresses_are_alternatives_or_refused_but_never_operators(addresses: list[str]) -> None:
    try:
        query = built(senders=addresses)
    except QueryError as error:
        assert error.consequence is Consequence.SKIP
        return
    [text] = texts(query, "text")
    assert text.split() == " or ".join(f"from:{accepted_characters(address)}" for address in addresses).split()
    assert len(text.split()) == 2 * len(addresses) - 1


@given(values, subjects, st.lists(values, max_size=3))
def test_every_built_query_passes_check_query(sender: str, subject: str, boxes: list[str]) -> None:
    xml = ArchiveQuery(fields=["id"], senders=[sender], subject=subject, mailboxes=boxes).to_xml()
    assert check_query(xml) == xml.strip()


@given(st.lists(values, max_size=3), values, subjects)
def test_the_simulator_understands_every_built_query(boxes: list[str], sender: str, subject: str) -> None:
    xml = ArchiveQuery(fields=["subject"], mailboxes=boxes, senders=[sender], subject=subject).to_xml()
    assert parse_query(xml, NOON).fields == ("subject", "id")


# the parts


def test_a_query_has_the_documented_form() -> None:
    query = ArchiveQuery(
        fields=["subject", "id"],
        mailboxes=["user@example.com"],
        senders=["ann@example.com"],
        recipients=["example.org"],
        subject="invoice",
        start=NOON,
        end=NOON + timedelta(hours=1),
        page_size=25,
    )
    assert query.to_xml() == (
        '<?xml version="1.0"?><xmlquery trace="iql,muse">'
        '<metadata query-type="emailarchive" archive="true" active="false" page-size="25" startrow="0">'
        '<mailboxes><mailbox include-aliases="true">user@example.com</mailbox></mailboxes><smartfolders />'
        "<return-fields><return-field>subject</return-field><return-field>id</return-field></return-fields></metadata>"
        "<muse><text>subject:invoice</text>"
        '<date select="between" from="2026-03-11T12:00:00+00:00" to="2026-03-11T13:00:00+00:00" />'
        '<sent select="from">ann@example.com</sent><sent select="to">example.org</sent>'
        '<docs select="optional" /><route /></muse></xmlquery>'
    )


def test_a_search_of_the_whole_account_names_no_mailbox_and_no_criterion() -> None:
    query = built()
    assert texts(query, "mailbox") == []
    muse = query.find("muse")
    assert muse is not None
    assert [child.tag for child in muse] == ["docs", "route"]


@pytest.mark.parametrize(
    ("start", "end", "attributes"),
    [
        (None, None, None),
        (NOON, None, {"select": "between", "from": "2026-03-11T12:00:00+00:00"}),
        (None, NOON, {"select": "between", "to": "2026-03-11T12:00:00+00:00"}),
    ],
)
def test_the_period_may_lack_a_start_or_an_end(start: Any, end: Any, attributes: dict[str, str] | None) -> None:
    date = built(start=start, end=end).find("muse/date")
    assert (None if date is None else dict(date.attrib)) == attributes


def test_times_are_written_in_utc_and_to_the_second() -> None:
    moment = datetime(2026, 3, 11, 14, 0, 5, 999_999, tzinfo=timezone(timedelta(hours=2)))
    date = built(start=moment).find("muse/date")
    assert date is not None
    assert date.get("from") == "2026-03-11T12:00:05+00:00"


def test_several_senders_are_alternatives_and_senders_combine_with_recipients() -> None:
    query = built(senders=["a.example", "b.example"], recipients=["ann@example.com", "bob@example.com"])
    assert texts(query, "text") == ["from:a.example or from:b.example", "to:ann@example.com or to:bob@example.com"]
    assert texts(query, "sent") == []


@pytest.mark.parametrize("address", ["two words", "x*", "!x", "a:b", '"x"', "a;b", "a,b", "<a>", "(a)", "[a]", "a\n"])
def test_an_address_with_operators_of_free_text_is_refused_by_name(address: str) -> None:
    with pytest.raises(QueryError, match="Search for it alone") as caught:
        built(senders=["a.example", address])
    assert f'"{address[:80]}"' in str(caught.value)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("invoice", "subject:invoice"),
        ("Your invoice: 42!", "subject:Your invoice 42"),
        ("salt and pepper or NOT", "subject:salt pepper"),
        ("  spread \t out ", "subject:spread out"),
        ("Größe 漢字", "subject:Größe 漢字"),
        ("", None),
        ("  ", None),
    ],
)
def test_a_subject_searches_for_its_words_only(subject: str, text: str | None) -> None:
    assert texts(built(subject=subject), "text") == ([] if text is None else [text])


@pytest.mark.parametrize("subject", ["or and not", "***", '"', "*", "()", "\x00*", "\ud800"])
def test_a_subject_with_nothing_to_search_for_is_refused(subject: str) -> None:
    with pytest.raises(QueryError, match="no word that can be searched for"):
        built(subject=subject, senders=["a.example"])


@pytest.mark.parametrize("criterion", ["mailboxes", "senders", "recipients"])
@pytest.mark.parametrize("values", [[""], [" "], ["\x00"], ["a@example.com", "\uffff"]])
def test_an_address_with_nothing_to_search_for_is_refused(criterion: str, values: list[str]) -> None:
    with pytest.raises(QueryError, match="to search for is empty"):
        built(**{criterion: values})


# a query that a user wrote


def test_a_valid_query_is_returned_without_surrounding_white_space() -> None:
    assert check_query(f"\n  {GOOD}\t\r\n") == GOOD


@pytest.mark.parametrize(
    ("attribute", "size"), [(' page-size="25"', 25), ("", 0), (' page-size="all"', 0), (' page-size="9999999"', 0)]
)
def test_the_page_size_of_a_query_is_read(attribute: str, size: int) -> None:
    assert page_size_of(f"<xmlquery><metadata{attribute}/><muse/></xmlquery>") == size
    assert page_size_of("<xmlquery><metadata") == 0


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("", "not well-formed XML (line 1, column 1)"),
        ("subject:minutes", "not well-formed XML (line 1, column 1)"),
        ("<xmlquery>\n<metadata/>\n<muse></xmlquery>", "not well-formed XML (line 3, column 9)"),
        ("<xmlquery>&unknown;</xmlquery>", "not well-formed XML"),
        ("<query><metadata/><muse/></query>", "outermost element must be <xmlquery>"),
        ("<xmlquery><muse/></xmlquery>", "no <metadata> inside"),
        ("<xmlquery><metadata/></xmlquery>", "no <muse> inside"),
        ("<xmlquery><x><metadata/><muse/></x></xmlquery>", "no <metadata> inside"),
        ("<!DOCTYPE xmlquery><xmlquery><metadata/><muse/></xmlquery>", "document type or entities"),
        ("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><xmlquery>&a;</xmlquery>", "document type or entities"),
        ("<xmlquery><metadata/><muse/></xmlquery>x", "not well-formed XML"),
        ("<xmlquery><metadata/><muse>\x00</muse></xmlquery>", "not well-formed XML"),
        ("<xmlquery><metadata/><muse>\ud800</muse></xmlquery>", "characters that XML forbids"),
        ("x" * 100_001, "100001 characters. The limit is 100000"),
    ],
    ids=lambda text: plain_id(text[:30]),
)
def test_the_error_for_an_invalid_query_names_the_problem(xml: str, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        check_query(xml)
    assert words in str(caught.value)
    assert "passwd" not in str(caught.value)


@given(st.text() | st.sampled_from(HOSTILE).map(lambda text: f"<xmlquery><metadata/><muse>{text}</muse></xmlquery>"))
@example('<?xml version="1.0" encoding="utf-16"?>' + GOOD)
@example('<?xml version="1.0" encoding="utf-32"?>' + GOOD)
@example('<?xml version="1.1"?>' + GOOD)
@example("<a>" * 30_000)
def test_every_text_is_accepted_unchanged_or_refused_with_a_message(xml: str) -> None:
    try:
        assert check_query(xml) == xml.strip()
    except QueryError as error:
        assert str(error)
