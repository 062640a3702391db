"""No reading of an open fact makes an action or the connector silently wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.open_facts import OPEN_FACTS, Reading
from mimecast_secops.simulator import Simulator
from tests.actions.runner import reset
from tests.readings.flows import FLOWS
from tests.readings.outcomes import Verdict
from tests.readings.tenant import ReadingTenant

pytestmark = pytest.mark.readings
READINGS = [Reading(name="default", tenant="As documented.", product="Works.")] + [
    reading for fact in OPEN_FACTS for reading in fact.readings
]


@pytest.fixture(scope="module")
def running_simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(params=list(ApiVersion), ids=["api1", "api2"])
def api_version(request: pytest.FixtureRequest) -> ApiVersion:
    version: ApiVersion = request.param
    return version


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_the_result_is_right_or_says_what_is_not(
    running_simulator: Simulator, api_version: ApiVersion, reading: Reading, flow: str
) -> None:
    reset(running_simulator)
    with ReadingTenant.running(running_simulator, reading.switches, api_version) as tenant:
        outcome = FLOWS[flow](tenant, reading)
    assert outcome.verdict is not Verdict.SILENT, outcome.seen
    assert outcome.verdict is Verdict.RIGHT or reading.limit, outcome.seen
