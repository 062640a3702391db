"""A tenant that runs, and its actions over both generations of the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.simulator import Simulator
from tests.actions.bench import Bench


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One server per file; its tenant is emptied for every test."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """A running tenant without mail, policies, faults and decisions, with every right."""
    return Bench.emptied(running)


@pytest.fixture(params=list(ApiVersion), ids=["api1", "api2"])
def bench(simulator: Simulator, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The actions on API 1.0, then on API 2.0."""
    with Bench.connected(simulator, request.param) as made:
        yield made


@pytest.fixture
def v1(simulator: Simulator) -> Iterator[Bench]:
    with Bench.connected(simulator, ApiVersion.V1) as made:
        yield made


@pytest.fixture
def v2(simulator: Simulator) -> Iterator[Bench]:
    with Bench.connected(simulator, ApiVersion.V2) as made:
        yield made
