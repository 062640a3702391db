"""Clients for tests: credentials, and a clock that does not wait."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mimecast_secops.api import (
    ApiVersion,
    ClientCredentials,
    Connection,
    MimecastClient,
    Runtime,
    Secret,
    SigningKeys,
)

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)

APPLICATION_KEY = "11111111-2222-4333-8444-555555555555"
SECRET_KEY = base64.b64encode(bytes(range(64))).decode()
KEYS = SigningKeys(
    "5d2c0b1e-3f77-4c7e-9d11-2a6f0a6f1c01", Secret(APPLICATION_KEY), Secret("marked-access-key"), Secret(SECRET_KEY)
)
APPLICATION = ClientCredentials("client-of-the-tests", Secret("marked-client-secret"))
CREDENTIALS: dict[ApiVersion, SigningKeys | ClientCredentials] = {ApiVersion.V1: KEYS, ApiVersion.V2: APPLICATION}


class FakeTime:
    """A monotonic clock that advances only in `sleep`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client_of(
    url: str, api_version: ApiVersion = ApiVersion.V2, *, time: FakeTime | None = None, **connection: Any
) -> MimecastClient:
    """A client of `url` that does not wait in real time."""
    time = time or FakeTime()
    runtime = Runtime(monotonic=time, sleep=time.sleep, random=lambda: 0.0)
    return MimecastClient(Connection(url, CREDENTIALS[api_version], **connection), runtime)
