"""The settings of a connection to Mimecast, declared once.

The platform's integration configuration and connector parameters, the options of the command line, the environment
and the TOML file fill these records. `connection_of` converts them to the `Connection` of the API client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from mimecast_secops.api import Connection, Proxy, Secret
from mimecast_secops.api.credentials import choose_credentials
from mimecast_secops.parameters import flag, secret, text
from mimecast_secops.sentences import Message

DEFAULT_API_ROOT: Final = "https://api.services.mimecast.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """API Root and credentials: the four values for API 1.0, or the two values for API 2.0."""

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
        "If enabled, the certificate of the Mimecast server is verified. Keep it enabled.",
        default=True,
        mandatory=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """The outbound proxy. Defaults to the proxy settings of the environment."""

    proxy_server_address: str = text(
        "Proxy Server Address", "URL of the proxy server with scheme and port, such as http://proxy.example.com:3128."
    )
    proxy_username: str = text("Proxy Username", "User name for the proxy server.")
    proxy_password: Secret = secret("Proxy Password", "Password for the proxy server.")


class ResolvedConnection(NamedTuple):
    """A connection, and notes for the log about how the settings were interpreted."""

    connection: Connection
    notes: tuple[Message, ...]


def connection_of(
    settings: ConnectionSettings,
    proxy: ProxySettings | None = None,
    *,
    ca_bundle: str = "",
    timeout: float = 30.0,
    max_concurrency: int = 32,
) -> ResolvedConnection:
    """Convert settings to a connection.

    Args:
        settings: the connection settings.
        proxy: the proxy settings. If None or without an address, the proxy settings of the environment apply.
        ca_bundle: path of a PEM file to verify against; "" for the certificates that the system trusts.
        timeout: the longest silence of a server, in seconds.
        max_concurrency: the maximum number of requests at the same time.

    Raises:
        IncompleteCredentials: the message names the missing values.
        Misconfigured: API Root or the address of the proxy is malformed or unsafe.
    """
    credentials, notes = choose_credentials(
        application_id=settings.application_id,
        application_key=settings.application_key,
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
    )
    outbound = None
    if proxy is not None and proxy.proxy_server_address:
        outbound = Proxy(proxy.proxy_server_address, proxy.proxy_username, proxy.proxy_password)
    connection = Connection(
        settings.api_root,
        credentials,
        verify_tls=settings.verify_ssl,
        ca_bundle=ca_bundle,
        proxy=outbound,
        timeout=timeout,
        max_concurrency=max_concurrency,
    )
    return ResolvedConnection(connection, notes)
