"""The settings of the connector, said once, and the rules that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mimecast_secops.addresses import is_domain
from mimecast_secops.api import Risk, Route, Status
from mimecast_secops.parameters import InvalidParameter, flag, integer, items, text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSettings:
    """What says how alerts appear on a platform, and how long one cycle may take."""

    device_product_field: str = text(
        "DeviceProductField", "The event field that holds the product name.", default="Product Name", mandatory=True
    )
    event_class_id: str = text(
        "EventClassId", "The event field that holds the event name.", default="event_type", mandatory=True
    )
    environment_field: str = text(
        "Environment Field Name",
        "The event field that holds the name of the environment. Empty: the connector's own environment.",
    )
    environment_pattern: str = text(
        "Environment Regex Pattern",
        "A regular expression that is searched in the value of Environment Field Name; its match is the environment.",
        default=".*",
    )
    process_timeout: int = integer(
        "PythonProcessTimeout",
        "Seconds that one cycle may take. It ends by itself before that, with what it has.",
        default=180,
        minimum=10,
        maximum=86_400,
        mandatory=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSettings:
    """Which messages become alerts, and how they are read."""

    domains: tuple[str, ...] = items(
        "Domains",
        "Comma-separated list of the tenant's domains whose mail is watched. Subdomains are listed separately.",
        mandatory=True,
    )
    lowest_risk: str = text(
        "Lowest Risk To Fetch", "Negligible, Low, Medium or High: the lowest risk that is ingested. Empty: all."
    )
    status_filter: tuple[str, ...] = items(
        "Status Filter",
        "Comma-separated list of the statuses that are ingested: delivery, held, accepted, bounced, deferred, "
        "rejected, archived. Empty: all.",
        default=Status.HELD.value,
        clearable=True,
    )
    route_filter: tuple[str, ...] = items(
        "Route Filter", "Comma-separated list of the routes that are ingested: internal, outbound, inbound. Empty: all."
    )
    queue_reasons: tuple[str, ...] = items(
        "Queue Reason Filter", "Comma-separated list of the queue reasons that are ingested. Empty: all."
    )
    without_risk: bool = flag(
        "Ingest Messages Without Risk",
        "If enabled, messages for which Mimecast names no risk are ingested too.",
        default=True,
        mandatory=True,
    )
    max_hours_backwards: int = integer(
        "Max Hours Backwards",
        "How far back the very first cycle looks, in hours; at most 720. Later cycles resume where the last one ended.",
        default=1,
        minimum=1,
        maximum=720,
    )
    max_messages: int = integer(
        "Max Messages To Return",
        "The most alerts that one cycle delivers, oldest first. The next cycles bring the rest.",
        default=100,
        minimum=1,
        maximum=100_000,
    )
    list_blocks: bool = flag(
        "Use whitelist as a blacklist",
        "If enabled, messages whose queue detail status or bounce type is on the dynamic list are left out; "
        "if disabled, only those are ingested. An empty dynamic list lets everything through.",
        default=True,
        mandatory=True,
    )
    overlap_minutes: int = integer(
        "Overlap Minutes",
        "How far every cycle reads again behind what it has read, for records that turn up late.",
        default=120,
        minimum=1,
        maximum=10_080,
        advanced=True,
    )
    held_hours: int = integer(
        "Held Queue Hours",
        "How far back the held queue is compared with message tracking, for mail that is held long after it came.",
        default=24,
        minimum=1,
        maximum=336,
        advanced=True,
    )
    row_limit: int = integer(
        "Search Row Limit",
        "A tracking search that returns this many records is taken for cut short, and is split.",
        default=2500,
        minimum=2,
        maximum=1_000_000,
        advanced=True,
    )
    concurrency: int = integer(
        "Concurrent Requests",
        "The most requests at the same time. The connector adapts their number to the server, up to this ceiling.",
        default=32,
        minimum=1,
        maximum=64,
        advanced=True,
    )
    tries: int = integer(
        "Tries Per Message",
        "After this many failures to read a message it is delivered with what is known, and says what is missing.",
        default=5,
        minimum=1,
        maximum=50,
        advanced=True,
    )
    file_kilobytes: int = integer(
        "Max Attachment Kilobytes",
        "A larger attachment is not brought to the case; the alert says so. 0: no attachments.",
        default=5000,
        minimum=0,
        maximum=50_000,
        advanced=True,
    )
    alert_kilobytes: int = integer(
        "Max Attachment Kilobytes Per Alert",
        "The most that all attachments of one alert may have together.",
        default=10_000,
        minimum=0,
        maximum=50_000,
        advanced=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings, checked: what the engine goes by. Empty tuples let everything through."""

    domains: tuple[str, ...]
    lowest_risk: Risk | None
    statuses: tuple[str, ...]
    routes: tuple[str, ...]
    queue_reasons: tuple[str, ...]
    without_risk: bool
    look_back: timedelta
    max_messages: int
    list_blocks: bool
    dynamic_list: tuple[str, ...]
    overlap: timedelta
    held_window: timedelta
    row_limit: int
    concurrency: int
    tries: int
    file_bytes: int
    alert_bytes: int

    @property
    def wants_held(self) -> bool:
        """Whether held messages pass the status filter."""
        return not self.statuses or Status.HELD in self.statuses


