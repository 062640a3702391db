"""The settings of the connector: which messages become alerts, and how they are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mimecast_secops.addresses import is_domain
from mimecast_secops.api import Risk, Route, Status
from mimecast_secops.ingest.clock import HOUR_MS, MINUTE_MS
from mimecast_secops.parameters import checked, choices, flag, integer, items, refused, text

# Headings in the help of the command line.
_FILTERS: Final = "Filters"
_LIMITS: Final = "Limits"
_ADVANCED: Final = "Advanced"
_RISKS: Final = tuple(risk.capitalize() for risk in Risk)


def _domain(value: str) -> str:
    if not is_domain(value):
        raise refused("Domains", value, "a domain such as example.com is", verb="contain")
    return value.lower()


def _risk(value: str) -> str:
    if value.lower() not in list(Risk):
        accepted = f"accepted are {', '.join(_RISKS)}, or nothing for all"
        raise refused("Lowest Risk To Fetch", value, accepted, options=_RISKS)
    return value.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSettings:
    """How alerts appear on a platform, and how long one cycle may take."""

    device_product_field: str = text(
        "DeviceProductField",
        "The event field that holds the product name.",
        default="Product Name",
        mandatory=True,
        platform_only=True,
    )
    event_class_id: str = text(
        "EventClassId",
        "The event field that holds the event name.",
        default="event_type",
        mandatory=True,
        platform_only=True,
    )
    environment_field: str = text(
        "Environment Field Name",
        "The event field that holds the name of the environment. Empty: the connector's own environment.",
        platform_only=True,
    )
    environment_pattern: str = text(
        "Environment Regex Pattern",
        "Regular expression to search for in the value of Environment Field Name. The match is the environment.",
        default=".*",
        platform_only=True,
    )
    process_timeout: int = integer(
        "PythonProcessTimeout",
        "Time limit of one cycle, in seconds. The cycle ends before the limit and delivers what it has read.",
        default=180,
        minimum=10,
        maximum=86_400,
        mandatory=True,
        platform_only=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSettings:
    """Which messages become alerts, and how they are read. An empty filter lets everything through.

    Values are as `parse` returns them: validated, and in lower case where case has no meaning.
    """

    domains: tuple[str, ...] = items(
        "Domains",
        "Comma-separated list of your domains whose messages are monitored. List subdomains separately.",
        mandatory=True,
        group=_FILTERS,
        check=_domain,
    )
    lowest_risk: str = checked(
        "Lowest Risk To Fetch",
        "Lowest risk to ingest: Negligible, Low, Medium or High. Empty: all.",
        _risk,
        options=_RISKS,
        group=_FILTERS,
    )
    status_filter: tuple[str, ...] = choices(
        "Status Filter",
        "Comma-separated list of statuses to ingest: delivery, held, accepted, bounced, deferred, rejected, archived. "
        "Empty: all.",
        tuple(Status),
        default=Status.HELD,
        clearable=True,
        group=_FILTERS,
    )
    route_filter: tuple[str, ...] = choices(
        "Route Filter",
        "Comma-separated list of routes to ingest: internal, outbound, inbound. Empty: all.",
        tuple(Route),
        group=_FILTERS,
    )
    queue_reasons: tuple[str, ...] = items(
        "Queue Reason Filter", "Comma-separated list of queue reasons to ingest. Empty: all.", group=_FILTERS
    )
    without_risk: bool = flag(
        "Ingest Messages Without Risk",
        "If enabled, messages for which Mimecast reports no risk are ingested too.",
        default=True,
        mandatory=True,
        group=_FILTERS,
    )
    max_hours_backwards: int = integer(
        "Max Hours Backwards",
        "How far back the first cycle looks, in hours. Maximum: 720. Later cycles resume where the previous one ended.",
        default=1,
        minimum=1,
        maximum=720,
        group=_LIMITS,
    )
    max_messages: int = integer(
        "Max Messages To Return",
        "Maximum number of alerts per cycle, oldest first. The next cycles deliver the rest.",
        default=100,
        minimum=1,
        maximum=100_000,
        group=_LIMITS,
    )
    list_blocks: bool = flag(
        "Use whitelist as a blacklist",
        "If enabled, messages whose queue detail status or bounce type is on the dynamic list are left out. "
        "If disabled, only those messages are ingested. An empty dynamic list lets everything through.",
        default=True,
        mandatory=True,
        group=_FILTERS,
    )
    overlap_minutes: int = integer(
        "Overlap Minutes",
        "How far back each cycle re-reads, to pick up late records.",
        default=120,
        minimum=1,
        maximum=10_080,
        advanced=True,
        group=_ADVANCED,
    )
    deep_reread_hours: int = integer(
        "Deep Reread Hours",
        "How far back message tracking is read again each hour, to pick up records that appear after the overlap. 0: "
        "not at all.",
        default=24,
        minimum=0,
        maximum=168,
        advanced=True,
        group=_ADVANCED,
    )
    deep_reread_days: int = integer(
        "Deep Reread Days",
        "How far back message tracking is read again each day, to pick up records that appear days late. 0: not at "
        "all.",
        default=7,
        minimum=0,
        maximum=28,
        advanced=True,
        group=_ADVANCED,
    )
    held_hours: int = integer(
        "Held Queue Hours",
        "How far back the hold queue is compared with message tracking, for messages that are held long after they "
        "arrive.",
        default=24,
        minimum=1,
        maximum=336,
        advanced=True,
        group=_ADVANCED,
    )
    row_limit: int = integer(
        "Search Row Limit",
        "A search that returns this many records is treated as truncated and split into shorter periods.",
        default=2500,
        minimum=2,
        maximum=1_000_000,
        advanced=True,
        group=_ADVANCED,
    )
    null_is_empty: bool = flag(
        "Accept Null As Empty",
        "If enabled, a search reply without a list of messages (null or an empty object) means that nothing was found. "
        "If disabled, the cycle reports such a reply as not understood.",
        default=False,
        advanced=True,
        group=_ADVANCED,
    )
    concurrency: int = integer(
        "Concurrent Requests",
        "Maximum number of concurrent requests. The connector adapts the number to the server, up to this limit.",
        default=32,
        minimum=1,
        maximum=64,
        advanced=True,
        group=_ADVANCED,
    )
    tries: int = integer(
        "Tries Per Message",
        "After this many failed reads, deliver the alert with whatever data is available.",
        default=5,
        minimum=1,
        maximum=50,
        advanced=True,
        group=_ADVANCED,
    )
    file_kilobytes: int = integer(
        "Max Attachment Kilobytes",
        "Maximum size of one attachment, in kB. The alert names a larger one but does not contain it. 0: no "
        "attachments.",
        default=5000,
        minimum=0,
        maximum=50_000,
        advanced=True,
        group=_LIMITS,
    )
    alert_kilobytes: int = integer(
        "Max Attachment Kilobytes Per Alert",
        "Maximum total size of one alert's attachments, in kB.",
        default=10_000,
        minimum=0,
        maximum=50_000,
        advanced=True,
        group=_LIMITS,
    )
    dynamic_list: tuple[str, ...] = ()
    """The entries of the platform's dynamic list; not a parameter."""

    def with_dynamic_list(self, entries: Iterable[str]) -> ConnectorSettings:
        """The same settings with these entries of the dynamic list; blank entries are dropped."""
        return dataclasses.replace(self, dynamic_list=tuple(entry.strip() for entry in entries if entry.strip()))

    @property
    def includes_held(self) -> bool:
        """Whether held messages pass the status filter."""
        return not self.status_filter or Status.HELD in self.status_filter

    @property
    def filters_risk(self) -> bool:
        """Whether the risk decides that a message is left out."""
        return bool(self.lowest_risk) or not self.without_risk

    @property
    def look_back_ms(self) -> int:
        """How far back the first cycle looks, in milliseconds."""
        return self.max_hours_backwards * HOUR_MS

    @property
    def overlap_ms(self) -> int:
        """How far back each cycle re-reads, in milliseconds."""
        return self.overlap_minutes * MINUTE_MS

    @property
    def held_window_ms(self) -> int:
        """How far back the hold queue is compared with message tracking, in milliseconds."""
        return self.held_hours * HOUR_MS

    @property
    def file_bytes(self) -> int:
        """Maximum size of one attachment, in bytes; 0 for no attachments."""
        return self.file_kilobytes * 1024

    @property
    def alert_bytes(self) -> int:
        """Maximum total size of the attachments of one alert, in bytes."""
        return self.alert_kilobytes * 1024
