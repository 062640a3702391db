"""Endpoint probes: one harmless request per API endpoint that shows whether its permission is granted.

Read endpoints get the smallest possible request. Write endpoints get a request that cannot succeed: an ID that no
tenant has issued, a sender that is not an address, an invalid policy. Mimecast checks permissions before the request
itself, so any error but a missing permission shows that the permission is granted.
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
)
from mimecast_secops.api.resources import account, archive, domains, files, held, policies, senders, tracking
from mimecast_secops.diagnosis.findings import Finding, Verdict

# A well-formed Mimecast ID (base64url of an empty zlib stream) that no tenant has issued.
_UNASSIGNED_ID: Final = "eNoDAAAAAAE"
_UNUSED_ADDRESS: Final = "nobody@doctor.invalid"
_INVALID_ADDRESS: Final = "not an address"
# The API 2.0 catalog does not list these endpoints. If API 2.0 forbids one of them, the tenant does not have it.
_NOT_IN_CATALOG: Final = frozenset({held.DETAIL.path, policies.DELETE.path})


def probe(client: MimecastClient, endpoint: Endpoint) -> Finding:
    """Find out whether the credentials allow calls to an endpoint."""
    if client.api_version not in endpoint.api_versions:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, f"{client.api_version.value} does not have this endpoint.")
    send_probe = _PROBES.get(endpoint.path)
    if send_probe is None:
        return _finding(endpoint, Verdict.UNKNOWN, "There is no harmless way to probe it.")
    try:
        send_probe(client)
    except MissingPermission as error:
        return _missing(endpoint, error)
    except NotSupported as error:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, str(error))
    except (RateLimited, Unavailable, AuthenticationFailed) as error:  # ApiErrors that say nothing about permissions
        return _finding(endpoint, Verdict.UNKNOWN, str(error))
    except ApiError:
        return _finding(endpoint, Verdict.WORKS, "Mimecast checked the permission, then rejected the invalid request.")
    except MimecastError as error:
        return _finding(endpoint, Verdict.UNKNOWN, str(error))
    return _finding(endpoint, Verdict.WORKS, "Mimecast answered.")


def _missing(endpoint: Endpoint, error: MissingPermission) -> Finding:
    if error.code == "app_forbidden" and endpoint.path in _NOT_IN_CATALOG:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, "Neither the API 2.0 catalog nor this tenant has it.")
    remedy = f'Grant the role permission "{endpoint.permission}".'
    if error.code == "app_forbidden":
        product = f'"{endpoint.product}"' if endpoint.product else f"that contains {endpoint.path}"
        remedy = f"Create an API application with the product {product}. You cannot add a product to an existing one."
    return _finding(endpoint, Verdict.MISSING, f"{error.code or error.status}: {error.detail}", remedy)


def _finding(endpoint: Endpoint, verdict: Verdict, why: str, remedy: str = "") -> Finding:
    name = f"{endpoint.summary[0].upper()}{endpoint.summary[1:]}"
    return Finding(subject=name, kind="function", verdict=verdict, why=why, remedy=remedy, path=endpoint.path)


def _now() -> datetime:
    return datetime.now(UTC)


def _search(client: MimecastClient) -> None:
    client.tracking.search(start=_now() - timedelta(minutes=1), end=_now(), to=_UNUSED_ADDRESS)


def _archive_search(client: MimecastClient) -> None:
    query = ArchiveQuery(
        fields=("id",), recipients=(_UNUSED_ADDRESS,), start=_now() - timedelta(minutes=1), page_size=1
    )
    next(client.archive.search(query), None)


def _set_sender(client: MimecastClient) -> None:
    client.senders.set(_INVALID_ADDRESS, _INVALID_ADDRESS, "permit")


def _create_policy(client: MimecastClient) -> None:
    # Invalid in two ways, the description and the sender, and without effect even if Mimecast accepted it.
    target = PolicyTarget("individual_email_address", _INVALID_ADDRESS)
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
    error = client.held.reject([_UNASSIGNED_ID])[_UNASSIGNED_ID]
    if error is not None:
        raise error


def _download(client: MimecastClient) -> None:
    with client.files.download(_UNASSIGNED_ID, max_bytes=1):
        pass


_PROBES: Final[dict[str, Callable[[MimecastClient], object]]] = {
    account.GET.path: lambda client: client.account.get(),
    domains.INTERNAL.path: lambda client: client.domains.internal(),
    tracking.SEARCH.path: _search,
    tracking.INFO.path: lambda client: client.tracking.info(_UNASSIGNED_ID),
    tracking.RELEASE_TO_SANDBOX.path: lambda client: client.tracking.release_to_sandbox(_UNASSIGNED_ID),
    tracking.REPORT.path: lambda client: client.tracking.report(_UNASSIGNED_ID, kind="spam"),
    held.LIST.path: lambda client: next(
        client.held.list(start=_now() - timedelta(minutes=1), end=_now(), page_size=1), None
    ),
    held.RELEASE.path: lambda client: client.held.release(_UNASSIGNED_ID),
    held.REJECT.path: _reject,
    held.SUMMARY.path: lambda client: client.held.summary(),
    held.DETAIL.path: lambda client: client.held.detail(_UNASSIGNED_ID),
    archive.SEARCH.path: _archive_search,
    senders.PERMIT_OR_BLOCK.path: _set_sender,
    policies.CREATE.path: _create_policy,
    policies.GET.path: lambda client: client.policies.list(_UNASSIGNED_ID),
    policies.DELETE.path: lambda client: client.policies.delete(_UNASSIGNED_ID),
    policies.REST_DELETE.path: lambda client: client.policies.delete(_UNASSIGNED_ID),
    files.GET.path: _download,
}
