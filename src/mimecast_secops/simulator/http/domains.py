"""The tenant's domains."""

from __future__ import annotations

from mimecast_secops.simulator.http.requests import Call
from mimecast_secops.simulator.http.responses import Answer, data


def get_internal_domain(call: Call) -> Answer:
    """`/api/domain/get-internal-domain`; the names of its members are documented, their other values are not."""
    return data(
        [
            {
                "id": f"internal-domain-{number}",
                "domain": domain,
                "sendOnly": False,
                "local": True,
                "inboundType": "any",
            }
            for number, domain in enumerate(sorted(call.tenant.domains), 1)
        ]
    )
