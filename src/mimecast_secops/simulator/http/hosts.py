"""The host that a request names, and the origin of a web page that sends one."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Final

_HOST: Final = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<plain>[^:\[\]]*))(?::[0-9]*)?")


def names_loopback(headers: Mapping[str, str]) -> bool:
    """Whether the `Host` header is a loopback name or address.

    Another name that resolves to this machine is a sign of DNS rebinding by a web page.

    Args:
        headers: the headers of the request, with names in lowercase.
    """
    host = _host_of(headers)
    if host in ("localhost", ""):
        return True
    address = _address_of(host)
    return address is not None and address.is_loopback


def is_from_own_page(headers: Mapping[str, str]) -> bool:
    """Whether the `Origin` header is that of a page that this server sent.

    The host must be an address or `localhost`. The owner of any other name can let it resolve to this machine, so
    a page with that name as its origin may come from another server.

    Args:
        headers: the headers of the request, with names in lowercase.
    """
    host = _host_of(headers)
    is_fixed = host == "localhost" or _address_of(host) is not None
    return is_fixed and headers.get("origin") == f"http://{headers['host']}"


def _host_of(headers: Mapping[str, str]) -> str | None:
    match = _HOST.fullmatch(headers.get("host", ""))
    return None if match is None else match["bracketed"] or match["plain"] or ""


def _address_of(host: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host or "")
    except ValueError:
        return None
