"""Account endpoints."""

from __future__ import annotations

from typing import Final

from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, json_response
from mimecast_secops.simulator.http.schemas.account import Account, Identity

_ACCOUNT_CODE: Final = "CUSA00A000"


def get_account(request: ApiRequest) -> ApiResponse:
    """`/api/account/get-account` (docs/reference/mimecast-api.md#get-the-account)."""
    tenant = request.tenant
    domain = min(tenant.domains)
    account: Account = {
        "region": "us",
        "archive": True,
        "gateway": True,
        "passphrase": "" if request.version == 2 else False,
        "supportCode": "AB12",
        "maxRetention": 3660,
        "maxRetentionConfirmed": True,
        "minRetentionEnabled": False,
        "automatedSegmentPurge": True,
        "type": "full",
        "policyInheritance": False,
        "databaseCode": "usterm13",
        "searchReason": tenant.search_reason,
        "contentAdministratorDefaultView": "Metadata",
        "adminSessionTimeout": 60,
        "exportApi": False,
        "exgestAllowQuery": False,
        "exgestAllowExtraction": False,
        "expressAccount": False,
        "cybergraphV2Enabled": False,
        "accountCode": _ACCOUNT_CODE,
        "accountName": "Simulated Tenant",
        "adminEmail": f"admin@{domain}",
        "contactEmail": f"admin@{domain}",
        "contactName": "Admin",
        "telephone": "",
        "domain": domain,
        "userCount": 120,
        "mimecastId": "01-0000-00000",
        "packages": ["Email Security Cloud Gateway [1059]", "Journal Services [1053]"],
        "mailPlatform": "microsoft365",
    }
    return data([account])


def whoami(request: ApiRequest) -> ApiResponse:
    """`/identity/whoami`. The members of the reply are not documented.

    Source: docs/reference/mimecast-api.md#identify-the-application.
    """
    identity: Identity = {"clientId": request.tenant.application.client_id, "accountCode": _ACCOUNT_CODE}
    return json_response(identity)
