"""The requirements that the permission check reports on."""

from __future__ import annotations

from mimecast_secops.actions import all_actions
from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.permissions import OPTIONAL, REQUIRED


def test_every_action_with_endpoints_and_the_connector_have_requirements() -> None:
    *actions, connector = all_requirements()
    assert {(required.name, required.endpoints, required.optional_endpoints) for required in actions} == {
        (action.name, action.endpoints, action.optional_endpoints) for action in all_actions() if action.endpoints
    }
    assert {required.kind for required in actions} == {"action"}
    assert (connector.kind, connector.endpoints, connector.optional_endpoints) == ("connector", REQUIRED, OPTIONAL)
