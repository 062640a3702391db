"""Which messages become alerts. Pure functions with names; a filtered record counts under the name that took it.

Each gives the name of the filter that takes the message out, or None where it may pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mimecast_secops.api import Risk
from mimecast_secops.ingest.settings import Rules

STATUS: Final = "status"
ROUTE: Final = "route"
RISK: Final = "risk"
WITHOUT_RISK: Final = "without risk"
QUEUE_REASON: Final = "queue reason"
DYNAMIC_LIST: Final = "dynamic list"
NAMES: Final = (STATUS, ROUTE, RISK, WITHOUT_RISK, QUEUE_REASON, DYNAMIC_LIST)


def by_summary(rules: Rules, *, status: str, route: str) -> str | None:
    """The filters that what the search tells is enough for."""
    return by_status(rules, status) or by_route(rules, route)


def by_details(rules: Rules, *, risk: Risk | None, queue_reason: str, list_values: Sequence[str]) -> str | None:
    """The filters that need the details of the message."""
    return by_risk(rules, risk) or by_queue_reason(rules, queue_reason) or by_dynamic_list(rules, list_values)


def by_status(rules: Rules, status: str) -> str | None:
    """Only the wanted statuses. A record without a readable status passes: what cannot be told is not dropped."""
    return STATUS if rules.statuses and status and status not in rules.statuses else None


def by_route(rules: Rules, route: str) -> str | None:
    """Only the wanted routes. A record without a readable route passes."""
    return ROUTE if rules.routes and route and route not in rules.routes else None


def by_risk(rules: Rules, risk: Risk | None) -> str | None:
    """Only from the lowest risk upwards; a message without any has a rule of its own."""
    if risk is None:
        return None if rules.without_risk else WITHOUT_RISK
    return RISK if rules.lowest_risk and risk < rules.lowest_risk else None


def by_queue_reason(rules: Rules, queue_reason: str) -> str | None:
    """Only the wanted queue reasons; upper and lower case are one."""
    wanted = rules.queue_reasons
    return QUEUE_REASON if wanted and queue_reason.strip().casefold() not in wanted else None


def by_dynamic_list(rules: Rules, values: Sequence[str]) -> str | None:
    """The dynamic list over queue detail status and bounce type, exactly as written (platform notes 3.2).

    As a block list it takes a message with any value on it; as an allow list one with any value not on it, or none.
    """
    if not rules.dynamic_list:
        return None
    listed = [value.strip() in rules.dynamic_list for value in values if value.strip()]
    if rules.list_blocks:
        return DYNAMIC_LIST if any(listed) else None
    return None if listed and all(listed) else DYNAMIC_LIST