def rules_of(settings: ConnectorSettings, dynamic_list: tuple[str, ...] = ()) -> tuple[Rules, tuple[str, ...]]:
    """The rules that the settings stand for, and notes on values that were not understood.

    Raises:
        InvalidParameter: a domain is malformed, the risk is unknown, or not one value of a filter is known. A filter of
            which nothing is left would let everything through, or nothing; neither is what was asked for.
    """
    notes: list[str] = []
    for domain in settings.domains:
        if not is_domain(domain):
            raise InvalidParameter("Domains", f'"Domains" cannot contain "{domain}": a domain such as example.com is.')
    risk = settings.lowest_risk.lower()
    if risk and risk not in {*Risk}:
        raise InvalidParameter(
            "Lowest Risk To Fetch",
            f'"Lowest Risk To Fetch" cannot be "{settings.lowest_risk}": accepted are Negligible, Low, Medium, High, '
            "or nothing for all.",
        )
    rules = Rules(
        domains=tuple(domain.lower() for domain in settings.domains),
        lowest_risk=Risk(risk) if risk else None,
        statuses=_known("Status Filter", settings.status_filter, tuple(Status), notes),
        routes=_known("Route Filter", settings.route_filter, tuple(Route), notes),
        queue_reasons=tuple(reason.casefold() for reason in settings.queue_reasons),
        without_risk=settings.without_risk,
        look_back=timedelta(hours=settings.max_hours_backwards),
        max_messages=settings.max_messages,
        list_blocks=settings.list_blocks,
        dynamic_list=tuple(entry.strip() for entry in dynamic_list if entry.strip()),
        overlap=timedelta(minutes=settings.overlap_minutes),
        held_window=timedelta(hours=settings.held_hours),
        row_limit=settings.row_limit,
        concurrency=settings.concurrency,
        tries=settings.tries,
        file_bytes=settings.file_kilobytes * 1024,
        alert_bytes=settings.alert_kilobytes * 1024,
    )
    return rules, tuple(notes)


def _known(name: str, given: tuple[str, ...], options: tuple[str, ...], notes: list[str]) -> tuple[str, ...]:
    lowered = tuple(dict.fromkeys(value.lower() for value in given))
    if "all" in lowered:
        return ()
    known = tuple(value for value in lowered if value in options)
    unknown = [value for value in lowered if value not in options]
    if unknown and not known:
        raise InvalidParameter(
            name, f'"{name}" cannot be "{", ".join(unknown)}": accepted are {", ".join(options)}, or "all".'
        )
    if unknown:
        notes.append(f'"{name}": {", ".join(unknown)} is not known and is left out; {", ".join(known)} is used.')
    return known
