"""The filters: which messages become alerts.

Each function is pure and returns the name of the filter that excludes the message, or None if it passes. A cycle counts
excluded records by that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mimecast_secops.api import Risk
from mimecast_secops.ingest.settings import ConnectorSettings

STATUS: Final = "status"
ROUTE: Final = "route"
RISK: Final = "risk"
WITHOUT_RISK: Final = "without risk"
QUEUE_REASON: Final = "queue reason"
DYNAMIC_LIST: Final = "dynamic list"
NAMES: Final = (STATUS, ROUTE, RISK, WITHOUT_RISK, QUEUE_REASON, DYNAMIC_LIST)


def by_row(settings: ConnectorSettings, *, status: str, route: str) -> str | None:
    """The filters on a row of a search."""
    return by_status(settings, status) or by_route(settings, route)


def by_details(
    settings: ConnectorSettings, *, risk: Risk | None, queue_reason: str, list_values: Sequence[str]
) -> str | None:
    """The filters that need the details of a message."""
    return by_risk(settings, risk) or by_queue_reason(settings, queue_reason) or by_dynamic_list(settings, list_values)


def by_status(settings: ConnectorSettings, status: str) -> str | None:
    """Status Filter. A record without a readable status passes."""
    return STATUS if settings.status_filter and status and status not in settings.status_filter else None


def by_route(settings: ConnectorSettings, route: str) -> str | None:
    """Route Filter. A record without a readable route passes."""
    return ROUTE if settings.route_filter and route and route not in settings.route_filter else None


def by_risk(settings: ConnectorSettings, risk: Risk | None) -> str | None:
    """Lowest Risk To Fetch; for a message without a risk, Ingest Messages Without Risk."""
    if risk is None:
        return None if settings.without_risk else WITHOUT_RISK
    return RISK if settings.lowest_risk and risk < settings.lowest_risk else None


def by_queue_reason(settings: ConnectorSettings, queue_reason: str) -> str | None:
    """Queue Reason Filter. Case is ignored."""
    wanted = {reason.casefold() for reason in settings.queue_reasons}
    return QUEUE_REASON if wanted and queue_reason.strip().casefold() not in wanted else None


def by_dynamic_list(settings: ConnectorSettings, values: Sequence[str]) -> str | None:
    """The dynamic list, compared with queue detail status and bounce type, case included.

    Source: docs/reference/secops-platform.md#dynamic-list.

    A block list excludes a message with any value on the list; an allow list excludes one with any value that is not on
    it, or without values.
    """
    if not settings.dynamic_list:
        return None
    listed = [value.strip() in settings.dynamic_list for value in values if value.strip()]
    if settings.list_blocks:
        return DYNAMIC_LIST if any(listed) else None
    return None if listed and all(listed) else DYNAMIC_LIST
