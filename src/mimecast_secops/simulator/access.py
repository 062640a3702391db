"""How to connect to a simulator: its URL, and the credentials of both API versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from mimecast_secops.simulator.tenant.tenant import Tenant

VERSIONS: Final = ("2.0", "1.0")
"""The API versions, the default first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The URL and the credentials of a simulator.

    Attributes:
        url: the base URL of the API.
        credentials: API version, such as `2.0` → setting, under the name of the integration's parameter → value.
    """

    url: str
    credentials: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, tenant: Tenant, url: str) -> Self:
        """The access to a tenant that is served at a URL."""
        return cls(url=url, credentials=credentials_of(tenant))

    def settings(self, version: str) -> dict[str, str]:
        """The settings of a connection, under the names of the integration's parameters.

        Args:
            version: one of `VERSIONS`.
        """
        return {"API Root": self.url, **self.credentials[version]}

    def environment(self, version: str) -> dict[str, str]:
        """The environment variables that connect the command line.

        Args:
            version: one of `VERSIONS`.
        """
        return {_variable(name): value for name, value in self.settings(version).items()}

    def other_variables(self, version: str) -> list[str]:
        """The environment variables of the credentials of the other API version."""
        return [_variable(name) for other, names in self.credentials.items() for name in names if other != version]


def credentials_of(tenant: Tenant) -> dict[str, dict[str, str]]:
    """The credentials of a tenant, as in `Access`."""
    return {"1.0": tenant.keys.settings, "2.0": tenant.application.settings}


def _variable(name: str) -> str:
    return f"MIMECAST_{name.upper().replace(' ', '_')}"
