"""Domain endpoints."""

from __future__ import annotations

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data
from mimecast_secops.simulator.http.schemas.account import InternalDomain


def get_internal_domain(request: ApiRequest) -> ApiResponse:
    """`/api/domain/get-internal-domain`. The names of its members are documented, their other values are not."""
    domains: list[InternalDomain] = [
        {
            "id": f"internal-domain-{number}",
            "domain": domain,
            "sendOnly": False,
            "local": True,
            "inboundType": "any",
        }
        for number, domain in enumerate(sorted(request.tenant.domains), 1)
    ]
    return data(domains)
