"""Targets: who or what an action changes, from its parameters and from its result."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.actions import Result, find
from mimecast_secops.cli.targets import Target, short_id, targets_of_result, targets_of_values

INVOICE = Target(
    id="eNoVzrEOgjAUQNF_6Wxi",
    recipient="ann@example.com",
    sender="billing@supplier.example.org",
    subject="Overdue invoice 4711",
    reason="Macro Documents",
    risk="medium",
)
PAIR = Target(sender="offers@mail.example.org", recipient="ann@example.com")
POLICY = Target(
    id="eNo1", sender="offers@mail.example.org", recipient="everyone", policy="Block Sender Policy from SecOps"
)


def targets_of(json_result: Any) -> tuple[Target, ...]:
    return targets_of_result(Result(message="", json_result=json_result))


@pytest.mark.parametrize("slug", ["release-message", "reject-message"])
def test_the_message_of_a_decision(slug: str) -> None:
    assert targets_of(find(slug).example) == (INVOICE,)


def test_the_messages_of_a_dry_run_and_of_a_failure() -> None:
    message = find("reject-message").example["message"]
    assert targets_of({"dryRun": True, "request": {}, "touches": [message]}) == (INVOICE,)
    assert targets_of([message]) == (INVOICE,)


def test_the_sender_and_the_recipient_of_a_block() -> None:
    [target] = targets_of(find("block-sender").example)
    assert (target.sender, target.recipient) == ("offers@mail.example.org", "ann@example.com")


def test_the_policy_that_was_created() -> None:
    [target] = targets_of(find("create-block-sender-policy").example)
    assert (target.sender, target.recipient) == ("offers@mail.example.org", "everyone")
    assert target.policy == "Block Sender Policy from SecOps automation."


def test_the_policies_of_a_list_and_of_a_dry_run() -> None:
    created = find("create-block-sender-policy").example
    planned = {"policy": {"option": "block_sender", "policy": created["policy"]}, "already": False}
    [deleted] = targets_of([{"id": created["id"], "policy": created}])
    [plan] = targets_of({"dryRun": True, "touches": [planned]})
    assert deleted.id == created["id"]
    assert plan.id == ""
    assert deleted.policy == plan.policy == "Block Sender Policy from SecOps automation."


def test_the_ids_of_a_report() -> None:
    [target] = targets_of(find("report-message").example)
    assert target == Target(id="eNoVzrEOgjAUQNF_6Wxi")


@pytest.mark.parametrize("json_result", [None, [], {}, "text", [None], {"dryRun": True}, {"reported": []}])
def test_a_result_without_a_target(json_result: Any) -> None:
    assert targets_of(json_result) == ()


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({"Message ID": "a", "Note": "x"}, Target(id="a")),
        ({"Policy ID": "a"}, Target(id="a")),
        ({"Sender": "a@x.org", "Recipient": "b@x.org"}, Target(sender="a@x.org", recipient="b@x.org")),
        ({"Description": "d", "Sender": "x.org"}, Target(policy="d", sender="x.org")),
    ],
)
def test_the_target_of_values(values: dict[str, object], target: Target) -> None:
    assert targets_of_values(values) == (target,)
    assert targets_of_values({"Note": "x"}) == ()


def test_json_and_back() -> None:
    assert INVOICE.as_json()["subject"] == "Overdue invoice 4711"
    assert Target.from_json(INVOICE.as_json() | {"unknown": 1}) == INVOICE
    assert Target.from_json(None) == Target()
    assert PAIR.as_json() == {"sender": PAIR.sender, "recipient": PAIR.recipient}


def test_a_target_is_completed_by_another() -> None:
    assert Target(id="a", risk="low").merged(Target(id="b", subject="s")) == Target(id="a", risk="low", subject="s")


@pytest.mark.parametrize(
    ("target", "sentence", "label", "line"),
    [
        (
            INVOICE,
            (
                '"Overdue invoice 4711" from billing@supplier.example.org to ann@example.com '
                "(held: Macro Documents, risk medium)"
            ),
            '"Overdue invoice 4711" to ann@example.com',
            "ann@example.com  Overdue invoice 4711",
        ),
        (
            PAIR,
            "sender offers@mail.example.org for recipient ann@example.com",
            "offers@mail.example.org → ann@example.com",
            "offers@mail.example.org → ann@example.com",
        ),
        (
            POLICY,
            'policy "Block Sender Policy from SecOps" (offers@mail.example.org → everyone)',
            "offers@mail.example.org → everyone: Block Sender Policy from SecOps",
            "offers@mail.example.org → everyone  Block Sender Policy from SecOps",
        ),
        (Target(id="e" * 200), f"message {'e' * 16}…", f"{'e' * 16}…", f"{'e' * 16}…"),
    ],
    ids=["message", "sender", "policy", "id"],
)
def test_a_target_in_words(target: Target, sentence: str, label: str, line: str) -> None:
    assert (target.sentence(), target.label(), target.line()) == (sentence, label, line)


def test_a_short_id_stays() -> None:
    assert short_id("e" * 16) == "e" * 16
    assert short_id("e" * 17) == "e" * 16 + "…"
