"""Settings and fixtures for all tests."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.prerequisites import missing_prerequisite
from tests.samples import EXCHANGE_FOLDERS, Sample, id_of, sample_of

# The duration of an example depends on the machine.
settings.register_profile("everywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("everywhere")


def pytest_configure() -> None:
    """Let Ctrl-C work in tests and in the processes that they start: a shell ignores it in background jobs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs what this machine lacks."""
    if missing := missing_prerequisite(item):
        pytest.skip(f"needs {missing}")


@pytest.fixture(params=EXCHANGE_FOLDERS, ids=id_of)
def sample(request: pytest.FixtureRequest) -> Sample:
    """The sample exchanges of the project, and then further ones if there are any."""
    return sample_of(request.param)
