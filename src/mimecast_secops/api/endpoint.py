"""Declarations of the endpoints of the Mimecast API.

Each endpoint is declared once, as a constant in the module of `mimecast_secops.api.resources` that calls it. The
permissions to grant, the reference pages and the probes of `mimecast-secops doctor` are derived from the declarations.
"""

from __future__ import annotations

from dataclasses import dataclass

from mimecast_secops.api.vocabulary import ApiVersion

BOTH = frozenset(ApiVersion)
V1_ONLY = frozenset({ApiVersion.V1})
V2_ONLY = frozenset({ApiVersion.V2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint of the Mimecast API.

    Attributes:
        path: the path that is signed and sent, such as `/api/gateway/hold-release`.
        summary: a verb phrase that completes "Not permitted to …", such as "release held messages".
        permission: the role permission that the endpoint requires, as the Mimecast console names it; "" if unknown.
        product: the API 2.0 product that contains the endpoint; "" if no known document names it.
        writes: whether the endpoint changes something in the tenant.
        api_versions: the API versions that have the endpoint.
        divisible: whether a request for less, such as a shorter period, returns a part of the same answer. The caller
            then divides a request whose reply cannot be decoded.
        source: the document or client that these facts come from, and how certain they are.
    """

    path: str
    summary: str
    permission: str
    product: str = ""
    writes: bool = False
    api_versions: frozenset[ApiVersion] = BOTH
    divisible: bool = False
    source: str
