"""The filters: which messages become alerts.

Each function is pure and returns the name of the filter that excludes the message, or None if it passes. A cycle counts
excluded records by that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class RiskOfMessage:
    """The risk of a message, as far as Mimecast's verdict could be read.

    Attributes:
        risk: the risk; None if the verdict names none that can be read.
        is_unreadable: whether the verdict names a risk that is not known, such as a number.
        was_read: whether there is a verdict.
        category_risk: the highest risk of its categories; None if they name none.
    """

    risk: Risk | None
    is_unreadable: bool = False
    was_read: bool = True
    category_risk: Risk | None = None

    @property
    def filtered_as(self) -> Risk | None:
        """The risk that the filters see. One that cannot be read counts as high, so that nothing is left out."""
        if self.is_unreadable:
            return Risk.HIGH
        return self.category_risk if self.risk is None else self.risk


def by_row(settings: ConnectorSettings, *, status: str, route: str) -> str | None:
    """The filters on a row of a search."""
    return by_status(settings, status) or by_route(settings, route)


def by_details(
    settings: ConnectorSettings, *, risk: RiskOfMessage, queue_reason: str, list_values: Sequence[str]
) -> str | None:
    """The filters that need the details of a message."""
    return by_risk(settings, risk) or by_queue_reason(settings, queue_reason) or by_dynamic_list(settings, list_values)


def by_status(settings: ConnectorSettings, status: str) -> str | None:
    """Status Filter. A record without a readable status passes."""
    return STATUS if settings.status_filter and status and status not in settings.status_filter else None


def by_route(settings: ConnectorSettings, route: str) -> str | None:
    """Route Filter. A record without a readable route passes."""
    return ROUTE if settings.route_filter and route and route not in settings.route_filter else None


def by_risk(settings: ConnectorSettings, message: RiskOfMessage) -> str | None:
    """Lowest Risk To Fetch; for a message whose verdict was read and has no risk, Ingest Messages Without Risk."""
    risk = message.filtered_as
    if risk is None:
        return None if settings.without_risk or not message.was_read else WITHOUT_RISK
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
