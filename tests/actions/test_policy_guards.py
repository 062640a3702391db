"""How far a block policy may reach, to the letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.actions import ActionFailed, Context
from mimecast_secops.actions.policy_guards import guard
from mimecast_secops.api import Generation, PolicyTarget
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for

EVERYONE = PolicyTarget("everyone")
INTERNAL = PolicyTarget("internal_addresses")
EXTERNAL = PolicyTarget("external_addresses")
OWN, OTHER = PolicyTarget("email_domain", "example.com"), PolicyTarget("email_domain", "other.example")
ANN = PolicyTarget("individual_email_address", "ann@example.com")


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with Simulator() as simulator, client_for(simulator, Generation.V1) as client:
        yield Context(client=client)


@pytest.mark.parametrize(
    ("sender", "recipient", "sentence"),
    [
        (EVERYONE, EVERYONE, "This policy would block mail from everyone, so it was not created."),
        (EXTERNAL, INTERNAL, "This policy would block mail from everyone, so it was not created."),
        (EVERYONE, OWN, "This policy would block mail from everyone, so it was not created."),
        (EVERYONE, PolicyTarget("email_domain", "Example.COM."), "This policy would block mail from everyone, so"),
        (INTERNAL, EVERYONE, "This policy would block the tenant's own senders, so it was not created."),
        (OWN, EVERYONE, '"example.com" is the tenant\'s own domain, so it was not created.'),
        (PolicyTarget("email_domain", "example.com."), ANN, '"example.com" is the tenant\'s own domain'),
        (PolicyTarget("email_domain", "GMAIL.com."), EVERYONE, '"gmail.com" is a free-mail domain'),
        (PolicyTarget("email_domain", "co.uk."), EVERYONE, '"co.uk" is a public suffix'),
    ],
)
def test_what_reaches_too_far_is_stopped_and_says_how_to_go_on(
    context: Context, sender: PolicyTarget, recipient: PolicyTarget, sentence: str
) -> None:
    with pytest.raises(ActionFailed) as stopped:
        guard(context, sender, recipient)
    assert str(stopped.value).startswith(sentence)
    assert str(stopped.value).endswith('Enable "Allow Broad Policy" to create it all the same.')


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        (EVERYONE, ANN),
        (EVERYONE, OTHER),
        (EXTERNAL, OTHER),
        (INTERNAL, ANN),
        (OTHER, EVERYONE),
        (ANN, EVERYONE),
        (PolicyTarget("header_display_name", "gmail.com"), EVERYONE),
        (PolicyTarget("individual_email_address", "somebody@gmail.com"), EVERYONE),
    ],
)
def test_what_does_not_is_let_through(context: Context, sender: PolicyTarget, recipient: PolicyTarget) -> None:
    guard(context, sender, recipient)
