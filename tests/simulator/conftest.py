"""A tenant that runs, and the applications that call it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import Caller

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


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
    """A tenant whose clock stands still at noon on a Wednesday."""
    made = Tenant()
    made.clock.frozen = NOON
    return made
