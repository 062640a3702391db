"""Where requests may go, and how a URL is shown."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from mimecast_secops.api.errors import Misconfigured


def check_url(url: str, what: str) -> str:
    """`url` without a trailing slash, if requests may go there.

    Args:
        url: as a person typed it.
        what: the setting it comes from, for the error.

    Raises:
        Misconfigured: no absolute http(s) URL; a user, query or fragment in it; plain http to another machine.
    """
    text = url.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise Misconfigured(f"{what} is not a URL.") from None
    if not text.isascii() or not text.isprintable() or " " in text:
        raise Misconfigured(f"{what} has a character that a URL cannot have.")
    if parts.scheme not in ("http", "https") or not host:
        raise Misconfigured(f"{what} must be a URL such as https://api.services.mimecast.com.")
    if parts.username is not None or parts.query or parts.fragment:
        raise Misconfigured(f"{what} must not carry a user name, a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise Misconfigured(f"{what} must begin with https://: plain http would show the credentials to the network.")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    if host.lower() == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_internal(host: str) -> bool:
    """Whether `host` is this machine or an address that the internet does not route: private, link-local, reserved.

    Names other than `localhost` are not resolved. An IPv4 address in IPv6 notation and the short IPv4 forms that the
    system's resolver accepts (`127.1`, `2130706433`, `0x7f.1`) count as the address that they stand for.
    """
    if is_loopback(host) or host.lower().rstrip(".").endswith("localhost"):
        return True
    address = _address(host) or _short_ipv4(host)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address is not None and (not address.is_global or address.is_multicast)


def shown_url(url: str) -> str:
    """The part of a URL that may be shown: the query of a download link is a key."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{':' + str(parts.port) if parts.port else ''}{quote(parts.path[:100])}"


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _short_ipv4(host: str) -> ipaddress.IPv4Address | None:
    """The address of the forms with fewer than four parts, or with octal or hexadecimal parts, as `inet_aton` reads."""
    parts = host.rstrip(".").split(".")
    try:
        numbers = [_c_integer(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        return None
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - place))
    return ipaddress.IPv4Address(value)


def _c_integer(text: str) -> int:
    """The value of a C integer literal. Raises ValueError where `text` is none."""
    if not text.isascii() or not text.isalnum():
        raise ValueError(text)
    if text.lower().startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if len(text) > 1 and text.startswith("0") else 10)
