"""The connection check: name resolution, TLS, credentials, account and clock."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from mimecast_secops.api import ApiVersion, MimecastClient
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    MimecastError,
    MissingPermission,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.diagnosis.findings import Finding, Verdict
from mimecast_secops.sentences import Message, sentence, sentence_of

# In seconds. Mimecast refuses signed requests if the clock is wrong by 15 minutes
# (docs/reference/mimecast-api.md#clock-skew-and-request-ids [inferred]).
_MAX_CLOCK_SKEW: Final = 300.0
_CREDENTIALS_REMEDY: Final = {
    ApiVersion.V1: sentence(
        "Check {Application ID:bare}, {Application Key:bare}, {Access Key:bare} and {Secret Key:bare}."
    ),
    ApiVersion.V2: sentence("Check {Client ID:bare} and {Client Secret:bare}."),
}
_CONNECTION_REMEDY: Final = sentence("Check {API Root:bare}, the network, the firewall or the proxy.")


def check_connection(client: MimecastClient) -> Iterator[Finding]:
    """Check name resolution, connection and TLS, credentials, account and clock, in this order.

    Returns:
        One finding per step. The check ends at the first step that fails, because the steps after it depend on it.
    """
    url = urlsplit(client.api_root)
    proxies = getproxies()
    proxy = proxies.get(url.scheme, "")
    if proxy:
        yield _finding("Proxy", Verdict.WORKS, f"Requests go through {urlsplit(proxy).hostname}.")
    else:
        resolved = _resolve(url.hostname or "")
        yield resolved
        if resolved.verdict is not Verdict.WORKS:
            return
    try:
        account = client.account.get()
    except (AuthenticationFailed, UnreadableReply, Unreachable) as error:
        if isinstance(error, AuthenticationFailed):
            yield _finding("Connection", Verdict.WORKS, f"{url.hostname} answers.")
            yield _finding("Credentials", Verdict.MISSING, sentence_of(error), _CREDENTIALS_REMEDY[client.api_version])
        else:
            yield _finding("Connection", Verdict.MISSING, sentence_of(error), _CONNECTION_REMEDY)
        yield from _check_clock(client)
        return
    except MissingPermission as error:
        yield _finding("Connection", Verdict.WORKS, f"{url.hostname} answers.")
        yield _finding("Credentials", Verdict.WORKS, "Mimecast accepts them.")
        yield _finding("Account", Verdict.UNKNOWN, sentence_of(error))
    except MimecastError as error:
        yield _finding("Connection", Verdict.UNKNOWN, sentence_of(error))
        return
    else:
        secure = "with a verified certificate" if url.scheme == "https" else "without TLS, on this machine"
        yield _finding("Connection", Verdict.WORKS, f"{url.hostname} answers {secure}.")
        yield _finding("Credentials", Verdict.WORKS, f"Mimecast accepts them ({client.api_version.value}).")
        region = f", region {account.region}" if account.region else ""
        yield _finding("Account", Verdict.WORKS, f"{account.account_name or account.account_code}{region}.")
    yield from _check_clock(client)


def _resolve(host: str) -> Finding:
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return _finding(
            "Name resolution",
            Verdict.MISSING,
            f"{host} cannot be resolved ({error.strerror}).",
            sentence("Check {API Root:bare}, the machine's DNS, or whether a proxy is needed."),
        )
    return _finding("Name resolution", Verdict.WORKS, f"{host} is {addresses[0][4][0]}.")


def _check_clock(client: MimecastClient) -> Iterator[Finding]:
    skew = client.clock_skew
    if skew is None:
        yield _finding("Clock", Verdict.UNKNOWN, "The server does not report its time.")
        return
    why = f"This machine's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} Mimecast's."
    if abs(skew) <= _MAX_CLOCK_SKEW:
        yield _finding("Clock", Verdict.WORKS, why)
        return
    signed = " Mimecast refuses signed requests if the clock is wrong." if client.api_version is ApiVersion.V1 else ""
    yield _finding("Clock", Verdict.MISSING, why + signed, "Set the clock, or turn on time synchronization.")


def _finding(subject: str, verdict: Verdict, why: Message, remedy: Message = "") -> Finding:
    return Finding(subject=subject, kind="connection", verdict=verdict, why=why, remedy=remedy)
