"""Domain names in the form in which mail servers compare them.

`MÜNCHEN.de.`, `münchen.de` and `xn--mnchen-3ya.de` are one domain, and so are `gmail.com` and the same word in
full-width letters. Comparing them as text misses that. Both sides of a comparison are brought into ASCII form first:
NFKC, then UTS 46, then A-labels.
"""

from __future__ import annotations

import unicodedata


class NotADomainName(ValueError):
    """A name with characters that no domain name can have; the message says which."""


def ascii_form(domain: str) -> str:
    """A domain in ASCII: lower case, A-labels, without a dot at the end.

    Raises:
        NotADomainName: IDNA does not allow it.
    """
    text = unicodedata.normalize("NFKC", domain.strip()).lower()
    if not text.isascii():
        import idna  # noqa: PLC0415 -- its tables are large, and only a name that is not ASCII needs them

        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise NotADomainName(str(error)) from None
    return text.rstrip(".")


def comparable(domain: str) -> str:
    """A domain to compare with others: its ASCII form, or where IDNA does not allow it, its text without case."""
    try:
        return ascii_form(domain)
    except NotADomainName:
        return unicodedata.normalize("NFKC", domain.strip()).casefold().rstrip(".")


def related(domain: str, other: str) -> bool:
    """Whether two domains in comparable form are the same, or one is below the other."""
    if not domain or not other:
        return False
    return f".{domain}".endswith(f".{other}") or f".{other}".endswith(f".{domain}")


def comparable_address(address: str) -> str:
    """A mail address to compare with others."""
    local, at, domain = address.rpartition("@")
    return f"{local.casefold()}{at}{comparable(domain)}"
