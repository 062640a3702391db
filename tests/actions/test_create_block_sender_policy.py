"""Create Block Sender Policy: targets, guards, equal policies, dry run and verification."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions.create_block_sender_policy import Parameters, policies_of
from mimecast_secops.parameters import parse
from mimecast_secops.simulator.tenant.records import Policy
from tests.actions.blocked_senders import CREATE_ACTION, RAW, create, policies
from tests.actions.runner import ActionRunner
from tests.ids import plain_id

CREATE = "/api/policy/blockedsenders/create-policy"
GET = "/api/policy/blockedsenders/get-policy"


class Tampered(dict[str, Policy]):
    """Policies of a tenant that shows something other than what was created."""

    def __init__(self, *, hide: bool = False, **members: object) -> None:
        super().__init__()
        self._hide = hide
        self._members = members

    def __setitem__(self, key: str, record: Policy) -> None:
        record.policy = {**record.policy, **self._members}
        super().__setitem__(key, record)

    def values(self) -> Any:
        policies: Iterable[Policy] = () if self._hide else super().values()
        return list(policies)


GUARDED = {
    "everyone to everyone": {"Sender Type": "Everyone"},
    "everyone to internal": {"Sender Type": "Everyone", "Recipient Type": "Internal Addresses"},
    "everyone to external": {"Sender Type": "Everyone", "Recipient Type": "External Addresses"},
    "external to everyone": {"Sender Type": "External Addresses"},
    "external to internal": {"Sender Type": "External Addresses", "Recipient Type": "Internal Addresses"},
    "internal to everyone": {"Sender Type": "Internal Addresses"},
    "the own domain": {"Sender": "example.com"},
    "the own domain in capitals": {"Sender": "EXAMPLE.com"},
    "the own domain for one": {
        "Sender": "example.com",
        "Recipient": "ann@example.com",
        "Recipient Type": "Email Address",
    },
    "free mail": {"Sender": "gmail.com"},
    "free mail in capitals": {"Sender": "Outlook.COM"},
    "a public suffix": {"Sender": "co.uk"},
    "a public suffix by wildcard": {"Sender": "anything.ck"},
    "an international public suffix": {"Sender": "公司.cn"},
    "the same in ASCII": {"Sender": "xn--55qx5d.cn"},
    "a hosting suffix": {"Sender": "github.io"},
    "one of several": {"Sender": "evil.example.org,gmail.com"},
    "another own domain": {"Sender": "second.example"},
    "a subdomain of an own domain": {"Sender": "mail.second.example"},
    "a parent of an own domain": {"Sender": "parent.example"},
    "an own domain in another form": {"Sender": "xn--mnchen-3ya.example"},
    "an own international domain": {"Sender": "MÜNCHEN.example"},
    "free mail in full-width letters": {"Sender": "\uff47\uff4d\uff41\uff49\uff4c.com"},
    "everyone to another own domain": {
        "Sender Type": "Everyone",
        "Recipient Type": "Email Domain",
        "Recipient": "second.example",
    },
    "internal to another own domain": {
        "Sender Type": "Internal Addresses",
        "Recipient Type": "Email Domain",
        "Recipient": "second.example",
    },
    "everyone to one recipient": {
        "Sender Type": "Everyone",
        "Recipient Type": "Email Address",
        "Recipient": "ann@example.com",
    },
    "external to one recipient": {
        "Sender Type": "External Addresses",
        "Recipient Type": "Email Address",
        "Recipient": "ann@Second.Example",
    },
    "a display name of wildcards": {"Sender Type": "Header Display Name", "Sender": "*"},
}


# The sender is narrow, but with "Bidirectional" the policy also acts on messages from the recipient to the sender.
MIRRORED = {
    "a colleague for everyone": {"Sender": "ann@second.example", "Sender Type": "Email Address"},
    "a colleague for external addresses": {
        "Sender": "ann@example.com",
        "Sender Type": "Email Address",
        "Recipient Type": "External Addresses",
    },
    "a colleague for a free-mail domain": {
        "Sender": "ann@example.com",
        "Sender Type": "Email Address",
        "Recipient Type": "Email Domain",
        "Recipient": "gmail.com",
    },
    "internal addresses for a free-mail domain": {
        "Sender Type": "Internal Addresses",
        "Recipient Type": "Email Domain",
        "Recipient": "gmail.com",
    },
}


NARROW = {
    "an address at a free-mail domain": {"Sender": "eve@gmail.com", "Sender Type": "Email Address"},
    "a domain below a public suffix": {"Sender": "evil.co.uk"},
    "a name": {"Sender": "The Boss", "Sender Type": "Header Display Name"},
    "a subdomain that is not free mail": {"Sender": "gmail.com.evil.example.org"},
    "one sender for the own domain": {"Recipient Type": "Email Domain", "Recipient": "example.com"},
    "one sender for one recipient": {"Recipient Type": "Email Address", "Recipient": "ann@example.com"},
    "all mail to a domain elsewhere": {
        "Sender Type": "Internal Addresses",
        "Recipient Type": "Email Domain",
        "Recipient": "evil.example.org",
    },
    "a domain with an own domain as its suffix": {"Sender": "notexample.com"},
}


DOMAINS = "/api/domain/get-internal-domain"
NEEDS_OWN_DOMAINS: dict[str, dict[str, object]] = {
    "a domain": {},
    "a domain for one": {"Recipient Type": "Email Address", "Recipient": "ann@example.com", "Bidirectional": False},
    "an exempted domain": {"Response": "No Action"},
    "everyone to one address": {
        "Sender Type": "Everyone",
        "Recipient Type": "Email Address",
        "Recipient": "eve@evil.example.org",
    },
}


SENT = {
    "münchen.example": "xn--mnchen-3ya.example",
    "MÜNCHEN.example": "xn--mnchen-3ya.example",
    "xn--mnchen-3ya.example": "xn--mnchen-3ya.example",
    "Evil.Example.org": "Evil.Example.org",
    "\uff45\uff56\uff49\uff4c.example": "evil.example",
    "eve@münchen.example": "eve@xn--mnchen-3ya.example",
    "Eve@Evil.example": "Eve@Evil.example",
}


@pytest.mark.parametrize(
    ("kind", "value", "wire"),
    [
        ("Email Address", "eve@example.org", {"type": "individual_email_address", "emailAddress": "eve@example.org"}),
        ("Email Domain", "example.org", {"type": "email_domain", "emailDomain": "example.org"}),
        ("Header Display Name", "The, Boss", {"type": "header_display_name", "headerDisplayName": "The, Boss"}),
        ("Internal Addresses", "", {"type": "internal_addresses"}),
        ("External Addresses", "ignored", {"type": "external_addresses"}),
        ("Everyone", "ignored@example.org", {"type": "everyone"}),
    ],
)
def test_each_target_type_is_sent_with_its_value(
    runner: ActionRunner, kind: str, value: str, wire: dict[str, str]
) -> None:
    runner.set_quirks(strict_members=True)
    for side, member in (("Sender", "from"), ("Recipient", "to")):
        values = {f"{side} Type": kind, side: value, "Allow Broad Policy": True}
        assert create(runner, **values)["policy"][member] == wire


@pytest.mark.parametrize(("option", "wire"), [("Block Sender", "block_sender"), ("No Action", "no_action")])
@pytest.mark.parametrize(
    ("part", "from_part"), [("Both", "both"), ("From Envelope", "envelope_from"), ("From Headers", "header_from")]
)
def test_response_and_extracted_data_are_sent_as_mimecast_names_them(
    v2: ActionRunner, option: str, wire: str, part: str, from_part: str
) -> None:
    result = create(v2, Response=option, Extracted_Data=part)
    assert (result["option"], result["policy"]["fromPart"]) == (wire, from_part)


def test_a_policy_without_times_is_eternal(runner: ActionRunner) -> None:
    policy = create(runner)["policy"]
    assert (policy["fromEternal"], policy["toEternal"]) == (True, True)


def test_a_policy_with_times_is_not_eternal(runner: ActionRunner) -> None:
    runner.now = datetime(2026, 3, 7, tzinfo=UTC)
    policy = create(runner, Start_Time="2026-03-07T16:03:00", End_Time="2026-03-08T01:00:00+01:00")["policy"]
    assert (policy["fromEternal"], policy["toEternal"]) == (False, False)
    assert (policy["fromDate"], policy["toDate"]) == ("2026-03-07T16:03:00+0000", "2026-03-08T00:00:00+0000")


def test_a_policy_with_an_end_only_has_no_start(runner: ActionRunner) -> None:
    policy = create(runner, End_Time="2030-01-01")["policy"]
    assert (policy["fromEternal"], policy["toEternal"], policy["toDate"]) == (True, False, "2030-01-01T00:00:00+0000")


def test_the_comment_is_kept(runner: ActionRunner) -> None:
    create(runner, Comment="Case 4711")
    assert policies(runner)[0].policy["comment"] == "Case 4711"


@given(st.lists(st.sampled_from(["a@x.org", "A@X.org", "b@x.org", "B@x.ORG", "c@y.org"]), min_size=1, max_size=8))
def test_each_distinct_sender_has_one_policy_in_its_first_spelling(senders: list[str]) -> None:
    raw = {**RAW, "Sender": ",".join(senders), "Sender Type": "Email Address"}
    values = [policy.sender.value for policy in policies_of(parse(Parameters, raw)[0])]
    first = {sender.casefold(): sender for sender in reversed(senders)}
    assert sorted(values) == sorted(first.values())


def test_every_sender_is_combined_with_every_recipient(runner: ActionRunner) -> None:
    senders = {"Sender": "a.example.org,b.example.org", "Recipient Type": "Email Address"}
    result = create(runner, Recipient="ann@example.com,bob@example.com", **senders)
    assert len(result) == len(policies(runner)) == 4


@pytest.mark.parametrize("side", ["Sender", "Recipient"])
@pytest.mark.parametrize("empty", [",", " , "])
def test_an_empty_list_is_an_error(runner: ActionRunner, side: str, empty: str) -> None:
    assert "is mandatory when" in runner.fails(CREATE_ACTION, RAW, **{side: empty, f"{side} Type": "Email Domain"})


@pytest.mark.usefixtures("several_domains")
@pytest.mark.parametrize("case", GUARDED)
def test_a_broad_policy_is_refused_unless_the_override_is_enabled(v2: ActionRunner, case: str) -> None:
    for response in ("Block Sender", "No Action"):
        error = v2.fails(CREATE_ACTION, RAW, **GUARDED[case], Response=response)
        assert error.endswith('so it was not created. Enable "Allow Broad Policy" to create it anyway.')
        assert (v2.writes, policies(v2)) == ([], [])
    create(v2, **GUARDED[case], Allow_Broad_Policy="true")
    assert len(policies(v2)) == 1 + (case == "one of several")


@pytest.mark.usefixtures("several_domains")
@pytest.mark.parametrize("response", ["Block Sender", "No Action"])
@pytest.mark.parametrize("case", MIRRORED)
def test_the_direction_that_bidirectional_adds_is_guarded(v2: ActionRunner, case: str, response: str) -> None:
    values = {**MIRRORED[case], "Response": response}
    error = v2.fails(CREATE_ACTION, RAW, **values)
    assert error.startswith('With "Bidirectional" enabled, the policy also acts on messages in the other direction. ')
    assert error.endswith('Disable "Bidirectional", or enable "Allow Broad Policy" to create it anyway.')
    assert (v2.writes, policies(v2)) == ([], [])
    create(v2, **values, Bidirectional=False)
    create(v2, **values, Allow_Broad_Policy=True)
    assert len(policies(v2)) == 2


@pytest.mark.parametrize("case", NARROW)
def test_a_narrow_policy_is_created_without_the_override(v2: ActionRunner, case: str) -> None:
    for response in ("Block Sender", "No Action"):
        create(v2, **NARROW[case], Response=response)


def test_a_block_of_all_messages_to_an_external_address_is_created_without_the_override(runner: ActionRunner) -> None:
    values = {"Sender Type": "Everyone", "Recipient Type": "Email Address", "Recipient": "eve@evil.example.org"}
    create(runner, **values)
    assert "messages from everyone" in runner.fails(CREATE_ACTION, RAW, **values, Response="No Action")


def test_the_guard_also_refuses_a_dry_run(runner: ActionRunner) -> None:
    assert "free-mail" in runner.fails(CREATE_ACTION, RAW, Sender="gmail.com", Dry_Run=True)


@pytest.mark.parametrize("fault", ["permission", "product", "html", "empty list", "list with a gap"])
@pytest.mark.parametrize("case", NEEDS_OWN_DOMAINS)
def test_a_policy_is_refused_if_the_own_domains_cannot_be_determined(v2: ActionRunner, case: str, fault: str) -> None:
    if fault == "permission":
        v2.revoke("Directories | Internal | Read")
    elif fault == "product":
        v2.revoke("Domain Management")
    elif fault == "html":
        v2.add_fault("html", DOMAINS)
    else:
        v2.simulator.tenant.domains = set() if fault == "empty list" else {"example.com", ""}
    error = v2.fails(CREATE_ACTION, RAW, **NEEDS_OWN_DOMAINS[case])
    assert 'Whether "evil.example.org" is one of the tenant\'s own domains could not be determined, so the' in error
    assert error.endswith('Enable "Allow Broad Policy" to create it without this check.')
    assert (v2.writes, policies(v2)) == ([], [])
    create(v2, **NEEDS_OWN_DOMAINS[case], Allow_Broad_Policy=True)


@pytest.mark.parametrize("response", ["Block Sender", "No Action"])
def test_an_external_address_in_both_directions_needs_no_other_permission(runner: ActionRunner, response: str) -> None:
    runner.revoke("Directories | Internal | Read")
    create(runner, Sender="eve@evil.example.org", Sender_Type="Email Address", Response=response)
    values = {"Sender": "ann@example.com", "Sender Type": "Email Address", "Response": response}
    assert "all messages to ann@example.com" in runner.fails(CREATE_ACTION, RAW, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"Sender": "eve@evil.example.org", "Sender Type": "Email Address", "Bidirectional": False},
        {
            "Sender": "eve@evil.example.org",
            "Sender Type": "Email Address",
            **dict(NARROW["one sender for one recipient"]),
        },
        {"Sender": "The Boss", "Sender Type": "Header Display Name"},
    ],
    ids=["one direction", "one recipient", "display name"],
)
def test_the_own_domains_are_not_read_if_the_policy_does_not_depend_on_them(
    runner: ActionRunner, values: dict[str, object]
) -> None:
    runner.revoke("Directories | Internal | Read")
    create(runner, **values)
    assert DOMAINS not in runner.paths


def test_the_domain_of_the_account_is_guarded_if_the_internal_domains_cannot_be_read(runner: ActionRunner) -> None:
    runner.revoke("Directories | Internal | Read")
    assert '"example.com" is the tenant\'s own domain' in runner.fails(CREATE_ACTION, RAW, Sender="example.com")


def test_the_internal_domains_are_enough_if_the_account_cannot_be_read(runner: ActionRunner) -> None:
    runner.revoke("Account | Dashboard | Read")
    create(runner)
    assert "own domain" in runner.fails(CREATE_ACTION, RAW, Sender="example.com")


def test_the_own_domains_are_read_once_for_several_policies(runner: ActionRunner) -> None:
    create(runner, Sender="a.example.org,b.example.org,c.example.org")
    assert runner.paths.count(DOMAINS) == 1


def test_rejected_credentials_are_not_reported_as_unknown_domains(v2: ActionRunner) -> None:
    v2.simulator.tenant.application.client_secret = "another"
    assert "Check Client ID and Client Secret" in v2.fails(CREATE_ACTION, RAW)


@pytest.mark.parametrize("domain", SENT, ids=plain_id)
@pytest.mark.parametrize("side", ["Sender", "Recipient"])
def test_a_domain_is_sent_in_ascii_form(v2: ActionRunner, side: str, domain: str) -> None:
    kind = "Email Address" if "@" in domain else "Email Domain"
    other = "Recipient" if side == "Sender" else "Sender"
    values = {side: domain, f"{side} Type": kind, f"{other} Type": "Email Address", other: "bob@elsewhere.example"}
    policy = create(v2, **values)["policy"]
    target = policy["from" if side == "Sender" else "to"]
    assert SENT[domain] in target.values()


def test_a_domain_in_full_width_letters_is_normalized(runner: ActionRunner) -> None:
    wide = "\uff47\uff4d\uff41\uff49\uff4c.com"
    assert '"gmail.com" is a free-mail domain' in runner.fails(CREATE_ACTION, RAW, Sender=wide)
    assert create(runner, Sender=wide, Allow_Broad_Policy=True)["policy"]["fromValue"] == "gmail.com"


def test_all_spellings_of_an_international_domain_are_one_policy(runner: ActionRunner) -> None:
    assert isinstance(create(runner, Sender="münchen.example,xn--mnchen-3ya.example,MÜNCHEN.example"), dict)
    assert len(policies(runner)) == 1


def test_a_policy_that_the_console_shows_in_unicode_is_equal(runner: ActionRunner) -> None:
    first = create(runner, Sender="münchen.example")
    policies(runner)[0].policy["from"] = {"type": "email_domain", "emailDomain": "münchen.example"}
    assert create(runner, Sender="xn--mnchen-3ya.example")["id"] == first["id"]


def test_a_domain_that_idna_does_not_allow_is_refused_before_any_request(runner: ActionRunner) -> None:
    error = runner.fails(CREATE_ACTION, RAW, Sender="\u0661\u0662\u0663.example")
    assert "it is not a valid domain name" in error
    assert runner.paths == []


def test_everyone_to_the_own_domain_is_refused(runner: ActionRunner) -> None:
    runner.fails(
        CREATE_ACTION, RAW, **{"Sender Type": "Everyone", "Recipient Type": "Email Domain", "Recipient": "example.com"}
    )


@pytest.mark.parametrize(
    "again",
    [{}, {"Sender": "EVIL.example.ORG"}, {"Description": "another", "Comment": "c"}, {"Allow Broad Policy": True}],
    ids=str,
)
def test_an_equal_policy_is_not_created_again(runner: ActionRunner, again: dict[str, object]) -> None:
    first = create(runner)
    runner.clear_requests()
    second = create(runner, **again)
    assert (second["id"], second["already"], second["state"]) == (first["id"], True, "confirmed")
    assert (first["already"], runner.writes, len(policies(runner))) == (False, [], 1)


@pytest.mark.parametrize(
    "other",
    [
        {"Sender": "other.example.org"},
        {"Sender": "evil.example.org", "Sender Type": "Header Display Name"},
        {"Recipient Type": "Email Address", "Recipient": "ann@example.com"},
        {"Extracted Data": "From Headers"},
        {"Response": "No Action"},
        {"Bidirectional": False},
        {"Enforced": False},
        {"Start Time": "2026-03-07"},
        {"End Time": "2030-03-07"},
    ],
    ids=str,
)
def test_a_policy_with_a_different_effect_is_created(v2: ActionRunner, other: dict[str, object]) -> None:
    assert create(v2)["id"] != create(v2, **other)["id"]
    assert len(policies(v2)) == 2


def test_equal_times_in_different_zones_are_the_same_policy(runner: ActionRunner) -> None:
    times = {"Start Time": "2026-03-07T16:03:00Z", "End Time": "2030-01-01T00:00:00Z"}
    first = create(runner, **times)
    assert create(runner, **(times | {"Start Time": "2026-03-07T17:03:00+01:00"}))["id"] == first["id"]


def test_a_disabled_policy_is_not_an_equal_policy(runner: ActionRunner) -> None:
    create(runner)
    policies(runner)[0].policy["enabled"] = False
    assert create(runner)["already"] is False


def test_a_policy_is_created_if_the_existing_policies_cannot_be_read(
    runner: ActionRunner, caplog: pytest.LogCaptureFixture
) -> None:
    runner.revoke("Gateway | Policies | Read")
    with caplog.at_level(logging.WARNING):
        assert create(runner)["state"] == "pending"
    assert [record for record in caplog.records if "may be created twice" in record.getMessage()]


def test_an_equal_policy_of_a_concurrent_run_is_logged(runner: ActionRunner, caplog: pytest.LogCaptureFixture) -> None:
    """Both runs list the policies before either creates one. The second run logs the policy of the first."""
    first = create(runner)

    class ListedBefore(dict[str, Policy]):
        """The list is empty until this run has created its policy."""

        def values(self) -> Any:
            return list(super().values()) if len(self) > 1 else []

    runner.simulator.tenant.policies = ListedBefore(runner.simulator.tenant.policies)
    with caplog.at_level(logging.WARNING):
        second = create(runner)
    assert (second["state"], second["already"]) == ("confirmed", False)
    assert [record for record in caplog.records if first["id"] in record.getMessage()]


def test_a_dry_run_writes_nothing_and_returns_the_exact_request(runner: ActionRunner) -> None:
    result = runner.run(CREATE_ACTION, RAW, Dry_Run=True, Bidirectional="false", Start_Time="2026-03-07")
    assert (result.is_success, result.message) == (True, "Dry run: nothing was done.")
    request = result.json_result["request"]
    assert request["path"] == CREATE
    assert request["data"] == [
        {
            "option": "block_sender",
            "policy": {
                "description": "d",
                "fromPart": "both",
                "from": {"type": "email_domain", "emailDomain": "evil.example.org"},
                "to": {"type": "everyone"},
                "fromEternal": False,
                "fromDate": "2026-03-07T00:00:00+0000",
                "toEternal": True,
                "bidirectional": False,
                "enforced": True,
                "enabled": True,
            },
        }
    ]
    assert (runner.writes, policies(runner)) == ([], [])


@pytest.mark.parametrize("dry_run", [False, True], ids=["create", "dry run"])
def test_a_policy_that_has_already_ended_is_refused(runner: ActionRunner, *, dry_run: bool) -> None:
    runner.now = datetime(2026, 3, 7, 12, tzinfo=UTC)
    error = runner.fails(CREATE_ACTION, RAW, End_Time="2026-03-07T12:00:00Z", Dry_Run=dry_run)
    assert '"End Time" (2026-03-07T12:00:00+00:00) is in the past, so the policy would never apply.' in error
    assert (runner.writes, policies(runner)) == ([], [])


def test_a_policy_that_ends_a_second_from_now_is_created(runner: ActionRunner) -> None:
    runner.now = datetime(2026, 3, 7, 12, tzinfo=UTC)
    assert create(runner, End_Time="2026-03-07T12:00:01Z")["policy"]["toDate"] == "2026-03-07T12:00:01+0000"


def test_a_dry_run_states_both_directions_of_a_bidirectional_policy(runner: ActionRunner) -> None:
    plan = runner.succeeds(CREATE_ACTION, RAW, Dry_Run=True)
    [touched] = plan["touches"]
    assert touched["effect"] == (
        'Block: messages from the domain evil.example.org to everyone, and, because "Bidirectional" is enabled, '
        "messages from everyone to the domain evil.example.org."
    )


def test_a_dry_run_reports_existing_policies(runner: ActionRunner) -> None:
    create(runner)
    plan = runner.succeeds(CREATE_ACTION, RAW, Dry_Run=True, Sender="evil.example.org,new.example.org")
    assert [touched["already"] for touched in plan["touches"]] == [True, False]


def test_a_policy_that_mimecast_shows_is_confirmed(runner: ActionRunner) -> None:
    assert create(runner)["state"] == "confirmed"
    assert runner.paths[-2:] == [CREATE, GET]


def test_a_policy_that_mimecast_does_not_show_yet_is_pending(runner: ActionRunner) -> None:
    runner.simulator.tenant.policies = Tampered(hide=True)
    assert create(runner)["state"] == "pending"


@pytest.mark.parametrize("other", [{"enforced": False}, {"enabled": False}, {"to": {"type": "internal_addresses"}}])
def test_a_policy_that_mimecast_shows_with_other_members_is_contradicted(
    runner: ActionRunner, other: dict[str, Any]
) -> None:
    runner.simulator.tenant.policies = Tampered(**other)
    result = runner.run(CREATE_ACTION, RAW)
    assert not result.is_success
    assert "does not show it as it was created" in result.message
    assert result.json_result["state"] == "contradicted"
    assert result.json_result["undo"]["parameters"] == {"Policy ID": policies(runner)[0].id}


def test_verification_can_be_disabled(runner: ActionRunner) -> None:
    assert create(runner, Verify_Result="false")["state"] == "pending"
    assert runner.paths[-1] == CREATE


@pytest.mark.parametrize("kind", ["html", "empty"])
def test_a_reply_without_confirmation_is_a_failure_if_mimecast_does_not_list_the_policy(
    runner: ActionRunner, kind: str
) -> None:
    runner.add_fault(kind, CREATE)
    assert runner.fails(CREATE_ACTION, RAW).startswith("Whether the policy was created is unknown: ")


def test_a_policy_whose_confirmation_is_lost_is_found(runner: ActionRunner) -> None:
    runner.add_fault("truncated", CREATE)
    made = create(runner)
    assert (made["id"], made["state"], made["already"]) == (policies(runner)[0].id, "confirmed", False)
    assert made["undo"]["parameters"] == {"Policy ID": made["id"]}


def test_policies_created_before_a_failure_are_in_the_result(runner: ActionRunner) -> None:
    runner.add_fault("html", CREATE, after=1)
    result = runner.run(CREATE_ACTION, RAW, Sender="a.example.org,b.example.org")
    assert not result.is_success
    [made] = policies(runner)
    assert made.id in json.dumps(result.json_result)
    assert result.partial
