"""One probe per API function that tells a right that is missing from one that is there.

Reading functions are asked for next to nothing. Writing functions are asked for what cannot be done: on an id that no
tenant has given out, for a sender that is no address, for a policy that is none. Mimecast checks rights first, so a
refusal of the request itself says that the right is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast_secops.api import ArchiveQuery, BlockedSenderPolicy, Endpoint, MimecastClient, PolicyTarget
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    MimecastError,
    MissingPermission,
    NotSupported,
    RateLimited,
    Unavailable,
    UnreadableReply,
)
from mimecast_secops.api.resources import account, archive, domains, files, held, policies, senders, tracking
from mimecast_secops.diagnosis.findings import Finding, Verdict

# Well-formed (base64url of an empty zlib stream), and given out by nobody.
_NO_ID: Final = "eNoDAAAAAAE"
_NOBODY: Final = "nobody@doctor.invalid"
_NOT_AN_ADDRESS: Final = "not an address"
# Functions that the catalogue of API 2.0 does not list: being forbidden there means that they are not there at all.
_NOT_IN_CATALOGUE: Final = frozenset({held.DETAIL.path, policies.DELETE.path})


def probe(client: MimecastClient, endpoint: Endpoint) -> Finding:
    """Find out whether a function may be called."""
    if client.api_version not in endpoint.api_versions:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, f"{client.api_version.value} has no such function.")
    ask = _PROBES.get(endpoint.path)
    if ask is None:
        return _finding(endpoint, Verdict.UNKNOWN, "There is no safe way to try it.")
    try:
        ask(client)
    except MissingPermission as error:
        return _missing(endpoint, error)
    except NotSupported as error:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, str(error))
    except (RateLimited, Unavailable, AuthenticationFailed) as error:
        return _finding(endpoint, Verdict.UNKNOWN, str(error))
    except ApiError:
        return _finding(endpoint, Verdict.WORKS, "Mimecast refused what cannot be done, which it does after rights.")
    except UnreadableReply as error:
        return _finding(endpoint, Verdict.UNKNOWN, str(error))
    except MimecastError as error:
        return _finding(endpoint, Verdict.UNKNOWN, str(error))
    return _finding(endpoint, Verdict.WORKS, "Mimecast answered.")


def _missing(endpoint: Endpoint, error: MissingPermission) -> Finding:
    if error.code == "app_forbidden" and endpoint.path in _NOT_IN_CATALOGUE:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, "The catalogue of API 2.0 does not have it, nor this tenant.")
    remedy = f'Grant the role permission "{endpoint.permission}".'
    if error.code == "app_forbidden":
        product = f'"{endpoint.product}"' if endpoint.product else f"that contains {endpoint.path}"
        remedy = f"Create an API application with the product {product}; products cannot be added to an existing one."
    return _finding(endpoint, Verdict.MISSING, f"{error.code or error.status}: {error.detail}", remedy)


def _finding(endpoint: Endpoint, verdict: Verdict, why: str, remedy: str = "") -> Finding:
    name = f"{endpoint.summary[0].upper()}{endpoint.summary[1:]}"
    return Finding(subject=name, kind="function", verdict=verdict, why=why, remedy=remedy, path=endpoint.path)


def _now() -> datetime:
    return datetime.now(UTC)


def _search(client: MimecastClient) -> None:
    client.tracking.search(start=_now() - timedelta(minutes=1), end=_now(), to=_NOBODY)


def _archive_search(client: MimecastClient) -> None:
    query = ArchiveQuery(fields=("id",), recipients=(_NOBODY,), start=_now() - timedelta(minutes=1), page_size=1)
    next(client.archive.search(query), None)


def _set_sender(client: MimecastClient) -> None:
    client.senders.set(_NOT_AN_ADDRESS, _NOT_AN_ADDRESS, "permit")


def _create_policy(client: MimecastClient) -> None:
    # Three ways not to be a policy: no name, no such sender, and no action even if it were one.
    target = PolicyTarget("individual_email_address", _NOT_AN_ADDRESS)
    client.policies.create(
        BlockedSenderPolicy(
            option="no_action",
            description="",
            from_part="both",
            sender=target,
            recipient=target,
            enforced=False,
            enabled=False,
        )
    )


def _reject(client: MimecastClient) -> None:
    refused = client.held.reject([_NO_ID])[_NO_ID]
    if refused is not None:
        raise refused


def _download(client: MimecastClient) -> None:
    with client.files.download(_NO_ID, max_bytes=1):
        pass


_PROBES: Final[dict[str, Callable[[MimecastClient], object]]] = {
    account.GET.path: lambda client: client.account.get(),
    domains.INTERNAL.path: lambda client: client.domains.internal(),
    tracking.SEARCH.path: _search,
    tracking.INFO.path: lambda client: client.tracking.info(_NO_ID),
    tracking.RELEASE_TO_SANDBOX.path: lambda client: client.tracking.release_to_sandbox(_NO_ID),
    tracking.REPORT.path: lambda client: client.tracking.report(_NO_ID, kind="spam"),
    held.LIST.path: lambda client: next(
        client.held.list(start=_now() - timedelta(minutes=1), end=_now(), page_size=1), None
    ),
    held.RELEASE.path: lambda client: client.held.release(_NO_ID),
    held.REJECT.path: _reject,
    held.SUMMARY.path: lambda client: client.held.summary(),
    held.DETAIL.path: lambda client: client.held.detail(_NO_ID),
    archive.SEARCH.path: _archive_search,
    senders.PERMIT_OR_BLOCK.path: _set_sender,
    policies.CREATE.path: _create_policy,
    policies.GET.path: lambda client: client.policies.list(_NO_ID),
    policies.DELETE.path: lambda client: client.policies.delete(_NO_ID),
    policies.REST_DELETE.path: lambda client: client.policies.delete(_NO_ID),
    files.GET.path: _download,
}
