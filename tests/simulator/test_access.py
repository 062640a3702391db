"""How to connect to a simulator."""

from __future__ import annotations

import pytest

from mimecast_secops.cli.options import connection_options
from mimecast_secops.simulator.access import VERSIONS, Access
from mimecast_secops.simulator.tenant.tenant import Tenant

URL = "http://127.0.0.1:8765"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_variables_are_those_that_the_command_line_reads(version: str) -> None:
    known = {option.envvar for option in connection_options()}
    access = Access.of(Tenant(), URL)
    assert set(access.environment(version)) | set(access.other_variables(version)) <= known
    assert access.environment(version)["MIMECAST_API_ROOT"] == URL


def test_the_other_variables_are_the_credentials_of_the_other_version() -> None:
    access = Access.of(Tenant(), URL)
    for version, other in (VERSIONS, VERSIONS[::-1]):
        assert set(access.other_variables(version)) == set(access.environment(other)) - {"MIMECAST_API_ROOT"}


def test_the_settings_have_the_names_of_the_parameters() -> None:
    tenant = Tenant()
    assert Access.of(tenant, URL).settings("2.0") == {
        "API Root": URL,
        "Client ID": tenant.application.client_id,
        "Client Secret": tenant.application.client_secret,
    }
