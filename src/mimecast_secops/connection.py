"""The settings of a connection to Mimecast, said once.

The platform's integration configuration and connector parameters, the options of the command line, the environment
and the TOML file are ways to fill these records; `connection_of` turns them into what the API client takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from mimecast_secops.api import Connection, Proxy, Secret
from mimecast_secops.api.credentials import choose
from mimecast_secops.parameters import flag, secret, text

DEFAULT_API_ROOT: Final = "https://api.services.mimecast.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """Where the tenant is and who we are there: a complete API 1.0 set or a complete API 2.0 pair."""

    api_root: str = text(
        "API Root",
        "API root of the Mimecast tenant. API 2.0: https://api.services.mimecast.com, or a regional gateway. "
        "API 1.0: the region's host, such as https://eu-api.mimecast.com.",
        default=DEFAULT_API_ROOT,
        mandatory=True,
    )
    application_id: str = text("Application ID", "API 1.0: the ID of the API application.")
    application_key: Secret = secret("Application Key", "API 1.0: the key of the API application.")
    access_key: Secret = secret("Access Key", "API 1.0: the access key of the service account.")
    secret_key: Secret = secret("Secret Key", "API 1.0: the secret key of the service account, in base64 as issued.")
    client_id: str = text("Client ID", "API 2.0: the client ID of the API application.")
    client_secret: Secret = secret("Client Secret", "API 2.0: the client secret of the API application.")
    verify_ssl: bool = flag(
        "Verify SSL",
        "If enabled, the certificate of the Mimecast server is verified. Leave it on.",
        default=True,
        mandatory=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """The way out of the network, where the environment does not already say it."""

    proxy_server_address: str = text(
        "Proxy Server Address", "URL of the proxy server with scheme and port, such as http://proxy.example.com:3128."
    )
    proxy_username: str = text("Proxy Username", "User name for the proxy server.")
    proxy_password: Secret = secret("Proxy Password", "Password for the proxy server.")


class ConnectionChoice(NamedTuple):
    """What to connect with, and what the log should say about the choice."""

    connection: Connection
    notes: tuple[str, ...]


def connection_of(
    settings: ConnectionSettings,
    proxy: ProxySettings | None = None,
    *,
    ca_bundle: str = "",
    timeout: float = 30.0,
    max_concurrency: int = 32,
) -> ConnectionChoice:
    """The connection that the settings describe.

    Args:
        settings: the connection settings.
        proxy: the proxy; None or one without an address leaves it to the environment.
        ca_bundle: path of a PEM file to verify against, "" for the system's.
        timeout: seconds that a server may stay silent.
        max_concurrency: the most requests at the same time.

    Raises:
        IncompleteCredentials: names what is missing.
        Misconfigured: API Root or the proxy's address is malformed or unsafe.
    """
    credentials, notes = choose(
        application_id=settings.application_id,
        application_key=settings.application_key,
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
    )
    way = None
    if proxy is not None and proxy.proxy_server_address:
        way = Proxy(proxy.proxy_server_address, proxy.proxy_username, proxy.proxy_password)
    connection = Connection(
        settings.api_root,
        credentials,
        verify_tls=settings.verify_ssl,
        ca_bundle=ca_bundle,
        proxy=way,
        timeout=timeout,
        max_concurrency=max_concurrency,
    )
    return ConnectionChoice(connection, notes)
