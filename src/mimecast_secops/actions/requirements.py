"""The endpoints that every action and the connector need, for the permission check."""

from __future__ import annotations

from mimecast_secops.actions import all_actions
from mimecast_secops.diagnosis import Requirements
from mimecast_secops.permissions import OPTIONAL, REQUIRED


def all_requirements() -> list[Requirements]:
    """The requirements of each action that calls Mimecast, and those of the connector."""
    actions = [
        Requirements(
            name=action.name, kind="action", endpoints=action.endpoints, optional_endpoints=action.optional_endpoints
        )
        for action in all_actions()
        if action.endpoints
    ]
    connector = Requirements(
        name="Message Tracking Connector", kind="connector", endpoints=REQUIRED, optional_endpoints=OPTIONAL
    )
    return [*actions, connector]
