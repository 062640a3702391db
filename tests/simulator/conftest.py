"""A running simulator, and the applications that call it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import Caller

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    """One server for all tests, because each start and stop takes a tenth of a second."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """The server with a new tenant."""
    running.reset()
    return running


@pytest.fixture(params=[1, 2], ids=["api1", "api2"])
def caller(simulator: Simulator, request: pytest.FixtureRequest) -> Caller:
    return Caller(simulator, request.param)


@pytest.fixture
def v1(simulator: Simulator) -> Caller:
    return Caller(simulator, 1)


@pytest.fixture
def v2(simulator: Simulator) -> Caller:
    return Caller(simulator, 2)


@pytest.fixture
def tenant() -> Tenant:
    """A tenant whose clock is stopped at noon on a Wednesday."""
    tenant = Tenant()
    tenant.clock.frozen = NOON
    return tenant
