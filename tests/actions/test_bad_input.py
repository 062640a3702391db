"""What cannot be meant is refused with a sentence that names the parameter and what is accepted, before any call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions import Context, all_actions, execute, find
from mimecast_secops.addresses import is_address, is_domain
from tests.actions.bench import Bench

FIND, CREATE = "simple-archive-search", "create-block-sender-policy"
POLICY: dict[str, object] = {"Description": "d", "Sender": "evil.example.org", "Recipient Type": "Everyone"}
SENDER: dict[str, object] = {"Sender": "eve@example.org", "Recipient": "ann@example.com"}
ID: dict[str, object] = {"Message ID": "x"}
GOOD: dict[str, dict[str, object]] = {
    "ping": {},
    "check-permissions": {},
    FIND: {},
    "advanced-archive-search": {"XML Query": "<xmlquery><metadata/><muse/></xmlquery>"},
    "reject-message": ID,
    "release-message": ID,
    "report-message": ID,
    "block-sender": SENDER,
    "permit-sender": SENDER,
    CREATE: POLICY,
    "delete-block-sender-policy": {"Policy ID": "x"},
}
ADDRESS = "a mail address such as ann@example.com is accepted"
DOMAIN = "a domain such as example.com is accepted"
TIME = "a time in ISO 8601 is accepted, such as 2026-03-07T16:03:00Z"

MANDATORY = [
    (action.slug, parameter.name)
    for action in all_actions()
    for parameter in action.declared
    if parameter.mandatory and not parameter.default
]
FLAGS = [
    (action.slug, parameter.name)
    for action in all_actions()
    for parameter in action.declared
    if parameter.kind.value == "true or false"
]
CHOICES = [
    (action.slug, parameter.name, parameter.options)
    for action in all_actions()
    for parameter in action.declared
    if parameter.options
]


def test_the_good_parameters_are_those_of_every_action() -> None:
    assert set(GOOD) == {action.slug for action in all_actions()}


def refused(bench: Bench, slug: str, **changed: object) -> str:
    """The sentence; nothing was asked of Mimecast, not even for a token."""
    said = bench.fails(slug, GOOD[slug], **changed)
    assert bench.simulator.requests == []
    return said


@pytest.mark.parametrize("nothing", ["", "  ", "\n", None], ids=repr)
@pytest.mark.parametrize(("slug", "name"), MANDATORY)
def test_a_mandatory_value_that_is_missing(v2: Bench, slug: str, name: str, nothing: object) -> None:
    assert refused(v2, slug, **{name: nothing}) == f'"{name}" is mandatory and was not given.'


@pytest.mark.parametrize(("slug", "name"), MANDATORY)
def test_a_mandatory_value_that_is_absent(v1: Bench, slug: str, name: str) -> None:
    assert v1.fails(slug, {key: value for key, value in GOOD[slug].items() if key != name}).startswith(f'"{name}"')
    assert v1.simulator.requests == []


@pytest.mark.parametrize(("slug", "name", "options"), CHOICES)
def test_a_value_that_is_not_among_the_options(bench: Bench, slug: str, name: str, options: tuple[str, ...]) -> None:
    said = refused(bench, slug, **{name: "Something Else"})
    assert said == f'"{name}" cannot be "Something Else": accepted are {", ".join(options)}.'


@pytest.mark.parametrize("value", ["maybe", "2", "truefalse", 7])
@pytest.mark.parametrize(("slug", "name"), FLAGS)
def test_a_value_that_is_neither_true_nor_false(v2: Bench, slug: str, name: str, value: object) -> None:
    assert refused(v2, slug, **{name: value}) == f'"{name}" cannot be "{value}": true or false is accepted.'


MALFORMED = ["ann", "ann@", "@example.com", "ann@nodots", "a b@example.com", "ann@exam ple.com", "a@b.org; c@d.org"]


@pytest.mark.parametrize("value", [*MALFORMED, "a@b.org,c@d.org", "<ann@example.com>"])
@pytest.mark.parametrize("name", ["Sender", "Recipient"])
@pytest.mark.parametrize("slug", ["block-sender", "permit-sender"])
def test_a_managed_sender_that_is_not_one_address(v2: Bench, slug: str, name: str, value: str) -> None:
    assert refused(v2, slug, **{name: value}) == f'"{name}" cannot be "{value}": {ADDRESS}.'


@pytest.mark.parametrize("value", MALFORMED)
def test_a_mailbox_that_is_not_an_address(v2: Bench, value: str) -> None:
    assert refused(v2, FIND, Mailboxes=f"bob@example.com,{value}") == f'"Mailboxes" cannot be "{value}": {ADDRESS}.'


@pytest.mark.parametrize("value", ["ann", "@", "a@", "nodots@nodots", "<x>", "a@b.org OR", "example..com"])
@pytest.mark.parametrize("name", ["From", "To"])
def test_a_side_of_a_search_that_is_neither_address_nor_domain(v2: Bench, name: str, value: str) -> None:
    said = refused(v2, FIND, **{name: f"bob@example.com,{value}"})
    assert said == f'"{name}" cannot contain "{value}": an address or a domain is accepted.'


@pytest.mark.parametrize("value", MALFORMED)
@pytest.mark.parametrize("name", ["Sender", "Recipient"])
def test_a_policy_for_an_address_that_is_none(v2: Bench, name: str, value: str) -> None:
    said = refused(v2, CREATE, **{f"{name} Type": "Email Address", name: value, "Dry Run": True})
    assert said == f'"{name}" cannot be "{value}": with "{name} Type" "Email Address", {ADDRESS}.'


@pytest.mark.parametrize("value", ["nodots", "-a.org", "a-.org", "a..org", ".org", "ann@example.com", "10.0.0.1"])
@pytest.mark.parametrize("name", ["Sender", "Recipient"])
def test_a_policy_for_a_domain_that_is_none(v2: Bench, name: str, value: str) -> None:
    said = refused(v2, CREATE, **{f"{name} Type": "Email Domain", name: value})
    assert said == f'"{name}" cannot be "{value}": with "{name} Type" "Email Domain", {DOMAIN}.'


UNSAFE = {
    "*@gmail.com": 'it has the wildcard "*"',
    "%@gmail.com": 'it has the wildcard "%"',
    "a\u202e@bad.example": "it has the invisible or unassigned character U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u0430@bad.example": "it mixes letters of the scripts Cyrillic (U+0430) and Latin (U+0062)",
}


@pytest.mark.parametrize("value", UNSAFE, ids=ascii)
@pytest.mark.parametrize("name", ["Sender", "Recipient"])
@pytest.mark.parametrize("slug", ["block-sender", "permit-sender", CREATE])
def test_an_address_that_is_not_what_it_seems(v2: Bench, slug: str, name: str, value: str) -> None:
    more = {f"{name} Type": "Email Address"} if slug == CREATE else {}
    said = refused(v2, slug, **{name: value, **more})
    assert f": {UNSAFE[value]}; " in said
    assert said.isprintable()


@pytest.mark.parametrize("name", ["From", "To", "Mailboxes"])
@pytest.mark.parametrize("value", UNSAFE, ids=ascii)
def test_an_address_to_search_for_that_is_not_what_it_seems(v2: Bench, name: str, value: str) -> None:
    assert f": {UNSAFE[value]}; " in refused(v2, FIND, **{name: value})


def test_a_domain_with_a_wildcard_is_no_domain(v2: Bench) -> None:
    assert 'it has the wildcard "*"; ' in refused(v2, CREATE, **{"Sender Type": "Email Domain", "Sender": "*.org"})


@pytest.mark.parametrize("kind", ["Email Address", "Email Domain", "Header Display Name"])
@pytest.mark.parametrize("name", ["Sender", "Recipient"])
def test_a_policy_without_the_value_that_its_type_needs(v2: Bench, name: str, kind: str) -> None:
    said = refused(v2, CREATE, **{f"{name} Type": kind, name: ""})
    assert said == f'"{name}" is mandatory when "{name} Type" is "{kind}".'


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "12:00", "1700000000000"])
@pytest.mark.parametrize("name", ["Start Time", "End Time"])
@pytest.mark.parametrize("slug", [FIND, CREATE])
def test_a_time_that_is_none(v2: Bench, slug: str, name: str, value: str) -> None:
    assert refused(v2, slug, **{name: value}) == f'"{name}" cannot be "{value}": {TIME}.'


@pytest.mark.parametrize("slug", [FIND, CREATE])
def test_an_end_before_its_start(bench: Bench, slug: str) -> None:
    more = {"Time Frame": "Custom", "Start Time": "2026-03-07T12:00:00+02:00", "End Time": "2026-03-07T09:59:59Z"}
    said = refused(bench, slug, **more)
    assert said == '"End Time" (2026-03-07T09:59:59+00:00) is before "Start Time".'


def test_a_start_in_the_future_without_an_end(bench: Bench) -> None:
    bench.now = datetime(2026, 3, 7, tzinfo=UTC)
    said = refused(bench, FIND, **{"Time Frame": "Custom", "Start Time": "2026-03-08T00:00:00Z"})
    assert '"End Time"' in said


@pytest.mark.parametrize(
    ("name", "value"), [("Start Time", "0001-01-01T00:00:00+14:00"), ("End Time", "9999-12-31T23:59:59-12:00")]
)
@pytest.mark.parametrize("slug", [FIND, CREATE])
def test_a_time_that_utc_does_not_have(v2: Bench, slug: str, name: str, value: str) -> None:
    more = {"Time Frame": "Custom", "Start Time": "2026-01-01", name: value}
    assert f'"{name}"' in refused(v2, slug, **more)


def test_custom_without_a_start(bench: Bench) -> None:
    said = refused(bench, FIND, **{"Time Frame": "Custom", "End Time": "2026-03-07"})
    assert said == '"Start Time" should be provided, when "Custom" is selected in "Time Frame" parameter.'


XML = {
    "<xmlquery": "not well-formed XML (line 1, column 1)",
    "subject:invoice": "not well-formed XML (line 1, column 1)",
    "<xmlquery>\n<muse></xmlquery>": "not well-formed XML (line 2, column 9)",
    "<query><metadata/><muse/></query>": "<xmlquery>",
    "<xmlquery><metadata/></xmlquery>": "<muse>",
    "<xmlquery><muse/></xmlquery>": "<metadata>",
    "<!DOCTYPE xmlquery><xmlquery><metadata/><muse/></xmlquery>": "document type",
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hosts">]><xmlquery><metadata/><muse>&a;</muse></xmlquery>': "entities",
    "<xmlquery><metadata/><muse>\x01</muse></xmlquery>": "not well-formed",
    f"<xmlquery><metadata/><muse>{'x' * 100_000}</muse></xmlquery>": "The limit is 100000",
}


@pytest.mark.parametrize(("query", "why"), XML.items(), ids=range(len(XML)))
def test_a_query_that_the_archive_cannot_understand(bench: Bench, query: str, why: str) -> None:
    said = refused(bench, "advanced-archive-search", **{"XML Query": query})
    assert said.startswith('"XML Query" is not accepted: ')
    assert why in said


@pytest.mark.parametrize("value", ['{"id": ', "[]", "{}", '{"id": ""}', '[{"id": "a"}, {}]', '["a"]', "{'id': 'a'}"])
def test_a_policy_id_that_is_a_broken_result(v2: Bench, value: str) -> None:
    said = refused(v2, "delete-block-sender-policy", **{"Policy ID": value})
    assert said.startswith('"Policy ID" takes ids, or the JSON result of Create Block Sender Policy')


def test_a_long_or_unprintable_value_is_shown_short_and_printable(v2: Bench) -> None:
    said = refused(v2, "block-sender", Sender="\x1b[31m" + "x" * 10_000)
    assert said.isprintable()
    assert len(said) < 300


# anything at all


def connects(slug: str, raw: dict[str, object]) -> bool:
    """Whether the action got as far as to connect."""
    asked: list[str] = []

    def connect() -> Context:
        asked.append(slug)
        raise OSError("enough")

    result = execute(find(slug), raw, connect)
    assert not result.is_success
    return bool(asked)


@given(st.text().filter(lambda text: not is_address(text.strip())))
def test_no_text_that_is_not_an_address_reaches_mimecast(sender: str) -> None:
    assert not connects("block-sender", SENDER | {"Sender": sender})


@given(st.sampled_from([slug for slug in GOOD if GOOD[slug]]), st.data())
def test_whatever_is_given_an_action_ends_with_an_answer(slug: str, data: st.DataObject) -> None:
    anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()))
    names = [parameter.name for parameter in find(slug).declared]
    raw = data.draw(st.dictionaries(st.sampled_from(names), anything))
    result = execute(find(slug), raw, lambda: (_ for _ in ()).throw(OSError("enough")))
    assert result.message.startswith("Error executing action")
    assert isinstance(result.error, (OSError, ValueError))


@given(st.text(max_size=300))
def test_what_counts_as_an_address_has_a_domain_and_no_blank(text: str) -> None:
    if is_address(text):
        local, _, domain = text.rpartition("@")
        assert is_domain(domain)
        assert local
        assert not any(c.isspace() or c in '<>,;:"()[]\\@' for c in local)
