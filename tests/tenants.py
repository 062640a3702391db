"""Connections to a simulated tenant, for the tests of all packages."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion, MimecastClient, Runtime
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.parameters import parse
from mimecast_secops.simulator import Simulator


def settings_for(simulator: Simulator, api_version: ApiVersion, **overrides: Any) -> ConnectionSettings:
    """The settings that connect to a simulator; `overrides` replaces members of the record."""
    settings, _ = parse(ConnectionSettings, simulator.settings(_number(api_version)))
    return replace(settings, **overrides)


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


def retry_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the waits before retries, where a test cannot pass a runtime to the client."""
    monkeypatch.setattr(Runtime, "pause", lambda *_: None)


def environment_for(simulator: Simulator, api_version: ApiVersion) -> dict[str, str]:
    """The environment variables that connect to a simulator."""
    return simulator.environment(_number(api_version))


def _number(api_version: ApiVersion) -> int:
    return {ApiVersion.V1: 1, ApiVersion.V2: 2}[api_version]
