"""The effect of a policy in words."""

from __future__ import annotations

import pytest

from mimecast_secops.actions.create_block_sender_policy import Parameters, policies_of
from mimecast_secops.actions.policy_effects import effect_of
from mimecast_secops.actions.policy_targets import OPTIONS
from mimecast_secops.parameters import parse


def effect(**values: str) -> str:
    raw = {"Description": "d", "Sender": "evil.example.org", "Recipient Type": "Everyone"} | values
    parameters, _ = parse(Parameters, raw)
    [policy] = policies_of(parameters)
    return effect_of(policy)


def test_the_effect_names_both_directions_of_a_bidirectional_policy() -> None:
    assert effect() == (
        'Block: messages from the domain evil.example.org to everyone, and, because "Bidirectional" is enabled, '
        "messages from everyone to the domain evil.example.org."
    )


def test_the_effect_of_another_policy_names_one_direction() -> None:
    assert effect(Bidirectional="false") == "Block: messages from the domain evil.example.org to everyone."


def test_an_exemption_is_not_called_a_block() -> None:
    assert effect(Response="No Action").startswith("Exempt from other block policies: messages from")


@pytest.mark.parametrize("kind", OPTIONS)
def test_each_type_of_target_has_words(kind: str) -> None:
    value = {"Email Address": "ann@example.com", "Email Domain": "example.com"}.get(kind, "The Boss")
    words = effect(**{"Recipient": value, "Recipient Type": kind, "Bidirectional": "false"})
    assert (value if kind.startswith(("Email", "Header")) else kind.lower()) in words
