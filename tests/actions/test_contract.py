"""Section 3 of the product's contract, as data: names, parameters, types, defaults, options and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.packaging.source import action_definition
from tests.actions.bench import Bench

FIELDS = (
    "attachmentcount,status,subject,size,receiveddate,displayfrom,displayfromaddress,id,displayto,"
    "displaytoaddresslist,smash"
)
TARGETS = (
    "Everyone",
    "Email Address",
    "Email Domain",
    "Header Display Name",
    "Internal Addresses",
    "External Addresses",
)
FRAMES = ("Last Hour", "Last 6 Hours", "Last 24 Hours", "Last Week", "Last Month", "Custom")
REASONS = (
    "Select One",
    "Inappropriate Communication",
    "Confidential Information",
    "Against Email Policy",
    "Restricted Content",
)


@dataclass(frozen=True)
class Wanted:
    """One parameter of the contract."""

    name: str
    type: str = "string"
    default: object = ""
    mandatory: bool = False
    options: tuple[str, ...] = ()


MESSAGE_ID = Wanted("Message ID", mandatory=True)
SENDERS = (Wanted("Sender", mandatory=True), Wanted("Recipient", mandatory=True))
CONTRACT: dict[str, tuple[Wanted, ...]] = {
    "Ping": (),
    "Simple Archive Search": (
        Wanted("Fields To Return", default=FIELDS, mandatory=True),
        Wanted("Mailboxes"),
        Wanted("From"),
        Wanted("To"),
        Wanted("Subject"),
        Wanted("Time Frame", "ddl", "Last Hour", mandatory=True, options=FRAMES),
        Wanted("Start Time"),
        Wanted("End Time"),
        Wanted("Max Emails To Return", default="50"),
    ),
    "Advanced Archive Search": (Wanted("XML Query", mandatory=True),),
    "Reject Message": (
        MESSAGE_ID,
        Wanted("Note"),
        Wanted("Reason", "ddl", "Select One", options=REASONS),
        Wanted("Notify Sender", "boolean", default=False),
    ),
    "Release Message": (MESSAGE_ID, Wanted("Release To Sandbox", "boolean", default=False)),
    "Report Message": (
        MESSAGE_ID,
        Wanted("Report As", "ddl", "Spam", options=("Spam", "Malware", "Phishing")),
        Wanted("Comment"),
    ),
    "Block Sender": SENDERS,
    "Permit Sender": SENDERS,
    "Create Block Sender Policy": (
        Wanted("Response", "ddl", "Block Sender", options=("Block Sender", "No Action")),
        Wanted("Description", mandatory=True),
        Wanted("Extracted Data", "ddl", "Both", options=("Both", "From Envelope", "From Headers")),
        Wanted("Sender"),
        Wanted("Sender Type", "ddl", "Email Domain", options=TARGETS),
        Wanted("Recipient"),
        Wanted("Recipient Type", "ddl", "Email Domain", options=TARGETS),
        Wanted("Comment"),
        Wanted("Bidirectional", "boolean", default=True),
        Wanted("Enforced", "boolean", default=True),
        Wanted("Start Time"),
        Wanted("End Time"),
    ),
}
NEW_ACTIONS = {"Delete Block Sender Policy", "Check Permissions"}
NEW_PARAMETERS = {"Dry Run": False, "Verify Result": True, "Allow High Risk": False, "Allow Broad Policy": False}
by_name = pytest.mark.parametrize("name", CONTRACT)


def action_of(name: str) -> Action:
    return find("-".join(name.lower().split()))


def defined(name: str) -> list[dict[str, Any]]:
    """The parameters as the platform gets them."""
    return action_definition(action_of(name))["parameters"]


def test_the_actions_are_those_of_the_contract_and_the_two_new_ones() -> None:
    assert {action.name for action in all_actions()} == set(CONTRACT) | NEW_ACTIONS


@by_name
def test_every_parameter_of_the_contract_is_there_in_its_order(name: str) -> None:
    wanted = [one.name for one in CONTRACT[name]]
    assert [one["name"] for one in defined(name) if one["name"] in wanted] == wanted


@pytest.mark.parametrize(
    ("name", "wanted"), [(name, one) for name, all_of in CONTRACT.items() for one in all_of], ids=str
)
def test_a_parameter_has_the_type_default_and_options_of_the_contract(name: str, wanted: Wanted) -> None:
    found = next(one for one in defined(name) if one["name"] == wanted.name)
    assert (found["type"], found["is_mandatory"]) == (wanted.type, wanted.mandatory)
    assert tuple(found.get("optional_values", ())) == wanted.options
    default = found["default_value"]
    assert (default if isinstance(wanted.default, bool) else str(default)) == wanted.default


@by_name
def test_a_new_parameter_is_optional_and_safe_by_default(name: str) -> None:
    new = [one for one in defined(name) if one["name"] not in {wanted.name for wanted in CONTRACT[name]}]
    for one in new:
        assert not one["is_mandatory"]
        assert one["default_value"] is NEW_PARAMETERS[one["name"]]


@pytest.mark.parametrize("name", [name for name in CONTRACT if name != "Ping"])
def test_every_writing_action_and_no_other_can_be_run_dry(name: str) -> None:
    action = action_of(name)
    assert ("Dry Run" in {one["name"] for one in defined(name)}) is action.writes
    assert action.writes is not name.endswith("Search")


@by_name
def test_the_result_is_called_is_success(name: str) -> None:
    assert action_definition(action_of(name))["script_result_name"] == "is_success"


# messages


def test_ping_says_that_it_connected(bench: Bench) -> None:
    said = "Successfully connected to the Mimecast server with the provided connection parameters!"
    assert bench.do("ping").message == said


def test_ping_says_why_it_did_not(bench: Bench) -> None:
    bench.revoke("Account | Dashboard | Read")
    result = bench.do("ping")
    assert not result.is_success
    assert result.message.startswith("Failed to connect to the Mimecast server! Error is ")


def test_every_action_below_ping_fails_in_the_same_words() -> None:
    for action in all_actions():
        if action.name != "Ping":
            assert action.failure == 'Error executing action "{action}". Reason: {error}'


ANY_QUERY = "<xmlquery><metadata/><muse/></xmlquery>"


@pytest.mark.parametrize(
    ("slug", "raw"), [("simple-archive-search", {}), ("advanced-archive-search", {"XML Query": ANY_QUERY})]
)
def test_a_search_says_whether_it_found_something(bench: Bench, slug: str, raw: dict[str, str]) -> None:
    nothing = bench.do(slug, raw)
    assert nothing.is_success
    assert nothing.message == "No archive emails were found for the provided criteria in Mimecast."
    assert nothing.json_result == []
    bench.mail()
    found = bench.do(slug, raw)
    assert found.is_success
    assert found.message == "Successfully found archive emails for the provided criteria in Mimecast."


@pytest.mark.parametrize(("slug", "done"), [("reject-message", "rejected"), ("release-message", "released")])
def test_a_decision_names_the_id_as_it_was_given(bench: Bench, slug: str, done: str) -> None:
    given = f"<{bench.held().mail.message_id}>"
    assert bench.do(slug, Message_ID=given).message == f'Successfully {done} message with ID "{given}" in Mimecast.'


def test_a_report_names_what_was_reported(v1: Bench) -> None:
    one, other = v1.mail().id, v1.mail().id
    said = f'Successfully reported the following messages in Mimecast: "{one}, {other}".'
    assert v1.do("report-message", Message_ID=f"{one},{other}").message == said


@pytest.mark.parametrize(("slug", "done"), [("block-sender", "blocked"), ("permit-sender", "permitted")])
def test_a_managed_sender_is_named_with_its_recipient(bench: Bench, slug: str, done: str) -> None:
    said = f"Successfully {done} sender eve@example.org for recipient ann@example.com in Mimecast."
    assert bench.do(slug, Sender="eve@example.org", Recipient="ann@example.com").message == said


def test_a_policy_is_said_to_be_created(bench: Bench) -> None:
    raw = {"Description": "d", "Sender": "evil.example.org", "Recipient Type": "Everyone"}
    result = bench.do("create-block-sender-policy", raw)
    assert (result.is_success, result.message) == (True, "Successfully created a block sender policy in Mimecast")
