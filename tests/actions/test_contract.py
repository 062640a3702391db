"""The contract with existing playbooks, as data: names, parameters, types, defaults, options and output messages.

It is a deliberate second copy of what the actions declare, so that a change of a declaration breaks a test. An action
that is not part of the contract needs no entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.packaging.source import action_definition
from tests.actions.runner import ActionRunner

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
class Expected:
    """One parameter of the contract."""

    name: str
    type: str = "string"
    default: object = ""
    mandatory: bool = False
    options: tuple[str, ...] = ()


MESSAGE_ID = Expected("Message ID", mandatory=True)
SENDERS = (Expected("Sender", mandatory=True), Expected("Recipient", mandatory=True))
CONTRACT: dict[str, tuple[Expected, ...]] = {
    "Ping": (),
    "Simple Archive Search": (
        Expected("Fields To Return", default=FIELDS, mandatory=True),
        Expected("Mailboxes"),
        Expected("From"),
        Expected("To"),
        Expected("Subject"),
        Expected("Time Frame", "ddl", "Last Hour", mandatory=True, options=FRAMES),
        Expected("Start Time"),
        Expected("End Time"),
        Expected("Max Emails To Return", default="50"),
    ),
    "Advanced Archive Search": (Expected("XML Query", mandatory=True),),
    "Reject Message": (
        MESSAGE_ID,
        Expected("Note"),
        Expected("Reason", "ddl", "Select One", options=REASONS),
        Expected("Notify Sender", "boolean", default=False),
    ),
    "Release Message": (MESSAGE_ID, Expected("Release To Sandbox", "boolean", default=False)),
    "Report Message": (
        MESSAGE_ID,
        Expected("Report As", "ddl", "Spam", options=("Spam", "Malware", "Phishing")),
        Expected("Comment"),
    ),
    "Block Sender": SENDERS,
    "Permit Sender": SENDERS,
    "Create Block Sender Policy": (
        Expected("Response", "ddl", "Block Sender", options=("Block Sender", "No Action")),
        Expected("Description", mandatory=True),
        Expected("Extracted Data", "ddl", "Both", options=("Both", "From Envelope", "From Headers")),
        Expected("Sender"),
        Expected("Sender Type", "ddl", "Email Domain", options=TARGETS),
        Expected("Recipient"),
        Expected("Recipient Type", "ddl", "Email Domain", options=TARGETS),
        Expected("Comment"),
        Expected("Bidirectional", "boolean", default=True),
        Expected("Enforced", "boolean", default=True),
        Expected("Start Time"),
        Expected("End Time"),
    ),
}
NEW_PARAMETERS = {"Dry Run": False, "Verify Result": True, "Allow High Risk": False, "Allow Broad Policy": False}
by_name = pytest.mark.parametrize("name", CONTRACT)


def action_of(name: str) -> Action:
    return find("-".join(name.lower().split()))


def defined(name: str) -> list[dict[str, Any]]:
    """The parameters in the platform's definition."""
    parameters: list[dict[str, Any]] = action_definition(action_of(name))["parameters"]
    return parameters


def test_every_action_of_the_contract_exists() -> None:
    assert set(CONTRACT) <= {action.name for action in all_actions()}


@by_name
def test_the_parameters_of_the_contract_exist_in_their_order(name: str) -> None:
    expected = [parameter.name for parameter in CONTRACT[name]]
    assert [parameter["name"] for parameter in defined(name) if parameter["name"] in expected] == expected


@by_name
def test_a_parameter_has_the_type_default_and_options_of_the_contract(name: str) -> None:
    parameters = {parameter["name"]: parameter for parameter in defined(name)}
    for expected in CONTRACT[name]:
        parameter = parameters[expected.name]
        assert (parameter["type"], parameter["is_mandatory"]) == (expected.type, expected.mandatory)
        assert tuple(parameter.get("optional_values", ())) == expected.options
        default = parameter["default_value"]
        assert (default if isinstance(expected.default, bool) else str(default)) == expected.default


@by_name
def test_a_new_parameter_is_optional_and_safe_by_default(name: str) -> None:
    contract = {parameter.name for parameter in CONTRACT[name]}
    for parameter in defined(name):
        if parameter["name"] not in contract:
            assert not parameter["is_mandatory"]
            assert parameter["default_value"] is NEW_PARAMETERS[parameter["name"]]


@by_name
def test_searches_and_ping_only_read(name: str) -> None:
    assert action_of(name).writes is not (name == "Ping" or name.endswith("Search"))


@by_name
def test_the_result_value_is_named_is_success(name: str) -> None:
    assert action_definition(action_of(name))["script_result_name"] == "is_success"


# Output messages.


def test_ping_reports_success(runner: ActionRunner) -> None:
    message = "Successfully connected to the Mimecast server with the provided connection parameters!"
    assert runner.run("ping").message == message


def test_ping_reports_the_reason_for_a_failure(runner: ActionRunner) -> None:
    runner.revoke("Account | Dashboard | Read")
    result = runner.run("ping")
    assert not result.is_success
    assert result.message.startswith("Failed to connect to the Mimecast server! Error is ")


def test_every_action_but_ping_has_the_same_failure_message() -> None:
    for action in all_actions():
        if action.name != "Ping":
            assert action.failure == 'Error executing action "{action}". Reason: {error}'


ANY_QUERY = "<xmlquery><metadata/><muse/></xmlquery>"


@pytest.mark.parametrize(
    ("slug", "raw"), [("simple-archive-search", {}), ("advanced-archive-search", {"XML Query": ANY_QUERY})]
)
def test_a_search_reports_whether_it_found_messages(runner: ActionRunner, slug: str, raw: dict[str, str]) -> None:
    empty = runner.run(slug, raw)
    assert empty.is_success
    assert empty.message == "No archive emails were found for the provided criteria in Mimecast."
    assert empty.json_result == []
    runner.receive()
    filled = runner.run(slug, raw)
    assert filled.is_success
    assert filled.message == "Successfully found archive emails for the provided criteria in Mimecast."


@pytest.mark.parametrize(("slug", "verb"), [("reject-message", "rejected"), ("release-message", "released")])
def test_a_decision_quotes_the_id_unchanged(runner: ActionRunner, slug: str, verb: str) -> None:
    message_id = f"<{runner.receive_held(risk='low').mail.message_id}>"
    message = f'Successfully {verb} message with ID "{message_id}" in Mimecast.'
    assert runner.run(slug, Message_ID=message_id).message == message


def test_a_report_names_the_reported_messages(v1: ActionRunner) -> None:
    first, second = v1.receive().id, v1.receive().id
    message = f'Successfully reported the following messages in Mimecast: "{first}, {second}".'
    assert v1.run("report-message", Message_ID=f"{first},{second}").message == message


@pytest.mark.parametrize(("slug", "verb"), [("block-sender", "blocked"), ("permit-sender", "permitted")])
def test_a_managed_sender_is_named_with_its_recipient(runner: ActionRunner, slug: str, verb: str) -> None:
    message = f"Successfully {verb} sender eve@example.org for recipient ann@example.com in Mimecast."
    assert runner.run(slug, Sender="eve@example.org", Recipient="ann@example.com").message == message


def test_a_created_policy_is_reported(runner: ActionRunner) -> None:
    raw = {"Description": "d", "Sender": "evil.example.org", "Recipient Type": "Everyone"}
    result = runner.run("create-block-sender-policy", raw)
    assert (result.is_success, result.message) == (True, "Successfully created a block sender policy in Mimecast")
