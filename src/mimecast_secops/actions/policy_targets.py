"""The targets of a blocked-sender policy: its senders and its recipients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mimecast_secops.actions.domain_names import NotADomainName, ascii_form
from mimecast_secops.addresses import character_problem, is_address, is_domain
from mimecast_secops.api import PolicyTarget
from mimecast_secops.parameters import InvalidParameter, refused, shortened, split, unexpanded
from mimecast_secops.sentences import Mention, sentence

TYPES: Final = {
    "Everyone": "everyone",
    "Email Address": "individual_email_address",
    "Email Domain": "email_domain",
    "Header Display Name": "header_display_name",
    "Internal Addresses": "internal_addresses",
    "External Addresses": "external_addresses",
}
OPTIONS: Final = tuple(TYPES)
_CHECKS: Final[dict[str, tuple[Callable[[str], bool], str]]] = {
    "Email Address": (is_address, "an email address such as ann@example.com"),
    "Email Domain": (is_domain, "a domain such as example.com"),
}


def targets(name: str, value: str, kind: str) -> tuple[PolicyTarget, ...]:
    """The targets of one side of the policy, one per distinct value.

    Domains are in ASCII form. Other values are unchanged.

    Args:
        name: the name of the parameter, `Sender` or `Recipient`.
        value: its value. Commas separate several addresses or domains, as for an alert with several events.
        kind: one of `OPTIONS`.

    Raises:
        InvalidParameter: a value that the type needs is missing or malformed.
    """
    wire_type = TYPES[kind]
    if kind not in (*_CHECKS, "Header Display Name"):
        return (PolicyTarget(wire_type),)
    if not split(value):
        message = sentence(
            '{name} is mandatory when {type} is "{kind}".', name=Mention(name), type=Mention(f"{name} Type"), kind=kind
        )
        raise InvalidParameter(name, message)
    if kind == "Header Display Name":
        return (PolicyTarget(wire_type, value),)
    is_valid, accepted = _CHECKS[kind]
    values: dict[str, str] = {}
    for part in split(value):
        if not is_valid(part):
            hint = unexpanded(part)
            problem = "" if hint else character_problem(part)
            reason = f"{problem}; " if problem else ""
            raise InvalidParameter(
                name,
                sentence(
                    '{name} cannot be "{value}": {reason}with {type} "{kind}", {accepted} is accepted{hint}.',
                    name=Mention(name),
                    value=shortened(part),
                    reason=reason,
                    type=Mention(f"{name} Type"),
                    kind=kind,
                    accepted=accepted,
                    hint=hint,
                ),
            )
        wire_value = _wire_value(name, part)
        values.setdefault(wire_value.casefold(), wire_value)
    return tuple(PolicyTarget(wire_type, wire_value) for wire_value in values.values())


def _wire_value(name: str, value: str) -> str:
    """A valid address or domain, with the domain in ASCII form."""
    local, at, domain = value.rpartition("@")
    if domain.isascii():
        return value
    try:
        return f"{local}{at}{ascii_form(domain)}"
    except NotADomainName as error:
        raise refused(name, value, f"it is not a valid domain name ({error})") from None
