"""Whether a policy that Mimecast lists is the one that is wanted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mimecast_secops.actions.policy_matches import differences, find_equal, find_same, may_be, mentions, texts_in
from mimecast_secops.api import BlockedSenderPolicy, PolicyRecord, PolicyTarget

WANTED = BlockedSenderPolicy(
    option="block_sender",
    description="d",
    from_part="both",
    sender=PolicyTarget("email_domain", "evil.example.org"),
    recipient=PolicyTarget("everyone"),
    bidirectional=True,
)


def listed(*absent: str, **other: Any) -> PolicyRecord:
    """The wanted policy as a list shows it, without some members and with others changed."""
    wire = WANTED.to_wire()
    settings = {name: value for name, value in {**wire["policy"], **other}.items() if name not in absent}
    return PolicyRecord.read({"id": "p", "option": wire["option"], "policy": settings})


def test_the_wanted_policy_has_no_difference() -> None:
    assert differences(WANTED, listed()) == ()
    assert find_equal(WANTED, [listed(to={"type": "internal_addresses"}), listed()]) == listed()


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("from_part", {"fromPart": "header_from"}),
        ("sender", {"from": {"type": "email_domain", "emailDomain": "other.example.org"}}),
        ("sender", {"from": {"type": "header_display_name", "headerDisplayName": "evil.example.org"}}),
        ("recipient", {"to": {"type": "internal_addresses"}}),
        ("bidirectional", {"bidirectional": False}),
        ("enforced", {"enforced": "false"}),
        ("enabled", {"enabled": False}),
        ("start", {"fromEternal": False, "fromDate": "2026-03-07T00:00:00+0000"}),
        ("end", {"toEternal": False, "toDate": "2030-03-07T00:00:00+0000"}),
    ],
)
def test_a_member_with_another_effect_is_a_difference(name: str, other: dict[str, Any]) -> None:
    assert differences(WANTED, listed(**other)) == (name,)
    assert find_equal(WANTED, [listed(**other)]) is None


@pytest.mark.parametrize(
    "absent", ["fromPart", "bidirectional", "enforced", "enabled", "fromEternal", "toEternal", "from", "to"]
)
def test_a_member_that_mimecast_did_not_return_is_not_compared(absent: str) -> None:
    assert differences(WANTED, listed(absent)) == ()


def test_other_spellings_are_no_difference() -> None:
    sender = {"type": "EMAIL_DOMAIN", "emailDomain": "Evil.Example.ORG."}
    assert differences(WANTED, listed(**{"from": sender, "fromPart": "BOTH"})) == ()
    later = BlockedSenderPolicy(**{**fields_of(WANTED), "start": datetime(2026, 3, 7, 12, 0, 0, 500, tzinfo=UTC)})
    shown = listed(fromEternal=False, fromDate="2026-03-07T13:00:00+0100")
    assert differences(later, shown) == ()


def fields_of(policy: BlockedSenderPolicy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in BlockedSenderPolicy.__dataclass_fields__}


@pytest.mark.parametrize(
    ("entry", "is_possible"),
    [
        ({"policyId": "p", "definition": {"sender": {"domain": "EVIL.example.org"}}}, True),
        (["evil.example.org"], True),
        ({"domain": "other.example.org"}, False),
        ({"text": "evil.example.org and more"}, False),
        ({}, False),
        (None, False),
    ],
    ids=str,
)
def test_an_entry_in_an_unknown_form_may_be_the_policy_if_it_has_its_values(entry: Any, is_possible: bool) -> None:
    assert may_be(WANTED, entry) is is_possible


def test_an_entry_must_have_the_values_of_both_sides() -> None:
    policy = BlockedSenderPolicy(
        **{**fields_of(WANTED), "recipient": PolicyTarget("individual_email_address", "ann@example.com")}
    )
    assert not may_be(policy, {"a": "evil.example.org"})
    assert may_be(policy, {"a": "evil.example.org", "b": "Ann@Example.com"})


def test_an_entry_mentions_an_id_at_any_level() -> None:
    assert mentions("p", {"definition": {"key": ["p"]}})
    assert not mentions("p", {"definition": {"key": ["pp"], "p": 1}})


def test_the_texts_of_an_entry_are_bounded() -> None:
    nested: Any = "deep"
    for _ in range(10):
        nested = [nested]
    assert list(texts_in([nested, "x" * 5_000, "near", 7, None])) == ["near"]


def test_another_record_with_the_same_effect_is_the_same() -> None:
    older = PolicyRecord.read({"id": "older", **{name: listed().raw[name] for name in ("option", "policy")}})
    assert find_same(listed(), [listed(), older]) is older
    assert find_same(listed("enabled"), [older]) is older
    assert find_same(listed(bidirectional=False), [older]) is None
    assert find_same(listed(to={"type": "internal_addresses"}), [older]) is None
