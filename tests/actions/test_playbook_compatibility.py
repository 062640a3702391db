"""The community playbooks run unchanged: section 7 of the platform's contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.bench import Bench

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


def blocked(bench: Bench) -> list[str]:
    return [one.policy["from"]["emailAddress"] for one in bench.simulator.tenant.policies.values()]


# Create Block Sender Policy: the three steps send the same


def test_the_policy_step_creates_one_policy_and_its_result_is_one_object(bench: Bench) -> None:
    result = bench.succeeds(CREATE, POLICY)
    assert isinstance(result, dict)
    [made] = bench.simulator.tenant.policies.values()
    assert (result["id"], result["option"]) == (made.id, "block_sender")


def test_the_result_of_the_policy_step_has_the_shape_of_the_example(bench: Bench) -> None:
    policy = bench.succeeds(CREATE, POLICY)["policy"]
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
def test_booleans_travel_as_booleans_however_they_are_spelled(v2: Bench, true: object, false: object) -> None:
    policy = v2.succeeds(CREATE, POLICY, Bidirectional=true, Enforced=false)["policy"]
    assert policy["bidirectional"] is True
    assert policy["enforced"] is False


def test_parameters_that_are_absent_or_null_count_as_empty(bench: Bench) -> None:
    sparse = {name: value for name, value in POLICY.items() if value != ""}
    null = {name: None if value == "" else value for name, value in POLICY.items()}
    first = bench.succeeds(CREATE, sparse)
    assert bench.succeeds(CREATE, null)["id"] == bench.succeeds(CREATE, POLICY)["id"] == first["id"]


@pytest.mark.parametrize(
    "joined", [f"{SENDER},{SENDER}", f"{SENDER}, {SENDER.upper()}", f"{SENDER}\n{SENDER}", f",{SENDER},,"], ids=repr
)
def test_equal_senders_of_several_events_collapse_into_one_policy(bench: Bench, joined: str) -> None:
    result = bench.succeeds(CREATE, POLICY, Sender=joined)
    assert isinstance(result, dict)
    assert blocked(bench) == [SENDER]


def test_distinct_senders_of_several_events_get_a_policy_each(bench: Bench) -> None:
    result = bench.succeeds(CREATE, POLICY, Sender=f"{SENDER},other@evil.example.org,{SENDER}")
    assert [one["policy"]["fromValue"] for one in result] == [SENDER, "other@evil.example.org"]
    assert blocked(bench) == [SENDER, "other@evil.example.org"]


def test_the_step_a_second_time_creates_nothing_and_succeeds(bench: Bench) -> None:
    first = bench.succeeds(CREATE, POLICY)
    again = bench.succeeds(CREATE, POLICY)
    assert (again["id"], first["already"], again["already"]) == (first["id"], False, True)
    assert blocked(bench) == [SENDER]


@pytest.mark.parametrize("sender", [PLACEHOLDER, f"{SENDER},{PLACEHOLDER}"])
def test_a_placeholder_that_nothing_replaced_is_refused_and_named_so(bench: Bench, sender: str) -> None:
    said = bench.fails(CREATE, POLICY, Sender=sender)
    assert said.startswith(f'"Sender" cannot be "{PLACEHOLDER}"')
    assert "placeholder" in said
    assert bench.simulator.requests == []


# Simple Archive Search


def test_the_search_step_gives_a_list_of_objects_with_exactly_the_asked_fields(bench: Bench) -> None:
    bench.mail(sender=SENDER, received=last_month())
    bench.mail(sender="somebody@else.example.org", received=last_month())
    bench.mail("this month", sender=SENDER)
    found = bench.succeeds(FIND, SEARCH)
    assert isinstance(found, list)
    assert [item["displayfromaddress"] for item in found] == [SENDER]
    assert set(found[0]) == FIELDS


def test_the_search_step_without_any_criterion_still_runs(bench: Bench) -> None:
    bench.mail(received=last_month())
    assert len(bench.succeeds(FIND, SEARCH, From="")) == 1


def test_the_search_step_takes_several_senders_joined_by_commas(bench: Bench) -> None:
    for sender in (SENDER, "other@evil.example.org", "third@else.example.org"):
        bench.mail(sender=sender, received=last_month())
    found = bench.succeeds(FIND, SEARCH, From=f"{SENDER},other@evil.example.org,{SENDER}")
    assert {item["displayfromaddress"] for item in found} == {SENDER, "other@evil.example.org"}


def test_the_search_step_that_finds_nothing_succeeds_with_an_empty_list(bench: Bench) -> None:
    assert bench.succeeds(FIND, SEARCH) == []


def test_a_placeholder_is_no_sender_to_search_for(bench: Bench) -> None:
    said = bench.fails(FIND, SEARCH, From=PLACEHOLDER)
    assert said.startswith('"From" cannot contain "[Event.event_network_email_from]"')
    assert bench.simulator.requests == []
