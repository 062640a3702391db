"""Block Sender and Permit Sender."""

from __future__ import annotations

import pytest

from tests.actions.runner import ActionRunner

PATH = "/api/managedsender/permit-or-block-sender"
EVE, ANN = "eve@example.org", "ann@example.com"
both_types = pytest.mark.parametrize(("slug", "action"), [("block-sender", "block"), ("permit-sender", "permit")])


def entries(runner: ActionRunner) -> list[tuple[str, str, str]]:
    return [(entry.sender, entry.to, entry.action) for entry in runner.simulator.tenant.managed_senders.values()]


@both_types
def test_one_request_sets_the_entry(runner: ActionRunner, slug: str, action: str) -> None:
    runner.set_quirks(strict_members=True)
    result = runner.succeeds(slug, Sender=f" {EVE} ", Recipient=ANN)
    assert entries(runner) == [(EVE, ANN, action)]
    assert runner.paths == [PATH]
    assert (result["sender"], result["to"], result["type"]) == (EVE, ANN, action.title())
    assert result["id"].startswith("MTOKEN:")
    assert (result["state"], result["already"]) == ("confirmed", False)


@both_types
def test_setting_the_entry_again_changes_nothing(runner: ActionRunner, slug: str, action: str) -> None:
    first = runner.succeeds(slug, Sender=EVE, Recipient=ANN)
    again = runner.succeeds(slug, Sender=EVE.upper(), Recipient=ANN)
    assert entries(runner) == [(EVE, ANN, action)]
    assert first["id"] == again["id"]


@both_types
def test_the_undo_inverts_the_entry(runner: ActionRunner, slug: str, action: str) -> None:
    undo = runner.succeeds(slug, Sender=EVE, Recipient=ANN)["undo"]
    assert (undo["possible"], undo["earlierState"]) == (True, "unknown")
    assert "does not tell what applied before" in undo["why"]
    runner.succeeds("-".join(undo["action"].lower().split()), undo["parameters"])
    assert entries(runner) == [(EVE, ANN, "permit" if action == "block" else "block")]


@both_types
def test_a_dry_run_sends_nothing_and_returns_the_exact_request(runner: ActionRunner, slug: str, action: str) -> None:
    result = runner.run(slug, Sender=EVE, Recipient=ANN, Dry_Run="true")
    assert (result.is_success, result.message) == (True, "Dry run: nothing was done.")
    plan = result.json_result
    assert plan["request"] == {"path": PATH, "data": [{"sender": EVE, "to": ANN, "action": action}]}
    assert plan["touches"] == [{"sender": EVE, "recipient": ANN}]
    assert plan["undo"]["possible"] is True
    assert runner.simulator.requests == []


@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
@both_types
def test_a_reply_without_confirmation_is_a_failure(runner: ActionRunner, slug: str, action: str, kind: str) -> None:
    runner.add_fault(kind, PATH)
    runner.fails(slug, Sender=EVE, Recipient=ANN)


@pytest.mark.parametrize(
    "sender", ["o'brien@example.org", "ann+news@example.org", "müller@münchen.example", "a.b-c_d@x.y.z.org"]
)
@both_types
def test_an_address_is_sent_unchanged(v2: ActionRunner, slug: str, action: str, sender: str) -> None:
    v2.succeeds(slug, Sender=sender, Recipient=ANN)
    assert entries(v2) == [(sender, ANN, action)]


@pytest.mark.parametrize("form", ["spelled", "upper"])
@both_types
def test_the_type_of_the_reply_may_be_spelled_in_any_way(
    runner: ActionRunner, slug: str, action: str, form: str
) -> None:
    runner.set_quirks(sender_reply=form)
    assert runner.succeeds(slug, Sender=EVE, Recipient=ANN)["state"] == "confirmed"
    assert entries(runner) == [(EVE, ANN, action)]


@both_types
def test_an_empty_reply_is_unknown(runner: ActionRunner, slug: str, action: str) -> None:
    runner.set_quirks(sender_reply="empty")
    error = runner.fails(slug, Sender=EVE, Recipient=ANN)
    verb = "blocked" if action == "block" else "permitted"
    assert error.startswith(f"Whether the sender was {verb} is unknown, and Mimecast has no function that shows it: ")
    assert "Check Managed Senders in the Mimecast console" in error
    assert entries(runner) == [(EVE, ANN, action)]


@pytest.mark.parametrize("fault", ["html", "reset"])
@both_types
def test_a_reply_that_does_not_arrive_is_unknown(runner: ActionRunner, slug: str, action: str, fault: str) -> None:
    runner.add_fault(fault, PATH)
    assert "is unknown" in runner.fails(slug, Sender=EVE, Recipient=ANN)


@both_types
def test_a_recipient_outside_the_tenant_is_not_told_as_a_missing_permission(
    runner: ActionRunner, slug: str, action: str
) -> None:
    error = runner.fails(slug, Sender=EVE, Recipient="ann@elsewhere.example")
    assert error == (
        "Mimecast does not manage the recipient (err_xdk_operation_forbidden_for_address): elsewhere.example is not "
        'one of the tenant\'s internal domains. Enter the address of a user of the tenant in "Recipient".'
    )
    assert entries(runner) == []


@both_types
def test_a_missing_permission_names_the_other_cause_as_well(runner: ActionRunner, slug: str, action: str) -> None:
    runner.revoke("Gateway | Managed Senders | Edit")
    error = runner.fails(slug, Sender=EVE, Recipient=ANN)
    assert 'the permission "Gateway | Managed Senders | Edit"' in error
    assert "If this permission is granted, Mimecast does not manage the recipient" in error


@both_types
def test_both_causes_are_named_if_the_internal_domains_cannot_be_read(
    runner: ActionRunner, slug: str, action: str
) -> None:
    runner.revoke("Directories | Internal | Read")
    error = runner.fails(slug, Sender=EVE, Recipient="ann@elsewhere.example")
    assert 'the permission "Gateway | Managed Senders | Edit"' in error
    assert "If this permission is granted, Mimecast does not manage the recipient" in error
