"""The guards against broad policies."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from mimecast_secops.actions import ActionFailed, Context
from mimecast_secops.actions.policy_guards import OwnDomains, guard
from mimecast_secops.api import ApiVersion, BlockedSenderPolicy, PolicyTarget
from mimecast_secops.api.errors import AuthenticationFailed, MimecastError, MissingPermission, Unavailable, Unreachable
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
        (PolicyTarget("header_display_name", "X*"), EVERYONE),
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


def own_domains_of(internal: list[str] | MimecastError, account: str | MimecastError) -> OwnDomains:
    """The own domains of a client that returns these names or raises these errors."""

    def read(value: Any) -> Any:
        if isinstance(value, MimecastError):
            raise value
        return value

    client: Any = SimpleNamespace(
        domains=SimpleNamespace(internal=lambda: [SimpleNamespace(domain=name) for name in read(internal)]),
        account=SimpleNamespace(get=lambda: SimpleNamespace(domain=read(account))),
    )
    return OwnDomains(Context(client=client))


def test_the_error_without_internal_domains_has_the_reason_and_the_override() -> None:
    reason = MissingPermission("Grant Directories | Internal | Read.")
    own = own_domains_of(reason, "example.com")
    with pytest.raises(ActionFailed) as stopped:
        own.match("Evil.example")
    assert str(stopped.value) == (
        'Whether "evil.example" is one of the tenant\'s own domains could not be determined, so the policy was not '
        'created: Grant Directories | Internal | Read. Enable "Allow Broad Policy" to create it without this check.'
    )
    assert stopped.value.__cause__ is reason
    assert own.match("Example.com.") == "example.com"


def test_a_comparison_that_may_be_uncertain_logs_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    own = own_domains_of(MissingPermission("Grant Directories | Internal | Read."), "example.com")
    assert own.match("Evil.example", must_be_certain=False) == ""
    [entry] = caplog.records
    assert entry.levelno == logging.WARNING
    assert entry.getMessage() == (
        "Whether evil.example is one of the tenant's domains could not be checked: Grant Directories | Internal | Read."
    )
    assert own.match("mail.example.com", must_be_certain=False) == "example.com"
    assert len(caplog.records) == 1


def test_the_internal_domains_are_enough_if_the_account_is_unreadable(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    own = own_domains_of(["", "Example.com."], Unavailable("Try again later."))
    assert own.match("example.com") == "example.com"
    assert own.match("evil.example") == ""
    [entry] = caplog.records
    assert entry.levelno == logging.INFO
    assert entry.getMessage() == "The domain of the account could not be read: Try again later."


@pytest.mark.parametrize(
    "error", [AuthenticationFailed("No."), Unreachable("No answer.", may_have_been_executed=False)]
)
def test_an_error_that_concerns_every_call_is_not_hidden(error: MimecastError) -> None:
    with pytest.raises(type(error)) as raised:
        own_domains_of(error, "example.com").match("example.com")
    assert raised.value is error


def test_the_error_of_a_bidirectional_policy_explains_the_other_direction(own: OwnDomains) -> None:
    with pytest.raises(ActionFailed) as stopped:
        guard(policy(ANN, EVERYONE, bidirectional=True), own)
    assert str(stopped.value) == (
        'With "Bidirectional" enabled, the policy also acts on messages in the other direction. This policy would '
        'block all messages to ann@example.com, so it was not created. Disable "Bidirectional", or enable "Allow '
        'Broad Policy" to create it anyway.'
    )


def test_the_error_of_an_exemption_names_its_effect(own: OwnDomains) -> None:
    with pytest.raises(ActionFailed) as stopped:
        guard(policy(domain("gmail.com"), ANN, "no_action"), own)
    assert str(stopped.value) == (
        '"gmail.com" is a free-mail domain: the policy would let all of its users past other block policies, so it '
        'was not created. Enable "Allow Broad Policy" to create it anyway.'
    )


@pytest.mark.parametrize("recipient", [ANN, OTHER])
def test_the_other_direction_of_a_policy_needs_no_internal_domains(recipient: PolicyTarget) -> None:
    own = own_domains_of(MissingPermission("Grant Directories | Internal | Read."), "other.example")
    guard(policy(BOB, recipient, bidirectional=True), own)
