"""The functions of the Mimecast API that this client can call, each declared once beside the code that calls it.

The rights to grant, the reference pages and the probes of the doctor are derived from these declarations.
"""

from __future__ import annotations

from dataclasses import dataclass

from mimecast_secops.api.vocabulary import ApiVersion

BOTH = frozenset(ApiVersion)
V1_ONLY = frozenset({ApiVersion.V1})
V2_ONLY = frozenset({ApiVersion.V2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One function of the API.

    Args:
        path: as signed and sent: `/api/gateway/hold-release`.
        summary: what it is for, as the object of "may": "release held messages".
        permission: the role permission it needs, in Mimecast's words; "" where none is known.
        product: the API 2.0 product that contains it; "" where the documentation that we have does not name it.
        writes: whether it changes something in the tenant.
        generations: where it exists.
        divisible: whether a request for less, such as a shorter window, gives a part of the same answer. The caller
            then divides a request whose reply cannot be decoded.
        source: where that is said, and how sure it is.
    """

    path: str
    summary: str
    permission: str
    product: str = ""
    writes: bool = False
    api_versions: frozenset[ApiVersion] = BOTH
    divisible: bool = False
    source: str
