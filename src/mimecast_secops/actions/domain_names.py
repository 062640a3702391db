"""Domain names in the form in which mail servers compare them.

`MÜNCHEN.de.`, `münchen.de` and `xn--mnchen-3ya.de` are the same domain, and so are `gmail.com` and the same name in
full-width letters. A comparison of the texts misses that. Therefore both sides are converted to ASCII form first: NFKC,
then UTS 46, then A-labels.
"""

from __future__ import annotations

import unicodedata


class NotADomainName(ValueError):
    """A name with characters that IDNA does not allow. The message names them."""


def ascii_form(domain: str) -> str:
    """A domain in ASCII: lowercase, with A-labels, without a trailing dot.

    Raises:
        NotADomainName: IDNA does not allow the name.
    """
    text = unicodedata.normalize("NFKC", domain.strip()).lower()
    if not text.isascii():
        import idna  # noqa: PLC0415 -- its tables are large, and only non-ASCII names need them

        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise NotADomainName(str(error)) from None
    return text.rstrip(".")


def comparable(domain: str) -> str:
    """A domain in the form for comparisons: ASCII form, or case-folded text if IDNA does not allow the name."""
    try:
        return ascii_form(domain)
    except NotADomainName:
        return unicodedata.normalize("NFKC", domain.strip()).casefold().rstrip(".")


def related(domain: str, other: str) -> bool:
    """Whether two domains in comparable form are equal, or one is a subdomain of the other."""
    if not domain or not other:
        return False
    return f".{domain}".endswith(f".{other}") or f".{other}".endswith(f".{domain}")


def comparable_address(address: str) -> str:
    """An email address in the form for comparisons."""
    local, at, domain = address.rpartition("@")
    return f"{local.casefold()}{at}{comparable(domain)}"
