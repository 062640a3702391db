"""The guards against broad policies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.actions import ActionFailed, Context
from mimecast_secops.actions.policy_guards import OwnDomains, guard
from mimecast_secops.api import ApiVersion, BlockedSenderPolicy, PolicyTarget
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for

EVERYONE = PolicyTarget("everyone")
INTERNAL = PolicyTarget("internal_addresses")
EXTERNAL = PolicyTarget("external_addresses")
OWN, OTHER = PolicyTarget("email_domain", "example.com"), PolicyTarget("email_domain", "other.example")
ANN, BOB = (PolicyTarget("individual_email_address", address) for address in ("ann@example.com", "bob@other.example"))


def domain(name: str) -> PolicyTarget:
    return PolicyTarget("email_domain", name)


def policy(
    sender: PolicyTarget, recipient: PolicyTarget, option: str = "block_sender", *, bidirectional: bool = False
) -> BlockedSenderPolicy:
    return BlockedSenderPolicy(
        option=option,
        description="d",
        from_part="both",
        sender=sender,
        recipient=recipient,
        bidirectional=bidirectional,
    )


@pytest.fixture(scope="module")
def own() -> Iterator[OwnDomains]:
    with Simulator() as simulator, client_for(simulator, ApiVersion.V1) as client:
        simulator.tenant.domains |= {"second.example", "münchen.example"}
        yield OwnDomains(Context(client=client))


BLOCKED = [
    (EVERYONE, EVERYONE, "This policy would block messages from everyone, so it was not created."),
    (EXTERNAL, INTERNAL, "This policy would block messages from everyone, so it was not created."),
    (EVERYONE, OWN, "This policy would block messages from everyone, so it was not created."),
    (EVERYONE, domain("Example.COM."), "This policy would block messages from everyone, so"),
    (EVERYONE, ANN, "This policy would block all messages to ann@example.com, so it was not created."),
    (EXTERNAL, ANN, "This policy would block all messages to ann@example.com, so it was not created."),
    (PolicyTarget("header_display_name", " *?% "), EVERYONE, "This policy would block messages from everyone, so"),
    (INTERNAL, EVERYONE, "This policy would block the tenant's own senders, so it was not created."),
    (INTERNAL, domain("second.example"), "This policy would block the tenant's own senders, so it was not created."),
    (OWN, EVERYONE, '"example.com" is the tenant\'s own domain, so it was not created.'),
    (domain("example.com."), ANN, '"example.com" is the tenant\'s own domain'),
    (domain("SECOND.example"), EVERYONE, '"second.example" is the tenant\'s own domain'),
    (domain("mail.second.example"), EVERYONE, '"mail.second.example" belongs together with "second.example", which'),
    (domain("MÜNCHEN.example."), EVERYONE, '"xn--mnchen-3ya.example" is the tenant\'s own domain'),
    (domain("GMAIL.com."), EVERYONE, '"gmail.com" is a free-mail domain: the policy would block all of its users'),
    (domain("\uff47\uff4d\uff41\uff49\uff4c.com"), EVERYONE, '"gmail.com" is a free-mail domain'),
    (domain("co.uk."), EVERYONE, '"co.uk" is a public suffix'),
    (domain("公司.cn"), EVERYONE, '"xn--55qx5d.cn" is a public suffix'),
]


@pytest.mark.parametrize(("sender", "recipient", "sentence"), BLOCKED)
def test_a_broad_block_is_refused_and_the_error_names_the_override(
    own: OwnDomains, sender: PolicyTarget, recipient: PolicyTarget, sentence: str
) -> None:
    with pytest.raises(ActionFailed) as stopped:
        guard(policy(sender, recipient), own)
    assert str(stopped.value).startswith(sentence)
    assert str(stopped.value).endswith('Enable "Allow Broad Policy" to create it anyway.')


@pytest.mark.parametrize(("sender", "recipient", "sentence"), [*BLOCKED, (EVERYONE, OTHER, ""), (EXTERNAL, BOB, "")])
def test_an_exemption_just_as_broad_is_refused(
    own: OwnDomains, sender: PolicyTarget, recipient: PolicyTarget, sentence: str
) -> None:
    with pytest.raises(ActionFailed) as stopped:
        guard(policy(sender, recipient, "no_action"), own)
    if "block" in sentence or not sentence:
        assert "past other block policies" in str(stopped.value)


@pytest.mark.parametrize("option", ["block_sender", "no_action"])
@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        (INTERNAL, ANN),
        (INTERNAL, OTHER),
        (OTHER, EVERYONE),
        (OTHER, OWN),
        (ANN, EVERYONE),
        (PolicyTarget("header_display_name", "gmail.com"), EVERYONE),
        (PolicyTarget("individual_email_address", "somebody@gmail.com"), EVERYONE),
    ],
)
def test_a_narrow_policy_is_accepted(
    own: OwnDomains, sender: PolicyTarget, recipient: PolicyTarget, option: str
) -> None:
    guard(policy(sender, recipient, option), own)


@pytest.mark.parametrize(("sender", "recipient"), [(EVERYONE, OTHER), (EVERYONE, BOB), (EXTERNAL, OTHER)])
def test_a_block_of_all_messages_to_external_recipients_is_accepted(
    own: OwnDomains, sender: PolicyTarget, recipient: PolicyTarget
) -> None:
    guard(policy(sender, recipient), own)


@pytest.mark.parametrize("option", ["block_sender", "no_action"])
@pytest.mark.parametrize(
    ("sender", "recipient", "part"),
    [
        (ANN, EVERYONE, "all messages to ann@example.com"),
        (ANN, EXTERNAL, "all messages to ann@example.com"),
        (ANN, domain("gmail.com"), '"gmail.com" is a free-mail domain'),
        (INTERNAL, domain("co.uk"), '"co.uk" is a public suffix'),
        (BOB, domain("outlook.com"), '"outlook.com" is a free-mail domain'),
    ],
)
def test_both_directions_of_a_bidirectional_policy_are_checked(
    own: OwnDomains, sender: PolicyTarget, recipient: PolicyTarget, part: str, option: str
) -> None:
    guard(policy(sender, recipient, option), own)
    with pytest.raises(ActionFailed) as stopped:
        guard(policy(sender, recipient, option, bidirectional=True), own)
    assert part in str(stopped.value)
    assert 'Disable "Bidirectional"' in str(stopped.value)


@pytest.mark.parametrize("option", ["block_sender", "no_action"])
@pytest.mark.parametrize(
    ("sender", "recipient"),
    [(BOB, EVERYONE), (OTHER, EVERYONE), (OTHER, OWN), (BOB, OWN), (OTHER, INTERNAL), (ANN, BOB)],
)
def test_a_bidirectional_policy_about_an_external_sender_is_accepted(
    own: OwnDomains, sender: PolicyTarget, recipient: PolicyTarget, option: str
) -> None:
    guard(policy(sender, recipient, option, bidirectional=True), own)
