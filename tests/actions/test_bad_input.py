"""Invalid values are refused before any request, with an error that names the parameter and the accepted values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions import Action, Context, all_actions, execute
from mimecast_secops.addresses import is_address, is_domain
from mimecast_secops.api.errors import Unreachable
from mimecast_secops.parameters import InvalidParameter, Kind, Parameter
from tests.actions.runner import ActionRunner, find

FIND, CREATE = "simple-archive-search", "create-block-sender-policy"
ADDRESS = "an email address such as ann@example.com is accepted"
DOMAIN = "a domain such as example.com is accepted"
TIME = "a time in ISO 8601 is accepted, such as 2026-03-07T16:03:00Z"

PARAMETERS = [(action, parameter) for action in all_actions() for parameter in action.declared]
MANDATORY = [(action, parameter) for action, parameter in PARAMETERS if parameter.mandatory and not parameter.default]
FLAGS = [(action, parameter) for action, parameter in PARAMETERS if parameter.kind is Kind.FLAG]
CHOICES = [(action, parameter) for action, parameter in PARAMETERS if parameter.options]


def parametrize(parameters: list[tuple[Action, Parameter]]) -> pytest.MarkDecorator:
    ids = [f"{action.slug}-{parameter.slug}" for action, parameter in parameters]
    return pytest.mark.parametrize(("action", "parameter"), parameters, ids=ids)


def refused(runner: ActionRunner, slug: str, **values: object) -> str:
    """Run an action with its sample and some invalid values. Returns the error; not even a token was requested."""
    error = runner.fails(slug, find(slug).sample, **values)
    assert runner.simulator.requests == []
    return error


@parametrize(MANDATORY)
def test_a_mandatory_value_must_be_given(v2: ActionRunner, action: Action, parameter: Parameter) -> None:
    expected = f'"{parameter.name}" is mandatory and was not given.'
    for empty in ("", "  ", "\n", None):
        assert refused(v2, action.slug, **{parameter.name: empty}) == expected
    others = {name: value for name, value in action.sample.items() if name != parameter.name}
    assert v2.fails(action.slug, others) == expected


@parametrize(CHOICES)
def test_a_choice_must_be_one_of_its_options(v2: ActionRunner, action: Action, parameter: Parameter) -> None:
    error = refused(v2, action.slug, **{parameter.name: "Something Else"})
    assert error == f'"{parameter.name}" cannot be "Something Else": accepted are {", ".join(parameter.options)}.'


@parametrize(FLAGS)
def test_a_flag_must_be_true_or_false(v2: ActionRunner, action: Action, parameter: Parameter) -> None:
    error = refused(v2, action.slug, **{parameter.name: "maybe"})
    assert error == f'"{parameter.name}" cannot be "maybe": true or false is accepted.'


MALFORMED = ["ann", "ann@", "@example.com", "ann@nodots", "a b@example.com", "ann@exam ple.com", "a@b.org; c@d.org"]


@pytest.mark.parametrize("name", ["Sender", "Recipient"])
@pytest.mark.parametrize("slug", ["block-sender", "permit-sender"])
def test_a_managed_sender_must_be_one_address(v2: ActionRunner, slug: str, name: str) -> None:
    for value in (*MALFORMED, "a@b.org,c@d.org", "<ann@example.com>"):
        error = refused(v2, slug, **{name: value})
        assert error.startswith(f'"{name}" cannot be "{value}": ')
        assert error.endswith(" address such as ann@example.com is accepted.")


@pytest.mark.parametrize("value", MALFORMED)
def test_a_mailbox_must_be_an_address(v2: ActionRunner, value: str) -> None:
    error = refused(v2, FIND, Mailboxes=f"bob@example.com,{value}")
    assert error.startswith(f'"Mailboxes" cannot be "{value}": ')
    assert error.endswith(" address such as ann@example.com is accepted.")


@pytest.mark.parametrize("name", ["From", "To"])
@pytest.mark.parametrize("value", ["ann", "@", "a@", "nodots@nodots", "<x>", "a@b.org OR", "example..com"])
def test_a_sender_or_recipient_to_search_for_must_be_an_address_or_a_domain(
    v2: ActionRunner, name: str, value: str
) -> None:
    error = refused(v2, FIND, **{name: f"bob@example.com,{value}"})
    assert error == f'"{name}" cannot contain "{value}": an address or a domain is accepted.'


@pytest.mark.parametrize("name", ["Sender", "Recipient"])
def test_a_policy_target_of_type_address_must_be_an_address(v2: ActionRunner, name: str) -> None:
    for value in MALFORMED:
        error = refused(v2, CREATE, **{f"{name} Type": "Email Address", name: value, "Dry Run": True})
        assert error == f'"{name}" cannot be "{value}": with "{name} Type" "Email Address", {ADDRESS}.'


@pytest.mark.parametrize("name", ["Sender", "Recipient"])
def test_a_policy_target_of_type_domain_must_be_a_domain(v2: ActionRunner, name: str) -> None:
    for value in ("nodots", "-a.org", "a-.org", "a..org", ".org", "ann@example.com", "10.0.0.1"):
        error = refused(v2, CREATE, **{f"{name} Type": "Email Domain", name: value})
        assert error == f'"{name}" cannot be "{value}": with "{name} Type" "Email Domain", {DOMAIN}.'


UNSAFE = {
    "*@gmail.com": 'it has the wildcard "*"',
    "%@gmail.com": 'it has the wildcard "%"',
    "a\u202e@bad.example": "it has the invisible or unassigned character U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u0430@bad.example": "it mixes letters of the scripts Cyrillic (U+0430) and Latin (U+0062)",
}


@pytest.mark.parametrize("value", UNSAFE, ids=ascii)
def test_a_misleading_address_is_refused(v2: ActionRunner, value: str) -> None:
    for slug in ("block-sender", "permit-sender", CREATE):
        for name in ("Sender", "Recipient"):
            target_type = {f"{name} Type": "Email Address"} if slug == CREATE else {}
            error = refused(v2, slug, **{name: value, **target_type})
            assert f": {UNSAFE[value]}; " in error
            assert error.isprintable()


@pytest.mark.parametrize("value", UNSAFE, ids=ascii)
def test_a_misleading_address_to_search_for_is_refused(v2: ActionRunner, value: str) -> None:
    for name in ("From", "To", "Mailboxes"):
        assert f": {UNSAFE[value]}; " in refused(v2, FIND, **{name: value})


def test_a_domain_with_a_wildcard_is_refused(v2: ActionRunner) -> None:
    assert 'it has the wildcard "*"; ' in refused(v2, CREATE, **{"Sender Type": "Email Domain", "Sender": "*.org"})


@pytest.mark.parametrize("kind", ["Email Address", "Email Domain", "Header Display Name"])
@pytest.mark.parametrize("name", ["Sender", "Recipient"])
def test_a_policy_target_must_have_the_value_that_its_type_requires(v2: ActionRunner, name: str, kind: str) -> None:
    error = refused(v2, CREATE, **{f"{name} Type": kind, name: ""})
    assert error == f'"{name}" is mandatory when "{name} Type" is "{kind}".'


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "12:00", "1700000000000"])
@pytest.mark.parametrize(("slug", "name"), [(FIND, "Start Time"), (FIND, "End Time"), (CREATE, "Start Time")])
def test_a_time_must_be_in_iso_8601(v2: ActionRunner, slug: str, name: str, value: str) -> None:
    assert refused(v2, slug, **{name: value}) == f'"{name}" cannot be "{value}": {TIME}.'


@pytest.mark.parametrize("slug", [FIND, CREATE])
def test_the_end_cannot_be_before_the_start(v2: ActionRunner, slug: str) -> None:
    times = {"Time Frame": "Custom", "Start Time": "2026-03-07T12:00:00+02:00", "End Time": "2026-03-07T09:59:59Z"}
    error = refused(v2, slug, **times)
    assert error == '"End Time" (2026-03-07T09:59:59+00:00) is before "Start Time".'


def test_a_start_in_the_future_is_refused(v2: ActionRunner) -> None:
    v2.now = datetime(2026, 3, 7, tzinfo=UTC)
    error = refused(v2, FIND, **{"Time Frame": "Custom", "Start Time": "2026-03-08T00:00:00Z"})
    assert '"End Time"' in error


@pytest.mark.parametrize(
    ("name", "value"), [("Start Time", "0001-01-01T00:00:00+14:00"), ("End Time", "9999-12-31T23:59:59-12:00")]
)
@pytest.mark.parametrize("slug", [FIND, CREATE])
def test_a_time_outside_the_range_of_utc_is_refused(v2: ActionRunner, slug: str, name: str, value: str) -> None:
    times = {"Time Frame": "Custom", "Start Time": "2026-01-01", name: value}
    assert f'"{name}"' in refused(v2, slug, **times)


def test_custom_requires_a_start(v2: ActionRunner) -> None:
    error = refused(v2, FIND, **{"Time Frame": "Custom", "End Time": "2026-03-07"})
    assert error == '"Start Time" should be provided, when "Custom" is selected in "Time Frame" parameter.'


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


@pytest.mark.parametrize(("query", "reason"), XML.items(), ids=range(len(XML)))
def test_an_invalid_query_is_refused(v2: ActionRunner, query: str, reason: str) -> None:
    error = refused(v2, "advanced-archive-search", **{"XML Query": query})
    assert error.startswith('"XML Query" is not accepted: ')
    assert reason in error


@pytest.mark.parametrize("value", ['{"id": ', "[]", "{}", '{"id": ""}', '[{"id": "a"}, {}]', '["a"]', "{'id': 'a'}"])
def test_a_policy_id_in_an_incomplete_json_result_is_refused(v2: ActionRunner, value: str) -> None:
    error = refused(v2, "delete-block-sender-policy", **{"Policy ID": value})
    assert error.startswith('"Policy ID" takes IDs, or the JSON result of Create Block Sender Policy')


def test_an_error_quotes_a_long_or_unprintable_value_short_and_printable(v2: ActionRunner) -> None:
    error = refused(v2, "block-sender", Sender="\x1b[31m" + "x" * 10_000)
    assert error.isprintable()
    assert len(error) < 300


# Arbitrary values.


def connects(slug: str, raw: dict[str, object]) -> bool:
    """Whether the action accepts its parameters and connects."""
    connected = False

    def connect() -> Context:
        nonlocal connected
        connected = True
        raise Unreachable("No connection in this test.")

    result = execute(find(slug), raw, connect)
    assert not result.is_success
    return connected


@given(st.text().filter(lambda text: not is_address(text.strip())))
def test_only_an_address_is_accepted_as_a_sender(sender: str) -> None:
    assert not connects("block-sender", {**find("block-sender").sample, "Sender": sender})


@given(st.sampled_from([action for action in all_actions() if action.declared]), st.data())
def test_an_action_returns_a_result_for_arbitrary_values(action: Action, data: st.DataObject) -> None:
    anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()))
    names = [parameter.name for parameter in action.declared]
    raw = data.draw(st.dictionaries(st.sampled_from(names), anything))

    def connect() -> Context:
        raise Unreachable("No connection in this test.")

    result = execute(action, raw, connect)
    assert result.message.startswith("Error executing action")
    assert isinstance(result.error, (Unreachable, InvalidParameter))


@given(st.text(max_size=300))
def test_an_address_has_a_local_part_without_spaces_and_a_domain(text: str) -> None:
    if is_address(text):
        local, _, domain = text.rpartition("@")
        assert is_domain(domain)
        assert local
        assert not any(character.isspace() or character in '<>,;:"()[]\\@' for character in local)
