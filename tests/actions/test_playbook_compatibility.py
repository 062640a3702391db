"""The community playbooks run unchanged: section 7 of the platform's contract."""

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
    return [one.policy["from"]["emailAddress"] for one in runner.simulator.tenant.policies.values()]


# Create Block Sender Policy: the three steps send the same


def test_the_policy_step_creates_one_policy_and_its_result_is_one_object(runner: ActionRunner) -> None:
    result = runner.succeeds(CREATE, POLICY)
    assert isinstance(result, dict)
    [made] = runner.simulator.tenant.policies.values()
    assert (result["id"], result["option"]) == (made.id, "block_sender")


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


@pytest.mark.parametrize("true", [True, "true", "True", "TRUE", " true ", "1"], ids=repr)
@pytest.mark.parametrize("false", [False, "false", "False", "0"], ids=repr)
def test_booleans_travel_as_booleans_however_they_are_spelled(v2: ActionRunner, true: object, false: object) -> None:
    policy = v2.succeeds(CREATE, POLICY, Bidirectional=true, Enforced=false)["policy"]
    assert policy["bidirectional"] is True
    assert policy["enforced"] is False


def test_parameters_that_are_absent_or_null_count_as_empty(runner: ActionRunner) -> None:
    sparse = {name: value for name, value in POLICY.items() if value != ""}
    null = {name: None if value == "" else value for name, value in POLICY.items()}
    first = runner.succeeds(CREATE, sparse)
    assert runner.succeeds(CREATE, null)["id"] == runner.succeeds(CREATE, POLICY)["id"] == first["id"]


@pytest.mark.parametrize(
    "joined", [f"{SENDER},{SENDER}", f"{SENDER}, {SENDER.upper()}", f"{SENDER}\n{SENDER}", f",{SENDER},,"], ids=repr
)
def test_equal_senders_of_several_events_collapse_into_one_policy(runner: ActionRunner, joined: str) -> None:
    result = runner.succeeds(CREATE, POLICY, Sender=joined)
    assert isinstance(result, dict)
    assert blocked(runner) == [SENDER]


def test_distinct_senders_of_several_events_get_a_policy_each(runner: ActionRunner) -> None:
    result = runner.succeeds(CREATE, POLICY, Sender=f"{SENDER},other@evil.example.org,{SENDER}")
    assert [one["policy"]["fromValue"] for one in result] == [SENDER, "other@evil.example.org"]
    assert blocked(runner) == [SENDER, "other@evil.example.org"]


def test_the_step_a_second_time_creates_nothing_and_succeeds(runner: ActionRunner) -> None:
    first = runner.succeeds(CREATE, POLICY)
    again = runner.succeeds(CREATE, POLICY)
    assert (again["id"], first["already"], again["already"]) == (first["id"], False, True)
    assert blocked(runner) == [SENDER]


@pytest.mark.parametrize("sender", [PLACEHOLDER, f"{SENDER},{PLACEHOLDER}"])
def test_a_placeholder_that_nothing_replaced_is_refused_and_named_so(runner: ActionRunner, sender: str) -> None:
    said = runner.fails(CREATE, POLICY, Sender=sender)
    assert said.startswith(f'"Sender" cannot be "{PLACEHOLDER}"')
    assert "placeholder" in said
    assert runner.simulator.requests == []


# Simple Archive Search


def test_the_search_step_gives_a_list_of_objects_with_exactly_the_asked_fields(runner: ActionRunner) -> None:
    runner.receive(sender=SENDER, received=last_month())
    runner.receive(sender="somebody@else.example.org", received=last_month())
    runner.receive("this month", sender=SENDER)
    found = runner.succeeds(FIND, SEARCH)
    assert isinstance(found, list)
    assert [item["displayfromaddress"] for item in found] == [SENDER]
    assert set(found[0]) == FIELDS


def test_the_search_step_without_any_criterion_still_runs(runner: ActionRunner) -> None:
    runner.receive(received=last_month())
    assert len(runner.succeeds(FIND, SEARCH, From="")) == 1


def test_the_search_step_takes_several_senders_joined_by_commas(runner: ActionRunner) -> None:
    for sender in (SENDER, "other@evil.example.org", "third@else.example.org"):
        runner.receive(sender=sender, received=last_month())
    found = runner.succeeds(FIND, SEARCH, From=f"{SENDER},other@evil.example.org,{SENDER}")
    assert {item["displayfromaddress"] for item in found} == {SENDER, "other@evil.example.org"}


def test_the_search_step_that_finds_nothing_succeeds_with_an_empty_list(runner: ActionRunner) -> None:
    assert runner.succeeds(FIND, SEARCH) == []


def test_a_placeholder_is_no_sender_to_search_for(runner: ActionRunner) -> None:
    said = runner.fails(FIND, SEARCH, From=PLACEHOLDER)
    assert said.startswith('"From" cannot contain "[Event.event_network_email_from]"')
    assert runner.simulator.requests == []
