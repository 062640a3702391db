"""Connections to a simulated tenant, for tests of every room."""

from __future__ import annotations

import time

from mimecast_secops.api import ApiVersion, MimecastClient, Runtime, Secret
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.simulator import Simulator


def settings_for(simulator: Simulator, api_version: ApiVersion) -> ConnectionSettings:
    """The settings that lead to a simulator over one generation of the API."""
    keys, application = simulator.v1, simulator.v2
    if api_version is ApiVersion.V2:
        return ConnectionSettings(
            api_root=simulator.url,
            client_id=application.client_id,
            client_secret=Secret(application.client_secret),
        )
    return ConnectionSettings(
        api_root=simulator.url,
        application_id=keys.application_id,
        application_key=Secret(keys.application_key),
        access_key=Secret(keys.access_key),
        secret_key=Secret(keys.secret_key),
    )


def client_for(simulator: Simulator, api_version: ApiVersion, runtime: Runtime | None = None) -> MimecastClient:
    """A client of a simulator."""
    return MimecastClient(connection_of(settings_for(simulator, api_version)).connection, runtime)


def runtime_without_sleep() -> Runtime:
    """A runtime whose clock jumps ahead instead of sleeping, so that retries take no time."""
    slept = 0.0

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds

    return Runtime(monotonic=lambda: time.monotonic() + slept, sleep=sleep)


def environment_for(simulator: Simulator, api_version: ApiVersion) -> dict[str, str]:
    """The environment variables that lead to a simulator."""
    keys, application = simulator.v1, simulator.v2
    if api_version is ApiVersion.V2:
        credentials = {
            "MIMECAST_CLIENT_ID": application.client_id,
            "MIMECAST_CLIENT_SECRET": application.client_secret,
        }
    else:
        credentials = {
            "MIMECAST_APPLICATION_ID": keys.application_id,
            "MIMECAST_APPLICATION_KEY": keys.application_key,
            "MIMECAST_ACCESS_KEY": keys.access_key,
            "MIMECAST_SECRET_KEY": keys.secret_key,
        }
    return {"MIMECAST_API_ROOT": simulator.url, **credentials}
