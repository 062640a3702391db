"""The account."""

from __future__ import annotations

from mimecast_secops.simulator.http.requests import Call
from mimecast_secops.simulator.http.responses import Answer, data, json_answer


def get_account(call: Call) -> Answer:
    """`/api/account/get-account` (API notes 5)."""
    tenant = call.tenant
    domain = min(tenant.domains)
    account = {
        "region": "us",
        "archive": True,
        "gateway": True,
        "passphrase": False,
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
        "accountCode": "CUSA00A000",
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


def whoami(call: Call) -> Answer:
    """`/identity/whoami` (API notes 1.2); its members are not documented."""
    return json_answer({"clientId": call.tenant.application.client_id, "accountCode": "CUSA00A000"})
