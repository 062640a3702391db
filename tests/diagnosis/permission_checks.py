"""Runs a permission check against a simulated tenant."""

from __future__ import annotations

from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api import ApiVersion
from mimecast_secops.diagnosis import Finding, check_permissions
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for, runtime_without_sleep


def check(simulator: Simulator, api_version: ApiVersion) -> dict[str, Finding]:
    """The findings by kind and name, or by kind and path for an endpoint."""
    with client_for(simulator, api_version, runtime_without_sleep()) as client:
        findings = check_permissions(client, all_requirements())
    return {f"{finding.kind}:{finding.path or finding.subject}": finding for finding in findings}
