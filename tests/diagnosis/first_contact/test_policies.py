"""Question 9: blocked-sender policies."""

from __future__ import annotations

from mimecast_secops.api import ApiVersion, BlockedSenderPolicy, PolicyTarget
from mimecast_secops.diagnosis.first_contact import Knowledge
from mimecast_secops.diagnosis.first_contact.policies import ask_about_policies
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import answer, text_of
from tests.tenants import client_for


def test_the_members_of_a_policy_are_listed_without_values(simulator: Simulator) -> None:
    target = PolicyTarget("email_domain", "secret.example")
    policy = BlockedSenderPolicy(
        option="block_sender", description="secret", from_part="both", sender=target, recipient=target
    )
    with client_for(simulator, ApiVersion.V2) as client:
        client.policies.create(policy)
    result = answer(simulator, ask_about_policies)
    assert result.facts == {"policy_lacks": "nothing"}
    assert "description" in text_of(result)
    assert "secret" not in str(result.as_json())


def test_a_tenant_without_policies_shows_nothing_about_their_members(simulator: Simulator) -> None:
    result = answer(simulator, ask_about_policies)
    assert result.knowledge is Knowledge.UNKNOWN
    assert result.answers == ("No policy could be read: the tenant has none.",)
