"""Compatibility with the community playbooks, which run unchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.runner import ActionRunner

PLACEHOLDER = "[Event.event_network_email_from]"
SENDER = "phisher@evil.example.org"
POLICY: dict[str, object] = {
    "Response": "Block Sender",
    "Description": "Block Sender Policy from SecOps automation.",
    "Extracted Data": "Both",
    "Sender": SENDER,
    "Sender Type": "Email Address",
    "Recipient": "",
    "Recipient Type": "Everyone",
    "Comment": "",
    "Bidirectional": True,
    "Enforced": True,
    "Start Time": "",
    "End Time": "",
}
SEARCH: dict[str, object] = {
    "Fields To Return": (
        "attachmentcount,status,subject,\nsize,receiveddate,displayfrom,\ndisplayfromaddress,id,displayto,\n"
        "displaytoaddresslist,smash"
    ),
    "Mailboxes": "",
    "From": SENDER,
    "To": "",
    "Subject": "",
    "Time Frame": "Last Month",
    "Start Time": "",
    "End Time": "",
    "Max Emails To Return": "50",
}
FIELDS = {
    "attachmentcount",
    "status",
    "subject",
    "size",
    "receiveddate",
    "displayfrom",
    "displayfromaddress",
    "id",
    "displayto",
    "displaytoaddresslist",
    "smash",
}
CREATE = "create-block-sender-policy"
FIND = "simple-archive-search"


def last_month() -> datetime:
    first = datetime.now(UTC).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    return first - timedelta(days=10)


def blocked(runner: ActionRunner) -> list[str]:
    return [policy.policy["from"]["emailAddress"] for policy in runner.simulator.tenant.policies.values()]


# Create Block Sender Policy: all three playbook steps send these values.


def test_the_policy_step_creates_one_policy_and_returns_one_object(runner: ActionRunner) -> None:
    result = runner.succeeds(CREATE, POLICY)
    assert isinstance(result, dict)
    [policy] = runner.simulator.tenant.policies.values()
    assert (result["id"], result["option"]) == (policy.id, "block_sender")


def test_the_result_of_the_policy_step_has_the_shape_of_the_example(runner: ActionRunner) -> None:
    policy = runner.succeeds(CREATE, POLICY)["policy"]
    assert policy["description"] == "Block Sender Policy from SecOps automation."
    assert policy["from"] == {"type": "individual_email_address", "emailAddress": SENDER}
    assert policy["to"] == {"type": "everyone"}
    assert {name: policy[name] for name in ("fromPart", "fromType", "fromValue", "toType")} == {
        "fromPart": "both",
        "fromType": "individual_email_address",
        "fromValue": SENDER,
        "toType": "everyone",
    }
    for name in ("fromEternal", "toEternal", "bidirectional", "enabled", "enforced"):
        assert policy[name] is True
    assert policy["override"] is False
    assert {"fromDate", "toDate", "conditions", "createTime", "lastUpdated"} <= set(policy)


@pytest.mark.parametrize(
    ("true", "false"),
    [(True, False), ("true", "false"), ("True", "False"), ("TRUE", "FALSE"), (" true ", " false "), ("1", "0")],
    ids=repr,
)
def test_every_spelling_of_a_boolean_is_sent_as_a_boolean(v2: ActionRunner, true: object, false: object) -> None:
    policy = v2.succeeds(CREATE, POLICY, Bidirectional=true, Enforced=false)["policy"]
    assert policy["bidirectional"] is True
    assert policy["enforced"] is False


def test_missing_and_null_parameters_are_treated_as_empty(runner: ActionRunner) -> None:
    sparse = {name: value for name, value in POLICY.items() if value != ""}
    null = {name: None if value == "" else value for name, value in POLICY.items()}
    first = runner.succeeds(CREATE, sparse)
    assert runner.succeeds(CREATE, null)["id"] == runner.succeeds(CREATE, POLICY)["id"] == first["id"]


@pytest.mark.parametrize(
    "joined", [f"{SENDER},{SENDER}", f"{SENDER}, {SENDER.upper()}", f"{SENDER}\n{SENDER}", f",{SENDER},,"], ids=repr
)
def test_equal_senders_of_several_events_create_one_policy(runner: ActionRunner, joined: str) -> None:
    result = runner.succeeds(CREATE, POLICY, Sender=joined)
    assert isinstance(result, dict)
    assert blocked(runner) == [SENDER]


def test_distinct_senders_of_several_events_create_a_policy_each(runner: ActionRunner) -> None:
    result = runner.succeeds(CREATE, POLICY, Sender=f"{SENDER},other@evil.example.org,{SENDER}")
    assert [policy["policy"]["fromValue"] for policy in result] == [SENDER, "other@evil.example.org"]
    assert blocked(runner) == [SENDER, "other@evil.example.org"]


def test_a_second_run_of_the_policy_step_creates_nothing_and_succeeds(runner: ActionRunner) -> None:
    first = runner.succeeds(CREATE, POLICY)
    again = runner.succeeds(CREATE, POLICY)
    assert (again["id"], first["already"], again["already"]) == (first["id"], False, True)
    assert blocked(runner) == [SENDER]


@pytest.mark.parametrize("sender", [PLACEHOLDER, f"{SENDER},{PLACEHOLDER}"])
def test_an_unreplaced_placeholder_is_refused_as_a_sender(runner: ActionRunner, sender: str) -> None:
    error = runner.fails(CREATE, POLICY, Sender=sender)
    assert error.startswith(f'"Sender" cannot be "{PLACEHOLDER}"')
    assert "placeholder" in error
    assert runner.simulator.requests == []


# Simple Archive Search.


def test_the_search_step_returns_a_list_of_objects_with_exactly_the_requested_fields(runner: ActionRunner) -> None:
    runner.receive(sender=SENDER, received=last_month())
    runner.receive(sender="somebody@else.example.org", received=last_month())
    runner.receive("this month", sender=SENDER)
    items = runner.succeeds(FIND, SEARCH)
    assert isinstance(items, list)
    assert [item["displayfromaddress"] for item in items] == [SENDER]
    assert set(items[0]) == FIELDS


def test_the_search_step_runs_without_criteria(runner: ActionRunner) -> None:
    runner.receive(received=last_month())
    assert len(runner.succeeds(FIND, SEARCH, From="")) == 1


def test_the_search_step_takes_several_senders_joined_by_commas(runner: ActionRunner) -> None:
    for sender in (SENDER, "other@evil.example.org", "third@else.example.org"):
        runner.receive(sender=sender, received=last_month())
    items = runner.succeeds(FIND, SEARCH, From=f"{SENDER},other@evil.example.org,{SENDER}")
    assert {item["displayfromaddress"] for item in items} == {SENDER, "other@evil.example.org"}


def test_the_search_step_succeeds_with_an_empty_list(runner: ActionRunner) -> None:
    assert runner.succeeds(FIND, SEARCH) == []


def test_an_unreplaced_placeholder_is_refused_as_a_search_criterion(runner: ActionRunner) -> None:
    error = runner.fails(FIND, SEARCH, From=PLACEHOLDER)
    assert error.startswith('"From" cannot contain "[Event.event_network_email_from]"')
    assert runner.simulator.requests == []
