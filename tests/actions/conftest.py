"""A simulated tenant, and actions that run against it over each API version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.simulator import Simulator
from tests.actions.runner import ActionRunner, reset


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    """A tenant without messages, policies and faults, with every right."""
    reset(running_simulator)
    return running_simulator


@pytest.fixture(params=list(ApiVersion), ids=["api1", "api2"])
def runner(simulator: Simulator, request: pytest.FixtureRequest) -> Iterator[ActionRunner]:
    """Runs the test on API 1.0 and on API 2.0."""
    with ActionRunner.connected(simulator, request.param) as runner:
        yield runner


@pytest.fixture
def v1(simulator: Simulator) -> Iterator[ActionRunner]:
    with ActionRunner.connected(simulator, ApiVersion.V1) as runner:
        yield runner


@pytest.fixture
def v2(simulator: Simulator) -> Iterator[ActionRunner]:
    with ActionRunner.connected(simulator, ApiVersion.V2) as runner:
        yield runner


@pytest.fixture
def several_domains(simulator: Simulator) -> None:
    """Internal domains of the tenant besides the domain of its account."""
    simulator.tenant.domains |= {"second.example", "sub.parent.example", "münchen.example"}
