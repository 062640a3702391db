"""Endpoint probes: one harmless request per API endpoint that shows whether its permission is granted.

An endpoint that reads gets the smallest possible request. An endpoint that writes gets a request without any item: an
empty `data` list (docs/reference/mimecast-api.md#request-envelope). The items of `data` are what Mimecast acts on, so
even a server that validates nothing has nothing to create, change, release or report. The only other write is a DELETE
of an ID that no tenant has issued: it names exactly one object, and that object does not exist. An endpoint for which
no such request exists is not probed, and its verdict is "unknown".

Mimecast checks permissions before the request itself, so an error other than a missing permission shows that the
permission is granted. That holds only if Mimecast answers an endpoint that does not exist in another way, which
`answers.Controls` finds out. A write without items that succeeds shows nothing, because there was nothing to permit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast_secops.api import ApiVersion, ArchiveQuery, Endpoint, MimecastClient, Request
from mimecast_secops.api.errors import ApiError, MissingPermission, NotSupported
from mimecast_secops.api.request import no_result
from mimecast_secops.api.resources import account, archive, domains, files, held, policies, senders, tracking
from mimecast_secops.diagnosis.answers import INCONCLUSIVE, MISSING_PRODUCT, Answer, Controls, Probed, probe_with
from mimecast_secops.diagnosis.findings import Finding, Verdict

# A well-formed Mimecast ID (base64url of an empty zlib stream) that no tenant has issued.
UNASSIGNED_ID: Final = "eNoDAAAAAAE"
UNUSED_ADDRESS: Final = "nobody@doctor.invalid"
# The API 2.0 catalog does not list these endpoints. If API 2.0 forbids one of them, the tenant does not have it.
_NOT_IN_CATALOG: Final = frozenset({held.DETAIL.path, policies.DELETE.path})
_LIKE_UNKNOWN: Final = "The server answers in the same way as for an endpoint that does not exist"


def probe(client: MimecastClient, endpoint: Endpoint, controls: Controls) -> Finding:
    """Find out whether the credentials allow calls to an endpoint.

    Args:
        client: a client with the credentials to check.
        endpoint: the endpoint.
        controls: the answers to endpoints that do not exist.
    """
    if client.api_version not in endpoint.api_versions:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, f"{client.api_version.value} does not have this endpoint.")
    send_probe = _PROBES.get(endpoint.path)
    if send_probe is None:
        return _finding(endpoint, Verdict.UNKNOWN, "There is no harmless way to probe it.")
    probed = probe_with(client, endpoint.path, send_probe)
    if isinstance(probed.error, NotSupported):
        return _finding(endpoint, Verdict.NOT_AVAILABLE, str(probed.error))
    if isinstance(probed.error, INCONCLUSIVE):  # they say nothing about permissions
        return _finding(endpoint, Verdict.UNKNOWN, str(probed.error))
    control = controls.answer_for(endpoint)
    if control is not None and probed.answer == control:
        return _like_unknown(endpoint, probed)
    return _conclusive(endpoint, probed, control)


def _like_unknown(endpoint: Endpoint, probed: Probed) -> Finding:
    """The finding about an endpoint that is answered like one that does not exist."""
    error = probed.error
    if isinstance(error, MissingPermission) and endpoint.path not in _NOT_IN_CATALOG:
        return _missing(endpoint, error, None)
    if isinstance(error, ApiError):
        return _finding(endpoint, Verdict.NOT_AVAILABLE, f"{_LIKE_UNKNOWN}.")
    return _finding(endpoint, Verdict.UNKNOWN, f"{_LIKE_UNKNOWN}, so the answer shows nothing.")


def _conclusive(endpoint: Endpoint, probed: Probed, control: Answer | None) -> Finding:
    """The finding about an endpoint that is not answered like one that does not exist."""
    error = probed.error
    if isinstance(error, MissingPermission):
        return _missing(endpoint, error, control)
    if isinstance(error, ApiError):
        return _finding(endpoint, Verdict.WORKS, "Mimecast checked the permission, then rejected the invalid request.")
    if error is not None:
        return _finding(endpoint, Verdict.UNKNOWN, str(error))
    if endpoint.writes:
        why = "Mimecast accepted a request without items, which does not show whether it permits one with items."
        return _finding(endpoint, Verdict.UNKNOWN, why)
    return _finding(endpoint, Verdict.WORKS, "Mimecast answered.")


def _missing(endpoint: Endpoint, error: MissingPermission, control: Answer | None) -> Finding:
    """The finding about an endpoint that is forbidden.

    Args:
        endpoint: the endpoint.
        error: the error of the probe.
        control: the answer to an endpoint that does not exist, if it differs; None otherwise.
    """
    why = f"{error.code or error.status}: {error.detail}"
    permission = f'Grant the role permission "{endpoint.permission}".'
    if error.code != MISSING_PRODUCT:
        return _finding(endpoint, Verdict.MISSING, why, permission)
    # The code has two texts: the application may not call the endpoint, or no product of the application has it
    # (docs/reference/mimecast-api.md#gateway-failures).
    if control is not None and control.code == MISSING_PRODUCT:
        return _finding(endpoint, Verdict.MISSING, why, permission)
    if endpoint.path in _NOT_IN_CATALOG:
        return _finding(endpoint, Verdict.NOT_AVAILABLE, "Neither the API 2.0 catalog nor this tenant has it.")
    product = f'"{endpoint.product}"' if endpoint.product else f"that contains {endpoint.path}"
    remedy = f"Create an API application with the product {product}. You cannot add a product to an existing one."
    return _finding(endpoint, Verdict.MISSING, why, remedy)


def _finding(endpoint: Endpoint, verdict: Verdict, why: str, remedy: str = "") -> Finding:
    name = f"{endpoint.summary[0].upper()}{endpoint.summary[1:]}"
    return Finding(subject=name, kind="function", verdict=verdict, why=why, remedy=remedy, path=endpoint.path)


def _now() -> datetime:
    return datetime.now(UTC)


def _search(client: MimecastClient) -> None:
    client.tracking.search(start=_now() - timedelta(minutes=1), end=_now(), to=UNUSED_ADDRESS)


def _archive_search(client: MimecastClient) -> None:
    query = ArchiveQuery(fields=("id",), recipients=(UNUSED_ADDRESS,), start=_now() - timedelta(minutes=1), page_size=1)
    next(client.archive.search(query), None)


def _download(client: MimecastClient) -> None:
    with client.files.download(UNASSIGNED_ID, max_bytes=1):
        pass


def _without_items(endpoint: Endpoint) -> Callable[[MimecastClient], object]:
    """The probe of an endpoint that writes: a request without any item to act on."""
    return lambda client: client.send(Request(endpoint, (), no_result))


def _deletion() -> Request[None]:
    """The deletion of a policy that no tenant has."""
    suffix = f"/{UNASSIGNED_ID}"
    return Request(policies.REST_DELETE, (), no_result, method="DELETE", path_suffix=suffix, allow_empty=True)


def _delete_unassigned(client: MimecastClient) -> None:
    client.send(_deletion())


def _create_policy(client: MimecastClient) -> None:
    # Where API 2.0 does not have the endpoint, policies are created on the REST path. A deletion there needs the same
    # permission and product, and a creation without items does not exist on it.
    fallback = _deletion() if client.api_version is ApiVersion.V2 else None
    client.send(Request(policies.CREATE, (), no_result, fallback=fallback))


_WRITES: Final = (
    tracking.RELEASE_TO_SANDBOX,
    tracking.REPORT,
    held.RELEASE,
    held.REJECT,
    senders.PERMIT_OR_BLOCK,
    policies.DELETE,
)
_PROBES: Final[dict[str, Callable[[MimecastClient], object]]] = {
    account.GET.path: lambda client: client.account.get(),
    domains.INTERNAL.path: lambda client: client.domains.internal(),
    tracking.SEARCH.path: _search,
    tracking.INFO.path: lambda client: client.tracking.info(UNASSIGNED_ID),
    held.LIST.path: lambda client: next(
        client.held.list(start=_now() - timedelta(minutes=1), end=_now(), page_size=1), None
    ),
    held.SUMMARY.path: lambda client: client.held.summary(),
    held.DETAIL.path: lambda client: client.held.detail(UNASSIGNED_ID),
    archive.SEARCH.path: _archive_search,
    policies.CREATE.path: _create_policy,
    policies.GET.path: lambda client: client.policies.list(UNASSIGNED_ID),
    policies.REST_DELETE.path: _delete_unassigned,
    files.GET.path: _download,
    **{endpoint.path: _without_items(endpoint) for endpoint in _WRITES},
}
