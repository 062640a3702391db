"""Settings for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The duration of an example depends on the machine.
settings.register_profile("everywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("everywhere")
