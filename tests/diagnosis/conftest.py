"""A simulated tenant with every right, for the permission check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.tenant.rights import PERMISSIONS, PRODUCTS


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


@pytest.fixture(autouse=True)
def all_rights(simulator: Simulator) -> None:
    simulator.control("rights", {"grant": sorted(PERMISSIONS | PRODUCTS)})
