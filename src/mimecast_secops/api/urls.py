"""Checks of the URLs that requests are sent to."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.sentences import Form, Mention, joined


def check_url(url: str, setting: str) -> str:
    """Check that requests may be sent to a URL.

    Args:
        url: the URL as a user entered it. https:// is added if it has no scheme.
        setting: the name of the setting, for the error message.

    Returns:
        The URL without a trailing slash.

    Raises:
        Misconfigured: the URL is not an absolute http(s) URL; has a user name, a query or a fragment; or is plain http
            to another machine.
    """
    text = url.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(setting, "is not a URL.") from None
    if not text.isascii() or not text.isprintable() or " " in text:
        raise _refused(setting, "has a character that a URL cannot have.")
    if parts.scheme not in ("http", "https") or not host:
        raise _refused(setting, "must be a URL such as https://api.services.mimecast.com.")
    if parts.username is not None or parts.query or parts.fragment:
        raise _refused(setting, "must not have a user name, a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(host):
        raise _refused(setting, "must begin with https://. Plain http would reveal the credentials.")
    return text.rstrip("/")


def _refused(setting: str, problem: str) -> Misconfigured:
    return Misconfigured(joined([Mention(setting, Form.BARE), " ", problem]))


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    if host.lower() == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_internal(host: str) -> bool:
    """Whether `host` is this machine or an address that is not public: private, link-local, reserved.

    Names other than `localhost` are not resolved. An IPv4 address in IPv6 notation and the short IPv4 forms that the
    system's resolver accepts (`127.1`, `2130706433`, `0x7f.1`) count as the address that they mean.
    """
    if is_loopback(host) or host.lower().rstrip(".").endswith("localhost"):
        return True
    address = _address(host) or _short_ipv4(host)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address is not None and (not address.is_global or address.is_multicast)


def shown_url(url: str) -> str:
    """The part of a URL for messages and logs. The query is left out, because in a download link it grants access."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{':' + str(parts.port) if parts.port else ''}{quote(parts.path[:100])}"


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _short_ipv4(host: str) -> ipaddress.IPv4Address | None:
    """The address in a form with fewer than four parts, or with octal or hexadecimal parts, as in `inet_aton`."""
    parts = host.rstrip(".").split(".")
    try:
        numbers = [_c_integer(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        return None
    value = numbers[-1]
    for index, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - index))
    return ipaddress.IPv4Address(value)


def _c_integer(text: str) -> int:
    """The value of a C integer literal. Raises ValueError for any other text."""
    if not text.isascii() or not text.isalnum():
        raise ValueError(text)
    if text.lower().startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if len(text) > 1 and text.startswith("0") else 10)
