"""A case, as the platform shows the alerts that the connector ingests from a simulated tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from mimecast_secops.ingest import Alert
from mimecast_secops.packaging import mapping
from tools.pictures.forms import LOGO
from tools.pictures.panel import Panel
from tools.simulated import alert_with_attachment, alerts

_QUEUE: Final = 268
_LEFT: Final = _QUEUE + 28
_WIDTH: Final = 1000
_VALUE: Final = 290  # from a name to its value
_PRIORITIES: Final = {
    -1: ("Informational", "faint"),
    40: ("Low", "low"),
    60: ("Medium", "medium"),
    80: ("High", "high"),
}
# Fields of an event that decide what to do, in the order in which an analyst reads them.
_FIELDS: Final = (
    "status",
    "route",
    "subject",
    "recipient",
    "fromHdr_emailAddress",
    "senderIP",
    "spamInfo_spamProcessingDetail_verdict_risk",
    "sent",
    "trackingId",
    "holdId",
    "internetMessageId",
    "complete",
)


def case() -> str:
    """The queue of cases, and the first case with its entities and events."""
    cases = [list(group) for _, group in groupby(alerts(), key=lambda alert: alert.grouping_id)]
    opened = alert_with_attachment()
    panel = Panel(
        _WIDTH, "A case with a held message: the queue, the entities, the attachment and the fields of an event"
    )
    panel.logo(20, 14, 28, LOGO)
    panel.text(58, 34, "Cases", "bold", size=16)
    for position, each in enumerate(cases):
        _queue_entry(panel, 60 + position * 84, each, is_open=opened in each)
    bottom = _opened(panel, opened)
    height = max(bottom, 60 + len(cases) * 84) + 16
    panel.line(_QUEUE + 8, 0, _QUEUE + 8, height)
    return panel.svg(height)


def _queue_entry(panel: Panel, y: float, case: Sequence[Alert], *, is_open: bool) -> None:
    alert = case[0]
    word, style = _PRIORITIES[alert.priority]
    if is_open:
        panel.box(8, y, _QUEUE - 8, 76, "raised")
    panel.box(8, y + 6, 4, 64, style, radius=2)
    panel.text(24, y + 22, alert.name, "bold")
    panel.text(_QUEUE - 12, y + 22, word, f"{style} bold", size=12, anchor="end")
    panel.text(24, y + 43, alert.events[0]["subject"], room=_QUEUE - 40)
    number = f"{len(case)} alert{'s' if len(case) > 1 else ''}"
    panel.text(24, y + 62, f"{alert.reason} · {number}", "faint", size=12, room=_QUEUE - 40)


def _opened(panel: Panel, alert: Alert) -> float:
    word, style = _PRIORITIES[alert.priority]
    panel.text(_LEFT, 36, alert.name, "bold", size=19)
    panel.chip(_LEFT + 160, 20, word, f"{style} bold")
    summary = (
        ("Rule generator", alert.rule_generator),
        ("Vendor", alert.vendor),
        ("Description", alert.description),
    )
    x: float = _LEFT
    for name, value in summary:
        panel.text(x, 66, name, "faint", size=12)
        panel.text(x, 84, value)
        x += 160
    y = _section(panel, 104, "Entities")
    y = _entities(panel, y, alert)
    y = _section(panel, y, f"Attachments ({len(alert.files)})")
    for file in alert.files:
        panel.text(_LEFT, y, f"{file.name}{file.extension}", "accent")
        panel.text(_LEFT + _VALUE, y, f"{file.size} bytes")
        y += 22
    y = _section(panel, y - 4, f"Events ({len(alert.events)})")
    x = _LEFT
    for event in alert.events:
        x = panel.chip(x, y - 14, event["event_type"]) + 8
    return _event_fields(panel, y + 32, alert.events[0])


def _section(panel: Panel, y: float, title: str) -> float:
    panel.line(_LEFT, y, _WIDTH - 24, y)
    panel.text(_LEFT, y + 24, title, "bold", size=14)
    return y + 50


def _entities(panel: Panel, y: float, alert: Alert) -> float:
    """The values that the mapping rules read from the events."""
    for name, value in _mapped(alert.events):
        panel.text(_LEFT, y, name, "faint", size=12)
        panel.text(_LEFT + _VALUE, y, value, room=_WIDTH - _LEFT - _VALUE - 32)
        y += 22
    return y - 4


def _mapped(events: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """The fields of the platform with the first value that a mapping rule finds. Times differ between runs."""
    for rule in mapping.rules():
        name = rule["security_event_file_name"]
        keys = [rule[f"raw_data_{place}_field_match_term"] for place in ("primary", "secondary", "third")]
        values = [event[key] for event in events for key in keys if key and event.get(key)]
        if values and not name.endswith("Time"):
            yield name, values[-1] if name.startswith("File") else values[0]


def _event_fields(panel: Panel, y: float, event: Mapping[str, str]) -> float:
    for name in _FIELDS:
        panel.text(_LEFT, y, name, "faint", size=12)
        panel.text(_LEFT + _VALUE, y, event[name], room=_WIDTH - _LEFT - _VALUE - 40)
        y += 22
    return y
