"""A tenant with mail in the last hours, for the first contact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import fill


@pytest.fixture(scope="package")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.reset()
    fill(running)
    return running


@pytest.fixture(autouse=True)
def all_rights() -> None:
    """Each tenant here is new, and has every right."""
