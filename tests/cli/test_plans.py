"""Plans: what an action would do, and what it did, in words."""

from __future__ import annotations

from typing import Any

from mimecast_secops.actions import Result, find
from mimecast_secops.cli import plans
from mimecast_secops.cli.targets import Target

CREATED = find("create-block-sender-policy").example


def plan(slug: str, touches: list[Any], known: tuple[Target, ...] = (), **extra: Any) -> list[str]:
    result = Result(message="", json_result={"dryRun": True, "request": {}, "touches": touches, **extra})
    return plans.plan(find(slug), result, known)


def policy(**members: Any) -> dict[str, Any]:
    return {"option": "block_sender", "policy": CREATED["policy"] | members}


def test_the_plan_for_a_message() -> None:
    assert plan("release-message", [find("release-message").example["message"]]) == [
        (
            'Would release: "Overdue invoice 4711" from billing@supplier.example.org to ann@example.com '
            "(held: Macro Documents, risk medium)"
        )
    ]


def test_the_plan_for_a_sender() -> None:
    touches = [{"sender": "eve@evil.example.org", "recipient": "ann@example.com"}]
    assert plan("permit-sender", touches) == ["Would permit: sender eve@evil.example.org for recipient ann@example.com"]


def test_a_listed_message_completes_the_plan() -> None:
    touches = [{"id": "eNo", "trackingId": "eNo", "request": {}}]
    known = Target(id="eNo", subject="Invoice", recipient="ann@example.com")
    assert plan("report-message", touches, (known,)) == ['Would report: "Invoice" to ann@example.com']


def test_several_targets_are_not_completed_by_one() -> None:
    known = Target(id="x", subject="Invoice")
    targets = [Target(id="a"), Target(id="b")]
    assert plans.complete(targets, [known]) == targets
    assert plans.complete([], [known, known]) == [known, known]


def test_the_plan_for_a_policy_is_a_labelled_list() -> None:
    planned = {"policy": policy(fromPart="header_from", toEternal=False, toDate="2027-03-07T16:03:00+0000")}
    assert plan("create-block-sender-policy", [planned]) == [
        'Would create the policy "Block Sender Policy from SecOps automation.":',
        "  Effect      blocks messages from offers@mail.example.org to everyone",
        "  Compares    header sender",
        "  Direction   also blocks messages from the recipient to the sender",
        "  Precedence  over other policies",
        "  Period      at once, until 2027-03-07 16:03 UTC",
    ]


def test_a_policy_that_exempts() -> None:
    planned = {"policy": policy(bidirectional=False, enforced=False) | {"option": "no_action"}}
    lines = plan("create-block-sender-policy", [planned])
    assert lines[1] == (
        "  Effect      exempts from other block policies messages from offers@mail.example.org to everyone"
    )
    assert not [line for line in lines if "Direction" in line]
    assert "  Precedence  none over other policies" in lines


def test_what_is_already_done_is_no_change() -> None:
    assert plan("reject-message", [], already=True) == ["Would reject nothing: it is already done."]
    assert plan("delete-block-sender-policy", []) == ["Would delete nothing: it is already done."]
    [head, *_] = plan("create-block-sender-policy", [{"policy": policy(), "already": True}])
    assert head.startswith("Would create nothing: an equal policy exists.")


def test_the_details_of_a_policy_that_was_created() -> None:
    lines = plans.policy_details(Result(message="", json_result=CREATED))
    assert lines[0] == '  Policy      "Block Sender Policy from SecOps automation."'
    assert "  Direction   also blocks messages from the recipient to the sender" in lines
    assert plans.policy_details(Result(message="", json_result=find("reject-message").example)) == []
