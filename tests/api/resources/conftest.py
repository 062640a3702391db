"""A simulated tenant, and clients of it for both API versions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import (
    ApiVersion,
    MimecastClient,
    Runtime,
)
from mimecast_secops.connection import connection_of
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.api.clients import FakeTime
from tests.api.resources.tenant import V1, V2
from tests.tenants import client_for, settings_for


@pytest.fixture(params=[V1, V2], ids=lambda api_version: api_version.name)
def api_version(request: pytest.FixtureRequest) -> ApiVersion:
    chosen: ApiVersion = request.param
    return chosen


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """A new tenant behind a running server. Starting a server takes longer than most tests."""
    running.reset(Tenant(quirks=Quirks(gateway_detail_on_v2=True)))
    running.receive(Simulator.SAMPLES)
    return running


@pytest.fixture
def client(simulator: Simulator, api_version: ApiVersion) -> Iterator[MimecastClient]:
    with client_for(simulator, api_version) as connected:
        yield connected


@pytest.fixture
def patient(simulator: Simulator, api_version: ApiVersion) -> Iterator[MimecastClient]:
    """A client that does not wait in real time."""
    time = FakeTime()
    runtime = Runtime(monotonic=time, sleep=time.sleep)
    with MimecastClient(connection_of(settings_for(simulator, api_version)).connection, runtime) as connected:
        yield connected
