"""The two sides of a block policy: whom it acts on, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mimecast_secops.actions.domain_names import NotADomainName, ascii_form
from mimecast_secops.addresses import character_problem, is_address, is_domain
from mimecast_secops.api import PolicyTarget
from mimecast_secops.parameters import InvalidParameter, shortened, split, unexpanded

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
    "Email Address": (is_address, "a mail address such as ann@example.com"),
    "Email Domain": (is_domain, "a domain such as example.com"),
}


def targets(name: str, given: str, kind: str) -> tuple[PolicyTarget, ...]:
    """One side of the policy, once per distinct value.

    A domain that is not ASCII is in its ASCII form; everything else is as it was given.

    Args:
        name: the parameter, `Sender` or `Recipient`.
        given: its value; several addresses or domains may be joined by commas, as an alert with several events does.
        kind: one of `OPTIONS`.

    Raises:
        InvalidParameter: a value that the type needs is missing or malformed.
    """
    wire = TYPES[kind]
    if kind not in (*_CHECKS, "Header Display Name"):
        return (PolicyTarget(wire),)
    if not split(given):
        raise InvalidParameter(name, f'"{name}" is mandatory when "{name} Type" is "{kind}".')
    if kind == "Header Display Name":
        return (PolicyTarget(wire, given),)
    is_valid, accepted = _CHECKS[kind]
    values: dict[str, str] = {}
    for value in split(given):
        if not is_valid(value):
            hint = unexpanded(value)
            problem = "" if hint else character_problem(value)
            why = f"{problem}; " if problem else ""
            raise InvalidParameter(
                name,
                f'"{name}" cannot be "{shortened(value)}": {why}with "{name} Type" "{kind}", {accepted} is accepted'
                f"{hint}.",
            )
        sent = _sent(name, value)
        values.setdefault(sent.casefold(), sent)
    return tuple(PolicyTarget(wire, value) for value in values.values())


def _sent(name: str, value: str) -> str:
    """A valid address or domain as it is sent to Mimecast."""
    local, at, domain = value.rpartition("@")
    if domain.isascii():
        return value
    try:
        return f"{local}{at}{ascii_form(domain)}"
    except NotADomainName as error:
        raise InvalidParameter(
            name, f'"{name}" cannot be "{shortened(value)}": it is no domain name that can be looked up ({error}).'
        ) from None
