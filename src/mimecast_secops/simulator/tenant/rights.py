"""The credentials of the tenant with their permissions, and for API 2.0 the products of the application."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Final

DASHBOARD: Final = "Account | Dashboard | Read"
HELD_EDIT: Final = "Account | Monitoring | Held | Edit"
HELD_READ: Final = "Account | Monitoring | Held | Read"
HELD_SUMMARY: Final = "Account | Monitoring | Held Summary | Read"
ARCHIVE_SEARCH: Final = "Archive | Search | Read"
ARCHIVE_CONTENT: Final = "Archive | Search Content View"
INTERNAL_DOMAINS_READ: Final = "Directories | Internal | Read"
SENDERS_EDIT: Final = "Gateway | Managed Senders | Edit"
POLICIES_EDIT: Final = "Gateway | Policies | Edit"
POLICIES_READ: Final = "Gateway | Policies | Read"
TRACKING_READ: Final = "Gateway | Tracking | Read"
TRACKING_EDIT: Final = "Gateway | Tracking | Edit"
PERMISSIONS: Final = frozenset(
    {
        DASHBOARD,
        HELD_EDIT,
        HELD_READ,
        HELD_SUMMARY,
        ARCHIVE_SEARCH,
        ARCHIVE_CONTENT,
        INTERNAL_DOMAINS_READ,
        SENDERS_EDIT,
        POLICIES_EDIT,
        POLICIES_READ,
        TRACKING_READ,
        TRACKING_EDIT,
    }
)

# The first two names are documented, the third is seen in a client. The fourth stands for all products whose names are
# not documented.
ACCOUNT_MANAGEMENT: Final = "Account Management"
DATA_RETENTION: Final = "Data Retention"
DOMAIN_MANAGEMENT: Final = "Domain Management"
CLOUD_GATEWAY: Final = "Cloud Gateway"
PRODUCTS: Final = frozenset({ACCOUNT_MANAGEMENT, DATA_RETENTION, DOMAIN_MANAGEMENT, CLOUD_GATEWAY})


@dataclass(slots=True, kw_only=True)
class KeysV1:
    """The keys of API 1.0.

    Attributes:
        application_id: the id of the API application.
        application_key: the key of the API application.
        access_key: the access key of the service account.
        secret_key: the secret key of the service account, in Base64.
        permissions: the permissions of the role of the service account.
        expired: whether the access key has expired.
    """

    application_id: str
    application_key: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    expired: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """The keys under the names of the integration's parameters."""
        return {
            "Application ID": self.application_id,
            "Application Key": self.application_key,
            "Access Key": self.access_key,
            "Secret Key": self.secret_key,
        }


@dataclass(slots=True, kw_only=True)
class ApplicationV2:
    """An API 2.0 application.

    Attributes:
        client_id: the client id.
        client_secret: the client secret.
        products: the products of the application.
        permissions: the permissions of the role of the application.
    """

    client_id: str
    client_secret: str = field(repr=False)
    products: set[str] = field(default_factory=lambda: set(PRODUCTS))
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))

    @property
    def settings(self) -> dict[str, str]:
        """The credentials under the names of the integration's parameters."""
        return {"Client ID": self.client_id, "Client Secret": self.client_secret}


def new_keys() -> KeysV1:
    """New keys with all permissions."""
    return KeysV1(
        application_id="5d2c0b1e-3f77-4c7e-9d11-2a6f0a6f1c01",
        application_key=secrets.token_hex(16),
        access_key="mYtOL3XZCOwG96BOiFTZRi" + secrets.token_urlsafe(60),
        secret_key=base64.b64encode(secrets.token_bytes(64)).decode(),
    )


def new_application() -> ApplicationV2:
    """A new application with all products and permissions."""
    return ApplicationV2(client_id="sim" + secrets.token_hex(20), client_secret=secrets.token_urlsafe(48))
